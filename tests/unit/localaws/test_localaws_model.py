"""The layer is held to the SDK's own model of each API: actions, error codes, and which updates make a deployment."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from localaws.conformance import faults
from localaws.ecs.api import PLAIN, TRIGGERS
from localaws.ecs.model import Stage
from localaws.faults import KINDS
from localaws.layers import MODULES, handlers
from localaws.reference import replaced
from localaws.registry.script import BEHAVIOURS
from localaws.wire import COMMON_ERRORS

ROOT = Path(__file__).parents[3] / "localaws"
SOURCES = {service: [ROOT / "layers" / f"{module}.py"] for service, module in MODULES.items()}
SOURCES["ecs"] += [ROOT / "ecs" / name for name in ("api.py", "task_api.py", "validate.py")]
SOURCES["ecr"] += [ROOT / "registry" / "push.py", *(ROOT / "layers").glob("ecr_*.py")]
SOURCES["rds"] += list((ROOT / "layers").glob("rds_*.py"))


@cache
def model(service: str) -> Any:  # noqa: ANN401 - botocore has no types
    return botocore.session.get_session().get_service_model(service)


def codes(paths: list[Path]) -> set[str]:
    """Error codes that modules raise: the first argument of ApiError, or the constant that it names."""
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text()))]
    constants = {
        target.id: node.value.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ApiError":
            first = node.args[0]
            found.add(str(first.value if isinstance(first, ast.Constant) else constants[ast.unparse(first)]))
    return found


@pytest.mark.parametrize("service", sorted(MODULES))
def test_every_action_of_the_layer_is_one_of_the_service(service: str) -> None:
    ours = {action for name, action in handlers() if name == service}
    assert ours <= set(model(service).operation_names)


@pytest.mark.parametrize("service", sorted(SOURCES))
def test_every_error_of_the_layer_is_one_of_the_service(service: str) -> None:
    shapes = model(service).error_shapes
    known = {s.name for s in shapes} | {s.error_code for s in shapes} | set(COMMON_ERRORS)
    assert codes(SOURCES[service]) <= known


def test_updates_that_make_a_deployment_are_those_the_model_names() -> None:
    members = model("ecs").shape_for("UpdateServiceRequest").members
    said = {name: re.sub("<[^>]+>", "", shape.documentation) for name, shape in members.items()}
    triggers = {name for name, text in said.items() if "This parameter triggers a new service deployment" in text}
    quiet = {name for name, text in said.items() if "doesn't trigger a new service deployment" in text}
    assert triggers == {*TRIGGERS, "taskDefinition"}
    assert quiet - {"desiredCount", "deploymentConfiguration", "capacityProviderStrategy"} <= set(PLAIN)


def test_stages_are_those_of_the_lifecycle_and_its_hooks() -> None:
    api = set(model("ecs").shape_for("ServiceDeploymentLifecycleStage").enum)
    hooks = set(model("ecs").shape_for("DeploymentLifecycleHookStage").enum)
    assert set(Stage.__args__) == api | hooks


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"service": {"status": 7}}, "is int, not string"),
        ({"service": {"nonsense": 1}}, "is not in the model"),
        ({"service": {"desiredCount": True}}, "is a boolean"),
        ({"service": {"launchType": "MOON"}}, "is 'MOON', not one of"),
        (
            {"service": {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True}}}},
            "rollback is required",
        ),
    ],
)
def test_answer_that_does_not_fit_is_found(answer: dict[str, Any], said: str) -> None:
    shape = model("ecs").operation_model("DescribeServices").output_shape.members["services"].member
    (wrong,) = faults(shape, answer["service"])
    assert said in wrong


def test_answer_that_fits_has_no_fault() -> None:
    shape = model("ecs").shape_for("Service")
    assert list(faults(shape, {"status": "ACTIVE", "desiredCount": 2, "launchType": None})) == []


def test_documentation_lists_the_actions_of_the_layer() -> None:
    page = ROOT.parent / "docs" / "localaws.md"
    written = page.read_text()
    assert replaced(written) == written, "python -m localaws.reference < docs/localaws.md"


def test_documentation_explains_every_behaviour_and_every_fault() -> None:
    written = (ROOT.parent / "docs" / "localaws.md").read_text()
    assert all(f"| `{name}`" in written for name in BEHAVIOURS)
    assert all(f"`{kind}`" in written for kind in KINDS)
