package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/hashicorp/terraform-provider-aws/xpprovider"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	tfshim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"runlayer.example/engine/provider_aws/answers"
	"runlayer.example/engine/provider_aws/faults"
)

// version is the pulumi_aws version this provider stands in for; the build sets it.
var version = "0.0.0-dev"

func propertyKey(name string) resource.PropertyKey { return resource.PropertyKey(name) }

// describe maps the upstream provider to Pulumi with the table.
func describe(ctx context.Context, names table) (tfbridge.ProviderInfo, error) {
	framework, sdk, err := xpprovider.GetProvider(ctx)
	if err != nil {
		return tfbridge.ProviderInfo{}, fmt.Errorf("the AWS provider does not start: %w", err)
	}
	info := tfbridge.ProviderInfo{
		P:            pf.MuxShimWithPF(ctx, shimv2.NewProvider(sdk), framework),
		Name:         "aws",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Config: map[string]*tfbridge.SchemaInfo{
			"region": {
				Type:                  "aws:index/region:Region",
				Default:               &tfbridge.DefaultInfo{EnvVars: []string{"AWS_REGION", "AWS_DEFAULT_REGION"}},
				ForcesProviderReplace: tfbridge.True(),
			},
			"skip_credentials_validation": {Default: &tfbridge.DefaultInfo{Value: false}},
			"skip_region_validation":      {Default: &tfbridge.DefaultInfo{Value: true}},
			"skip_metadata_api_check":     {Type: "boolean", Default: &tfbridge.DefaultInfo{Value: true}},
			"access_key":                  {Secret: tfbridge.True()},
			"secret_key":                  {Secret: tfbridge.True()},
			"token":                       {Secret: tfbridge.True()},
		},
		// The framework half would refuse values that the SDK half accepts; the SDK half validates.
		SkipValidateProviderConfigForPluginFramework: true,
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	if err := checkServed(info.P, names); err != nil {
		return tfbridge.ProviderInfo{}, err
	}
	for terraformName, entry := range names.Resources {
		info.Resources[terraformName] = &tfbridge.ResourceInfo{
			Tok:                 tokens.Type(entry.Token),
			Fields:              schemaInfos(entry.Fields),
			DeleteBeforeReplace: entry.DeleteBeforeReplace,
		}
	}
	for terraformName, entry := range names.DataSources {
		info.DataSources[terraformName] = &tfbridge.DataSourceInfo{
			Tok:    tokens.ModuleMember(entry.Token),
			Fields: schemaInfos(entry.Fields),
		}
	}
	computeAllTags(&info)
	ignoreOthers(&info)
	info.SetAutonaming(defaultNameLength, nameSeparator)
	return info, resolveDispatch(&info)
}

// checkServed refuses a table that names what the pruned upstream provider does not have.
func checkServed(upstream tfshim.Provider, names table) error {
	var missing, unmapped []string
	for terraformName := range names.Resources {
		if _, ok := upstream.ResourcesMap().GetOk(terraformName); !ok {
			missing = append(missing, "resource "+terraformName)
		}
		_, isSource := upstream.DataSourcesMap().GetOk(terraformName)
		if _, mapped := names.DataSources[terraformName]; isSource && !mapped {
			unmapped = append(unmapped, terraformName)
		}
	}
	for terraformName := range names.DataSources {
		if _, ok := upstream.DataSourcesMap().GetOk(terraformName); !ok {
			missing = append(missing, "data source "+terraformName)
		}
	}
	if len(unmapped) > 0 {
		sort.Strings(unmapped)
		return faults.New("ENG045",
			"the table maps the resources "+strings.Join(unmapped, ", ")+", but not the data sources of the same name",
			"the bridge wants both or neither",
			"add them under `dataSources` in "+answers.TablePath+", then run `python -m engine build`")
	}
	if len(missing) == 0 {
		return nil
	}
	sort.Strings(missing)
	return faults.New("ENG040",
		"this build has no "+strings.Join(missing, ", "),
		answers.TablePath+" names them, but no kept service package provides them",
		"add the service package to `services` in "+answers.TablePath+", or mend the name, then run `python -m engine build`")
}

func schemaInfos(fields map[string]field) map[string]*tfbridge.SchemaInfo {
	if len(fields) == 0 {
		return nil
	}
	infos := make(map[string]*tfbridge.SchemaInfo, len(fields))
	for terraformName, entry := range fields {
		infos[terraformName] = schemaInfo(terraformName, entry)
	}
	return infos
}

func schemaInfo(terraformName string, entry field) *tfbridge.SchemaInfo {
	info := &tfbridge.SchemaInfo{}
	if entry.Autoname != nil {
		name := entry.Name
		if name == "" {
			name = tfbridge.TerraformToPulumiNameV2(terraformName, nil, nil)
		}
		info = autonamed(name, *entry.Autoname)
	}
	info.Name = entry.Name
	info.Type = tokens.Type(entry.Type)
	info.MaxItemsOne = entry.MaxItemsOne
	if entry.Default != nil {
		info.Default = &tfbridge.DefaultInfo{Value: entry.Default}
	}
	if nested := schemaInfos(entry.Element); nested != nil {
		info.Elem = &tfbridge.SchemaInfo{Fields: nested}
	}
	return info
}

// computeAllTags makes tagsAll an output: upstream merges it from the resource's and the provider's tags, and
// pulumi_aws does not send it.
func computeAllTags(info *tfbridge.ProviderInfo) {
	for terraformName, mapped := range info.Resources {
		schema := info.P.ResourcesMap().Get(terraformName).Schema()
		tags, tagged := schema.GetOk("tags")
		if _, merged := schema.GetOk("tags_all"); !tagged || !merged || tags.Computed() {
			continue
		}
		if mapped.Fields == nil {
			mapped.Fields = map[string]*tfbridge.SchemaInfo{}
		}
		mapped.Fields["tags_all"] = &tfbridge.SchemaInfo{
			MarkAsComputedOnly: tfbridge.True(),
			MarkAsOptional:     tfbridge.False(),
			DeprecationMessage: "Please use `tags` instead.",
		}
	}
}

// ignoreOthers leaves out all that the table does not name, so that the bridge does not ask for a token.
func ignoreOthers(info *tfbridge.ProviderInfo) {
	ignore := func(known func(string) bool) func(string, tfshim.Resource) bool {
		return func(terraformName string, _ tfshim.Resource) bool {
			if !known(terraformName) {
				info.IgnoreMappings = append(info.IgnoreMappings, terraformName)
			}
			return true
		}
	}
	info.P.ResourcesMap().Range(ignore(func(name string) bool { return info.Resources[name] != nil }))
	info.P.DataSourcesMap().Range(ignore(func(name string) bool {
		return info.DataSources[name] != nil || info.Resources[name] != nil
	}))
	info.IgnoreMappings = append(info.IgnoreMappings, "arn_build", "arn_parse", "trim_iam_role_path", "user_agent")
}

// resolveDispatch records which half of upstream (SDK or framework) answers for which token.
func resolveDispatch(info *tfbridge.ProviderInfo) error {
	muxed := info.P.(interface {
		ResolveDispatch(*tfbridge.ProviderInfo) (muxer.DispatchTable, error)
	})
	dispatch, err := muxed.ResolveDispatch(info)
	if err != nil {
		return err
	}
	return metadata.Set(info.GetMetadata(), "mux", dispatch)
}

// packageSchema is the Pulumi schema of this provider as JSON.
func packageSchema(info tfbridge.ProviderInfo) ([]byte, error) {
	sink := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never})
	spec, err := tfgen.GenerateSchema(info, sink)
	if err != nil {
		return nil, err
	}
	return json.Marshal(spec)
}
