"""What a stack follows, and which image that is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.intent import (
    Image,
    IntentError,
    Latest,
    Lock,
    Pinned,
    Range,
    Staging,
    Unresolved,
    parse_intent,
    resolve,
)
from settings.move import Release
from settings.tags import parse_tag

NO_LOCK = Lock(None, None)
START = datetime(2024, 12, 13, tzinfo=UTC)


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def images(*tags: str) -> list[Image]:
    """One image for each text of comma-separated tags, each pushed an hour after the one before."""
    return [
        Image(tuple(text.split(",")) if text else (), digest(at), START + timedelta(hours=at))
        for at, text in enumerate(tags)
    ]


REPOSITORY = images(
    "v1.3.9",
    "v1.4.1,v1.4.1-20241201-000000-aaaaaaa",
    "v1.4.2",
    "v1.5.0,20241213-152430,latest",
    "v1.6.0-rc.1",
    "20991231-000000",
    "sha256-abc.sig",
    "",
)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("latest", Latest()), ("pinned", Pinned()), ("staging", Staging()), ("~1.4", Range("~1.4"))],
)
def test_intent_is_read(text: str, intent: object) -> None:
    assert parse_intent(text) == intent


@pytest.mark.parametrize("text", ["", "  ", "Latest", "newest", "1.x.y.z", "~", "v", "~v1.4", "1.4.2+build.€"])
def test_other_intents_are_refused(text: str) -> None:
    with pytest.raises(IntentError):
        parse_intent(text)


@given(st.text(max_size=40))
def test_any_text_is_an_intent_or_an_intent_error(text: str) -> None:
    try:
        parse_intent(text)
    except IntentError:
        return


def test_latest_is_the_image_that_carries_the_tag_under_its_release_name() -> None:
    assert resolve(Latest(), NO_LOCK, REPOSITORY) == Release("v1.5.0", digest(3), START + timedelta(hours=3))


def test_latest_is_not_the_newest_push() -> None:
    found = resolve(Latest(), NO_LOCK, images("latest,v1.0.0", "v2.0.0"))

    assert isinstance(found, Release)
    assert found.version == "v1.0.0"


def test_latest_without_that_tag_is_said() -> None:
    found = resolve(Latest(), NO_LOCK, images("v1.0.0"))

    assert isinstance(found, Unresolved)
    assert found.code == "REL001"
    assert "v1.0.0" in found.why


def test_latest_that_moved_while_the_list_was_read_is_the_later_push() -> None:
    found = resolve(Latest(), NO_LOCK, images("latest", "latest,v1.1.0"))

    assert isinstance(found, Release)
    assert found.digest == digest(1)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("~1.4", "v1.4.2"),
        ("^1.3", "v1.5.0"),
        (">=1.4 <1.5", "v1.4.2"),
        ("1.4.1", "v1.4.1"),
        ("~1.3 || ~1.4", "v1.4.2"),
        ("*", "v1.5.0"),
        (">=1.6.0-rc.0", None),
        ("^2", None),
    ],
)
def test_range_takes_the_highest_release_in_it(text: str, version: str | None) -> None:
    found = resolve(parse_intent(text), NO_LOCK, REPOSITORY)

    if version is None:
        assert isinstance(found, Unresolved)
        assert found.code == "REL002"
    else:
        assert isinstance(found, Release)
        assert found.version == version


def test_range_takes_the_plain_tag_before_a_build_of_the_same_version() -> None:
    found = resolve(Range("~1.0"), NO_LOCK, images("v1.0.0", "v1.0.0-20241213-152430-a1b2c3d4"))

    assert isinstance(found, Release)
    assert found.digest == digest(0)


def test_range_takes_the_later_of_two_builds() -> None:
    builds = images("v1.0.0-20241214-000000-a1b2c3d4", "v1.0.0-20241213-000000-a1b2c3d4")

    found = resolve(Range("~1.0"), NO_LOCK, builds)

    assert isinstance(found, Release)
    assert found.digest == digest(0)


VERSIONS = st.tuples(*[st.integers(0, 3)] * 3, st.sampled_from(["", "-rc.1", "-0", "-alpha-20241213-152430"])).map(
    lambda parts: f"v{parts[0]}.{parts[1]}.{parts[2]}{parts[3]}"
)


@given(st.lists(VERSIONS, max_size=20), st.sampled_from(["*", "~1", "^0.1", ">=1.0.0-0", "1.x || 2.x"]))
def test_prerelease_never_wins_by_range_and_nothing_higher_is_missed(tags: list[str], text: str) -> None:
    found = resolve(Range(text), NO_LOCK, images(*tags))

    if isinstance(found, Release):
        assert not parse_tag(found.version).is_prerelease
        only = [tag for tag in tags if "-" not in tag]
        again = resolve(Range(text), NO_LOCK, images(*only))
        assert isinstance(again, Release)
        assert again.version == found.version


@pytest.mark.parametrize("intent", [Pinned(), Staging()])
def test_lock_is_used_as_it_was_written(intent: Pinned | Staging) -> None:
    found = resolve(intent, Lock("v1.4.2", digest(99)), REPOSITORY)

    assert found == Release("v1.4.2", digest(99), None)


def test_lock_knows_when_its_image_was_pushed() -> None:
    assert resolve(Pinned(), Lock("v1.4.2", digest(2)), REPOSITORY) == Release(
        "v1.4.2", digest(2), START + timedelta(hours=2)
    )


@pytest.mark.parametrize("lock", [NO_LOCK, Lock("v1.0.0", None), Lock(None, digest(1))])
@pytest.mark.parametrize(("intent", "words"), [(Pinned(), "digest of the release"), (Staging(), "that staging serves")])
def test_half_a_lock_is_said_with_what_to_write(intent: Pinned | Staging, words: str, lock: Lock) -> None:
    found = resolve(intent, lock, REPOSITORY)

    assert isinstance(found, Unresolved)
    assert found.code == "REL003"
    assert words in found.do
