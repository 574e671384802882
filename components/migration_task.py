"""The one-off task that changes the schema: the release's own image, with its own role and its own log."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components import containers
from components.arguments import typed_args
from components.checks import image_faults, name_prefix_faults, task_size_faults, user_faults
from components.ecs_service_args import Architecture
from components.errors import ComponentError
from components.task_parts import (
    TaskOwner,
    TaskRoles,
    database_access,
    database_faults,
    task_roles,
    task_security_group,
)

CONTAINER_NAME = "migration"
"""The container of a migration task."""


@dataclass(kw_only=True)
class MigrationTaskArgs:
    """Arguments of MigrationTask."""

    name_prefix: str
    """First part of every name, at most 20 characters."""
    account_id: str
    """AWS account of the task."""
    region: str
    """AWS Region of the task."""
    vpc_id: pulumi.Input[str]
    """VPC of the task."""

    image: pulumi.Input[str]
    """Image by digest: REPOSITORY@sha256:DIGEST, the same as the service's."""
    image_repository_arn: pulumi.Input[str]
    """Repository that the image is pulled from, in this account or another."""
    release_version: str
    """Version that people read; in the environment as RUNLAYER_VERSION."""
    release_digest: str
    """Digest of the image; in the environment as RUNLAYER_RELEASE_DIGEST."""

    command: list[str]
    """Command in the image that migrates the schema."""
    cpu: int = 512
    """CPU units of the task."""
    memory_mib: int = 1024
    """Memory of the task in MiB."""
    architecture: Architecture = Architecture.X86_64
    """Processor that the image was built for."""
    user: str = "1000:1000"
    """User and group number of the process; root is refused."""
    environment: dict[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Plain variables of the container. Nothing secret."""
    secrets: dict[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Variables filled from Secrets Manager or Parameter Store: name to ARN (for one JSON key: ARN:KEY::)."""
    secret_key_arns: list[pulumi.Input[str]] = field(default_factory=list[pulumi.Input[str]])
    """Customer-managed KMS keys that those secrets are encrypted with."""
    tmp_mib: int = 64
    """Size of /tmp, the only place that the task can write to; taken from its memory."""
    stop_timeout_seconds: int = 120
    """Seconds between SIGTERM and SIGKILL: time to finish a statement and release a lock."""
    log_retention_days: int = 365
    """Days that migration logs are kept."""
    log_key_arn: pulumi.Input[str] | None = None
    """KMS key of the log, which must let CloudWatch Logs use it (EcsService.log_key_arn does); none: AWS's own."""

    database_endpoint: pulumi.Input[str] | None = None
    """Host name of the database's writer; none: no database."""
    database_port: pulumi.Input[int] = 5432
    """TCP port of the database."""
    database_name: pulumi.Input[str] | None = None
    """Name of the database."""
    database_username: pulumi.Input[str] | None = None
    """User that the task connects as."""
    database_secret_arn: pulumi.Input[str] | None = None
    """Secret with the keys username and password; the task sees its value, Pulumi never does."""
    database_secret_key_arn: pulumi.Input[str] | None = None
    """KMS key of that secret."""
    database_security_group_id: pulumi.Input[str] | None = None
    """Security group of the database: the task may reach it."""

    iam_path: str = "/"
    """IAM path of the roles."""
    permissions_boundary_arn: str | None = None
    """Permissions boundary of the roles."""


class MigrationTask(pulumi.ComponentResource):
    """A task definition that nothing runs by itself: run it with RunTask before the release takes over."""

    TYPE = "runlayer:index:MigrationTask"

    task_definition_arn: pulumi.Output[str]
    """Task definition of the release's migration."""
    task_role_arn: pulumi.Output[str]
    """Role of the task."""
    execution_role_arn: pulumi.Output[str]
    """Role that ECS starts the task with."""
    security_group_id: pulumi.Output[str]
    """Security group to run the task in."""
    log_group_name: pulumi.Output[str]
    """Log group of the task."""

    def __init__(self, name: str, args: MigrationTaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Check the arguments and register the task definition.

        Raises:
            ComponentError: COMP801 when ECS would refuse the arguments; nothing has been registered then.
        """
        args = typed_args(MigrationTaskArgs, args)
        if faults := list(migration_faults(args)):
            raise ComponentError(
                "COMP801",
                f"migration of {args.name_prefix}: " + "; ".join(faults),
                "ECS would refuse it",
                "change the arguments named above; nothing was created",
            )
        super().__init__(self.TYPE, name, None, opts)
        self._name = name
        self._args = args
        self._opts = pulumi.ResourceOptions(parent=self)
        owner = TaskOwner(
            parent=self,
            name=name,
            name_prefix=f"{args.name_prefix}-migration",
            account_id=args.account_id,
            region=args.region,
            iam_path=args.iam_path,
            permissions_boundary_arn=args.permissions_boundary_arn,
        )
        self._database = database_access(args)

        log_group = aws.cloudwatch.LogGroup(
            name,
            name=f"/ecs/{args.name_prefix}/{CONTAINER_NAME}",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.log_key_arn,
            opts=self._opts,
        )
        roles = task_roles(
            owner,
            repository_arn=args.image_repository_arn,
            log_group_arn=log_group.arn,
            secrets=args.secrets,
            key_arns=args.secret_key_arns,
            database=self._database,
        )
        security_group, _ = task_security_group(owner, what="tasks", vpc_id=args.vpc_id, database=self._database)
        task_definition = self._task_definition(log_group, roles)

        self.task_definition_arn = task_definition.arn
        self.task_role_arn = roles.task.arn
        self.execution_role_arn = roles.execution.arn
        self.security_group_id = security_group.id
        self.log_group_name = log_group.name
        self.register_outputs({"task_definition_arn": self.task_definition_arn, "log_group_name": self.log_group_name})

    def _task_definition(self, log_group: aws.cloudwatch.LogGroup, roles: TaskRoles) -> aws.ecs.TaskDefinition:
        args = self._args
        release = containers.release_environment(args.release_version, args.release_digest)
        database = self._database
        definitions = pulumi.Output.all(
            image=args.image,
            log_group_name=log_group.name,
            environment={**(database.environment() if database else {}), **args.environment, **release},
            secrets={**(database.secrets() if database else {}), **args.secrets},
        ).apply(lambda known: self._container(**known))
        return aws.ecs.TaskDefinition(
            self._name,
            family=f"{args.name_prefix}-migration",
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(args.cpu),
            memory=str(args.memory_mib),
            runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
                cpu_architecture=Architecture(args.architecture).value, operating_system_family="LINUX"
            ),
            execution_role_arn=roles.execution.arn,
            task_role_arn=roles.task.arn,
            container_definitions=definitions,
            # A migration that is running must not lose its definition because a newer release was pinned meanwhile.
            skip_destroy=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(roles.policies)),
        )

    def _container(
        self, image: str, log_group_name: str, environment: Mapping[str, str], secrets: Mapping[str, str]
    ) -> str:
        args = self._args
        return containers.container_definitions(
            containers.Container(
                name=CONTAINER_NAME,
                image=image,
                region=args.region,
                log_group_name=log_group_name,
                user=args.user,
                environment=environment,
                secrets=secrets,
                command=args.command,
                stop_timeout_seconds=args.stop_timeout_seconds,
                tmp_mib=args.tmp_mib,
            )
        )


def migration_faults(args: MigrationTaskArgs) -> Iterator[str]:
    """Everything about the arguments that ECS would refuse, a sentence each."""
    yield from name_prefix_faults(args.name_prefix)
    yield from task_size_faults(args.cpu, args.memory_mib)
    yield from user_faults(args.user)
    yield from image_faults(args.image, args.release_digest)
    yield from database_faults(args)
    if not args.command:
        yield "command is empty: the image's own command starts the service"
    if both := sorted(set(args.environment) & set(args.secrets)):
        yield f"{', '.join(both)}: in environment and in secrets"
