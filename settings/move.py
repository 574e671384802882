"""The move from one release to another in plain words, for previews and reports."""

from dataclasses import dataclass
from datetime import datetime

from semver import Version

from settings.tags import TagError, parse_tag

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


@dataclass(frozen=True)
class Release:
    """An image under the name that people know it by."""

    version: str
    """Tag that people read."""
    digest: str
    """`sha256:` and 64 hex digits."""
    pushed_at: datetime | None = None
    """When the registry received it, with time zone; None: not known."""


def describe_move(old: Release | None, new: Release, now: datetime) -> str:
    """Say what changes, for example `v1.4.2 -> v1.5.0, minor, pushed 9 days ago`.

    Args:
        old: what the stack asked for before; None before the first deployment.
        new: what it asks for now.
        now: the present, with time zone.
    """
    if old is None:
        return _join(f"first deployment of {new.version}", _age(new, now))
    if old.digest == new.digest:
        if old.version == new.version:
            return f"{new.version}, unchanged"
        return f"{old.version} -> {new.version}, same image under another tag"
    if old.version == new.version:
        return _join(f"{new.version}, rebuilt ({short(old.digest)} -> {short(new.digest)})", _age(new, now))
    return _join(f"{old.version} -> {new.version}", _kind(old.version, new.version), _age(new, now))


def short(digest: str) -> str:
    """A digest as people say it: `sha256:` and its first 12 hex digits."""
    return digest[:19]


def _kind(old: str, new: str) -> str:
    """What sort of move it is; empty when the two tags have nothing to compare."""
    try:
        before, after = parse_tag(old), parse_tag(new)
    except TagError:
        return ""
    if before.version != after.version and before.version and after.version:
        part = _part(before.version, after.version, after.is_prerelease)
        return f"downgrade ({part})" if after < before else part
    if before.version != after.version or not (before.built_at and after.built_at):
        return "another build" if before.version and before.version == after.version else ""
    return "older build" if after.built_at < before.built_at else "newer build"


def _part(old: Version, new: Version, to_prerelease: bool) -> str:
    """The highest part of the version that differs."""
    for part, before, after in (
        ("major", old.major, new.major),
        ("minor", old.minor, new.minor),
        ("patch", old.patch, new.patch),
    ):
        if before != after:
            return f"{part}, prerelease" if to_prerelease else part
    return "prerelease" if to_prerelease else "final release"


def _age(release: Release, now: datetime) -> str:
    if release.pushed_at is None:
        return ""
    seconds = (now - release.pushed_at).total_seconds()
    if seconds < 0:
        return f"pushed at {release.pushed_at:%Y-%m-%d %H:%M} UTC by the registry's clock"
    for unit, size in _UNITS:
        if count := int(seconds // size):
            return f"pushed {count} {unit}{'s' if count > 1 else ''} ago"
    return "pushed just now"


def _join(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
