//go:build tools

// Package cli pins the Pulumi CLI: the build compiles the command below with this module's go.mod and go.sum.
package cli

import (
	_ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
)
