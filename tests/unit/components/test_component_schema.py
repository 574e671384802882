"""The components as other Pulumi languages see them: through a provider, which speaks in dictionaries."""

import json
from collections.abc import Mapping

import pulumi
import pytest

from components.alarms import Alarms
from components.backups import Backups
from components.component_provider import RunlayerProvider
from components.ecr_repository import EcrRepository
from components.load_balancer import ApplicationLoadBalancer
from components.network import Network
from tests.support.recorder import ACCOUNT_ID, REGION, Recording, record, record_refusal

COMPONENTS: list[type[pulumi.ComponentResource]] = [Network, EcrRepository, ApplicationLoadBalancer, Alarms, Backups]
PLACE = {"accountId": ACCOUNT_ID, "region": REGION}
PREFIX = {**PLACE, "namePrefix": "runlayer"}

# Numbers are floats, as they come over the wire.
INPUTS: Mapping[str, dict[str, object]] = {
    "Network": {
        **PREFIX,
        "availabilityZones": ["us-east-1a", "us-east-1b"],
        "nat": "per_zone",
        "flowLogRetentionDays": 90.0,
    },
    "EcrRepository": {
        **PLACE,
        "name": "vendor/backend",
        "untaggedExpiryDays": 7.0,
        "timestampImagesKept": 5.0,
        "pullThrough": {
            "prefix": "vendor",
            "upstreamRegistryUrl": "999999999999.dkr.ecr.us-east-1.amazonaws.com",
            "roleArn": "arn:aws:iam::1:role/r",
        },
    },
    "ApplicationLoadBalancer": {
        **PREFIX,
        "vpcId": "vpc-1",
        "subnetIds": ["subnet-1", "subnet-2"],
        "domain": "app.example.com",
        "certificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT_ID}:certificate/1",
        "drainSeconds": 45.0,
        "healthCheck": {"path": "/ready", "intervalSeconds": 20.0},
    },
    "Alarms": {
        **PREFIX,
        "loadBalancerArnSuffix": "app/a/1",
        "targetGroupArnSuffix": "targetgroup/a/1",
        "clusterName": "c",
        "serviceName": "s",
        "databaseClusterIdentifier": "d",
        "cpuPercent": 70.0,
    },
    "Backups": {**PREFIX, "clusterArn": "arn:aws:rds:us-east-1:1:cluster:d", "retentionDays": 90.0},
}


def provider() -> RunlayerProvider:
    return RunlayerProvider(COMPONENTS, "1.2.3")


def constructed(component: str) -> Recording[object]:
    made = provider()
    return record(lambda: made.construct("it", f"runlayer:index:{component}", dict(INPUTS[component])))


def schema() -> dict[str, dict[str, dict[str, object]]]:
    return json.loads(provider().schema or "{}")


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda each: each.__name__)
def test_type_token_is_the_one_in_stored_states(component: type[pulumi.ComponentResource]) -> None:
    assert f"runlayer:index:{component.__name__}" == component.TYPE  # pyright: ignore[reportAttributeAccessIssue]
    assert component.TYPE in schema()["resources"]  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda each: each.__name__)
def test_every_property_has_a_description(component: type[pulumi.ComponentResource]) -> None:
    found = schema()["resources"][f"runlayer:index:{component.__name__}"]
    described = {
        (kind, name): bool(each.get("description"))
        for kind in ("inputProperties", "properties")
        for name, each in found.get(kind, {}).items()  # pyright: ignore
    }

    assert described
    assert all(described.values()), [each for each, there in described.items() if not there]
    assert found.get("description")


def test_only_arguments_without_a_default_are_required() -> None:
    required = {name: sorted(each["requiredInputs"]) for name, each in schema()["resources"].items()}  # pyright: ignore

    assert required == {
        "runlayer:index:Alarms": [
            "accountId",
            "clusterName",
            "databaseClusterIdentifier",
            "loadBalancerArnSuffix",
            "namePrefix",
            "region",
            "serviceName",
            "targetGroupArnSuffix",
        ],
        "runlayer:index:ApplicationLoadBalancer": [
            "accountId",
            "domain",
            "namePrefix",
            "region",
            "subnetIds",
            "vpcId",
        ],
        "runlayer:index:Backups": ["accountId", "clusterArn", "namePrefix", "region"],
        "runlayer:index:EcrRepository": ["accountId", "name", "region"],
        "runlayer:index:Network": ["accountId", "namePrefix", "region"],
    }
    assert schema()["types"]["runlayer:index:HealthCheckArgs"].get("required", []) == []
    assert schema()["types"]["runlayer:index:PullThroughArgs"]["required"] == ["prefix", "upstreamRegistryUrl"]


@pytest.mark.parametrize("component", list(INPUTS))
def test_component_is_built_from_the_dictionaries_of_another_language(component: str) -> None:
    run = constructed(component)
    floats = [
        (each.name, value)
        for each in run.resources
        for value in each.inputs.values()
        if isinstance(value, str) and ".0 " in value
    ]

    assert run.all(f"runlayer:index:{component}")
    assert len(run.resources) > 1
    assert not floats


def test_nested_arguments_and_numbers_arrive_as_they_were_written() -> None:
    network = constructed("Network")
    registry = constructed("EcrRepository")
    balancer = constructed("ApplicationLoadBalancer")
    rules = json.loads(registry.one("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs["policy"])["rules"]
    group = balancer.one("aws:lb/targetGroup:TargetGroup").inputs

    assert len(network.all("aws:ec2/natGateway:NatGateway")) == 2
    assert [rule["selection"]["countNumber"] for rule in rules][2:] == [5, 7]
    assert all(isinstance(rule["selection"]["countNumber"], int) for rule in rules)
    assert registry.one("aws:ecr/pullThroughCacheRule:PullThroughCacheRule").inputs["customRoleArn"] == (
        "arn:aws:iam::1:role/r"
    )
    assert (group["healthCheck"]["path"], group["healthCheck"]["interval"], group["deregistrationDelay"]) == (
        "/ready",
        20,
        45,
    )


def test_refusal_arrives_as_its_text_without_a_traceback() -> None:
    inputs = {**INPUTS["Network"], "namePrefix": "Staging"}

    refusal, registered = record_refusal(
        lambda: provider().construct("it", "runlayer:index:Network", inputs), pulumi.InputPropertiesError
    )

    assert str(refusal).startswith("error COMP001: ")
    assert "Traceback" not in str(refusal)
    assert not registered
