package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func sitePackages(t *testing.T, files map[string]string) string {
	t.Helper()
	directory := t.TempDir()
	for name, content := range files {
		path := filepath.Join(directory, name, pluginFile)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

func names(packages []*pulumirpc.PackageDependency) string {
	var found []string
	for _, dependency := range packages {
		found = append(found, dependency.GetName()+" "+dependency.GetVersion())
	}
	return strings.Join(found, ", ")
}

func TestPluginsAreThoseOfTheInstalledPackages(t *testing.T) {
	directory := sitePackages(t, map[string]string{
		"pulumi_kubernetes": `{"resource": true, "name": "kubernetes", "version": "4.34.2"}`,
		"pulumi_aws":        `{"resource": true, "version": "v7.51.1"}`,
		"pulumi_policy":     `{"resource": false, "name": "policy"}`,
	})
	none := func(string) bool { return false }
	packages, err := requiredPackages(directory, true, none)
	if err != nil || names(packages) != "aws v7.51.1, kubernetes v4.34.2" {
		t.Errorf("%s, %v", names(packages), err)
	}
}

func TestPluginThatCannotBeHadIsNotAskedFor(t *testing.T) {
	directory := sitePackages(t, map[string]string{
		"pulumi_kubernetes": `{"resource": true, "name": "kubernetes", "version": "4.34.2"}`,
		"pulumi_aws":        `{"resource": true, "name": "aws", "version": "7.51.1"}`,
	})
	packages, err := requiredPackages(directory, false, func(name string) bool { return name == "aws" })
	if err != nil || names(packages) != "aws v7.51.1" {
		t.Errorf("%s, %v", names(packages), err)
	}
}

func TestBrokenPluginFileIsAnErrorThatNamesIt(t *testing.T) {
	directory := sitePackages(t, map[string]string{"pulumi_aws": `{`})
	_, err := requiredPackages(directory, true, nil)
	if err == nil || !strings.Contains(err.Error(), filepath.Join("pulumi_aws", pluginFile)) {
		t.Error(err)
	}
}

func TestInstalledPluginIsFoundWhereTheEngineLooks(t *testing.T) {
	home := t.TempDir()
	t.Setenv("PULUMI_HOME", home)
	t.Setenv("PATH", home)
	if err := os.MkdirAll(filepath.Join(home, "plugins", "resource-aws-v7.51.1"), 0o755); err != nil {
		t.Fatal(err)
	}
	if !pluginInstalled("aws") || pluginInstalled("kubernetes") {
		t.Error("aws is there, kubernetes is not")
	}
}

func TestUnknownOptionsAreRefusedWithWhatIsAllowed(t *testing.T) {
	for name, allowed := range map[string]string{"toolchain": "pip, poetry, uv", "typechecker": "mypy, pyright"} {
		options, _ := structpb.NewStruct(map[string]any{name: "other"})
		_, _, err := toolchainOf(&pulumirpc.ProgramInfo{RootDirectory: "/", ProgramDirectory: "/", Options: options})
		if err == nil || !strings.Contains(err.Error(), "ENG051") || !strings.Contains(err.Error(), allowed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHowTheProgramEndedIsTold(t *testing.T) {
	cases := map[string]struct {
		script string
		bail   bool
		words  string
	}{
		"well":          {"exit 0", false, ""},
		"already shown": {"exit 32", true, ""},
		"exit code":     {"exit 3", false, "non-zero exit code: 3"},
		"signal":        {"kill -TERM $$; sleep 1", false, "terminated"},
	}
	for name, expected := range cases {
		response := runResponse(newChildren().run(exec.Command("sh", "-c", expected.script)))
		if response.GetBail() != expected.bail || !strings.Contains(response.GetError(), expected.words) ||
			(expected.words == "") != (response.GetError() == "") {
			t.Errorf("%s: %v", name, response)
		}
	}
	if response := runResponse(errors.New("no such file")); !strings.Contains(response.GetError(), "could not be started") {
		t.Error(response)
	}
}

func TestEndingAProgramEndsItsDescendantsToo(t *testing.T) {
	group := newChildren()
	marker := filepath.Join(t.TempDir(), "survived")
	// The program ignores the polite signal; its own child would leave a file if it lived on.
	command := exec.Command("sh", "-c", `trap "" TERM; (sleep 3; touch "`+marker+`") & while true; do sleep 0.1; done`)
	done := make(chan error, 1)
	go func() { done <- group.run(command) }()
	for len(group.running) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond)
	started := time.Now()
	group.endAll()
	if took := time.Since(started); took > termGrace+time.Second {
		t.Errorf("took %v", took)
	}
	if err := <-done; err == nil {
		t.Error("the program ended well")
	}
	time.Sleep(3500 * time.Millisecond)
	if _, err := os.Stat(marker); err == nil {
		t.Error("a descendant lived on")
	}
}

func TestConfigurationIsPassedAsJSON(t *testing.T) {
	variables, err := configVariables(nil, nil)
	if err != nil || strings.Join(variables, " ") != "PULUMI_CONFIG={} PULUMI_CONFIG_SECRET_KEYS=[]" {
		t.Errorf("%v %v", variables, err)
	}
	variables, err = configVariables(map[string]string{"a:b": "c"}, []string{"a:b"})
	if err != nil || strings.Join(variables, " ") != `PULUMI_CONFIG={"a:b":"c"} PULUMI_CONFIG_SECRET_KEYS=["a:b"]` {
		t.Errorf("%v %v", variables, err)
	}
}
