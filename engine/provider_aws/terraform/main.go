// Command terraform-provider-aws serves the same pruned and capped upstream provider to OpenTofu, so that
// measurements compare two engines over one provider. It keeps the guard: loopback or nothing.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-mux/tf5muxserver"
	"github.com/hashicorp/terraform-provider-aws/xpprovider"

	"runlayer.example/engine/provider_aws/loopback"
)

const address = "registry.opentofu.org/hashicorp/aws"

func main() {
	if err := serve(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "error", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context) error {
	if err := loopback.Guard(nil, os.Environ()); err != nil {
		return err
	}
	framework, sdk, err := xpprovider.GetProvider(ctx)
	if err != nil {
		return err
	}
	muxed, err := tf5muxserver.NewMuxServer(ctx,
		func() tfprotov5.ProviderServer { return sdk.GRPCProvider() },
		providerserver.NewProtocol5(framework),
	)
	if err != nil {
		return err
	}
	return tf5server.Serve(address, muxed.ProviderServer)
}
