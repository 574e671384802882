"""A stack that an earlier version of the program brought up loses nothing to this one.

`fixtures/earlier_shape/staging.json` is `pulumi stack export` of staging as an earlier version left it (without source
positions and times). It stays as it is when the program changes: another name, parent or type of a resource then needs
an alias, and an input that AWS cannot change in place needs a way around.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.real_engine import FIXTURES
from tests.support.whole_stack import Step, WholeStack, whole_stack

pytestmark = [pytest.mark.engine, pytest.mark.timeout(200)]

EARLIER = FIXTURES / "earlier_shape" / "staging.json"
# What holds data or is known by others under its address.
STATEFUL = (
    "aws:rds/",
    "aws:kms/key:",
    "aws:ecr/repository:",
    "aws:s3/bucket:",
    "aws:backup/vault:",
    "aws:cloudwatch/logGroup:",
    "aws:lb/loadBalancer:",
    "aws:lb/targetGroup:",
    "aws:ecs/cluster:",
    "aws:ecs/service:",
    "aws:ec2/vpc:",
    "aws:ec2/subnet:",
    "aws:ec2/eip:",
    "aws:sns/topic:",
    "aws:acm/certificate:",
)
LOSING = ("delete", "replace", "create-replacement", "delete-replaced", "discard", "discard-replaced")
SERVICE = "urn:pulumi:staging::runlayer::runlayer:index:EcsService"
LOG_GROUP = f"{SERVICE}$aws:cloudwatch/logGroup:LogGroup::runlayer-staging"


@pytest.fixture(scope="module")
def stack(built: object, tmp_path_factory: pytest.TempPathFactory) -> Generator[WholeStack]:
    del built
    with whole_stack(tmp_path_factory.mktemp("earlier"), "staging") as made:
        yield made


def lost(plan: list[Step]) -> list[str]:
    """Stateful resources that a plan deletes or replaces, by URN."""
    return sorted({each["urn"] for each in plan if each["op"] in LOSING and _is_stateful(each["urn"])})


def _is_stateful(urn: str) -> bool:
    kind = urn.split("::")[2].rpartition("$")[2]
    return kind.startswith(STATEFUL)


def plan_from(stack: WholeStack, state: str, folder: Path) -> list[Step]:
    """What this program would do to a stored state."""
    file = folder / "state.json"
    file.write_text(state)
    stack.succeed("stack", "import", "--file", str(file))
    return stack.plan()


def test_state_of_an_earlier_version_previews_without_losing_anything_stateful(
    stack: WholeStack, tmp_path: Path
) -> None:
    held = [str(each["urn"]) for each in json.loads(EARLIER.read_text())["deployment"]["resources"]]
    assert len([urn for urn in held if _is_stateful(urn)]) > 20

    assert lost(plan_from(stack, EARLIER.read_text(), tmp_path)) == []


def test_the_check_notices_a_log_group_that_had_another_name(stack: WholeStack, tmp_path: Path) -> None:
    text = EARLIER.read_text()
    assert f'{LOG_GROUP}"' in text
    old = f"{LOG_GROUP}-before"

    assert lost(plan_from(stack, text.replace(f'{LOG_GROUP}"', f'{old}"'), tmp_path)) == [old]
