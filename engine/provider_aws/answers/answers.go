// Package answers turns what the bridge says in its own words into messages for a person.
package answers

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"runlayer.example/engine/provider_aws/faults"
	"runlayer.example/engine/provider_aws/loopback"
)

// TablePath is what messages name, relative to the project's root.
const TablePath = "engine/provider_aws/tokens.json"

// Server passes requests on to the bridge, but refuses tokens that the table lacks and answers a panic with a message.
type Server struct {
	pulumirpc.ResourceProviderServer
	inputs Inputs
}

// Inputs are the names that each token takes: the tokens are those of the table, the names those of the schema.
type Inputs map[string]map[string]bool

// New wraps the bridge.
func New(inner pulumirpc.ResourceProviderServer, inputs Inputs) *Server {
	return &Server{ResourceProviderServer: inner, inputs: inputs}
}

// ReadInputs takes the names from the provider's Pulumi schema (JSON).
func ReadInputs(schema []byte) (Inputs, error) {
	type properties map[string]json.RawMessage
	var spec struct {
		Resources map[string]struct {
			InputProperties properties `json:"inputProperties"`
		} `json:"resources"`
		Functions map[string]struct {
			Inputs struct {
				Properties properties `json:"properties"`
			} `json:"inputs"`
		} `json:"functions"`
	}
	if err := json.Unmarshal(schema, &spec); err != nil {
		return nil, err
	}
	names := func(given properties) map[string]bool {
		found := make(map[string]bool, len(given))
		for name := range given {
			found[name] = true
		}
		return found
	}
	inputs := Inputs{}
	for token, resource := range spec.Resources {
		inputs[token] = names(resource.InputProperties)
	}
	for token, function := range spec.Functions {
		inputs[token] = names(function.Inputs.Properties)
	}
	return inputs, nil
}

// unknownInputs refuses what the token does not take: a value that the program sets is never dropped in silence.
func (s *Server) unknownInputs(token string, given *structpb.Struct) error {
	var unknown []string
	for name := range given.GetFields() {
		if !s.inputs[token][name] && !strings.HasPrefix(name, "__") {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	sort.Strings(unknown)
	return status.Error(codes.InvalidArgument, faults.New("ENG049",
		fmt.Sprintf("this build's %s does not take %s", token, strings.Join(unknown, ", ")),
		"pulumi_aws is newer than the upstream provider that is built here (engine/upstream/go.mod)",
		"do without it here; engine/provider_aws/gaps.json lists what is known to be missing",
	).Error())
}

func unknownToken(kind, token string) error {
	return status.Error(codes.NotFound, faults.New("ENG042",
		fmt.Sprintf("this build of the AWS provider has no %s %s", kind, token),
		"only what the program uses is built from source; the official provider has all of it",
		"add its Terraform name and this token to "+TablePath+" and its service to `services` there, then run `python -m engine build`",
	).Error())
}

// guarded calls a method of the bridge and answers a panic in it with a message; the stack goes to a file.
func guarded[Response any](method, subject string, call func() (Response, error)) (response Response, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			path := writeCrash(method, subject, recovered, debug.Stack())
			err = status.Error(codes.Internal, faults.New("ENG043",
				fmt.Sprintf("the AWS provider failed inside %s of %s: %v", method, subject, recovered),
				"a defect in the provider or in the embedded AWS's answer to it, not in the program",
				"see "+path+"; `localaws journal` shows the last calls",
			).Error())
		}
	}()
	return call()
}

func writeCrash(method, subject string, recovered any, stack []byte) string {
	text := fmt.Sprintf("%s %s\n%v\n\n%s", method, subject, recovered, stack)
	file, err := os.CreateTemp(crashDirectory(), "pulumi-resource-aws-crash-*.log")
	if err != nil {
		return "the provider's standard error (no file could be written: " + err.Error() + ")"
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		return "the provider's standard error (" + err.Error() + ")"
	}
	return file.Name()
}

// crashDirectory is beside the executable, which the build keeps inside the project.
func crashDirectory() string {
	if executable, err := os.Executable(); err == nil {
		return filepath.Dir(executable)
	}
	return os.TempDir()
}

func typeOf(urn string) string {
	parsed, err := resource.ParseURN(urn)
	if err != nil {
		return urn
	}
	return string(parsed.Type())
}

// onResource guards a method on one resource and refuses a type that the table lacks.
func onResource[Response any](s *Server, method, urn string, call func() (Response, error)) (Response, error) {
	token := typeOf(urn)
	if s.inputs[token] == nil {
		var none Response
		return none, unknownToken("resource type", token)
	}
	return guarded(method, urn, call)
}

func (s *Server) Configure(ctx context.Context, request *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	if err := loopback.Guard(request.GetArgs(), os.Environ()); err != nil {
		return nil, status.Error(codes.FailedPrecondition, err.Error())
	}
	return guarded("Configure", "the provider", func() (*pulumirpc.ConfigureResponse, error) {
		return s.ResourceProviderServer.Configure(ctx, request)
	})
}

func (s *Server) CheckConfig(ctx context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return guarded("CheckConfig", "the provider", func() (*pulumirpc.CheckResponse, error) {
		return s.ResourceProviderServer.CheckConfig(ctx, request)
	})
}

func (s *Server) DiffConfig(ctx context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return guarded("DiffConfig", "the provider", func() (*pulumirpc.DiffResponse, error) {
		return s.ResourceProviderServer.DiffConfig(ctx, request)
	})
}

func (s *Server) Invoke(ctx context.Context, request *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	token := request.GetTok()
	if s.inputs[token] == nil && !strings.HasPrefix(token, "pulumi:") {
		return nil, unknownToken("function", token)
	}
	if err := s.unknownInputs(token, request.GetArgs()); err != nil {
		return nil, err
	}
	return guarded("Invoke", token, func() (*pulumirpc.InvokeResponse, error) {
		return s.ResourceProviderServer.Invoke(ctx, request)
	})
}

func (s *Server) Check(ctx context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return onResource(s, "Check", request.GetUrn(), func() (*pulumirpc.CheckResponse, error) {
		if err := s.unknownInputs(typeOf(request.GetUrn()), request.GetNews()); err != nil {
			return nil, err
		}
		return s.ResourceProviderServer.Check(ctx, request)
	})
}

func (s *Server) Diff(ctx context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return onResource(s, "Diff", request.GetUrn(), func() (*pulumirpc.DiffResponse, error) {
		return s.ResourceProviderServer.Diff(ctx, request)
	})
}

func (s *Server) Create(ctx context.Context, request *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	return onResource(s, "Create", request.GetUrn(), func() (*pulumirpc.CreateResponse, error) {
		return s.ResourceProviderServer.Create(ctx, request)
	})
}

func (s *Server) Read(ctx context.Context, request *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return onResource(s, "Read", request.GetUrn(), func() (*pulumirpc.ReadResponse, error) {
		return s.ResourceProviderServer.Read(ctx, request)
	})
}

func (s *Server) Update(ctx context.Context, request *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	return onResource(s, "Update", request.GetUrn(), func() (*pulumirpc.UpdateResponse, error) {
		return s.ResourceProviderServer.Update(ctx, request)
	})
}

func (s *Server) Delete(ctx context.Context, request *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return onResource(s, "Delete", request.GetUrn(), func() (*emptypb.Empty, error) {
		return s.ResourceProviderServer.Delete(ctx, request)
	})
}
