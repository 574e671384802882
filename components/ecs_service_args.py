"""Arguments of EcsService, and what is wrong with them before anything is registered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import pulumi

from components.checks import image_faults, name_prefix_faults, task_size_faults, user_faults
from components.containers import DIGEST_VARIABLE, VERSION_VARIABLE
from components.deployment import DeploymentArgs, deployment_faults, moves_traffic, timing_faults
from components.task_parts import database_faults

# Fargate's limits (Amazon ECS Developer Guide, "Task definition parameters for Fargate", stopTimeout).
_STOP_SECONDS = range(2, 121)


class Architecture(StrEnum):
    """Processor that an image was built for."""

    X86_64 = "X86_64"
    """Intel and AMD."""
    ARM64 = "ARM64"
    """Graviton."""


@dataclass(kw_only=True)
class AutoscalingArgs:
    """Owns the number of tasks after the first deployment."""

    min_count: int
    """Fewest tasks."""
    max_count: int
    """Most tasks."""
    cpu_percent: int = 60
    """Average CPU use to keep."""
    requests_per_task: int | None = None
    """Requests a minute and task to keep (rolling only); none: scale by CPU alone."""


@dataclass(kw_only=True)
class EcsServiceArgs:
    """Arguments of EcsService."""

    name_prefix: str
    """First part of every name, at most 20 characters; cluster, service and task definition family have this name."""
    account_id: str
    """AWS account of the service."""
    region: str
    """AWS Region of the service."""
    vpc_id: pulumi.Input[str]
    """VPC of the tasks."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets of the tasks, with a way to the registry (NAT or endpoints)."""

    image: pulumi.Input[str]
    """Image by digest: REPOSITORY@sha256:DIGEST. A tag is refused."""
    image_repository_arn: pulumi.Input[str]
    """Repository that the image is pulled from, in this account or another."""
    release_version: str
    """Version that people read; in the environment as RUNLAYER_VERSION."""
    release_digest: str
    """Digest of the image; in the environment as RUNLAYER_RELEASE_DIGEST."""

    port: int = 8080
    """Port that the container listens on; a process that is not root needs 1024 or more."""
    cpu: int = 512
    """CPU units, 1024 to a vCPU; cpu and memory_mib must be a pair that Fargate offers."""
    memory_mib: int = 1024
    """Memory of a task in MiB."""
    architecture: Architecture = Architecture.X86_64
    """Processor that the image was built for."""
    desired_count: int = 2
    """Tasks; only the first deployment uses it when autoscaling is on."""
    autoscaling: AutoscalingArgs | None = None
    """Scale the number of tasks; none: desired_count holds."""
    user: str = "1000:1000"
    """User and group number of the process; root is refused."""
    command: list[str] | None = None
    """Replaces the image's command; none: the image's own."""
    environment: dict[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Plain variables of the container. Nothing secret."""
    secrets: dict[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Variables filled from Secrets Manager or Parameter Store: name to ARN (for one JSON key: ARN:KEY::)."""
    secret_key_arns: list[pulumi.Input[str]] = field(default_factory=list[pulumi.Input[str]])
    """Customer-managed KMS keys that those secrets are encrypted with."""
    tmp_mib: int = 64
    """Size of /tmp, the only place that a task can write to; taken from its memory."""
    log_retention_days: int = 30
    """Days that the container logs are kept."""
    stop_timeout_seconds: int = 60
    """Seconds between SIGTERM and SIGKILL, at most 120."""
    health_check_grace_seconds: int = 60
    """Seconds after start in which failing health checks do not count."""
    health_check_command: list[str] | None = None
    """Command that exits 0 when the container is well, without a shell; none: the load balancer's check is enough."""
    exec_enabled: bool = False
    """Allow a shell into running tasks (ECS Exec)."""
    redeploy_token: str = ""
    """Any new value replaces all tasks with fresh ones of the same release."""
    deployment: DeploymentArgs = field(default_factory=DeploymentArgs)
    """How a new release takes over."""
    deployment_alarm_names: pulumi.Input[list[str]] | None = None
    """Alarms that take a rollout back; they must exist, and must not fire when there is no traffic."""
    verify_rollout: bool = True
    """Fail the run unless ECS really keeps the intended release running; in a preview, warn."""

    target_group_arn: pulumi.Input[str] | None = None
    """Target group of the tasks (target type ip); none: no load balancer."""
    target_group_arn_suffix: pulumi.Input[str] | None = None
    """The same as CloudWatch names it; needed to scale by requests."""
    alternate_target_group_arn: pulumi.Input[str] | None = None
    """Second target group, for blue_green, canary and linear."""
    production_listener_rule_arn: pulumi.Input[str] | None = None
    """Listener rule of the users' traffic; it is created before the service."""
    test_listener_rule_arn: pulumi.Input[str] | None = None
    """Listener rule of the test traffic."""
    load_balancer_arn_suffix: pulumi.Input[str] | None = None
    """The load balancer as CloudWatch names it; needed to scale by requests."""
    load_balancer_security_group_id: pulumi.Input[str] | None = None
    """Security group of the load balancer: it may reach the service, and nothing else may."""
    drain_seconds: int = 30
    """Deregistration delay of the target group, which must fit the stop timeout."""
    health_check_healthy_seconds: int = 20
    """Seconds until the load balancer can call a fresh task healthy: interval x healthy count."""

    database_endpoint: pulumi.Input[str] | None = None
    """Host name of the database's writer; none: no database."""
    database_port: pulumi.Input[int] = 5432
    """TCP port of the database."""
    database_name: pulumi.Input[str] | None = None
    """Name of the database."""
    database_username: pulumi.Input[str] | None = None
    """User that the service connects as."""
    database_secret_arn: pulumi.Input[str] | None = None
    """Secret with the keys username and password; the task sees its value, Pulumi never does."""
    database_secret_key_arn: pulumi.Input[str] | None = None
    """KMS key of that secret."""
    database_security_group_id: pulumi.Input[str] | None = None
    """Security group of the database: the service may reach it."""

    iam_path: str = "/"
    """IAM path of the roles."""
    permissions_boundary_arn: str | None = None
    """Permissions boundary of the roles."""


def service_faults(args: EcsServiceArgs) -> Iterator[str]:
    """Everything about the arguments that ECS would refuse or that could not work, a sentence each."""
    yield from _task_faults(args)
    yield from _wiring_faults(args)
    yield from _scaling_faults(args)
    scaling = args.autoscaling
    counts = (
        range(scaling.min_count, scaling.max_count + 1)
        if scaling
        else range(args.desired_count, args.desired_count + 1)
    )
    yield from deployment_faults(args.deployment, counts)
    if args.target_group_arn is not None:
        yield from timing_faults(
            stop_seconds=args.stop_timeout_seconds,
            drain_seconds=args.drain_seconds,
            grace_seconds=args.health_check_grace_seconds,
            healthy_seconds=args.health_check_healthy_seconds,
        )


def _task_faults(args: EcsServiceArgs) -> Iterator[str]:
    yield from name_prefix_faults(args.name_prefix)
    yield from task_size_faults(args.cpu, args.memory_mib)
    yield from user_faults(args.user)
    yield from image_faults(args.image, args.release_digest)
    if args.stop_timeout_seconds not in _STOP_SECONDS:
        yield f"stop_timeout_seconds {args.stop_timeout_seconds} is not {_STOP_SECONDS[0]} to {_STOP_SECONDS[-1]}"
    if not 0 < args.tmp_mib < args.memory_mib:
        yield f"tmp_mib {args.tmp_mib} does not fit into the {args.memory_mib} MiB of the task"
    if both := sorted(set(args.environment) & set(args.secrets)):
        yield f"{', '.join(both)}: in environment and in secrets"
    if ours := sorted({VERSION_VARIABLE, DIGEST_VARIABLE} & {*args.environment, *args.secrets}):
        yield f"{', '.join(ours)}: set by this component"


def _wiring_faults(args: EcsServiceArgs) -> Iterator[str]:
    behind = args.target_group_arn is not None
    if behind and (args.production_listener_rule_arn is None or args.load_balancer_security_group_id is None):
        yield "target_group_arn needs production_listener_rule_arn and load_balancer_security_group_id"
    if moves_traffic(args.deployment) and not (behind and args.alternate_target_group_arn is not None):
        yield f"strategy {args.deployment.strategy} needs target_group_arn and alternate_target_group_arn"
    yield from database_faults(args)


def _scaling_faults(args: EcsServiceArgs) -> Iterator[str]:
    scaling = args.autoscaling
    if scaling is None:
        return
    if scaling.min_count > scaling.max_count:
        yield f"autoscaling: min_count {scaling.min_count} is above max_count {scaling.max_count}"
    if scaling.requests_per_task is None:
        return
    if moves_traffic(args.deployment):
        yield "autoscaling: requests_per_task counts one target group, and the strategy changes between two"
    if args.load_balancer_arn_suffix is None or args.target_group_arn_suffix is None:
        yield "autoscaling: requests_per_task needs load_balancer_arn_suffix and target_group_arn_suffix"
