"""The components as a package: names for Python, a schema for the other languages."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pulumi
import pytest

import components
from components.component_provider import RunlayerProvider
from components.plugin import COMPONENTS, package_version
from tests.support.recorder import ACCOUNT_ID, REGION, record
from tests.support.service import DIGEST, REPOSITORY_ARN, SECRET_ARN

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads(RunlayerProvider(COMPONENTS, "1.2.3").schema or "")


def resource(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return schema["resources"][f"runlayer:index:{name}"]


def test_every_component_has_a_schema_under_the_token_that_it_registers(schema: dict[str, Any]) -> None:
    tokens = {component.TYPE for component in COMPONENTS}  # pyright: ignore[reportAttributeAccessIssue]
    assert set(schema["resources"]) == tokens
    assert (schema["name"], schema["version"]) == ("runlayer", "1.2.3")


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_every_argument_and_output_is_described(schema: dict[str, Any], component: type) -> None:
    found = resource(schema, component.__name__)
    assert found["description"]
    undescribed = [
        name
        for part in ("inputProperties", "properties")
        for name, each in found[part].items()
        if not each.get("description")
    ]
    assert undescribed == []


def test_argument_with_a_default_may_be_left_out_in_every_language(schema: dict[str, Any]) -> None:
    assert resource(schema, "EcsService")["requiredInputs"] == [
        "accountId",
        "image",
        "imageRepositoryArn",
        "namePrefix",
        "region",
        "releaseDigest",
        "releaseVersion",
        "subnetIds",
        "vpcId",
    ]
    assert schema["types"]["runlayer:index:AutoscalingArgs"]["required"] == ["maxCount", "minCount"]
    assert "required" not in schema["types"]["runlayer:index:DeploymentArgs"]


def test_choices_are_enumerations(schema: dict[str, Any]) -> None:
    values = [each["value"] for each in schema["types"]["runlayer:index:DeploymentStrategy"]["enum"]]
    assert values == ["rolling", "blue_green", "canary", "linear"]


def test_values_of_other_resources_may_be_outputs_and_shapes_may_not(schema: dict[str, Any]) -> None:
    inputs = resource(schema, "EcsService")["inputProperties"]
    assert "plain" not in inputs["vpcId"]
    assert "plain" not in inputs["databaseEndpoint"]
    assert inputs["desiredCount"]["plain"] is True


def test_package_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert package_version() == project["project"]["version"]


def test_plugin_needs_what_the_lock_pins_and_no_more() -> None:
    lines = (ROOT / "components/requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    locked = (ROOT / "requirements.lock").read_text()
    assert [line for line in wanted if f"{line} " not in locked] == []


def test_plugin_loads_nothing_that_its_requirements_do_not_bring() -> None:
    program = (
        "import sys, components.plugin; "
        "print([name for name in ('pydantic', 'boto3', 'ruamel', 'semver', 'rich', 'typer') if name in sys.modules and "
        "name not in ('semver',)])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert found.stdout.strip() == "[]"


def test_public_names_are_loaded_when_they_are_first_named() -> None:
    program = (
        "import sys, components; assert 'pulumi_aws' not in sys.modules; "
        "components.Network, components.NetworkArgs; print('pulumi_aws.rds.cluster' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert found.stdout.strip() == "False"


def test_public_names_are_the_components_and_their_arguments() -> None:
    assert set(components.__all__) == {name for each in COMPONENTS for name in (each.__name__, f"{each.__name__}Args")}
    assert all(getattr(components, name).__name__ == name for name in components.__all__)
    with pytest.raises(AttributeError, match="NetworkArgsArgs"):
        _ = components.NetworkArgsArgs  # pyright: ignore


def test_whole_number_may_be_the_output_of_another_resource() -> None:
    inputs: dict[str, object] = {
        "namePrefix": "example",
        "accountId": ACCOUNT_ID,
        "region": REGION,
        "vpcId": "vpc-1",
        "subnetIds": ["subnet-1", "subnet-2"],
        "image": f"repository@{DIGEST}",
        "imageRepositoryArn": REPOSITORY_ARN,
        "releaseVersion": "v1.0.0",
        "releaseDigest": DIGEST,
        "desiredCount": 3.0,
        "verifyRollout": False,
        "databaseEndpoint": "db",
        "databaseName": "n",
        "databaseUsername": "u",
        "databaseSecretArn": SECRET_ARN,
        "databaseSecurityGroupId": "sg-database",
    }
    provider = RunlayerProvider(COMPONENTS, "1.2.3")

    def build() -> object:
        port = pulumi.Output.from_input(5433.0)
        return provider.construct("service", "runlayer:index:EcsService", {**inputs, "databasePort": port})

    found = record(build)
    assert found.one("aws:ecs/service:Service").inputs["desiredCount"] == 3
    rule = found.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    assert (rule["fromPort"], rule["toPort"]) == (5433, 5433)
    task = json.loads(found.one("aws:ecs/taskDefinition:TaskDefinition").inputs["containerDefinitions"])
    assert {"name": "DATABASE_PORT", "value": "5433"} in task[0]["environment"]
