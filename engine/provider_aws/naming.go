package main

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

// Physical names: the logical name, "-" and seven random hex digits, as in the official AWS provider.
const (
	nameSeparator     = "-"
	nameRandomDigits  = 7
	defaultNameLength = 255
)

func autonamed(pulumiName string, rule autoname) *tfbridge.SchemaInfo {
	options := tfbridge.AutoNameOptions{
		Separator: nameSeparator,
		Maxlen:    rule.MaxLength,
		Randlen:   nameRandomDigits,
		PostTransform: func(resource *tfbridge.PulumiResource, name string) (string, error) {
			if !strings.HasPrefix(name, rule.Prefix) {
				name = rule.Prefix + name
			}
			fifo := resource.Properties[propertyKey(rule.FifoProperty)]
			if fifo.IsBool() && fifo.BoolValue() {
				name += ".fifo"
			}
			return name, nil
		},
	}
	if rule.LowerCase {
		options.Transform = strings.ToLower
	}
	return tfbridge.AutoNameWithCustomOptions(pulumiName, options)
}
