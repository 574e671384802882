"""Small edits of the copied sources: waits are capped, an S3 bucket's tags are read from S3 itself, and deployments may
pause for people, which ECS and pulumi_aws know and this upstream version does not yet.

Only the build for the embedded AWS has them. An edit that no longer fits the sources is an error, never skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError


@dataclass(frozen=True)
class Patch:
    """In `file` (relative to the copy), `old` occurs `times` times and becomes `new`; `reason` says why."""

    file: str
    old: str
    new: str
    reason: str
    times: int = 1


# Upstream waits 30 s before it first looks at a database cluster or a load balancer, and some seconds between looks.
# A stand-in on loopback answers at once: first look after 50 ms, then one every 100 ms.
SDK_PATCHES = (
    Patch(
        "helper/retry/state.go",
        "time.After(conf.Delay)",
        "time.After(min(conf.Delay, 50*time.Millisecond))",
        "cap the wait before the first look",
    ),
    Patch(
        "helper/retry/state.go",
        "if conf.PollInterval > 0 && conf.PollInterval < 180*time.Second {",
        "if true {\n\t\t\t\twait = 100 * time.Millisecond\n"
        "\t\t\t} else if conf.PollInterval > 0 && conf.PollInterval < 180*time.Second {",
        "cap the wait between looks",
    ),
)

AWS_PATCHES = (
    Patch(
        "internal/retry/state.go",
        "SDKv2HelperRetryCompatibleDelay(conf.Delay, conf.PollInterval, conf.MinTimeout)",
        "SDKv2HelperRetryCompatibleDelay(min(conf.Delay, 50*time.Millisecond), "
        "100*time.Millisecond, 100*time.Millisecond)",
        "cap the waits of the provider's own loop",
    ),
    # S3 Control puts the account number before the host name (123456789012.127.0.0.1), which does not resolve.
    Patch(
        "internal/service/s3/tags.go",
        'if accountID := c.AccountID(ctx); accountID != "" {',
        'if accountID := c.AccountID(ctx); false && accountID != "" {',
        "read and write a bucket's tags with S3, not with S3 Control",
        times=2,
    ),
    # Stand-ins drop the tags that come with CreateBucket; upstream has this second way for accounts that refuse them.
    Patch(
        "internal/service/s3/bucket.go",
        "tagOnCreate := true",
        "tagOnCreate := false",
        "tag a bucket in a call of its own",
    ),
)


_HOOK_SCHEMA = """\
	"target_type": {
		Type:             schema.TypeString,
		Optional:         true,
		Default:          string(awstypes.DeploymentLifecycleHookTargetTypeAwsLambda),
		ValidateDiagFunc: enum.Validate[awstypes.DeploymentLifecycleHookTargetType](),
	},
	"timeout_configuration": {
		Type:     schema.TypeList,
		Optional: true,
		MaxItems: 1,
		Elem: &schema.Resource{
			Schema: map[string]*schema.Schema{
				names.AttrAction: {
					Type:             schema.TypeString,
					Optional:         true,
					ValidateDiagFunc: enum.Validate[awstypes.DeploymentLifecycleHookAction](),
				},
				"timeout_in_minutes": {
					Type:         nullable.TypeNullableInt,
					Optional:     true,
					ValidateFunc: nullable.ValidateTypeStringNullableIntBetween(1, 20160),
				},
			},
		},
	},
"""

_HOOK_EXPAND = """
		if v, ok := tfMap["target_type"].(string); ok && v == string(awstypes.DeploymentLifecycleHookTargetTypePause) {
			hook.TargetType = awstypes.DeploymentLifecycleHookTargetTypePause
		}

		if v, ok := tfMap["timeout_configuration"].([]any); ok && len(v) > 0 && v[0] != nil {
			timeout := &awstypes.DeploymentLifecycleHookTimeoutConfiguration{}
			values := v[0].(map[string]any)
			if action, ok := values[names.AttrAction].(string); ok && action != "" {
				timeout.Action = awstypes.DeploymentLifecycleHookAction(action)
			}
			if minutes, ok := values["timeout_in_minutes"].(string); ok && minutes != "" {
				if value, null, err := nullable.Int(minutes).ValueInt32(); err == nil && !null {
					timeout.TimeoutInMinutes = aws.Int32(value)
				}
			}
			hook.TimeoutConfiguration = timeout
		}
