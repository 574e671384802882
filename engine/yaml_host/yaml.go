//go:build tools

// Package yamlhost pins the YAML language host: the build compiles the command below with this module's go.mod and
// go.sum. Only tests and consumers of the components in YAML need it.
package yamlhost

import (
	_ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
)
