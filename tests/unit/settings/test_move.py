"""A move from one release to another in plain words."""

from datetime import UTC, datetime, timedelta

import pytest

from settings.move import Release, describe_move

NOW = datetime(2024, 12, 22, 12, tzinfo=UTC)
OLD, NEW = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"


def release(version: str, digest: str = NEW, age: timedelta | None = timedelta(days=9)) -> Release:
    return Release(version, digest, None if age is None else NOW - age)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("v1.4.2", "v1.5.0", "v1.4.2 -> v1.5.0, minor, pushed 9 days ago"),
        ("v1.4.2", "v1.4.3", "v1.4.2 -> v1.4.3, patch, pushed 9 days ago"),
        ("v1.4.2", "v2.0.0", "v1.4.2 -> v2.0.0, major, pushed 9 days ago"),
        ("v1.4.2", "v1.5.0-rc.1", "v1.4.2 -> v1.5.0-rc.1, minor, prerelease, pushed 9 days ago"),
        ("v1.5.0-rc.1", "v1.5.0-rc.2", "v1.5.0-rc.1 -> v1.5.0-rc.2, prerelease, pushed 9 days ago"),
        ("v1.5.0-rc.1", "v1.5.0", "v1.5.0-rc.1 -> v1.5.0, final release, pushed 9 days ago"),
        ("v1.5.0", "v1.4.2", "v1.5.0 -> v1.4.2, downgrade (minor), pushed 9 days ago"),
        ("20241213-152430", "20241214-152430", "20241213-152430 -> 20241214-152430, newer build, pushed 9 days ago"),
        ("20241214-152430", "20241213-152430", "20241214-152430 -> 20241213-152430, older build, pushed 9 days ago"),
        ("20241213-152430", "v1.4.2", "20241213-152430 -> v1.4.2, pushed 9 days ago"),
        ("my-own", "v1.4.2", "my-own -> v1.4.2, pushed 9 days ago"),
        (
            "v1.4.2-20241213-152430-a1b2c3d",
            "v1.4.2-20241214-152430-a1b2c3d",
            "v1.4.2-20241213-152430-a1b2c3d -> v1.4.2-20241214-152430-a1b2c3d, newer build, pushed 9 days ago",
        ),
        (
            "v1.4.2",
            "v1.4.2-20241214-152430-a1b2c3d",
            "v1.4.2 -> v1.4.2-20241214-152430-a1b2c3d, another build, pushed 9 days ago",
        ),
        ("v1.4.2", "v1.4.2", "v1.4.2, rebuilt (sha256:aaaaaaaaaaaa -> sha256:bbbbbbbbbbbb), pushed 9 days ago"),
        ("latest", "latest", "latest, rebuilt (sha256:aaaaaaaaaaaa -> sha256:bbbbbbbbbbbb), pushed 9 days ago"),
    ],
)
def test_move_to_another_image_says_how_far_it_goes(old: str, new: str, words: str) -> None:
    assert describe_move(release(old, OLD), release(new), NOW) == words


def test_first_deployment_is_said() -> None:
    assert describe_move(None, release("v1.0.0"), NOW) == "first deployment of v1.0.0, pushed 9 days ago"


def test_same_image_is_unchanged() -> None:
    assert describe_move(release("v1.0.0"), release("v1.0.0"), NOW) == "v1.0.0, unchanged"


def test_same_image_under_another_tag_is_said() -> None:
    words = describe_move(release("v1.0.0"), release("v1.0.1"), NOW)

    assert words == "v1.0.0 -> v1.0.1, same image under another tag"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=0), "pushed just now"),
        (timedelta(seconds=59), "pushed just now"),
        (timedelta(minutes=1), "pushed 1 minute ago"),
        (timedelta(minutes=59), "pushed 59 minutes ago"),
        (timedelta(hours=23, minutes=59), "pushed 23 hours ago"),
        (timedelta(days=1), "pushed 1 day ago"),
        (timedelta(days=400), "pushed 400 days ago"),
        (-timedelta(hours=1), "pushed at 2024-12-22 13:00 UTC by the registry's clock"),
    ],
)
def test_age_is_said_in_its_largest_unit(age: timedelta, words: str) -> None:
    assert describe_move(None, release("v1.0.0", age=age), NOW) == f"first deployment of v1.0.0, {words}"


def test_unknown_age_is_left_out() -> None:
    assert describe_move(None, release("v1.0.0", age=None), NOW) == "first deployment of v1.0.0"
