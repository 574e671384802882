package main

import (
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// toolchainOf reads `runtime.options` of Pulumi.yaml: virtualenv, toolchain and typechecker.
func toolchainOf(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, toolchain.PythonOptions, error) {
	options := toolchain.PythonOptions{Root: info.GetRootDirectory(), ProgramDir: info.GetProgramDirectory()}
	given := info.GetOptions().AsMap()
	virtualenv, err := text(given, "virtualenv")
	if err != nil {
		return nil, options, err
	}
	options.Virtualenv = virtualenv
	manager, err := text(given, "toolchain")
	if err != nil {
		return nil, options, err
	}
	switch manager {
	case "":
		options.Toolchain = toolchain.Auto
	case "pip":
		options.Toolchain = toolchain.Pip
	case "poetry":
		options.Toolchain = toolchain.Poetry
	case "uv":
		options.Toolchain = toolchain.Uv
	default:
		return nil, options, optionFault("toolchain", manager, "pip, poetry, uv")
	}
	checker, err := text(given, "typechecker")
	if err != nil {
		return nil, options, err
	}
	switch checker {
	case "":
		options.Typechecker = toolchain.TypeCheckerNone
	case "mypy":
		options.Typechecker = toolchain.TypeCheckerMypy
	case "pyright":
		options.Typechecker = toolchain.TypeCheckerPyright
	default:
		return nil, options, optionFault("typechecker", checker, "mypy, pyright")
	}
	resolved, err := toolchain.ResolveToolchain(options)
	return resolved, options, err
}

func text(options map[string]any, name string) (string, error) {
	switch value := options[name].(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	default:
		return "", optionFault(name, fmt.Sprint(value), "a text")
	}
}

func optionFault(name, got, allowed string) error {
	return fmt.Errorf("ENG051: runtime option %s is %q, allowed: %s\n  next: mend `runtime.options.%s` in Pulumi.yaml",
		name, got, allowed, name)
}
