package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"

	sdk "github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const kindAnalyzer = "analyzer"

// RunPlugin runs a policy pack (kind analyzer) or a component provider written in Python and streams its output.
func (h *languageHost) RunPlugin(request *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer) error {
	python, _, err := toolchainOf(request.GetInfo())
	if err != nil {
		return err
	}
	ctx := stream.Context()
	if err := python.ValidateVenv(ctx); err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer closer.Close()

	command, err := python.Command(context.Background(), pluginArguments(request)...)
	if err != nil {
		return err
	}
	command.Env = append(environmentOf(command), request.GetEnv()...)
	command.Stdout, command.Stderr = stdout, stderr
	if request.GetKind() == kindAnalyzer {
		command.Dir = request.GetInfo().GetProgramDirectory()
		err = h.runPolicyPack(ctx, command, stdout)
	} else {
		command.Dir = request.GetPwd()
		err = h.runUntil(ctx, command, command.Wait)
	}
	code, err := exitCode(err)
	if err != nil {
		return err
	}
	if err := closer.Close(); err != nil {
		return err
	}
	return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code}})
}

// pluginArguments: a policy pack is run by a module of the SDK, a component provider is a directory with __main__.py.
func pluginArguments(request *pulumirpc.RunPluginRequest) []string {
	directory := request.GetInfo().GetProgramDirectory()
	if request.GetKind() == kindAnalyzer {
		arguments := append([]string{"-u", "-m", "pulumi.policy"}, request.GetArgs()...)
		return append(arguments, directory)
	}
	return append([]string{"-u", directory}, request.GetArgs()...)
}

// runPolicyPack starts the pack only when the engine has said for which stack: the pack reads that at import time.
func (h *languageHost) runPolicyPack(ctx context.Context, command *exec.Cmd, stdout io.Writer) error {
	proxy, packOutput, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return err
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return err
	}
	if stack != nil {
		config, err := configVariables(stack.GetConfig(), stack.GetConfigSecretKeys())
		if err != nil {
			return err
		}
		command.Env = append(command.Env, config...)
		command.Env = append(command.Env,
			"PULUMI_ORGANIZATION="+stack.GetOrganization(),
			"PULUMI_PROJECT="+stack.GetProject(),
			"PULUMI_STACK="+stack.GetStack(),
			"PULUMI_DRY_RUN="+strconv.FormatBool(stack.GetDryRun()))
	}
	command.Stdout = packOutput
	return h.runUntil(ctx, command, func() error { return proxy.Attach(ctx, command) })
}

// runUntil runs the command and ends it when the engine closes the request.
func (h *languageHost) runUntil(ctx context.Context, command *exec.Cmd, wait func() error) error {
	ended, err := h.children.start(command)
	if err != nil {
		return fmt.Errorf("the plugin could not be started: %w", err)
	}
	finished := make(chan struct{})
	go func() {
		select {
		case <-finished:
		case <-ctx.Done():
			end(command.Process.Pid, finished)
		}
	}()
	err = wait()
	close(finished)
	ended()
	return err
}

// exitCode separates how the plugin ended from a failure to run it at all.
func exitCode(err error) (int32, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit):
		return int32(exit.ExitCode()), nil
	default:
		return 0, err
	}
}
