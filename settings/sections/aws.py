"""Where the stack lives, and what is stamped on everything in it."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from settings.arns import POLICY
from settings.section import Check, Problem, Section, matches, rule
from settings.types import AccountId, AwsRegion

RESERVED_TAGS = ("project", "stack", "managed-by", "name")
_TAGS_MAX = 50 - len(RESERVED_TAGS)
_TAG = re.compile(r"[\w\s.:/=+\-@]*")
_TAG_KEY_MAX, _TAG_VALUE_MAX = 128, 256


class AwsSettings(Section):
    """`runlayer:aws`"""

    region: AwsRegion
    """AWS Region of every resource of the stack, for example us-east-1."""
    account_id: AccountId
    """The only account that this stack may touch; the provider refuses any other."""
    tags: Annotated[
        dict[str, str],
        Check(
            "CFG038",
            f"at most {_TAGS_MAX} tags",
            "take some away: a resource has 50 at most, and four of them are ours",
            lambda tags: len(tags) <= _TAGS_MAX,
        ),
    ] = Field(default_factory=dict)
    """Tags on every resource, besides project, stack and managed-by, which are always there."""
    permissions_boundary_arn: Annotated[str, POLICY] | None = None
    """Permissions boundary for every IAM role of the stack, or null for none."""
    iam_path: Annotated[
        str,
        matches(
            "CFG020",
            r"/([\x21-\x2e\x30-\x7e][\x21-\x7e]{0,508}/)?",
            "/ or a path that begins and ends with /, for example /platform/",
            "write the path with a slash at both ends",
        ),
    ] = "/"
    """IAM path of every role, for accounts whose rules go by path."""

    @rule
    def _tags_fit(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for key, value in self.tags.items():
            if reason := _misfit(key, value, seen):
                yield Problem("CFG038", ("tags", key), *reason)
            seen.add(key.casefold())


def _misfit(key: str, value: str, seen: set[str]) -> tuple[str, str] | None:
    """What is allowed instead of this tag, and what to do; None if it fits."""
    if key.casefold() in RESERVED_TAGS:
        return f"any key but {', '.join(RESERVED_TAGS)}", "take it away: the stack writes this tag itself"
    if key.casefold() in seen:
        return "keys that differ in more than upper and lower case", "keep one of them: IAM takes them for the same"
    if key.casefold().startswith("aws:"):
        return "keys that do not begin with aws:", "choose another key: that prefix belongs to AWS"
    if not 1 <= len(key) <= _TAG_KEY_MAX or len(value) > _TAG_VALUE_MAX:
        return f"1 to {_TAG_KEY_MAX} characters as key, up to {_TAG_VALUE_MAX} as value", "shorten it"
    if not _TAG.fullmatch(key) or not _TAG.fullmatch(value):
        return "letters, digits, spaces and _ . : / = + - @", "leave the other characters out"
    return None
