"""What a stack follows (intent) and what that means for a registry as it is now (resolution). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from settings.move import Release
from settings.tags import LATEST, Tag, find_tags

if TYPE_CHECKING:
    from semantic_version import NpmSpec

FOLLOWS = 'latest, pinned, staging, or a range such as "~1.4", "^1.4.2" or ">=1.4 <2"'


class IntentError(ValueError):
    """A text that is no intent; `str()` says why."""


@dataclass(frozen=True)
class Latest:
    """Whatever the tag `latest` names."""


@dataclass(frozen=True)
class Range:
    """The highest release in an npm-style range; never a prerelease."""

    text: str
    """The range as it was written."""


@dataclass(frozen=True)
class Pinned:
    """The lock as it was written, until someone pins another."""


@dataclass(frozen=True)
class Staging:
    """The lock as promotion from staging wrote it."""


Intent = Latest | Range | Pinned | Staging


@dataclass(frozen=True)
class Lock:
    """What the stack file names: written by ops, not by people."""

    version: str | None
    digest: str | None


@dataclass(frozen=True)
class Image:
    """One row of the registry."""

    tags: tuple[str, ...]
    digest: str
    pushed_at: datetime
    """With time zone."""


@dataclass(frozen=True)
class Unresolved:
    """Why an intent leads to no image."""

    code: str
    """REL001 no `latest`; REL002 nothing in the range; REL003 no lock."""
    why: str
    do: str


def parse_intent(text: str) -> Intent:
    """Read `follow` of a stack file.

    Raises:
        IntentError: it is neither a word that is known nor a range.
    """
    words: dict[str, Intent] = {LATEST: Latest(), "pinned": Pinned(), "staging": Staging()}
    if text in words:
        return words[text]
    if not text.strip():
        raise IntentError("it is empty")
    _spec(text)
    return Range(text)


def resolve(intent: Intent, lock: Lock, images: Iterable[Image]) -> Release | Unresolved:
    """Find the image that an intent means.

    Args:
        intent: from `parse_intent`.
        lock: version and digest of the stack file.
        images: all rows of the repository, in any order; `Pinned` and `Staging` use them only for the time of the push.
    """
    rows = list(images)
    match intent:
        case Latest():
            return _latest(rows)
        case Range(text):
            return _highest(text, rows)
        case Pinned() | Staging():
            return _locked(intent, lock, rows)


def _latest(rows: Sequence[Image]) -> Release | Unresolved:
    named = [row for row in rows if LATEST in row.tags]
    if not named:
        return Unresolved(
            "REL001",
            f"no image of the repository carries the tag latest ({_seen(rows)})",
            "push one with that tag, or follow a range or a pinned version",
        )
    # A listing that was read while the tag moved can show it twice: the newer push has it.
    row = max(named, key=lambda image: (image.pushed_at, image.digest))
    return Release(str(find_tags(row.tags)[-1]), row.digest, row.pushed_at)


def _highest(text: str, rows: Sequence[Image]) -> Release | Unresolved:
    spec = _spec(text)
    found = [(tag, row) for row in rows for tag in find_tags(row.tags) if not tag.is_prerelease and _matches(spec, tag)]
    if not found:
        return Unresolved(
            "REL002",
            f"no release of the repository is in the range {text} ({_seen(rows)})",
            "widen the range, or push a release that is in it; a prerelease runs only when it is pinned",
        )
    tag, row = max(found, key=lambda pair: (pair[0], pair[1].pushed_at, pair[1].digest))
    return Release(str(tag), row.digest, row.pushed_at)


def _locked(intent: Pinned | Staging, lock: Lock, rows: Sequence[Image]) -> Release | Unresolved:
    if not lock.version or not lock.digest:
        missing = " and ".join(
            name for name, value in (("version", lock.version), ("digest", lock.digest)) if not value
        )
        write = "of the release" if isinstance(intent, Pinned) else "that staging serves"
        return Unresolved(
            "REL003", f"the stack file names no {missing} of the release", f"write version and digest {write}"
        )
    pushed = next((row.pushed_at for row in rows if row.digest == lock.digest), None)
    return Release(lock.version, lock.digest, pushed)


def _matches(spec: "NpmSpec", tag: Tag) -> bool:
    from semantic_version import Version  # noqa: PLC0415  only a stack that follows a range pays for it

    return tag.version is not None and Version(str(tag.version)) in spec


def _spec(text: str) -> "NpmSpec":
    from semantic_version import NpmSpec  # noqa: PLC0415  only a stack that follows a range pays for it

    try:
        return NpmSpec(text)
    except ValueError:
        raise IntentError("it is no range") from None


def _seen(rows: Sequence[Image]) -> str:
    tags = find_tags(tag for row in rows for tag in row.tags)
    releases = [tag for tag in tags if tag.version and not tag.is_prerelease]
    if releases:
        return f"its highest release is {releases[-1]}"
    return "it holds no release" if rows else "it is empty"
