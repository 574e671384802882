"""The policy packs in the real engine: the program passes, and a broken demand stops before anything is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.real_engine import ROOT, RealStack
from tests.support.whole_stack import whole_stack

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
NewStack = Callable[[str], RealStack]

CARELESS = """
import json
import pulumi_aws as aws

aws.ecs.TaskDefinition(
    "careless",
    family="careless",
    container_definitions=json.dumps(
        [
            {
                "name": "web",
                "image": "registry/backend:latest",
                "environment": [{"name": "DATABASE_PASSWORD", "value": "never-shown"}],
            }
        ]
    ),
)
"""


def packs(stack: str, *names: str) -> list[str]:
    """Arguments for packs with the levels of a stack."""
    arguments: list[str] = []
    for name in names:
        arguments += ["--policy-pack", str(ROOT / "policies" / name)]
        arguments += ["--policy-pack-config", str(ROOT / "policies" / "levels" / f"{name}.{stack}.json")]
    return arguments


def test_careless_stack_is_refused_by_name_of_the_control_and_without_its_secret(new_stack: NewStack) -> None:
    stack = new_stack("one_case")
    (stack.directory / "__main__.py").write_text(CARELESS)

    answer = stack.pulumi("preview", *packs("staging", "baseline"))

    assert answer.code != 0
    for control in (
        "ecs-task-network-awsvpc",
        "ecs-image-no-latest",
        "ecs-no-secrets-in-env",
        "ecs-container-non-root",
    ):
        assert f"{control}  (aws:ecs:TaskDefinition: careless)" in answer.text
    assert "container web has the value of DATABASE_PASSWORD in plain text" in answer.text
    assert "never-shown" not in answer.text


def test_careless_stack_is_refused_by_up_and_nothing_is_created(new_stack: NewStack) -> None:
    stack = new_stack("one_case")
    (stack.directory / "__main__.py").write_text(CARELESS)

    answer = stack.pulumi("up", "--yes", "--skip-preview", *packs("staging", "baseline"))

    assert answer.code != 0
    assert not [
        resource for resource in stack.resources() if resource["type"] == "aws:ecs/taskDefinition:TaskDefinition"
    ]


@pytest.mark.parametrize(("name", "of_stack"), [("staging", ["baseline"]), ("prod", ["baseline", "production"])])
def test_first_preview_of_the_program_passes_its_packs(
    built: object, tmp_path: Path, name: str, of_stack: list[str]
) -> None:
    del built
    with whole_stack(tmp_path, name) as stack:
        answer = stack.pulumi("preview", *packs(name, *of_stack))

    assert answer.code == 0, answer.text
    assert all(f"{pack}@v" in answer.text for pack in of_stack)
    assert "[mandatory]" not in answer.text


def test_up_from_nothing_judges_what_the_first_preview_could_not_and_passes(built: object, tmp_path: Path) -> None:
    del built
    with whole_stack(tmp_path, "staging") as stack:
        first = stack.succeed("preview", *packs("staging", "baseline"))
        up = stack.succeed("up", "--yes", "--skip-preview", *packs("staging", "baseline"))

    assert "can't run policy 'ecs-container-non-root'" in first.text
    assert "can't run policy" not in up.text
    assert "[mandatory]" not in up.text


def test_prod_without_circuit_breaker_rollback_is_refused_and_nothing_is_created(built: object, tmp_path: Path) -> None:
    del built
    with whole_stack(tmp_path, "prod") as stack:
        stack.edit("rollback_on_failure: true", "rollback_on_failure: false")
        since = stack.last_call()
        answer = stack.pulumi("preview", *packs("prod", "baseline", "production"))
        changed = stack.mutating(since)

    assert answer.code != 0
    assert "ecs-circuit-breaker-enabled  (aws:ecs:Service:" in answer.text
    assert "deploymentCircuitBreaker without rollback" in answer.text
    assert answer.text.count("[mandatory]") == 1
    assert changed == []
