//go:build tools

// Package opentofu pins OpenTofu, the peer in measurements: the build compiles the command below with this module's
// go.mod and go.sum.
package opentofu

import (
	_ "github.com/opentofu/opentofu/cmd/tofu"
)
