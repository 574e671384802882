"""The preview names the move in plain words, and is silent when nothing moves."""

from datetime import UTC, datetime, timedelta

from components.move_report import move_of
from components.rollout_check import Look
from components.rollout_report import RunningRelease
from settings.move import Release

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OLD = "sha256:" + "a" * 64
NEW = Release("v1.5.0", "sha256:" + "b" * 64, NOW - timedelta(days=9))


def running(digest: str | None, version: str | None = "v1.4.2") -> Look:
    return Look(RunningRelease("arn:td:1", "repo:tag", digest, version))


def test_move_is_said_with_its_kind_and_the_age_of_the_image() -> None:
    assert move_of(running(OLD), NEW, NOW) == "release: v1.4.2 -> v1.5.0, minor, pushed 9 days ago"


def test_nothing_is_said_when_the_digest_serves_already() -> None:
    assert move_of(running(NEW.digest), NEW, NOW) is None


def test_first_deployment_is_called_that() -> None:
    assert move_of(Look(), NEW, NOW) == "release: first deployment of v1.5.0, pushed 9 days ago"


def test_a_look_that_failed_is_said_and_not_guessed() -> None:
    said = move_of(Look(failure="AccessDenied"), NEW, NOW)

    assert said is not None
    assert "could not be read (AccessDenied)" in said
