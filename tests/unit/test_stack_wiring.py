"""Both stack files as a whole: what the program registers for them, and how its parts are wired."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from functools import cache
from typing import cast

import pytest
from pydantic import BaseModel

from components.alarms import AlarmsArgs
from components.aurora_cluster import AuroraClusterArgs
from components.backups import BackupsArgs
from components.ecr_repository import EcrRepositoryArgs
from components.ecs_service_args import EcsServiceArgs
from components.load_balancer_args import ApplicationLoadBalancerArgs
from components.migration_task import MigrationTaskArgs
from components.network import NetworkArgs
from outputs import StackOutputs
from settings.load import load_file
from settings.model import StackSettings
from stack import OPERATIONS_ONLY, Exports, build
from tests.support.real_engine import ROOT
from tests.support.recorder import ComputeOutputs, Recording, record

STACKS = ("staging", "prod")
ARGS: dict[str, type] = {
    "network": NetworkArgs,
    "registry": EcrRepositoryArgs,
    "load_balancer": ApplicationLoadBalancerArgs,
    "database": AuroraClusterArgs,
    "alarms": AlarmsArgs,
    "service": EcsServiceArgs,
    "migration": MigrationTaskArgs,
    "backups": BackupsArgs,
}
DIGEST = f"sha256:{'5' * 64}"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
PROVIDER = "pulumi:providers:aws"
GROUP = "aws:ec2/securityGroup:SecurityGroup"

# What AWS computes and the program reads; an ARN, a name and an input of that name need no line.
COMPUTED: dict[str, ComputeOutputs] = {
    "aws:acm/certificate:Certificate": lambda _, inputs: {
        "domainValidationOptions": [
            {
                "domainName": inputs["domainName"],
                "resourceRecordName": f"_abc.{inputs['domainName']}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_def.acm-validations.aws.",
            }
        ]
    },
    "aws:ecr/repository:Repository": lambda _, inputs: {"repositoryUrl": f"registry.example.com/{inputs['name']}"},
    "aws:kms/key:Key": lambda name, _: {"keyId": f"mrk-{name}"},
    "aws:lb/loadBalancer:LoadBalancer": lambda name, _: {
        "arnSuffix": f"app/{name}/1",
        "dnsName": f"{name}.elb.amazonaws.com",
        "zoneId": "ZELB",
    },
    "aws:lb/targetGroup:TargetGroup": lambda name, _: {"arnSuffix": f"targetgroup/{name}/1"},
    "aws:rds/cluster:Cluster": lambda _, inputs: {
        "endpoint": "writer",
        "readerEndpoint": "reader",
        "clusterResourceId": "cluster-ABC",
        "masterUserSecrets": [{"secretArn": "arn:secret", "kmsKeyId": inputs["masterUserSecretKmsKeyId"]}],
    },
    "aws:route53/record:Record": lambda _, inputs: {"fqdn": str(inputs["name"]).rstrip(".")},
}


def settings_of(stack: str) -> StackSettings:
    return load_file(ROOT / f"Pulumi.{stack}.yaml")


@cache
def built(stack: str) -> Recording[Exports]:
    """Everything that the program registers for a stack file, when its service runs what it should."""
    settings = settings_of(stack)
    prefix = settings.name_prefix
    image = {
        "imageDigest": DIGEST,
        "imagePushedAt": 1_762_936_435,
        "imageTags": ["latest", "v1.5.0"],
        "imageUri": "",
        "imageSizeInBytes": 1,
        "id": DIGEST,
        "repositoryName": "",
    }
    deployment = {
        "id": "ecs-svc/1",
        "status": "PRIMARY",
        "taskDefinition": f"arn:aws:ecs:us-east-1:123456789012:taskdefinition/{prefix}",
        "runningCount": settings.service.desired_count,
        "pendingCount": 0,
        "desiredCount": settings.service.desired_count,
        "createdAt": "2026-11-12T08:33:55Z",
    }
    return record(
        lambda: build(settings),
        stack=stack,
        outputs=COMPUTED,
        call_results={
            "aws:ecr/getImage:getImage": image,
            "aws:ecs/getService:getService": {"deployments": [deployment], "events": []},
            "aws:ecs/getContainerDefinition:getContainerDefinition": {
                "image": f"{settings.release.repository}@{DIGEST}",
                "environment": {"RUNLAYER_VERSION": "v1.5.0"},
            },
        },
    )


@pytest.mark.parametrize("stack", STACKS)
def test_stack_file_builds_a_whole_stack_with_every_output(stack: str) -> None:
    run = built(stack)
    assert len(run.resources) > 60
    assert set(run.result) == set(StackOutputs.model_fields)
    StackOutputs.model_validate({name: run.value(value) for name, value in run.result.items()})


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_hangs_under_a_component_and_has_the_only_provider(stack: str) -> None:
    run = built(stack)
    components = {each.name for each in run.resources if not each.custom}
    (provider,) = [each for each in run.resources if each.type == PROVIDER]
    for each in run.resources:
        if each.custom and each is not provider:
            assert each.parent in components, each.urn
            assert each.provider.startswith(f"{provider.urn}::"), each.urn
    assert {each.type.split(":")[0] for each in run.resources if not each.custom} == {"runlayer"}


@pytest.mark.parametrize("stack", STACKS)
def test_provider_tags_everything_and_takes_one_account_only(stack: str) -> None:
    run = built(stack)
    inputs = run.one(PROVIDER).inputs
    assert json.loads(inputs["defaultTags"])["tags"]["stack"] == stack
    assert settings_of(stack).aws.account_id in inputs["allowedAccountIds"]


@pytest.mark.parametrize("stack", STACKS)
def test_urns_are_unique_and_logical_names_begin_with_the_stack(stack: str) -> None:
    run = built(stack)
    urns = [each.urn for each in run.resources]
    assert len(set(urns)) == len(urns)
    prefix = settings_of(stack).name_prefix
    assert [name for type_, name in run.shape() if not name.startswith(prefix) and type_ != PROVIDER] == []


@pytest.mark.parametrize("stack", STACKS)
def test_only_the_load_balancer_is_open_and_only_to_the_allowed_ranges(stack: str) -> None:
    run = built(stack)
    settings = settings_of(stack)
    assert run.all(GROUP)
    assert not [each for each in run.all(GROUP) if each.inputs.get("ingress")]
    inside: set[tuple[str, int]] = set()
    outside: set[tuple[str, int]] = set()
    for rule in run.all(INGRESS):
        given = rule.inputs
        assert given["ipProtocol"] == "tcp", rule.urn
        assert given["fromPort"] == given["toPort"], rule.urn
        if "cidrIpv4" in given or "cidrIpv6" in given:
            source = given.get("cidrIpv4") or given["cidrIpv6"]
            (outside if "ApplicationLoadBalancer$" in rule.urn else inside).add((source, given["fromPort"]))
    assert outside == {(cidr, port) for cidr in settings.load_balancer.allowed_cidrs for port in (80, 443)}
    # Endpoints answer the private subnets, and nothing else is open to a range.
    subnets = run.all("aws:ec2/subnet:Subnet")
    private = {(each.inputs["cidrBlock"], 443) for each in subnets if "private" in each.name}
    assert inside == private


@pytest.mark.parametrize("stack", STACKS)
def test_task_definitions_name_the_digest_and_never_a_tag(stack: str) -> None:
    run = built(stack)
    settings = settings_of(stack)
    asked = run.value(run.result["release_digest"])
    definitions = run.all("aws:ecs/taskDefinition:TaskDefinition")
    assert len(definitions) == 2
    for each in definitions:
        assert f'"image": "{settings.release.repository}@{asked}"' in each.inputs["containerDefinitions"]


@pytest.mark.parametrize("section", sorted(ARGS))
def test_a_component_has_every_key_of_its_section_with_the_same_default(section: str) -> None:
    model = StackSettings.sections()[section]
    assert disagreements(ARGS[section], model) == []


def disagreements(args: type, model: type[BaseModel], where: str = "") -> list[str]:
    """Keys of a section that its component lacks, or has with another default; nested sections too."""
    known = {field.name: field for field in cast("tuple[Field[object], ...]", fields(args))}
    found: list[str] = []
    for key, info in model.model_fields.items():
        if key in OPERATIONS_ONLY:
            continue
        if key not in known:
            found.append(f"{where}{key}: not an argument of {args.__name__}")
            continue
        ours = _default(known[key])
        theirs = MISSING if info.is_required() else info.get_default(call_default_factory=True)
        # A component may need what the settings have a default for, or the other way round: a file has every key.
        if MISSING not in (ours, theirs) and _plain(ours) != _plain(theirs):
            found.append(f"{where}{key}: {_plain(ours)} in {args.__name__}, {_plain(theirs)} in the settings")
    return found


def _default(field: Field[object]) -> object:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _plain(value: object) -> object:
    """Data without its types, to compare a dataclass with a model."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return _plain(value.model_dump())
    if hasattr(type(value), "__dataclass_fields__"):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(cast("type", value))}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("list[object]", value)]
    return value


def test_the_comparison_notices_a_default_that_moved() -> None:
    class Section(BaseModel):
        cpu: int = 1
        port: int = 2
        gone: int = 3

    @dataclass
    class Args:
        cpu: int = 1
        port: int = 3

    assert [each.partition(":")[0] for each in disagreements(Args, Section)] == ["port", "gone"]
