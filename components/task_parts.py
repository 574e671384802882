"""What every Fargate task of the stack needs beside its definition: roles, a security group, an encrypted log group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi
import pulumi_aws as aws

from components import containers, permissions

HTTPS = 443


@dataclass(frozen=True, kw_only=True)
class TaskOwner:
    """Who the parts belong to: their parent and the first part of their names."""

    parent: pulumi.Resource
    name: str
    """First part of logical names."""
    name_prefix: str
    """First part of physical names."""
    account_id: str
    region: str
    iam_path: str
    permissions_boundary_arn: str | None

    @property
    def opts(self) -> pulumi.ResourceOptions:
        """Options of a child."""
        return pulumi.ResourceOptions(parent=self.parent)

    def role(self, role: str, trust: str) -> aws.iam.Role:
        """A role. Its name ends with the Region: IAM is global, and a stack of this name may live in two of them."""
        return aws.iam.Role(
            f"{self.name}-{role}",
            name=f"{self.name_prefix}-{role}-{self.region}",
            path=self.iam_path,
            permissions_boundary=self.permissions_boundary_arn,
            assume_role_policy=trust,
            opts=self.opts,
        )

    def policy(self, role: aws.iam.Role, policy: str, document: pulumi.Input[str]) -> aws.iam.RolePolicy:
        """An inline policy of a role."""
        return aws.iam.RolePolicy(f"{self.name}-{policy}", name=policy, role=role.name, policy=document, opts=self.opts)


@dataclass(frozen=True)
class TaskRoles:
    """The two roles of a task."""

    execution: aws.iam.Role
    """ECS starts tasks with it."""
    task: aws.iam.Role
    """The application has it."""
    policies: tuple[pulumi.Resource, ...]
    """What must be attached before the first task starts."""


@dataclass(frozen=True, kw_only=True)
class DatabaseAccess:
    """How a task finds its database, and what lets it in."""

    endpoint: pulumi.Input[str]
    port: pulumi.Input[int]
    name: pulumi.Input[str]
    username: pulumi.Input[str]
    secret_arn: pulumi.Input[str]
    secret_key_arn: pulumi.Input[str] | None
    security_group_id: pulumi.Input[str]

    def environment(self) -> Mapping[str, pulumi.Input[str]]:
        """Variables of the container, without the password."""
        known = pulumi.Output.all(
            endpoint=self.endpoint,
            port=self.port,
            name=self.name,
            username=self.username,
            secret_arn=self.secret_arn,
        ).apply(lambda known: containers.database_environment(**known))
        return {variable: known[variable] for variable in containers.DATABASE_VARIABLES}

    def secrets(self) -> Mapping[str, pulumi.Input[str]]:
        """The password, by reference."""
        return {containers.PASSWORD_VARIABLE: pulumi.Output.concat(self.secret_arn, containers.PASSWORD_KEY)}


class DatabaseArguments(Protocol):
    """The arguments of a component whose tasks may use a database."""

    database_endpoint: pulumi.Input[str] | None
    database_port: pulumi.Input[int]
    database_name: pulumi.Input[str] | None
    database_username: pulumi.Input[str] | None
    database_secret_arn: pulumi.Input[str] | None
    database_secret_key_arn: pulumi.Input[str] | None
    database_security_group_id: pulumi.Input[str] | None


def database_faults(args: DatabaseArguments) -> Iterator[str]:
    """A database that is named but not described."""
    needed = {
        "database_name": args.database_name,
        "database_username": args.database_username,
        "database_secret_arn": args.database_secret_arn,
        "database_security_group_id": args.database_security_group_id,
    }
    missing = [key for key, value in needed.items() if value is None]
    if args.database_endpoint is not None and missing:
        yield f"database_endpoint needs {', '.join(missing)}"


def database_access(args: DatabaseArguments) -> DatabaseAccess | None:
    """The database of the arguments, or None when they name none."""
    if (
        args.database_endpoint is None
        or args.database_name is None
        or args.database_username is None
        or args.database_secret_arn is None
        or args.database_security_group_id is None
    ):
        return None
    return DatabaseAccess(
        endpoint=args.database_endpoint,
        port=args.database_port,
        name=args.database_name,
        username=args.database_username,
        secret_arn=args.database_secret_arn,
        secret_key_arn=args.database_secret_key_arn,
        security_group_id=args.database_security_group_id,
    )


def task_roles(
    owner: TaskOwner,
    *,
    repository_arn: pulumi.Input[str],
    log_group_arn: pulumi.Input[str],
    secrets: Mapping[str, pulumi.Input[str]],
    key_arns: Sequence[pulumi.Input[str]],
    database: DatabaseAccess | None,
    exec_enabled: bool = False,
) -> TaskRoles:
    """The execution role with exactly what the task's definition names, and a task role with next to nothing.

    Args:
        owner: of the roles.
        repository_arn: repository of the image.
        log_group_arn: log group of the task.
        secrets: variable to `valueFrom`, without the database's.
        key_arns: customer-managed keys of those secrets.
        database: both roles may read its secret, since the password rotates while tasks run.
        exec_enabled: whether people may open a shell in the task.
    """
    trust = permissions.task_trust(owner.account_id, owner.region)
    execution = owner.role("execution", trust)
    task = owner.role("task", trust)
    read = [*secrets.values(), *([database.secret_arn] if database else [])]
    key = database.secret_key_arn if database else None
    decrypt = [*key_arns, *([key] if key is not None else [])]

    document = pulumi.Output.all(
        repository_arn=repository_arn, log_group_arn=log_group_arn, secrets=read, keys=decrypt
    ).apply(
        lambda known: permissions.execution_role_policy(
            region=owner.region,
            repository_arn=known["repository_arn"],
            log_group_arn=known["log_group_arn"],
            secrets=known["secrets"],
            key_arns=known["keys"],
        )
    )
    policies = [owner.policy(execution, "execution", document)]
    if database:
        document = pulumi.Output.all(database.secret_arn, key).apply(
            lambda known: permissions.read_secret_policy(owner.region, known[0], known[1])
        )
        policies.append(owner.policy(task, "database-secret", document))
    if exec_enabled:
        policies.append(owner.policy(task, "exec", permissions.exec_policy()))
    return TaskRoles(execution, task, tuple(policies))


def task_security_group(
    owner: TaskOwner,
    *,
    what: str,
    vpc_id: pulumi.Input[str],
    database: DatabaseAccess | None,
) -> tuple[aws.ec2.SecurityGroup, list[pulumi.Resource]]:
    """A group with nothing in, HTTPS out (registry, logs, secrets), and the database where there is one.

    Returns:
        The group, and its rules, which must be there before the first task starts.
    """
    group = aws.ec2.SecurityGroup(
        owner.name,
        name_prefix=f"{owner.name_prefix}-{what}-",
        description=f"Tasks of {owner.name_prefix}: {what}",
        vpc_id=vpc_id,
        tags={"Name": f"{owner.name_prefix}-{what}"},
        opts=owner.opts,
    )
    rules: list[pulumi.Resource] = [
        aws.vpc.SecurityGroupEgressRule(
            f"{owner.name}-https",
            description="Registry, logs, secrets and the outside world by HTTPS",
            security_group_id=group.id,
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            opts=owner.opts,
        )
    ]
    if database:
        rules += allow(
            owner,
            f"{owner.name}-database",
            source=group.id,
            target=database.security_group_id,
            port=database.port,
            description=f"{owner.name_prefix} {what} to its database",
        )
    return group, rules


def allow(
    owner: TaskOwner,
    name: str,
    *,
    source: pulumi.Input[str],
    target: pulumi.Input[str],
    port: pulumi.Input[int],
    description: str,
) -> list[pulumi.Resource]:
    """Both halves of a way from one security group to another: out of the source, into the target."""
    return [
        aws.vpc.SecurityGroupEgressRule(
            name,
            description=description,
            security_group_id=source,
            referenced_security_group_id=target,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=owner.opts,
        ),
        aws.vpc.SecurityGroupIngressRule(
            name,
            description=description,
            security_group_id=target,
            referenced_security_group_id=source,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=owner.opts,
        ),
    ]
