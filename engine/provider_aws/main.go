// Command pulumi-resource-aws-bridge is a Pulumi AWS provider for the embedded AWS: the upstream Terraform provider,
// narrowed to the services that the program uses, bridged with the table in tokens.json.
//
// usage: pulumi-resource-aws-bridge --write-schema FILE   (at build time)
//
//	pulumi-resource-aws-bridge                           (started by pulumi-resource-aws, engine/cli/launcher; reads
//	                                                     schema.json beside itself)
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"runlayer.example/engine/provider_aws/answers"
	"runlayer.example/engine/provider_aws/enginelog"
	"runlayer.example/engine/provider_aws/faults"
)

const (
	schemaFile = "schema.json"
	// launched is set by the launcher, which then holds the other end of our standard input.
	launched = "PULUMI_RESOURCE_LAUNCHED"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	names, err := loadTable()
	if err != nil {
		return err
	}
	info, err := describe(ctx, names)
	if err != nil {
		return err
	}
	if len(arguments) == 2 && arguments[0] == "--write-schema" {
		schema, err := packageSchema(info)
		if err != nil {
			return err
		}
		return os.WriteFile(arguments[1], schema, 0o644)
	}
	if os.Getenv(launched) != "" {
		go endWithLauncher()
	}
	schema, err := readSchema()
	if err != nil {
		return err
	}
	inputs, err := answers.ReadInputs(schema)
	if err != nil {
		return err
	}
	bridged := pf.MakeMuxedServer(ctx, "aws", info, schema)
	return provider.Main("aws", func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		filtered, err := enginelog.Filter(host)
		if err != nil {
			return nil, err
		}
		inner, err := bridged(filtered)
		if err != nil {
			return nil, err
		}
		return answers.New(inner, inputs), nil
	})
}

// endWithLauncher ends this process when the launcher is gone, however it went.
func endWithLauncher() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}

func readSchema() ([]byte, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	schema, err := os.ReadFile(filepath.Join(filepath.Dir(executable), schemaFile))
	if err != nil {
		return nil, faults.New("ENG044", "the provider's schema cannot be read: "+err.Error(),
			"the build writes it beside the executable", "run `python -m engine build`")
	}
	return schema, nil
}
