"""The image repository that the stack owns."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from settings.arns import ROLE
from settings.section import Problem, Section, matches, rule
from settings.types import REGISTRY_HOST, REPOSITORY_NAME, AccountId, AwsRegion, duplicates


class PullThroughSettings(Section):
    """`runlayer:registry.pull_through`: fill our repository from the vendor's on first pull."""

    prefix: Annotated[
        str,
        matches(
            "CFG034",
            rf"(?=.{{2,30}}$){REPOSITORY_NAME}",
            "2 to 30 lower-case letters, digits and separators (. _ - /) between them",
            "write for example vendor",
        ),
    ]
    """First part of the repository names that are filled this way."""
    upstream_registry_url: Annotated[
        str,
        matches(
            "CFG034",
            REGISTRY_HOST,
            "ACCOUNT.dkr.ecr.REGION.amazonaws.com",
            "write the host of the vendor's registry alone: no https://, no repository",
        ),
    ]
    """The vendor's registry: ACCOUNT.dkr.ecr.REGION.amazonaws.com."""
    role_arn: Annotated[str, ROLE] | None = None
    """Role that ECR assumes to read an upstream registry in another account."""


class RegistrySettings(Section):
    """`runlayer:registry`"""

    name: Annotated[
        str,
        matches(
            "CFG034",
            rf"(?=.{{2,256}}$){REPOSITORY_NAME}",
            "2 to 256 lower-case letters, digits and separators (. _ - /) between them",
            "write for example backend-production",
        ),
    ]
    """Name of the repository that the stack creates."""
    untagged_expiry_days: Annotated[int, Field(ge=1, le=365)] = 14
    """Days until an image without a tag is removed."""
    timestamp_images_kept: Annotated[int, Field(ge=1, le=1000)] = 30
    """How many images that carry only a timestamp tag are kept; releases with a semver tag always stay."""
    pull_account_ids: list[AccountId] = Field(default_factory=list)
    """Other accounts that may pull from this repository."""
    replicate_to_regions: list[AwsRegion] = Field(default_factory=list)
    """Regions that get a copy of every pushed image."""
    deletion_protected: bool = True
    """The repository, its images and its key cannot be deleted with the stack."""
    pull_through: PullThroughSettings | None = None
    """Fill the repository from the vendor's registry; null: images are pushed to it."""

    @rule
    def _each_once(self) -> Iterator[Problem]:
        for key in ("pull_account_ids", "replicate_to_regions"):
            for at in duplicates(getattr(self, key)):
                yield Problem("CFG033", (key, at), "each one once", "take it away")

    @rule
    def _name_is_below_prefix(self) -> Iterator[Problem]:
        if self.pull_through and not self.name.startswith(f"{self.pull_through.prefix}/"):
            yield Problem(
                "CFG034",
                ("name",),
                f"a name that begins with {self.pull_through.prefix}/",
                f"write {self.pull_through.prefix}/{self.name}: only repositories below the prefix are filled",
            )
