"""The registry as the engine sees it while the program runs: which image a release section means."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pulumi
from pulumi_aws import ecr

from components.permissions import arn
from settings.intent import Image, Intent, Latest, Lock, Range, Unresolved, parse_intent, resolve
from settings.move import Release
from settings.sections import ReleaseSettings
from settings.tags import LATEST

# A listing does not tell when an image was pushed.
_NOT_TOLD = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Repository:
    """`ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`, taken apart."""

    account_id: str
    region: str
    name: str

    @classmethod
    def parse(cls, url: str) -> "Repository":
        """Take a repository URL apart; its form was checked with the settings."""
        host, _, name = url.partition("/")
        account_id, _, _, region, *_ = host.split(".")
        return cls(account_id, region, name)

    @property
    def arn(self) -> str:
        """The repository as IAM names it."""
        return arn("ecr", self.region, self.account_id, f"repository/{self.name}")


def resolve_release(asked: ReleaseSettings, opts: pulumi.InvokeOptions) -> Release:
    """Find the image that `runlayer:release` means.

    `pinned` and `staging` make no call, `latest` makes one (DescribeImages), a range two (ListImages, DescribeImages).

    Raises:
        pulumi.RunError: neither the registry nor the lock has what is asked for (REL001, REL002, REL003), or the
            registry does not answer (REL004).
    """
    intent = parse_intent(asked.follow)
    repository = Repository.parse(asked.repository)
    found = resolve(intent, Lock(asked.version, asked.digest), _images(intent, repository, opts))
    if isinstance(found, Unresolved):
        raise pulumi.RunError(f"error[{found.code}]: runlayer:release: {found.why}\n  try: {found.do}")
    if found.pushed_at == _NOT_TOLD:
        return Release(found.version, found.digest, _described(repository, found.version, opts).pushed_at)
    return found


def _images(intent: Intent, repository: Repository, opts: pulumi.InvokeOptions) -> list[Image]:
    """The rows that the intent has to choose from."""
    match intent:
        case Latest():
            return [_described(repository, LATEST, opts)]
        case Range():
            return _listed(repository, opts)
        case _:
            return []


def _described(repository: Repository, tag: str, opts: pulumi.InvokeOptions) -> Image:
    try:
        row = ecr.get_image(
            registry_id=repository.account_id,
            repository_name=repository.name,
            region=repository.region,
            image_tag=tag,
            opts=opts,
        )
    except Exception as error:
        raise _unread(f"the image {repository.name}:{tag}", repository, error) from None
    return Image(tuple(row.image_tags), row.image_digest, datetime.fromtimestamp(row.image_pushed_at, UTC))


def _listed(repository: Repository, opts: pulumi.InvokeOptions) -> list[Image]:
    try:
        listing = ecr.get_images(
            registry_id=repository.account_id, repository_name=repository.name, region=repository.region, opts=opts
        )
    except Exception as error:
        raise _unread(f"the repository {repository.name}", repository, error) from None
    return [Image((row.image_tag,), row.image_digest, _NOT_TOLD) for row in listing.image_ids if row.image_tag]


def _unread(what: str, repository: Repository, error: Exception) -> pulumi.RunError:
    """The SDK tells a failed look-up only by a bare exception whose last line is AWS's answer."""
    answer = str(error).strip().splitlines()[-1].strip(" *\t")
    return pulumi.RunError(
        f"error[REL004]: runlayer:release: {what} of account {repository.account_id} in {repository.region} cannot be "
        f"read: {answer}\n"
        f"  try: aws ecr list-images --registry-id {repository.account_id} --region {repository.region} "
        f"--repository-name {repository.name}"
    )
