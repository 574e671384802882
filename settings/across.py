"""Rules between sections. Each yields a problem at the key that is easiest to change."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from settings.arns import parse_arn
from settings.intent import Pinned, Staging
from settings.names import NAME_PREFIX_MAX
from settings.partition import partition_of
from settings.section import Loc, Problem

if TYPE_CHECKING:
    from settings.model import StackSettings


def prefix_fits(stack: "StackSettings") -> Iterator[Problem]:
    """`<project>-<stack>` leaves room in the shortest names that AWS has."""
    if len(stack.name_prefix) > NAME_PREFIX_MAX:
        yield Problem(
            "CFG020",
            ("stack",),
            f"{NAME_PREFIX_MAX} characters in all for PROJECT-STACK; {stack.name_prefix} has {len(stack.name_prefix)}",
            f"take a stack name of {max(NAME_PREFIX_MAX - len(stack.project) - 1, 1)} characters or fewer",
        )


def zones_are_in_region(stack: "StackSettings") -> Iterator[Problem]:
    """Each zone is the Region's name and a letter."""
    region = stack.aws.region
    for at, zone in enumerate(stack.network.availability_zones):
        letter = zone.removeprefix(region)
        if letter == zone or len(letter) != 1 or not ("a" <= letter <= "z"):
            yield Problem(
                "CFG023",
                ("network", "availability_zones", at),
                f"a zone of {region}, for example {region}a",
                "name a zone of the Region; `aws ec2 describe-availability-zones` lists them",
            )


def public_balancer_has_subnets(stack: "StackSettings") -> Iterator[Problem]:
    """A load balancer that is public needs two public subnets of an existing network."""
    existing = stack.network.existing
    if existing and stack.load_balancer.public and len(existing.public_subnet_ids) < 2:  # noqa: PLR2004  two zones
        yield Problem(
            "CFG023",
            ("network", "existing", "public_subnet_ids"),
            "two subnets or more, in different zones, with load_balancer.public: true",
            "name another public subnet, or set load_balancer.public: false",
        )


def arns_are_of_this_stack(stack: "StackSettings") -> Iterator[Problem]:
    """What a load balancer uses is in its Region and account; the rest at least in the same partition."""
    balancer = stack.load_balancer
    near: list[tuple[Loc, str | None]] = [
        (("load_balancer", "certificate_arn"), balancer.certificate_arn),
        (("load_balancer", "web_acl_arn"), balancer.web_acl_arn),
    ]
    for at, text in near:
        if text is None:
            continue
        arn = parse_arn(text)
        if arn.region != stack.aws.region:
            yield Problem("CFG033", at, f"an ARN in {stack.aws.region}", f"make or import it in {stack.aws.region}")
        if arn.account_id != stack.aws.account_id:
            yield Problem(
                "CFG033", at, f"an ARN in account {stack.aws.account_id}", f"make it in account {stack.aws.account_id}"
            )


def boundary_is_of_this_account(stack: "StackSettings") -> Iterator[Problem]:
    """A permissions boundary is a policy of the account itself, or one of AWS's own."""
    text = stack.aws.permissions_boundary_arn
    if text and parse_arn(text).account_id not in (stack.aws.account_id, "aws"):
        yield Problem(
            "CFG033",
            ("aws", "permissions_boundary_arn"),
            f"a policy of account {stack.aws.account_id}, or one of AWS's own",
            "make the policy in this account and name that",
        )


def arns_are_of_this_partition(stack: "StackSettings") -> Iterator[Problem]:
    """No ARN crosses from one AWS partition into another."""
    partition = partition_of(stack.aws.region)
    for at, text in _arns(stack):
        if parse_arn(text).partition != partition:
            yield Problem(
                "CFG033", at, f"arn:{partition}: in {stack.aws.region}", "name a resource of the same partition"
            )


def secret_keys_are_in_region(stack: "StackSettings") -> Iterator[Problem]:
    """A KMS key decrypts in its own Region only."""
    regions = {parse_arn(arn).region for arn in stack.service.secrets.values()} | {stack.aws.region}
    for at, text in enumerate(stack.service.secret_key_arns):
        if parse_arn(text).region not in regions:
            yield Problem(
                "CFG033",
                ("service", "secret_key_arns", at),
                f"a key in {' or '.join(sorted(regions))}, where the secrets are",
                "name the key that the secret is encrypted with",
            )


