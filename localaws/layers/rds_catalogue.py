"""Aurora PostgreSQL versions and instance classes that this AWS offers. Plausible, not AWS's current list."""

from __future__ import annotations

ENGINE = "aurora-postgresql"
# Minor versions by major; the last one that is not marked new is the default of its major.
MINORS: dict[int, tuple[int, ...]] = {
    13: (9, 12, 14, 16, 18, 20, 21),
    14: (6, 9, 11, 13, 15, 17, 18),
    15: (2, 4, 6, 8, 10, 12, 13),
    16: (1, 2, 3, 4, 6, 8, 9),
    17: (4, 5),
}
DEFAULTS: dict[int, int] = {13: 20, 14: 17, 15: 12, 16: 8, 17: 4}
DEFAULT_MAJOR = 16
CLASSES = (
    "db.serverless",
    "db.t4g.medium",
    "db.t4g.large",
    "db.r6g.large",
    "db.r6g.xlarge",
    "db.r6g.2xlarge",
    "db.r7g.large",
    "db.r7g.xlarge",
    "db.r7g.2xlarge",
    "db.r7g.4xlarge",
    "db.r8g.large",
    "db.r8g.xlarge",
)
LOG_TYPES = ["postgresql", "instance", "iam-db-auth-error"]


def versions() -> list[str]:
    """All versions, oldest first."""
    return [f"{major}.{minor}" for major, minors in MINORS.items() for minor in minors]


def resolve(given: str | None) -> str | None:
    """The exact version that a request for `16`, `16.6` or nothing gets; None when it is not offered."""
    if not given:
        return f"{DEFAULT_MAJOR}.{DEFAULTS[DEFAULT_MAJOR]}"
    major, _, minor = given.partition(".")
    if not major.isdigit() or int(major) not in MINORS:
        return None
    if not minor:
        return f"{major}.{DEFAULTS[int(major)]}"
    return given if given in versions() else None


def upgrade_targets(version: str) -> list[tuple[str, bool]]:
    """(version, whether it is another major) that a version can be upgraded to."""
    at = _key(version)
    later = [v for v in versions() if _key(v) > at]
    return [(v, _key(v)[0] != at[0]) for v in later]


def _key(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor or 0)
