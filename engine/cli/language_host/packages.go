package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/env"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const pluginFile = "pulumi-plugin.json"

// pluginDescription is what a Pulumi SDK package says of the plugin it needs (pulumi-plugin.json).
type pluginDescription struct {
	Resource bool   `json:"resource"`
	Name     string `json:"name"`
	Version  string `json:"version"`
	Server   string `json:"server"`
}

// requiredPackages are the plugins that the packages in `sitePackages` ask for, sorted by name.
//
// A package may be installed though the program at hand never uses it. When the engine must not download plugins
// (PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION), asking for one that is not there would end the run before the
// program starts, so only plugins that are there are reported; a resource of a missing one is then refused by the
// engine, by name, when the program registers it.
func requiredPackages(sitePackages string, mayDownload bool, installed func(name string) bool) ([]*pulumirpc.PackageDependency, error) {
	files, err := filepath.Glob(filepath.Join(sitePackages, "*", pluginFile))
	if err != nil {
		return nil, err
	}
	var found []*pulumirpc.PackageDependency
	for _, file := range files {
		description, err := readPluginDescription(file)
		if err != nil {
			return nil, err
		}
		if !description.Resource || !(mayDownload || installed(description.Name)) {
			continue
		}
		found = append(found, &pulumirpc.PackageDependency{
			Name:    description.Name,
			Kind:    "resource",
			Version: withV(description.Version),
			Server:  description.Server,
		})
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Name < found[j].Name })
	return found, nil
}

func readPluginDescription(file string) (pluginDescription, error) {
	var description pluginDescription
	content, err := os.ReadFile(file)
	if err != nil {
		return description, err
	}
	if err := json.Unmarshal(content, &description); err != nil {
		return description, fmt.Errorf("%s: %w", file, err)
	}
	if description.Name == "" {
		// The package's own name without the prefix, as in pulumi_aws -> aws.
		description.Name = strings.TrimPrefix(filepath.Base(filepath.Dir(file)), "pulumi_")
	}
	return description, nil
}

func withV(version string) string {
	if version == "" || strings.HasPrefix(version, "v") {
		return version
	}
	return "v" + version
}

// mayDownloadPlugins tells whether the engine may fetch plugins that are not installed.
func mayDownloadPlugins() bool { return !env.DisableAutomaticPluginAcquisition.Value() }

// pluginInstalled looks where the engine looks: its plugin directory, any version, then PATH unless that is switched off.
func pluginInstalled(name string) bool {
	if directory, err := workspace.GetPluginDir(); err == nil {
		if matches, _ := filepath.Glob(filepath.Join(directory, "resource-"+name+"-v*")); len(matches) > 0 {
			return true
		}
	}
	if env.IgnoreAmbientPlugins.Value() {
		return false
	}
	_, err := exec.LookPath("pulumi-resource-" + name)
	return err == nil
}

// sitePackagesOf finds the directory of installed packages of a virtual environment; "" if there is none.
func sitePackagesOf(virtualenv string) (string, error) {
	for _, pattern := range []string{"lib/python3*/site-packages", "Lib/site-packages"} {
		matches, err := filepath.Glob(filepath.Join(virtualenv, filepath.FromSlash(pattern)))
		if err != nil {
			return "", err
		}
		if len(matches) > 0 {
			return matches[0], nil
		}
	}
	if _, err := os.Stat(virtualenv); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return "", nil
}
