"""Where the stack lives, and what is stamped on everything in it."""

from typing import Annotated

from pydantic import Field

from settings.section import Section


class AwsSettings(Section):
    """`runlayer:aws`"""

    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    """AWS Region of every resource of the stack, for example us-east-1."""
    account_id: Annotated[str, Field(pattern=r"^\d{12}$")]
    """The only account that this stack may touch; the provider refuses any other."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags on every resource, besides project, stack and managed-by, which are always there."""
    permissions_boundary_arn: str | None = None
    """Permissions boundary for every IAM role of the stack, or null for none."""
    iam_path: str = "/"
    """IAM path of every role, for accounts whose rules go by path."""