def registry_serves_others(stack: "StackSettings") -> Iterator[Problem]:
    """Grants and copies go to other accounts and Regions than the stack's own."""
    for at, account in enumerate(stack.registry.pull_account_ids):
        if account == stack.aws.account_id:
            yield Problem(
                "CFG033", ("registry", "pull_account_ids", at), "other accounts than the stack's", "take it away"
            )
    for at, region in enumerate(stack.registry.replicate_to_regions):
        if region == stack.aws.region:
            yield Problem(
                "CFG033", ("registry", "replicate_to_regions", at), "other Regions than the stack's", "take it away"
            )


def pull_through_may_read(stack: "StackSettings") -> Iterator[Problem]:
    """Amazon ECR reads a registry of another account with a role, and never its own registry."""
    source = stack.registry.pull_through
    if source is None:
        return
    account, _, _, region = source.upstream_registry_url.split(".")[:4]
    if account != stack.aws.account_id and source.role_arn is None:
        yield Problem(
            "CFG033",
            ("registry", "pull_through", "role_arn"),
            f"a role that may read the registry of account {account}",
            "name a role of this account that ecr.amazonaws.com may assume and the vendor has admitted",
        )
    if (account, region) == (stack.aws.account_id, stack.aws.region):
        yield Problem(
            "CFG034",
            ("registry", "pull_through", "upstream_registry_url"),
            "a registry in another account or Region",
            "write pull_through: null; images are in this registry already",
        )


def drain_fits_stop(stack: "StackSettings") -> Iterator[Problem]:
    """A task lives at least as long as the load balancer lets it finish requests."""
    drain, stop = stack.load_balancer.drain_seconds, stack.service.stop_timeout_seconds
    if drain > stop:
        yield Problem(
            "CFG028",
            ("load_balancer", "drain_seconds"),
            f"at most service.stop_timeout_seconds, which is {stop}",
            f"set drain_seconds to {stop} or less: a task is killed {stop} s after it was asked to stop",
        )


def grace_fits_health_check(stack: "StackSettings") -> Iterator[Problem]:
    """A task that is well from its start on is not killed before it could show it."""
    grace, needed = stack.service.health_check_grace_seconds, stack.load_balancer.health_check.seconds_to_healthy
    if grace < needed:
        yield Problem(
            "CFG028",
            ("service", "health_check_grace_seconds"),
            f"{needed} or more, which is what the health check takes until a task counts as well",
            f"set health_check_grace_seconds to {needed} and add the time that the application takes to start",
        )


def restore_names_its_release(stack: "StackSettings") -> Iterator[Problem]:
    """A restored database has the schema of its day, so the release must be chosen for it."""
    if stack.database.restore and not isinstance(stack.release.intent, Pinned | Staging):
        yield Problem(
            "CFG035",
            ("release", "follow"),
            "pinned or staging while database.restore is set",
            "write version and digest of a release that fits the restored schema, and set follow: pinned",
        )


def _arns(stack: "StackSettings") -> Iterator[tuple[Loc, str]]:
    """Every ARN of the stack file with its place."""
    single: list[tuple[Loc, str | None]] = [
        (("aws", "permissions_boundary_arn"), stack.aws.permissions_boundary_arn),
        (("load_balancer", "certificate_arn"), stack.load_balancer.certificate_arn),
        (("load_balancer", "web_acl_arn"), stack.load_balancer.web_acl_arn),
        (("backups", "copy_to_vault_arn"), stack.backups.copy_to_vault_arn),
    ]
    if stack.registry.pull_through:
        single.append((("registry", "pull_through", "role_arn"), stack.registry.pull_through.role_arn))
    yield from ((at, text) for at, text in single if text)
    yield from ((("service", "secrets", name), text) for name, text in stack.service.secrets.items())
    yield from ((("service", "secret_key_arns", at), text) for at, text in enumerate(stack.service.secret_key_arns))


RULES: "tuple[Callable[[StackSettings], Iterator[Problem]], ...]" = (
    prefix_fits,
    zones_are_in_region,
    public_balancer_has_subnets,
    arns_are_of_this_stack,
    boundary_is_of_this_account,
    arns_are_of_this_partition,
    secret_keys_are_in_region,
    registry_serves_others,
    pull_through_may_read,
    drain_fits_stop,
    grace_fits_health_check,
    restore_names_its_release,
)
