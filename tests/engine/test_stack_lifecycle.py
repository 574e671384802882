"""Staging from nothing to nothing: up, a new release, a bad one, a good one, destroy.

One story is played once on the real engine, and each test judges a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ops.facts.serving import Serving
from outputs import StackOutputs
from tests.support.leftovers import leftovers
from tests.support.real_engine import Answer
from tests.support.whole_stack import Step, WholeStack, dirt, whole_stack

pytestmark = [pytest.mark.engine, pytest.mark.timeout(400)]

UP = ("up", "--yes", "--skip-preview")
UNCHANGED = ("preview", "--expect-no-changes")


@dataclass(frozen=True)
class Moment:
    """What a run said, which calls of it changed something, and what served after it."""

    answer: Answer
    mutating: list[str]
    serving: Serving | None = None


@dataclass
class Story:
    """Every run, by name."""

    runs: dict[str, Moment] = field(default_factory=dict[str, Moment])
    digests: dict[str, str] = field(default_factory=dict[str, str])
    outputs: StackOutputs | None = None
    plan: list[Step] = field(default_factory=list[Step])
    before: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    after: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    dirt: str = ""

    def run(self, stack: WholeStack, name: str, *arguments: str, look: bool = True) -> None:
        """Run pulumi and keep what came of it."""
        since = stack.last_call()
        answer = stack.pulumi(*arguments)
        mutating = stack.mutating(since)
        self.runs[name] = Moment(answer, mutating, stack.serving() if look else None)

    def served(self, name: str) -> str:
        """Digest of the only release that served after a run."""
        serving = self.runs[name].serving
        assert serving is not None
        (release,) = serving.releases
        return release.digest or ""


@pytest.fixture(scope="module")
def story(built: object, tmp_path_factory: pytest.TempPathFactory) -> Story:
    del built
    return play(tmp_path_factory.mktemp("lifecycle"))


def play(folder: Path) -> Story:
    told = Story()
    with whole_stack(folder, "staging") as stack:
        told.before = leftovers(stack.aws())
        told.run(stack, "up", *UP, look=False)
        assert told.runs["up"].answer.code == 0, told.runs["up"].answer.text
        told.outputs = stack.stack_outputs()
        told.digests["first"] = told.outputs.release_digest
        told.run(stack, "unchanged", *UNCHANGED)
        told.run(stack, "refreshed", *UNCHANGED, "--refresh")
        told.digests["new"] = stack.push("v1.6.0,latest")
        told.run(stack, "preview of the new", "preview")
        told.run(stack, "new", *UP)
        told.digests["bad"] = stack.push("v1.6.1,latest", "exits")
        told.run(stack, "bad", *UP)
        told.run(stack, "bad again", *UP)
        told.digests["good"] = stack.push("v1.6.2,latest")
        told.run(stack, "good", *UP)
        told.run(stack, "unchanged at the end", *UNCHANGED)
        lifted = stack.lift_protection()
        told.run(stack, "protected destroy", "destroy", "--yes")
        told.run(stack, "lifted", *UP, "--config-file", lifted)
        told.run(stack, "destroy", "destroy", "--yes", "--skip-preview", "--config-file", lifted, look=False)
        told.after = leftovers(stack.aws())
        told.dirt = dirt(stack.directory)
    return told


def test_up_from_nothing_exports_every_output_of_the_stack(story: Story) -> None:
    assert story.outputs is not None
    assert story.outputs.release_version == "v1.5.0"
    assert story.outputs.account_id == "123456789012"
    assert story.served("unchanged") == story.outputs.release_digest


@pytest.mark.parametrize("name", ["unchanged", "refreshed", "unchanged at the end"])
def test_preview_after_an_up_finds_nothing_to_change_and_changes_nothing(story: Story, name: str) -> None:
    run = story.runs[name]
    assert run.answer.code == 0, run.answer.text
    assert run.mutating == []


def test_preview_of_a_new_release_names_the_move_and_touches_only_tasks_and_service(story: Story) -> None:
    run = story.runs["preview of the new"]
    assert run.answer.code == 0, run.answer.text
    assert run.mutating == []
    assert "v1.5.0 -> v1.6.0, minor, pushed" in run.answer.text
    changed = {
        line.split()[1] for line in run.answer.text.splitlines() if line.startswith((" ++", " +-", " --", " ~ "))
    }
    assert changed == {"aws:ecs:TaskDefinition", "aws:ecs:Service"}
    assert run.serving is not None
    assert story.served("preview of the new") == story.digests["first"]


def test_up_of_a_new_release_registers_tasks_and_updates_the_service_and_nothing_else(story: Story) -> None:
    run = story.runs["new"]
    assert run.answer.code == 0, run.answer.text
    # The migration task runs the same digest as the service.
    assert sorted(run.mutating) == ["ecs:RegisterTaskDefinition", "ecs:RegisterTaskDefinition", "ecs:UpdateService"]
    assert story.served("new") == story.digests["new"] != story.digests["first"]


@pytest.mark.parametrize("name", ["bad", "bad again"])
def test_up_of_a_release_that_exits_fails_and_names_what_serves_and_why(story: Story, name: str) -> None:
    run = story.runs[name]
    said = run.answer.text
    assert run.answer.code != 0, said
    assert story.served(name) == story.digests["new"]
    assert "ROLL" in said
    asked, serves, why = (said_after(said, mark) for mark in ("asked:", "serves:", "why:"))
    assert "v1.6.1" in asked
    assert story.digests["bad"] in asked
    assert run.serving is not None
    revision = run.serving.releases[0].task_definition_arn.rpartition("/")[2]
    assert f"v1.6.0 ({revision}, {story.digests['new']})" in serves
    assert "failed" in why
    assert "Traceback" not in said


def test_good_release_after_a_bad_one_is_deployed(story: Story) -> None:
    run = story.runs["good"]
    assert run.answer.code == 0, run.answer.text
    assert story.served("good") == story.digests["good"]


def test_destroy_of_a_protected_stack_is_refused_and_the_service_goes_on(story: Story) -> None:
    assert story.runs["protected destroy"].answer.code != 0
    assert story.runs["protected destroy"].mutating == []
    assert story.served("protected destroy") == story.digests["good"]


def test_destroy_after_lifting_the_protection_leaves_the_final_snapshot_and_its_key_only(story: Story) -> None:
    for name in ("lifted", "destroy"):
        assert story.runs[name].answer.code == 0, story.runs[name].answer.text
    left = {kind: sorted(set(names) - set(story.before[kind])) for kind, names in story.after.items()}
    (key,) = left.pop("rds:snapshot keys")
    assert left.pop("kms:keys") == [key]
    assert not any(left.values()), left
    assert not any(set(names) - set(story.after[kind]) for kind, names in story.before.items())


def test_checkout_is_as_it_was_after_everything(story: Story) -> None:
    assert story.dirt == ""


def said_after(text: str, mark: str) -> str:
    """What follows a mark on the first line that has it."""
    lines = [line.partition(mark)[2].strip() for line in text.splitlines() if mark in line]
    assert lines, f"no line says {mark!r}:\n{text[-4000:]}"
    return lines[0]
