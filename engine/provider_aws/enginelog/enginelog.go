// Package enginelog passes the bridge's messages to the engine, except what it says of a panic: that has a Go stack,
// and the answer to the request (package answers) says the same in words.
package enginelog

import (
	"context"
	"net"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// panicMessage is how the bridge begins what it logs of a panic.
const panicMessage = "Bridged provider panic "

// filter is an engine as the bridge sees it: it can log, and nothing else is asked of it.
type filter struct {
	pulumirpc.UnimplementedEngineServer
	engine pulumirpc.EngineClient
}

func (f *filter) Log(ctx context.Context, request *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	if strings.HasPrefix(request.GetMessage(), panicMessage) {
		return &emptypb.Empty{}, nil
	}
	return f.engine.Log(ctx, request)
}

// Filter returns a host client that logs through the given one.
func Filter(host *provider.HostClient) (*provider.HostClient, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := grpc.NewServer()
	pulumirpc.RegisterEngineServer(server, &filter{engine: pulumirpc.NewEngineClient(host.EngineConn())})
	go func() { _ = server.Serve(listener) }() // ends with the process
	return provider.NewHostClient(listener.Addr().String())
}
