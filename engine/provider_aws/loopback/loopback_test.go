package loopback

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
)

func config(t *testing.T, values map[string]any) *structpb.Struct {
	t.Helper()
	built, err := structpb.NewStruct(values)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

const local = "AWS_ENDPOINT_URL=http://127.0.0.1:5000"

func TestGuardAcceptsLoopback(t *testing.T) {
	for _, endpoint := range []string{"http://127.0.0.1:5000", "http://[::1]:5000", "https://localhost:1", "http://127.1.2.3"} {
		if err := Guard(config(t, nil), []string{"AWS_ENDPOINT_URL=" + endpoint}); err != nil {
			t.Errorf("%s is refused: %v", endpoint, err)
		}
	}
}

func TestGuardRefusesWhatCouldLeaveTheMachine(t *testing.T) {
	cases := map[string]struct {
		environment []string
		config      map[string]any
	}{
		"no endpoint":                {nil, nil},
		"empty endpoint":             {[]string{"AWS_ENDPOINT_URL="}, nil},
		"public host":                {[]string{"AWS_ENDPOINT_URL=https://sts.amazonaws.com"}, nil},
		"private address":            {[]string{"AWS_ENDPOINT_URL=http://10.0.0.1:5000"}, nil},
		"host that looks local":      {[]string{"AWS_ENDPOINT_URL=http://localhost.example.com"}, nil},
		"user info that looks local": {[]string{"AWS_ENDPOINT_URL=http://127.0.0.1@example.com"}, nil},
		"one service elsewhere":      {[]string{local, "AWS_ENDPOINT_URL_ECS=https://ecs.us-east-1.amazonaws.com"}, nil},
		"old name of a variable":     {[]string{local, "TF_AWS_STS_ENDPOINT=https://sts.amazonaws.com"}, nil},
		"variables ignored":          {[]string{local, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"}, nil},
		"config as text":             {[]string{local}, map[string]any{"endpoints": `[{"ecs":"https://ecs.amazonaws.com"}]`}},
		"config as values":           {[]string{local}, map[string]any{"endpoints": []any{map[string]any{"ecs": "https://ecs.amazonaws.com"}}}},
		"proxy elsewhere":            {[]string{local}, map[string]any{"httpsProxy": "http://proxy.example.com:3128"}},
	}
	for name, given := range cases {
		err := Guard(config(t, given.config), given.environment)
		if err == nil || !strings.HasPrefix(err.Error(), "ENG041: ") {
			t.Errorf("%s: got %v, want ENG041", name, err)
		}
	}
}

func TestGuardAcceptsConfiguredLoopbackEndpoints(t *testing.T) {
	given := config(t, map[string]any{"endpoints": `[{"ecs":"http://127.0.0.1:5000","s3":"http://localhost:5000"}]`, "region": "us-east-1"})
	if err := Guard(given, []string{local, "AWS_ENDPOINT_URL_S3=http://localhost:5000", "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://x"}); err != nil {
		t.Error(err)
	}
}
