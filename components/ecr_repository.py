"""The image repository that a stack owns, and the ways images get into and out of it."""

import re
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components import permissions, registry_permissions
from components.arguments import typed_args
from components.errors import ComponentError
from components.keys import encryption_key
from components.lifecycle import lifecycle_policy

_NAME = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*")
_NAME_MIN, _NAME_MAX = 2, 256
_PREFIX_MIN, _PREFIX_MAX = 2, 30
_ACCOUNT = re.compile(r"\d{12}")
_REGISTRY = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?")
# Amazon ECR: a registry replicates to 25 destinations at most.
_DESTINATIONS_MAX = 25


@dataclass(kw_only=True)
class PullThroughArgs:
    """Fill repositories below a prefix from another registry of Amazon ECR on first pull."""

    prefix: str
    """First part of the repository names that are filled this way."""
    upstream_registry_url: str
    """The other registry: ACCOUNT.dkr.ecr.REGION.amazonaws.com."""
    role_arn: str | None = None
    """Role that ECR assumes to read a registry in another account; none: one is made."""


@dataclass(kw_only=True)
class EcrRepositoryArgs:
    """Arguments of EcrRepository."""

    name: str
    """Name of the repository."""
    account_id: str
    """AWS account of the repository."""
    region: str
    """AWS Region of the repository."""
    untagged_expiry_days: int = 14
    """Days until an image without a tag is removed."""
    timestamp_images_kept: int = 30
    """How many of the newest images with a timestamp tag stay; releases with a semver tag always do."""
    pull_account_ids: list[str] = field(default_factory=list[str])
    """Other accounts that may pull."""
    replicate_to_regions: list[str] = field(default_factory=list[str])
    """Regions that get a copy of every pushed image; one setting for the whole registry, so one stack should own it."""
    pull_through: PullThroughArgs | None = None
    """Fill the repository from the vendor's registry; none: images are pushed to it."""
    deletion_protected: bool = True
    """Protect repository and key, and refuse to delete a repository with images in it."""
    iam_path: str = "/"
    """IAM path of the role."""
    permissions_boundary_arn: str | None = None
    """Permissions boundary of the role."""


