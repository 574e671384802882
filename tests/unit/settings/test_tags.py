"""The four tag forms: read, ordered, printed back unchanged."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.tags import Tag, TagError, find_tags, parse_tag

NUMBER = st.integers(0, 10**9).map(str)
IDENTIFIER = st.one_of(NUMBER, st.from_regex(r"[0-9A-Za-z-]{0,6}[A-Za-z-][0-9A-Za-z-]{0,6}", fullmatch=True))
CORE = st.tuples(NUMBER, NUMBER, NUMBER).map(".".join)
PRERELEASE = st.lists(IDENTIFIER, min_size=1, max_size=4).map(".".join)
VERSION = st.one_of(CORE, st.tuples(CORE, PRERELEASE).map("-".join))
TIME = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)).map(lambda time: f"{time:%Y%m%d-%H%M%S}")  # noqa: DTZ001
COMMIT = st.from_regex(r"[0-9a-f]{7,40}", fullmatch=True)
FULL = st.tuples(VERSION.map("v{}".format), TIME, COMMIT).map("-".join)
TAGS = st.one_of(st.just("latest"), VERSION.map("v{}".format), TIME, FULL)


@given(TAGS)
def test_tag_is_printed_back_unchanged(text: str) -> None:
    assert str(parse_tag(text)) == text


@given(st.lists(TAGS, max_size=12), st.randoms())
def test_order_does_not_depend_on_where_tags_stood(texts: list[str], shuffle: Random) -> None:
    ordered = find_tags(texts)
    mixed = list(texts)
    shuffle.shuffle(mixed)

    assert find_tags(mixed) == ordered


@given(TAGS, TAGS, TAGS)
def test_order_is_total(a: str, b: str, c: str) -> None:
    first, second, third = map(parse_tag, (a, b, c))

    assert (first < second) + (second < first) + (first == second) == 1
    assert not (first < second < third) or first < third


@given(CORE, PRERELEASE, TIME, COMMIT)
def test_prerelease_is_below_its_release_in_every_form(core: str, pre: str, time: str, commit: str) -> None:
    releases = [parse_tag(f"v{core}"), parse_tag(f"v{core}-{time}-{commit}")]
    prereleases = [parse_tag(f"v{core}-{pre}"), parse_tag(f"v{core}-{pre}-{time}-{commit}")]

    assert all(tag.is_prerelease for tag in prereleases)
    assert not any(tag.is_prerelease for tag in releases)
    assert max(prereleases) < min(releases)


@given(VERSION, TIME, TIME, COMMIT)
def test_builds_of_one_version_are_ordered_by_time(version: str, one: str, other: str, commit: str) -> None:
    earlier, later = sorted((one, other))

    assert parse_tag(f"v{version}-{earlier}-{commit}") <= parse_tag(f"v{version}-{later}-{commit}")


def test_every_form_stands_in_its_place() -> None:
    ordered = [
        "latest",
        "20241213-152430",
        "20241213-152431",
        "v1.2.3-rc.1",
        "v1.2.3-rc.2",
        "v1.2.3-20241213-152430-a1b2c3d4",
        "v1.2.3-20241214-000000-a1b2c3d4",
        "v1.2.3",
        "v1.2.10",
        "v1.10.0",
        "v2.0.0-alpha",
    ]

    assert [tag.text for tag in find_tags(reversed(ordered))] == ordered


def test_full_form_is_a_build_of_the_release_and_no_prerelease() -> None:
    tag = parse_tag("v1.2.3-20241213-152430-a1b2c3d4")

    assert str(tag.version) == "1.2.3"
    assert not tag.is_prerelease
    assert tag.built_at == datetime(2024, 12, 13, 15, 24, 30, tzinfo=UTC)
    assert tag.commit == "a1b2c3d4"


@pytest.mark.parametrize(
    "text",
    [
        "v1.2.3-20241213-152430",
        "v1.2.3-20241213-152430-A1B2C3D4",
        "v1.2.3-20241213-152430-a1b2",
        "v1.2.3-20241213-152430-unknown",
    ],
)
def test_what_falls_short_of_the_full_form_is_a_prerelease(text: str) -> None:
    assert parse_tag(text).is_prerelease


def test_build_of_a_prerelease_stays_a_prerelease() -> None:
    tag = parse_tag("v1.3.0-rc.1-20241213-152430-a1b2c3d4")

    assert str(tag.version) == "1.3.0-rc.1"
    assert tag.is_prerelease
    assert tag.commit == "a1b2c3d4"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.2.3",
        "V1.2.3",
        "v1.2",
        "v01.2.3",
        "v1.2.3-01",
        "v1.2.3+build",
        "v1.2.3-",
        "20241332-152430",
        "20240230-000000",
        "20241213-246060",
        "20241213",
        "v1.2.3-20241332-152430-a1b2c3d4",
        "vfoo-20241213-152430-a1b2c3d4",
        "LATEST",
        "latest ",
        "v1.2.3\n",
        "v1.2.٣",
        "v1.2.3-" + "a" * 122,
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(TagError):
        parse_tag(text)


@given(st.text(max_size=140))
def test_any_text_is_a_tag_or_a_tag_error(text: str) -> None:
    try:
        tag = parse_tag(text)
    except TagError:
        return
    assert tag.text == text


def test_other_tags_of_a_repository_are_left_out() -> None:
    assert find_tags(["sha256-abc.sig", "buildcache", "v1.0.0", "latest"]) == [Tag("latest"), Tag("v1.0.0")]


def test_only_latest_moves() -> None:
    assert [tag.text for tag in map(parse_tag, ("latest", "v1.0.0", "20241213-152430")) if tag.moves] == ["latest"]
