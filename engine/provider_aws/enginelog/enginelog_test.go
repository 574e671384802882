package enginelog

import (
	"context"
	"net"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

type engine struct {
	pulumirpc.UnimplementedEngineServer
	messages []string
}

func (e *engine) Log(_ context.Context, request *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.messages = append(e.messages, request.GetMessage())
	return &emptypb.Empty{}, nil
}

func TestMessagesReachTheEngineButPanicsDoNot(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	real, server := &engine{}, grpc.NewServer()
	pulumirpc.RegisterEngineServer(server, real)
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	host, err := provider.NewHostClient(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	filtered, err := Filter(host)
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range []string{"a warning", "Bridged provider panic (provider=aws): boom\ngoroutine 1 [running]:", "another"} {
		if err := filtered.Log(t.Context(), diag.Error, "", message); err != nil {
			t.Fatal(err)
		}
	}
	if len(real.messages) != 2 || real.messages[0] != "a warning" || real.messages[1] != "another" {
		t.Errorf("%q", real.messages)
	}
}
