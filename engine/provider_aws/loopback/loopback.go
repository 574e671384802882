// Package loopback keeps this provider on the machine it runs on.
package loopback

import (
	"net"
	"net/url"
	"regexp"
	"sort"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"runlayer.example/engine/provider_aws/faults"
)

// endpointVariable matches every environment variable from which the AWS SDK or upstream reads an endpoint.
var endpointVariable = regexp.MustCompile(`^(TF_)?AWS_(.*_)?ENDPOINT(_URL)?(_.*)?$`)

// Guard refuses a configuration with which a request could leave this machine.
//
// Waits are capped in this build and one module has a checksum with a single witness: good enough for a stand-in
// on loopback with dummy credentials, and for nothing else.
func Guard(config *structpb.Struct, environment []string) error {
	variables := map[string]string{}
	for _, line := range environment {
		name, value, _ := strings.Cut(line, "=")
		variables[name] = value
	}
	if variables["AWS_ENDPOINT_URL"] == "" {
		return refuse("AWS_ENDPOINT_URL is not set")
	}
	if strings.EqualFold(variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"], "true") {
		return refuse("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true makes the SDK ignore AWS_ENDPOINT_URL")
	}
	for _, name := range sortedKeys(variables) {
		value := variables[name]
		if endpointVariable.MatchString(name) && strings.Contains(value, "://") && !isLoopback(value) {
			return refuse(name + "=" + value + " is not on loopback")
		}
	}
	for _, endpoint := range configuredEndpoints(config) {
		if !isLoopback(endpoint) {
			return refuse("the provider's configuration has the endpoint " + endpoint + ", which is not on loopback")
		}
	}
	return nil
}

func refuse(problem string) error {
	return faults.New("ENG041", problem,
		"this AWS provider was built for the embedded AWS and must never reach a real account",
		"start the embedded AWS and set AWS_ENDPOINT_URL=http://127.0.0.1:PORT; for a real account use the official pulumi and its plugins")
}

// configuredEndpoints are the URLs in `endpoints`, `httpProxy` and `httpsProxy` of the provider's configuration.
//
// The engine passes nested values as JSON text or as values, so both are searched for texts that look like a URL.
func configuredEndpoints(config *structpb.Struct) []string {
	var found []string
	for _, name := range []string{"endpoints", "httpProxy", "httpsProxy"} {
		if value, ok := config.GetFields()[name]; ok {
			found = append(found, urls(value)...)
		}
	}
	return found
}

var urlText = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"',\\]+`)

func urls(value *structpb.Value) []string {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		return urlText.FindAllString(kind.StringValue, -1)
	case *structpb.Value_ListValue:
		var found []string
		for _, element := range kind.ListValue.GetValues() {
			found = append(found, urls(element)...)
		}
		return found
	case *structpb.Value_StructValue:
		var found []string
		for _, element := range kind.StructValue.GetFields() {
			found = append(found, urls(element)...)
		}
		return found
	}
	return nil
}

func isLoopback(endpoint string) bool {
	parsed, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	host := parsed.Hostname()
	if host == "localhost" {
		return true
	}
	address := net.ParseIP(host)
	return address != nil && address.IsLoopback()
}

func sortedKeys(values map[string]string) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
