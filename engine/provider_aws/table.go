package main

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"runlayer.example/engine/provider_aws/answers"
)

// The table of this provider: which Terraform names it serves under which Pulumi tokens. Tests read the same file.
//
//go:embed tokens.json
var tokensFile []byte

type table struct {
	// Services are the upstream packages (internal/service/NAME) that the build keeps.
	Services    []string                 `json:"services"`
	Resources   map[string]resourceEntry `json:"resources"`
	DataSources map[string]sourceEntry   `json:"dataSources"`
}

type resourceEntry struct {
	Token               string           `json:"token"`
	DeleteBeforeReplace bool             `json:"deleteBeforeReplace"`
	Fields              map[string]field `json:"fields"`
}

type sourceEntry struct {
	Token  string           `json:"token"`
	Fields map[string]field `json:"fields"`
}

// A field says where a property differs from what the bridge derives from the Terraform schema.
type field struct {
	Name        string           `json:"name"`        // Pulumi name
	Type        string           `json:"type"`        // Pulumi type, e.g. "integer" for a Terraform string
	Default     any              `json:"default"`     // value when the program sets none
	MaxItemsOne *bool            `json:"maxItemsOne"` // list (false) or single object (true)
	Autoname    *autoname        `json:"autoname"`
	Element     map[string]field `json:"element"` // fields of a nested block
}

type autoname struct {
	MaxLength    int    `json:"maxLength"`
	Prefix       string `json:"prefix"`       // put before the generated name
	FifoProperty string `json:"fifoProperty"` // when true, the name must end with ".fifo"
	LowerCase    bool   `json:"lowerCase"`
}

func loadTable() (table, error) {
	var loaded table
	if err := json.Unmarshal(tokensFile, &loaded); err != nil {
		return table{}, fmt.Errorf("%s: %w", answers.TablePath, err)
	}
	return loaded, nil
}
