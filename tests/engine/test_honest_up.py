"""`pulumi up` tells the truth about a rollout: with the real engine, the real waiter and its clock, on simulated ECS.

One service lives through all of it, in the order of the tests' stories; each test judges what a run said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from localaws.client import Client
from localaws.daemon import start, stop
from localaws.home import Home
from localaws.registry.push import Release
from localaws.registry.script import Behaviour, Script
from tests.support.real_engine import ROOT, Answer, RealStack, real_stack

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("honest-up"), pytest.mark.timeout(600)]

UP = ("up", "--yes", "--skip-preview")
HOUR = 3600


@dataclass
class Scene:
    """The stack and its AWS, with what every run said."""

    stack: RealStack
    aws: Client
    said: dict[str, Answer] = field(default_factory=dict[str, Answer])
    calls: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    config: dict[str, str] = field(default_factory=dict[str, str])

    def push(self, version: str, behaviour: Behaviour) -> str:
        """A new image; its digest."""
        release = Release(name=version, script=Script(behaviour=behaviour))
        return self.aws.push("backend", [version], release, datetime.now(UTC))

    def configure(self, **values: str) -> None:
        """Write config values of the stack."""
        self.config |= values
        keys = {f"honest-service:{name}": value for name, value in self.config.items()}
        file = self.stack.directory / "Pulumi.dev.yaml"
        salt = next(line for line in file.read_text().splitlines() if line.startswith("encryptionsalt"))
        file.write_text(f"{salt}\nconfig: {json.dumps(keys)}\n")

    def run(self, name: str, *arguments: str) -> Answer:
        """Run pulumi, and keep what it said and asked of ECS."""
        since = self.aws.control("journal")["total"]
        self.said[name] = self.stack.pulumi(*arguments)
        entries = cast("list[dict[str, Any]]", self.aws.control("journal", {"since": since})["entries"])
        self.calls[name] = [each["action"] for each in entries if each["service"] == "ecs"]
        return self.said[name]

    def release(self, name: str, behaviour: Behaviour, *arguments: str) -> Answer:
        """Push a release that is named after the run, and roll it out."""
        version = f"v{len(self.said) + 1}.0.0"
        self.configure(version=version, digest=self.push(version, behaviour))
        return self.run(name, *(arguments or UP))

    def clock(self, offset_seconds: int) -> None:
        """Make AWS fast or slow against the machine that runs `up`."""
        self.aws.control("clock", {"offset": offset_seconds})


@pytest.fixture(scope="module")
def scene(built: object, tmp_path_factory: pytest.TempPathFactory) -> Generator[Scene]:
    del built
    folder = tmp_path_factory.mktemp("honest")
    home = Home(folder / "aws")
    endpoint, _ = start(home, speed=120)
    try:
        yield _play(folder, endpoint)
    finally:
        stop(home)


def _play(folder: Path, endpoint: str) -> Scene:
    stack = real_stack(folder, "honest_service", endpoint)
    stack.environment["PYTHONPATH"] = os.fspath(ROOT)
    scene = Scene(stack, Client(endpoint))
    scene.aws.boto("ecr").create_repository(repositoryName="backend")

    scene.release("first, exits", "exits")
    scene.release("first, good", "healthy")
    scene.run("unchanged preview", "preview", "--expect-no-changes")
    scene.run("unchanged", *UP)

    scene.release("exits", "exits")
    scene.run("preview after a rollback", "preview")
    scene.run("second up", *UP)
    scene.configure(verify="false")
    scene.run("not verified", *UP)
    scene.configure(verify="true")
    for behaviour in ("unhealthy", "unpullable", "no-capacity", "degrades"):
        scene.release(behaviour, behaviour)

    scene.clock(-HOUR)
    for behaviour in ("healthy", "exits", "degrades"):
        scene.release(f"slow AWS, {behaviour}", behaviour)
    scene.clock(HOUR)
    scene.release("fast AWS, degrades", "degrades")
    scene.clock(0)

    scene.configure(strategy="blue_green")
    scene.release("blue_green, healthy", "healthy")
    for strategy in ("blue_green", "canary", "linear"):
        scene.configure(strategy=strategy)
        scene.release(f"{strategy}, degrades", "degrades")
    return scene


def failed(scene: Scene, name: str, code: str) -> str:
    """The report of a run that must have failed with this code."""
    answer = scene.said[name]
    assert answer.code != 0, f"{name} ended with zero:\n{answer.text}"
    assert f"{code} honest:" in answer.text, answer.text
    assert "Traceback" not in answer.text
    return answer.text[answer.text.index(f"{code} honest:") :]


def test_good_release_ends_zero_and_costs_one_look_more(scene: Scene) -> None:
    assert scene.said["first, good"].code == 0, scene.said["first, good"].text
    assert scene.said["unchanged preview"].code == 0, scene.said["unchanged preview"].text
    assert scene.said["unchanged"].code == 0
    assert scene.calls["unchanged"] == ["DescribeServices"]


def test_first_deployment_that_fails_has_nothing_that_serves(scene: Scene) -> None:
    report = failed(scene, "first, exits", "ROLL002")
    assert "serves: nothing" in report
    assert "deployment failed: tasks failed to start" in report


@pytest.mark.parametrize("behaviour", ["exits", "unhealthy", "unpullable", "no-capacity", "degrades"])
def test_bad_release_fails_the_run_with_what_serves_and_ecs_s_reason(scene: Scene, behaviour: str) -> None:
    report = failed(scene, behaviour, "ROLL001")
    assert "serves: v2.0.0 (honest:2, sha256:" in report
    assert "alarm detected" in report if behaviour == "degrades" else "tasks failed to start" in report


def test_preview_after_a_rollback_warns_that_the_pin_is_not_what_runs(scene: Scene) -> None:
    answer = scene.said["preview after a rollback"]
    assert answer.code == 0
    assert "warning: ROLL001 honest: ECS rolled the release back" in answer.text


def test_second_up_with_nothing_changed_is_told_too(scene: Scene) -> None:
    report = failed(scene, "second up", "ROLL001")
    assert "serves: v2.0.0 (honest:2, sha256:" in report
    assert "RegisterTaskDefinition" not in scene.calls["second up"]


def test_check_can_be_switched_off_by_name(scene: Scene) -> None:
    assert "ROLL0" not in scene.said["not verified"].text


def test_clock_that_is_an_hour_off_changes_no_verdict(scene: Scene) -> None:
    assert scene.said["slow AWS, healthy"].code == 0, scene.said["slow AWS, healthy"].text
    failed(scene, "slow AWS, exits", "ROLL001")
    for clock in ("slow AWS", "fast AWS"):
        assert "alarm detected" in failed(scene, f"{clock}, degrades", "ROLL001")


def test_slow_aws_is_where_the_provider_alone_would_have_called_it_a_success(scene: Scene) -> None:
    assert "waiting for ECS Service" not in scene.said["slow AWS, degrades"].text


@pytest.mark.parametrize("strategy", ["blue_green", "canary", "linear"])
def test_strategies_that_move_traffic_are_held_to_the_same(scene: Scene, strategy: str) -> None:
    assert scene.said["blue_green, healthy"].code == 0, scene.said["blue_green, healthy"].text
    assert "alarm detected" in failed(scene, f"{strategy}, degrades", "ROLL001")


def test_every_verdict_is_there_within_half_a_minute(scene: Scene) -> None:
    slow = {name: round(answer.seconds) for name, answer in scene.said.items() if answer.seconds > 30}
    assert slow == {}
