package answers

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	known   = "aws:ecs/service:Service"
	unknown = "aws:glue/job:Job"
)

// failing is a bridge that panics whatever it is asked.
type failing struct {
	pulumirpc.UnimplementedResourceProviderServer
	asked int
}

func (f *failing) Create(context.Context, *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	f.asked++
	var nothing *structpb.Struct
	return &pulumirpc.CreateResponse{Id: nothing.Fields["x"].GetStringValue()}, nil
}

func (f *failing) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	f.asked++
	return &pulumirpc.ConfigureResponse{}, nil
}

func (f *failing) Invoke(context.Context, *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	f.asked++
	panic("no such thing")
}

var inputs = Inputs{known: {"name": true}}

func urn(token string) string { return "urn:pulumi:dev::small::" + token + "::main" }

func TestPanicIsAMessageAndTheStackIsInAFile(t *testing.T) {
	server := New(&failing{}, inputs)
	_, err := server.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn(known)})
	if err == nil || !strings.Contains(err.Error(), "ENG043") || strings.Contains(err.Error(), "goroutine") {
		t.Fatalf("got %v, want ENG043 and no stack", err)
	}
	path := regexp.MustCompile(`see (\S+\.log)`).FindStringSubmatch(err.Error())
	if path == nil {
		t.Fatalf("no file is named: %v", err)
	}
	defer os.Remove(path[1])
	content, readErr := os.ReadFile(path[1])
	if readErr != nil || !strings.Contains(string(content), "goroutine") {
		t.Errorf("the file has no stack: %v %s", readErr, content)
	}
}

func TestUnknownTypeNamesTheTableAndNeverReachesTheBridge(t *testing.T) {
	inner := &failing{}
	server := New(inner, inputs)
	_, createErr := server.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn(unknown)})
	_, invokeErr := server.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: "aws:glue/getJob:getJob"})
	for _, err := range []error{createErr, invokeErr} {
		if err == nil || !strings.Contains(err.Error(), "ENG042") || !strings.Contains(err.Error(), TablePath) {
			t.Errorf("got %v, want ENG042 and the path of the table", err)
		}
	}
	if inner.asked != 0 {
		t.Errorf("the bridge was asked %d times", inner.asked)
	}
}

func TestTypeOfANestedResourceIsItsOwn(t *testing.T) {
	if got := typeOf("urn:pulumi:dev::small::runlayer:index:EcsService$" + known + "::main"); got != known {
		t.Errorf("got %s", got)
	}
}

func TestConfigureRefusesARealEndpointBeforeTheBridgeIsAsked(t *testing.T) {
	inner := &failing{}
	t.Setenv("AWS_ENDPOINT_URL", "https://sts.amazonaws.com")
	_, err := New(inner, nil).Configure(t.Context(), &pulumirpc.ConfigureRequest{})
	if err == nil || !strings.Contains(err.Error(), "ENG041") || inner.asked != 0 {
		t.Errorf("got %v after %d calls, want ENG041 after none", err, inner.asked)
	}
}

func (f *failing) Check(_ context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	f.asked++
	return &pulumirpc.CheckResponse{Inputs: request.GetNews()}, nil
}

func TestInputThatTheSchemaLacksIsRefused(t *testing.T) {
	inner := &failing{}
	news, _ := structpb.NewStruct(map[string]any{"name": "a", "__defaults": []any{}, "newer": 1, "alsoNewer": 2})
	_, err := New(inner, inputs).Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn(known), News: news})
	if err == nil || !strings.Contains(err.Error(), "ENG049") || !strings.Contains(err.Error(), "alsoNewer, newer") || inner.asked != 0 {
		t.Errorf("got %v after %d calls", err, inner.asked)
	}
	delete(news.Fields, "newer")
	delete(news.Fields, "alsoNewer")
	if _, err := New(inner, inputs).Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn(known), News: news}); err != nil || inner.asked != 1 {
		t.Errorf("got %v after %d calls", err, inner.asked)
	}
}

func TestInputsAreReadFromTheSchema(t *testing.T) {
	read, err := ReadInputs([]byte(`{"resources":{"a:b:C":{"inputProperties":{"x":{}}},"a:b:D":{}},"functions":{"a:b:f":{"inputs":{"properties":{"y":{}}}},"a:b:g":{}}}`))
	if err != nil || !read["a:b:C"]["x"] || !read["a:b:f"]["y"] || read["a:b:D"] == nil || read["a:b:g"] == nil {
		t.Errorf("%v %v", read, err)
	}
}
