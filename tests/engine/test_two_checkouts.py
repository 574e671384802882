"""Two checkouts on one machine, at work at the same time, do not meet: not in state, not in ports, not in processes."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from dev import embedded_aws
from localaws.client import Client
from tests.support.real_engine import FIXTURES, RealStack
from tests.support.whole_stack import Room, room_with_aws

pytestmark = [pytest.mark.engine, pytest.mark.timeout(200)]

SECRETS = {"one": "first-of-two", "two": "second-of-two"}


def project(folder: Path, environment: dict[str, str], secret: str) -> RealStack:
    """A stack of the same project, the same name and the same resource names in each checkout."""
    directory = folder / "project"
    shutil.copytree(FIXTURES / "sealed_stack", directory)
    stack = RealStack(directory, environment)
    stack.succeed("stack", "init", "dev")
    stack.succeed("config", "set", "--secret", "planted", secret)
    return stack


@pytest.fixture
def checkouts(built: object, tmp_path: Path) -> Generator[dict[str, tuple[Room, RealStack]]]:
    del built
    with ExitStack() as both:
        made: dict[str, tuple[Room, RealStack]] = {}
        for name, secret in SECRETS.items():
            room, environment = both.enter_context(room_with_aws(tmp_path / name))
            made[name] = room, project(tmp_path / name, environment, secret)
        yield made


def topics(stack: RealStack) -> dict[str, str]:
    """Display name of each topic by its name, in a checkout's embedded AWS."""
    sns = Client(stack.environment["AWS_ENDPOINT_URL"]).boto("sns")
    arns = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]
    return {arn.rpartition(":")[2]: sns.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"] for arn in arns}


def test_two_checkouts_bring_the_same_stack_up_at_the_same_time_and_keep_apart(
    checkouts: dict[str, tuple[Room, RealStack]],
) -> None:
    (room_one, one), (_, two) = checkouts["one"], checkouts["two"]
    assert one.environment["AWS_ENDPOINT_URL"] != two.environment["AWS_ENDPOINT_URL"]

    with ThreadPoolExecutor(2) as at_once:
        answers = list(at_once.map(lambda stack: stack.pulumi("up", "--yes", "--skip-preview"), (one, two)))

    assert [answer.code for answer in answers] == [0, 0], answers
    assert topics(one) == {"sealed-topic": SECRETS["one"]}
    assert topics(two) == {"sealed-topic": SECRETS["two"]}

    one.succeed("destroy", "--yes", "--skip-preview")
    assert topics(one) == {}
    assert topics(two) == {"sealed-topic": SECRETS["two"]}

    embedded_aws.stop(room_one)
    two.succeed("preview", "--expect-no-changes")
    assert one.pulumi("stack", "output").code == 0, "the state of a checkout needs no embedded AWS"


def test_state_of_one_checkout_is_unknown_in_the_other(checkouts: dict[str, tuple[Room, RealStack]]) -> None:
    (_, one), (_, two) = checkouts["one"], checkouts["two"]
    two.succeed("stack", "rm", "dev", "--yes", "--preserve-config")

    assert "dev" in one.succeed("stack", "ls", "--json").text
    assert '"dev"' not in two.succeed("stack", "ls", "--json").text
    held = {name: value for name, value in one.environment.items() if two.environment.get(name) == value}
    assert not [name for name, value in held.items() if str(one.directory.parent) in value]
