"""The image repository that the stack owns."""

from typing import Annotated

from pydantic import Field

from settings.section import Section


class PullThroughSettings(Section):
    """`runlayer:registry.pull_through`: fill our repository from the vendor's on first pull."""

    prefix: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9/_.-]{1,29}$")]
    """First part of the repository names that are filled this way."""
    upstream_registry_url: str
    """The vendor's registry: ACCOUNT.dkr.ecr.REGION.amazonaws.com."""
    role_arn: str | None = None
    """Role that ECR assumes to read an upstream registry in another account."""


class RegistrySettings(Section):
    """`runlayer:registry`"""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$", min_length=2, max_length=256)]
    """Name of the repository that the stack creates."""
    untagged_expiry_days: Annotated[int, Field(ge=1, le=365)] = 14
    """Days until an image without a tag is removed."""
    timestamp_images_kept: Annotated[int, Field(ge=1, le=1000)] = 30
    """How many images that carry only a timestamp tag are kept; releases with a semver tag always stay."""
    pull_account_ids: list[str] = Field(default_factory=list)
    """Other accounts that may pull from this repository."""
    replicate_to_regions: list[str] = Field(default_factory=list)
    """Regions that get a copy of every pushed image."""
    pull_through: PullThroughSettings | None = None
    """Fill the repository from the vendor's registry; null: images are pushed to it."""
