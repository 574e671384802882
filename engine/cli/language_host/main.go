// Command pulumi-language-python is the language host for Python programs: the engine starts it, reads a port from
// its first line of output, and asks it over gRPC to run programs, policy packs and component providers.
//
// usage: pulumi-language-python [--tracing ENDPOINT] ENGINE_ADDRESS
//
// The script that becomes the program's process, pulumi-language-python-exec, lies beside the executable; the build
// copies it there from the module github.com/pulumi/pulumi/sdk/v3.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"runlayer.example/engine/cli/orphan"
)

const execScript = "pulumi-language-python-exec"

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "error", err)
		os.Exit(1)
	}
}

func serve() error {
	tracing := flag.String("tracing", "", "where to send traces")
	flag.Parse()
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	script := filepath.Join(filepath.Dir(executable), execScript)
	if _, err := os.Stat(script); err != nil {
		return fmt.Errorf("ENG050: %s is missing\n  why:  it runs the program, and the build puts it beside the language host\n"+
			"  next: run `python -m engine build`", script)
	}
	host := &languageHost{script: script, engine: flag.Arg(0), tracing: *tracing, children: newChildren()}

	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	orphan.Stop(stop, cancel)
	stopped := make(chan bool)
	go func() {
		<-stop.Done()
		host.children.endAll()
		close(stopped)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stopped,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
		Options: rpcutil.TracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}
