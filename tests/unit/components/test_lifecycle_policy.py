"""The lifecycle policy under the rules that Amazon ECR documents ("Lifecycle policy evaluation rules")."""

import fnmatch
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.lifecycle import lifecycle_policy
from settings.tags import parse_tag

KEPT, UNTAGGED_DAYS = 3, 14


@dataclass(frozen=True)
class Image:
    """An image as the evaluator sees it."""

    digest: int
    tags: frozenset[str]
    age_days: int


def matches(selection: dict[str, Any], image: Image) -> bool:
    """Tag status, and every pattern of the list has a tag that it fits."""
    if selection["tagStatus"] == "untagged":
        return not image.tags
    if selection["tagStatus"] == "any":
        return True
    return bool(image.tags) and all(
        any(fnmatch.fnmatchcase(tag, pattern) for tag in image.tags) for pattern in selection["tagPatternList"]
    )


def expired(policy: str, images: list[Image]) -> set[Image]:
    """What the policy removes: each rule counts what it matches, the first rule that matches an image owns it."""
    rules = sorted(json.loads(policy)["rules"], key=lambda rule: rule["rulePriority"])
    gone: set[Image] = set()
    owned: set[Image] = set()
    for rule in rules:
        selection = rule["selection"]
        seen = sorted((each for each in images if matches(selection, each)), key=lambda each: each.age_days)
        if selection["countType"] == "imageCountMoreThan":
            marked = seen[selection["countNumber"] :]
        else:
            marked = [each for each in seen if each.age_days > selection["countNumber"]]
        gone |= {each for each in marked if each not in owned}
        owned |= set(seen)
    return gone


POLICY = lifecycle_policy(untagged_expiry_days=UNTAGGED_DAYS, timestamp_images_kept=KEPT)

timestamps = st.integers(0, 7000).map(
    lambda days: (datetime(2020, 1, 1, 15, 24, 30, tzinfo=UTC) + timedelta(days)).strftime("%Y%m%d-%H%M%S")
)
versions = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)).map(lambda v: "v{}.{}.{}".format(*v))
releases = st.one_of(
    versions,
    versions.map(lambda version: f"{version}-rc.1"),
    st.builds(lambda version, time: f"{version}-{time}-a1b2c3d4", versions, timestamps),
)
tags = st.one_of(timestamps, releases, st.sampled_from(["latest", "main", "cache", "v1", "test-x"]))


def as_images(rows: list[tuple[frozenset[str], int]]) -> list[Image]:
    """Images as a registry can hold them: a tag names one image only."""
    taken: set[str] = set()
    found: list[Image] = []
    for digest, (asked, age) in enumerate(rows):
        found.append(Image(digest, asked - taken, age))
        taken |= asked
    return found


images = st.lists(st.tuples(st.frozensets(tags, max_size=3), st.integers(0, 400)), max_size=12).map(as_images)


def is_release(tag: str) -> bool:
    return tag.startswith("v") and tag.count(".") >= 2 and parse_tag(tag).version is not None


def is_timestamp(tag: str) -> bool:
    return tag[:8].isdigit() and tag[9:].isdigit()


@given(images)
def test_release_never_goes(found: list[Image]) -> None:
    assert not [each for each in expired(POLICY, found) if any(is_release(tag) for tag in each.tags)]


@given(images)
def test_what_latest_names_never_goes(found: list[Image]) -> None:
    assert not [each for each in expired(POLICY, found) if "latest" in each.tags]


@given(images)
def test_image_without_a_tag_goes_after_its_days_and_not_before(found: list[Image]) -> None:
    gone = expired(POLICY, found)

    assert {each for each in gone if not each.tags} == {
        each for each in found if not each.tags and each.age_days > UNTAGGED_DAYS
    }


@given(images)
def test_of_builds_without_a_release_only_the_newest_stay(found: list[Image]) -> None:
    timed = [each for each in found if any(is_timestamp(tag) for tag in each.tags)]
    newest = set(sorted(timed, key=lambda each: each.age_days)[:KEPT])
    free = {each for each in timed if not any(is_release(tag) or tag == "latest" for tag in each.tags)}

    assert expired(POLICY, found) & set(timed) == free - newest


@given(images)
def test_image_with_other_tags_alone_never_goes(found: list[Image]) -> None:
    other = {
        each
        for each in found
        if each.tags and not any(is_timestamp(tag) or is_release(tag) or tag == "latest" for tag in each.tags)
    }

    assert not expired(POLICY, found) & other


def test_release_that_also_has_a_timestamp_tag_stays_however_old() -> None:
    both = Image(0, frozenset({"v1.2.3", "20241213-152430"}), 400)
    builds = [Image(at, frozenset({f"2025010{at}-000000"}), at) for at in range(1, 9)]

    assert both not in expired(POLICY, [both, *builds])
    assert len(expired(POLICY, [both, *builds])) == len(builds) - KEPT


def test_evaluator_without_the_first_rule_would_lose_releases() -> None:
    rules = json.loads(POLICY)["rules"]
    unguarded = json.dumps({"rules": [rule for rule in rules if rule["rulePriority"] != 1]})
    both = Image(0, frozenset({"v1.2.3", "20241213-152430"}), 400)
    builds = [Image(at, frozenset({f"2025010{at}-000000"}), at) for at in range(1, 9)]

    assert both in expired(unguarded, [both, *builds])


def test_policy_keeps_to_what_the_registry_takes() -> None:
    rules = json.loads(POLICY)["rules"]
    priorities = [rule["rulePriority"] for rule in rules]
    patterns = [tuple(rule["selection"].get("tagPatternList", ())) for rule in rules]

    assert sorted(set(priorities)) == sorted(priorities)
    assert len(set(patterns)) == len(patterns)
    assert [rule["selection"]["tagStatus"] for rule in rules].count("untagged") == 1
    assert all(pattern.count("*") <= 4 for listed in patterns for pattern in listed)
    assert all(rule["selection"]["countNumber"] >= 1 for rule in rules)