"""

_HOOK_FLATTEN = """
		tfMap["target_type"] = string(awstypes.DeploymentLifecycleHookTargetTypeAwsLambda)
		if v := apiObject.TargetType; v != "" {
			tfMap["target_type"] = string(v)
		}

		if v := apiObject.TimeoutConfiguration; v != nil {
			timeout := map[string]any{names.AttrAction: string(v.Action)}
			if v.TimeoutInMinutes != nil {
				timeout["timeout_in_minutes"] = flex.Int32ToStringValue(v.TimeoutInMinutes)
			}
			tfMap["timeout_configuration"] = []any{timeout}
		}
"""

_HOOK_DATA_SCHEMA = """\
	"target_type": {
		Type:     schema.TypeString,
		Computed: true,
	},
	"timeout_configuration": {
		Type:     schema.TypeList,
		Computed: true,
		Elem: &schema.Resource{
			Schema: map[string]*schema.Schema{
				names.AttrAction: {
					Type:     schema.TypeString,
					Computed: true,
				},
				"timeout_in_minutes": {
					Type:     schema.TypeString,
					Computed: true,
				},
			},
		},
	},
"""

_SERVICE = "internal/service/ecs/service.go"
_TARGET_ARN = """									"hook_target_arn": {
										Type:         schema.TypeString,
										Required:     true,
"""
_HOOK_ROLE = """									names.AttrRoleARN: {
										Type:         schema.TypeString,
										Required:     true,
										ValidateFunc: verify.ValidARN,
									},
									"hook_details": {
"""

# A pause has no Lambda function, so target and role are optional; what is wanted and what is read gain two fields.
PAUSE_PATCHES = (
    Patch(_SERVICE, _TARGET_ARN, _TARGET_ARN.replace("Required:", "Optional:"), "a pause has no target"),
    Patch(
        _SERVICE,
        _HOOK_ROLE,
        _HOOK_SCHEMA + _HOOK_ROLE.replace("Required:", "Optional:"),
        "a pause has a type and a timeout, but no role",
    ),
    Patch(
        _SERVICE,
        "\t\thook := awstypes.DeploymentLifecycleHook{}\n",
        "\t\thook := awstypes.DeploymentLifecycleHook{}\n" + _HOOK_EXPAND,
        "send the type and the timeout",
    ),
    Patch(
        _SERVICE,
        """			tfMap["lifecycle_stages"] = v
		}
""",
        """			tfMap["lifecycle_stages"] = v
		}
"""
        + _HOOK_FLATTEN,
        "read the type and the timeout",
    ),
    Patch(
        "internal/service/ecs/service_data_source.go",
        """									"hook_target_arn": {
										Type:     schema.TypeString,
										Computed: true,
									},
""",
        _HOOK_DATA_SCHEMA
        + """									"hook_target_arn": {
										Type:     schema.TypeString,
										Computed: true,
									},
""",
        "show the type and the timeout",
    ),
)


def apply_patches(root: Path, patches: tuple[Patch, ...]) -> None:
    """Edit the copy at `root`. Raises EngineError (ENG022) if a patch does not fit as often as it says."""
    for patch in patches:
        path = root / patch.file
        text = path.read_text(encoding="utf-8")
        count = text.count(patch.old)
        if count != patch.times:
            raise EngineError(
                "ENG022",
                f"the edit «{patch.reason}» fits {count} times in {patch.file}, wanted {patch.times}",
                "the pinned module has changed, so the edit would do something else than meant",
                "mend engine/patches.py for the new sources, or go back to the pinned version",
            )
        path.write_text(text.replace(patch.old, patch.new), encoding="utf-8")
