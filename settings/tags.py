"""The four tag forms of a release, parsed, ordered and printed back unchanged.

=====================================  ==========================================================
`latest`                               whatever was released last; moves
`v1.2.3`, `v1.3.0-rc.1`                a version after Semantic Versioning 2.0.0
`20241213-152430`                      one build, by its time in UTC
`v1.2.3-20241213-152430-a1b2c3d4`      one build of a version, with its commit
=====================================  ==========================================================

The last form is also a well-formed prerelease of 1.2.3. It is read as a build of the release 1.2.3 whenever the tag
ends in `-YYYYMMDD-HHMMSS-` and 7 to 40 lower-case hex digits; what stands before may itself be a prerelease
(`v1.3.0-rc.1-20241213-152430-a1b2c3d4`). Anything short of that ending stays a prerelease, which no range ever picks.
A tag cannot carry build metadata: a registry allows no `+` in it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import total_ordering

from semver import Version

LATEST = "latest"
FORMS = "latest, v1.2.3, 20241213-152430 or v1.2.3-20241213-152430-a1b2c3d4"
_TIME = r"(?P<time>\d{8}-\d{6})"
_TIMESTAMP = re.compile(_TIME, re.ASCII)
_FULL = re.compile(rf"v(?P<version>.+)-{_TIME}-(?P<commit>[0-9a-f]{{7,40}})", re.ASCII)
# What a registry takes as a tag (OCI distribution specification, "Pulling manifests").
_REGISTRY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", re.ASCII)


class TagError(ValueError):
    """A text that is none of the four forms; `str()` says why."""


@total_ordering
@dataclass(frozen=True)
class Tag:
    """One tag. Equal when the text is equal; ordered by version, then by time.

    Tags without a version stand below all that have one, and `latest`, which says nothing about either, below those.
    Among tags of one version the plain one is highest: it is the name that people read, so a range picks it first.
    """

    text: str
    """The tag as it was written."""
    version: Version | None = field(default=None, compare=False)
    """Semantic version, without the leading v."""
    built_at: datetime | None = field(default=None, compare=False)
    """When it was built, UTC."""
    commit: str | None = field(default=None, compare=False)
    """Commit that it was built from, abbreviated."""

    def __str__(self) -> str:
        return self.text

    def __lt__(self, other: "Tag") -> bool:
        return self._order() < other._order()

    @property
    def is_prerelease(self) -> bool:
        """Whether the version is a prerelease, such as 1.3.0-rc.1."""
        return self.version is not None and self.version.prerelease is not None

    @property
    def moves(self) -> bool:
        """Whether the tag may name another image tomorrow."""
        return self.text == LATEST

    def _order(self) -> tuple[int, Version, bool, datetime, str]:
        rank = 2 if self.version else 1 if self.built_at else 0
        plain = self.version is not None and self.built_at is None
        time = self.built_at or datetime.min.replace(tzinfo=UTC)
        return rank, self.version or Version(0), plain, time, self.text


def parse_tag(text: str) -> Tag:
    """Read a tag.

    Raises:
        TagError: it is none of the four forms, its date does not exist, or no registry takes it.
    """
    if text == LATEST:
        return Tag(text)
    if not _REGISTRY.fullmatch(text):
        raise TagError("a tag has 1 to 128 letters, digits, dots, hyphens or underscores")
    if _TIMESTAMP.fullmatch(text):
        return Tag(text, built_at=_time(text))
    if full := _FULL.fullmatch(text):
        return Tag(text, _version(full["version"]), _time(full["time"]), full["commit"])
    if not text.startswith("v"):
        raise TagError("it is neither latest, nor a time such as 20241213-152430, nor a version with a leading v")
    return Tag(text, _version(text[1:]))


def find_tags(texts: Iterable[str]) -> list[Tag]:
    """The tags among `texts` that are releases, lowest first; others (signatures, caches) are left out."""
    found: list[Tag] = []
    for text in texts:
        try:
            found.append(parse_tag(text))
        except TagError:
            continue
    return sorted(found)


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise TagError(f"{text} is not a date and time that exists") from None


def _version(text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError:
        raise TagError(f"{text} is not a semantic version: major.minor.patch, without leading zeros") from None
