"""Which release a stack runs: what people want (intent) and what is deployed (lock)."""

from collections.abc import Iterator
from typing import Annotated

from settings.intent import FOLLOWS, Intent, IntentError, Lock, Pinned, Staging, parse_intent
from settings.section import Check, Problem, Section, matches, rule
from settings.tags import TagError, parse_tag
from settings.types import REGISTRY_HOST, REPOSITORY_NAME

_FOLLOW_MAX = 128


def _is_intent(text: str) -> bool:
    try:
        return len(text) <= _FOLLOW_MAX and bool(parse_intent(text))
    except IntentError:
        return False


def _is_release_tag(text: str) -> bool:
    try:
        return not parse_tag(text).moves
    except TagError:
        return False


class ReleaseSettings(Section):
    """`runlayer:release`"""

    repository: Annotated[
        str,
        matches(
            "CFG034",
            rf"{REGISTRY_HOST}/(?=.{{2,256}}$){REPOSITORY_NAME}",
            "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME, without tag and digest",
            "write the repository's URI alone; the release goes into follow, version and digest",
        ),
    ]
    """Image repository without tag: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME."""
    follow: Annotated[str, Check("CFG035", FOLLOWS, "write one of them, a range in quotes", _is_intent)]
    """Intent: latest, a semver range such as "~1.4", pinned, or staging."""
    version: (
        Annotated[
            str,
            Check(
                "CFG035",
                "v1.2.3, 20241213-152430 or v1.2.3-20241213-152430-a1b2c3d4",
                "write the tag of the release; a lock names a tag that does not move, so not latest",
                _is_release_tag,
            ),
        ]
        | None
    ) = None
    """Lock: the tag that people read."""
    digest: (
        Annotated[
            str,
            matches(
                "CFG035", r"sha256:[0-9a-f]{64}", "sha256: and 64 hex digits", "copy it from `aws ecr describe-images`"
            ),
        ]
        | None
    ) = None
    """Lock: the image that runs; the task definition names it, never a tag."""

    @property
    def intent(self) -> Intent:
        """`follow`, parsed."""
        return parse_intent(self.follow)

    @property
    def lock(self) -> Lock:
        """`version` and `digest`."""
        return Lock(self.version, self.digest)

    @rule
    def _lock_is_whole(self) -> Iterator[Problem]:
        required = isinstance(self.intent, Pinned | Staging)
        write = "write what staging serves" if isinstance(self.intent, Staging) else "write the release"
        for key, value, other in (("version", self.version, self.digest), ("digest", self.digest, self.version)):
            if value is None and (required or other is not None):
                why = f"with follow: {self.follow}" if required else "next to the other half of the lock"
                yield Problem("CFG035", (key,), f"a {key} {why}", f"{write}, version and digest together")