class EcrRepository(pulumi.ComponentResource):
    """A repository whose tags never move, `latest` apart, with scans, a key of its own, and releases that stay."""

    TYPE = "runlayer:index:EcrRepository"

    repository_url: pulumi.Output[str]
    """What to pull from, without tag."""
    repository_arn: pulumi.Output[str]
    """The repository as IAM names it."""
    repository_name: pulumi.Output[str]
    """Name of the repository."""
    key_arn: pulumi.Output[str]
    """KMS key of the images."""

    def __init__(self, name: str, args: EcrRepositoryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Check the arguments and register the repository.

        Raises:
            ComponentError: COMP401 to COMP404, before anything is registered.
        """
        args = typed_args(EcrRepositoryArgs, args)
        _check(args)
        super().__init__(self.TYPE, name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        key = encryption_key(
            name,
            alias=f"ecr/{args.name.replace('.', '-')}"[:200],
            description=f"Images of {args.name}",
            # Amazon ECR works with the key through grants of whoever creates the repository.
            policy=permissions.key_policy(args.account_id, args.region),
            parent=self,
            kept=args.deletion_protected,
        )
        repository = aws.ecr.Repository(
            name,
            name=args.name,
            image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
            image_tag_mutability_exclusion_filters=[
                aws.ecr.RepositoryImageTagMutabilityExclusionFilterArgs(filter="latest", filter_type="WILDCARD")
            ],
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[
                aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=key.arn)
            ],
            force_delete=not args.deletion_protected,
            opts=pulumi.ResourceOptions(
                parent=self, protect=args.deletion_protected, retain_on_delete=args.deletion_protected
            ),
        )
        aws.ecr.LifecyclePolicy(
            name,
            repository=repository.name,
            policy=lifecycle_policy(
                untagged_expiry_days=args.untagged_expiry_days, timestamp_images_kept=args.timestamp_images_kept
            ),
            opts=self._child,
        )
        if args.pull_account_ids:
            aws.ecr.RepositoryPolicy(
                name,
                repository=repository.name,
                policy=registry_permissions.pull_policy(args.region, args.pull_account_ids),
                opts=self._child,
            )
        if args.pull_through:
            self._pull_through(args.pull_through)
        if args.replicate_to_regions:
            self._replication()
        self.repository_url = repository.repository_url
        self.repository_arn = repository.arn
        self.repository_name = repository.name
        self.key_arn = key.arn
        self.register_outputs({"repository_url": self.repository_url, "repository_arn": self.repository_arn})

    def _pull_through(self, asked: PullThroughArgs) -> None:
        role_arn: pulumi.Input[str] | None = asked.role_arn
        needed: list[pulumi.Resource] = []
        if role_arn is None and _upstream(asked)[0] != self._args.account_id:
            role_arn, needed = self._pull_through_role(asked)
        aws.ecr.PullThroughCacheRule(
            f"{self._name}-pull-through",
            ecr_repository_prefix=asked.prefix,
            upstream_registry_url=asked.upstream_registry_url,
            # ECR's own default, and its word for "no prefix": left out, every preview would want a replacement.
            upstream_repository_prefix="ROOT",
            custom_role_arn=role_arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
        )

    def _pull_through_role(self, asked: PullThroughArgs) -> tuple[pulumi.Output[str], list[pulumi.Resource]]:
        args = self._args
        upstream_account, upstream_region = _upstream(asked)
        role = aws.iam.Role(
            f"{self._name}-pull-through",
            name_prefix="ecr-pull-through-",
            path=args.iam_path,
            permissions_boundary=args.permissions_boundary_arn,
            assume_role_policy=registry_permissions.pull_through_trust(args.account_id),
            opts=self._child,
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-pull-through",
            name="pull-through",
            role=role.name,
            policy=registry_permissions.pull_through_policy(
                region=args.region,
                account_id=args.account_id,
                prefix=asked.prefix,
                upstream_account=upstream_account,
                upstream_region=upstream_region,
            ),
            opts=self._child,
        )
        return role.arn, [policy]

    def _replication(self) -> None:
        args = self._args
        aws.ecr.ReplicationConfiguration(
            f"{self._name}-replication",
            replication_configuration=aws.ecr.ReplicationConfigurationReplicationConfigurationArgs(
                rules=[
                    aws.ecr.ReplicationConfigurationReplicationConfigurationRuleArgs(
                        destinations=[
                            aws.ecr.ReplicationConfigurationReplicationConfigurationRuleDestinationArgs(
                                region=region, registry_id=args.account_id
                            )
                            for region in args.replicate_to_regions
                        ],
                        repository_filters=[
                            aws.ecr.ReplicationConfigurationReplicationConfigurationRuleRepositoryFilterArgs(
                                filter=args.name, filter_type="PREFIX_MATCH"
                            )
                        ],
                    )
                ]
            ),
            opts=self._child,
        )


def _upstream(asked: PullThroughArgs) -> tuple[str, str]:
    """Account and Region of the upstream registry."""
    found = _REGISTRY.fullmatch(asked.upstream_registry_url)
    if not found:
        raise ComponentError(
            "COMP402",
            f"pull_through.upstream_registry_url is {asked.upstream_registry_url!r}; "
            "allowed: ACCOUNT.dkr.ecr.REGION.amazonaws.com",
            "the cache reads another registry of Amazon ECR",
            "write the registry's host alone: no https://, no repository",
        )
    return found[1], found[2]


def _check(args: EcrRepositoryArgs) -> None:
    if not (_NAME_MIN <= len(args.name) <= _NAME_MAX and _NAME.fullmatch(args.name)):
        raise ComponentError(
            "COMP401",
            f"name is {args.name!r}; allowed: {_NAME_MIN} to {_NAME_MAX} lower-case letters, digits and separators "
            "(. _ - /) between them",
            "Amazon ECR takes no other repository names",
            "write for example backend-production",
        )
    if args.pull_through:
        _check_pull_through(args.name, args.pull_through)
    _check_accounts_and_regions(args)
    for key, value in (
        ("untagged_expiry_days", args.untagged_expiry_days),
        ("timestamp_images_kept", args.timestamp_images_kept),
    ):
        if value < 1:
            raise ComponentError(
                "COMP404",
                f"{key} is {value}; allowed: 1 or more",
                "a lifecycle rule counts from 1, and 0 would remove what was just pushed",
                f"set {key} to 1 or more",
            )


def _check_pull_through(name: str, asked: PullThroughArgs) -> None:
    _upstream(asked)
    if not (_PREFIX_MIN <= len(asked.prefix) <= _PREFIX_MAX and _NAME.fullmatch(asked.prefix)):
        raise ComponentError(
            "COMP402",
            f"pull_through.prefix is {asked.prefix!r}; allowed: {_PREFIX_MIN} to {_PREFIX_MAX} lower-case letters, "
            "digits and separators (. _ - /) between them",
            "the names of the repositories below it begin with it",
            "write for example vendor",
        )
    if not name.startswith(f"{asked.prefix}/"):
        raise ComponentError(
            "COMP402",
            f"name is {name!r}; allowed with pull_through: a name that begins with {asked.prefix}/",
            "only repositories below the prefix are filled from the upstream registry",
            f"rename it to {asked.prefix}/{name}",
        )


def _check_accounts_and_regions(args: EcrRepositoryArgs) -> None:
    accounts = args.pull_account_ids
    if len(set(accounts)) != len(accounts) or not all(_ACCOUNT.fullmatch(each) for each in accounts):
        raise ComponentError(
            "COMP403",
            f"pull_account_ids is {accounts}; allowed: account numbers of twelve digits, each once",
            "a pull is granted to whole accounts, never to everybody",
            "write each account's number in quotes",
        )
    regions = args.replicate_to_regions
    if len(set(regions)) != len(regions) or args.region in regions or len(regions) > _DESTINATIONS_MAX:
        raise ComponentError(
            "COMP403",
            f"replicate_to_regions is {regions}; allowed: up to {_DESTINATIONS_MAX} Regions other than {args.region}, "
            "each once",
            "a registry does not replicate to itself",
            f"take {args.region} and doubles out",
        )
