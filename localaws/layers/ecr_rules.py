"""ECR: pull-through cache rules, repository creation templates, account settings. Kept here: moto has none of them."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from localaws.errors import ApiError

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

CACHE_RULES, TEMPLATES, SETTINGS = "ecr-cache-rules", "ecr-templates", "ecr-account-settings"
INVALID = "InvalidParameterException"


def create_rule(world: World, call: Call) -> Params:
    params = call.params
    table, key = world.table(CACHE_RULES), _key(call, str(params["ecrRepositoryPrefix"]))
    if key in table:
        raise ApiError(
            "PullThroughCacheRuleAlreadyExistsException",
            f"A pull through cache rule with prefix '{params['ecrRepositoryPrefix']}' already exists.",
        )
    url = str(params["upstreamRegistryUrl"])
    if ".dkr.ecr." in url and not params.get("customRoleArn") and not url.startswith(call.account):
        raise ApiError(INVALID, "customRoleArn is required for an ECR upstream of another account.")
    now = world.clock.date()
    table[key] = {
        "ecrRepositoryPrefix": params["ecrRepositoryPrefix"],
        "upstreamRegistryUrl": url,
        "upstreamRegistry": params.get("upstreamRegistry") or _upstream(url),
        "credentialArn": params.get("credentialArn"),
        "customRoleArn": params.get("customRoleArn"),
        "upstreamRepositoryPrefix": params.get("upstreamRepositoryPrefix") or "ROOT",
        "registryId": call.account,
        "createdAt": now,
        "updatedAt": now,
    }
    return _without(table[key], "updatedAt")


def describe_rules(world: World, call: Call) -> Params:
    wanted = call.params.get("ecrRepositoryPrefixes") or []
    rules = [r for k, r in world.table(CACHE_RULES).items() if k.startswith(_key(call, ""))]
    found = [r for r in rules if not wanted or r["ecrRepositoryPrefix"] in wanted]
    if wanted and not found:
        raise _no_rule(wanted[0])
    return {"pullThroughCacheRules": found}


def update_rule(world: World, call: Call) -> Params:
    rule = _rule(world, call)
    for key in ("credentialArn", "customRoleArn"):
        if call.params.get(key) is not None:
            rule[key] = call.params[key]
    rule["updatedAt"] = world.clock.date()
    return _without(rule, "createdAt", "upstreamRegistryUrl", "upstreamRegistry")


def delete_rule(world: World, call: Call) -> Params:
    rule = _rule(world, call)
    del world.table(CACHE_RULES)[_key(call, rule["ecrRepositoryPrefix"])]
    return _without(rule, "updatedAt", "upstreamRegistry")


def validate_rule(world: World, call: Call) -> Params:
    return _without(_rule(world, call), "createdAt", "updatedAt", "upstreamRegistry") | {"isValid": True}


def create_template(world: World, call: Call) -> Params:
    table, key = world.table(TEMPLATES), _key(call, str(call.params["prefix"]))
    if key in table:
        raise ApiError(
            "TemplateAlreadyExistsException", f"A template with prefix '{call.params['prefix']}' already exists."
        )
    now = world.clock.date()
    defaults = {"imageTagMutability": "MUTABLE", "encryptionConfiguration": {"encryptionType": "AES256"}}
    table[key] = defaults | _given(call.params) | {"createdAt": now, "updatedAt": now}
    return {"registryId": call.account, "repositoryCreationTemplate": table[key]}


def describe_templates(world: World, call: Call) -> Params:
    wanted = call.params.get("prefixes") or []
    rows = [t for k, t in world.table(TEMPLATES).items() if k.startswith(_key(call, ""))]
    return {
        "registryId": call.account,
        "repositoryCreationTemplates": [t for t in rows if not wanted or t["prefix"] in wanted],
    }


def update_template(world: World, call: Call) -> Params:
    template = _template(world, call)
    template |= _given(call.params) | {"updatedAt": world.clock.date()}
    return {"registryId": call.account, "repositoryCreationTemplate": template}


def delete_template(world: World, call: Call) -> Params:
    template = _template(world, call)
    del world.table(TEMPLATES)[_key(call, template["prefix"])]
    return {"registryId": call.account, "repositoryCreationTemplate": template}


def get_setting(world: World, call: Call) -> Params:
    name = str(call.params["name"])
    default = {"BASIC_SCAN_TYPE_VERSION": "AWS_NATIVE", "REGISTRY_POLICY_SCOPE": "V2"}.get(name, "DISABLED")
    return {"name": name, "value": world.table(SETTINGS).get(_key(call, name), default)}


def put_setting(world: World, call: Call) -> Params:
    name, value = str(call.params["name"]), call.params["value"]
    world.table(SETTINGS)[_key(call, name)] = value
    return {"name": name, "value": value}


def _rule(world: World, call: Call) -> dict[str, Any]:
    prefix = str(call.params["ecrRepositoryPrefix"])
    rule = world.table(CACHE_RULES).get(_key(call, prefix))
    if rule is None:
        raise _no_rule(prefix)
    return rule


def _no_rule(prefix: str) -> ApiError:
    return ApiError("PullThroughCacheRuleNotFoundException", f"No pull through cache rule has the prefix '{prefix}'.")


def _template(world: World, call: Call) -> dict[str, Any]:
    template = world.table(TEMPLATES).get(_key(call, str(call.params["prefix"])))
    if template is None:
        raise ApiError("TemplateNotFoundException", f"No template has the prefix '{call.params['prefix']}'.")
    return template


def _given(params: Params) -> Params:
    return deepcopy({key: value for key, value in params.items() if value is not None})


def _without(item: Params, *keys: str) -> Params:
    return {key: value for key, value in item.items() if key not in keys}


def _upstream(url: str) -> str:
    known = {
        "public.ecr.aws": "ecr-public",
        "registry-1.docker.io": "docker-hub",
        "quay.io": "quay",
        "registry.k8s.io": "k8s",
        "ghcr.io": "github-container-registry",
    }
    return known.get(url, "ecr" if ".dkr.ecr." in url else "ecr-public")


def _key(call: Call, name: str) -> str:
    return f"{call.account}:{call.region}:{name}"


HANDLERS: dict[str, Handler] = {
    "CreatePullThroughCacheRule": create_rule,
    "DescribePullThroughCacheRules": describe_rules,
    "UpdatePullThroughCacheRule": update_rule,
    "DeletePullThroughCacheRule": delete_rule,
    "ValidatePullThroughCacheRule": validate_rule,
    "CreateRepositoryCreationTemplate": create_template,
    "DescribeRepositoryCreationTemplates": describe_templates,
    "UpdateRepositoryCreationTemplate": update_template,
    "DeleteRepositoryCreationTemplate": delete_template,
    "GetAccountSetting": get_setting,
    "PutAccountSetting": put_setting,
}
