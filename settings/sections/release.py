"""Which release a stack runs: what people want (intent) and what is deployed (lock)."""

from typing import Annotated

from pydantic import Field

from settings.section import Section


class ReleaseSettings(Section):
    """`runlayer:release`"""

    repository: str
    """Image repository without tag: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME."""
    follow: str
    """Intent: latest, a semver range such as "~1.4", pinned, or staging."""
    version: str | None = None
    """Lock: the tag that people read, written by ops pin, promote and rollback."""
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    """Lock: the image that runs; the task definition names it, never a tag."""
