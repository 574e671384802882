"""The last line of `make up` says what serves, never what was hoped for."""

from dataclasses import replace

from dev.serving import describe, what_runs
from ops.facts.serving import RunningRelease, Serving
from tests.support.outputs import stack_outputs

DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
ASKED = stack_outputs(release_version="v1.5.0", release_digest=DIGEST)
NEW = RunningRelease("arn:td:2", f"repo@{DIGEST}", DIGEST, "v1.5.0", 2)
OLD = RunningRelease("arn:td:1", f"repo@{OTHER}", OTHER, "v1.4.2", 2)
STEADY = Serving(desired_count=2, running_count=2, releases=(NEW,), rollout_state="COMPLETED", reason="")


def test_serving_says_the_version_when_the_asked_digest_runs() -> None:
    lines, good = describe(ASKED, STEADY)

    assert good
    assert "v1.5.0 (sha256:aaaaaaaaaaaa) serves on 2 of 2 tasks" in lines[0]


def test_serving_is_not_good_when_another_digest_runs() -> None:
    lines, good = describe(ASKED, replace(STEADY, releases=(OLD,), reason="rolled back: tasks failed to start"))

    assert not good
    assert "v1.4.2" in lines[0]
    assert "asked for is v1.5.0" in lines[0]
    assert lines[1] == "rolled back: tasks failed to start"


def test_serving_is_not_good_while_two_releases_run() -> None:
    lines, good = describe(ASKED, replace(STEADY, releases=(NEW, OLD)))

    assert not good
    assert "rollout under way: v1.5.0 x2, v1.4.2 x2" in lines[0]


def test_serving_is_not_good_when_nothing_runs() -> None:
    assert not describe(ASKED, replace(STEADY, releases=(), running_count=0))[1]
    assert not describe(ASKED, None)[1]


def test_serving_is_not_good_when_tasks_are_missing() -> None:
    lines, good = describe(ASKED, replace(STEADY, running_count=1))

    assert not good
    assert "only 1 of 2 tasks" in lines[0]


def test_what_runs_is_said_without_outputs_after_a_failed_up() -> None:
    said = what_runs(replace(STEADY, releases=(OLD,), reason="tasks failed to start"))

    assert "v1.4.2 (sha256:bbbbbbbbbbbb) x2" in said
    assert said.endswith("tasks failed to start")
    assert what_runs(None) == "nothing runs"
