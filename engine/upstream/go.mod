module runlayer.example/engine/upstream

go 1.26

require (
	github.com/hashicorp/terraform-plugin-sdk/v2 v2.38.2
	github.com/hashicorp/terraform-provider-aws v0.0.0-20260305123303-f7691456b787
)

replace github.com/hashicorp/terraform-provider-aws => github.com/upbound/terraform-provider-aws v0.0.0-20260305123303-f7691456b787

replace github.com/hashicorp/terraform-plugin-sdk/v2 => github.com/pulumi/terraform-plugin-sdk/v2 v2.0.0-20260318212141-5525259d096b
