"""Container definitions of task definitions. Pure: the same arguments are always the same text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

VERSION_VARIABLE = "RUNLAYER_VERSION"
DIGEST_VARIABLE = "RUNLAYER_RELEASE_DIGEST"
REDEPLOY_LABEL = "runlayer.redeploy-token"
PASSWORD_VARIABLE = "DATABASE_PASSWORD"  # noqa: S105 # a name
PASSWORD_KEY = ":password::"  # noqa: S105 # a name
"""What to append to the ARN of a secret that RDS keeps, for one key of its JSON."""
DATABASE_VARIABLES = (
    "DATABASE_HOST",
    "DATABASE_NAME",
    "DATABASE_PORT",
    "DATABASE_SECRET_ARN",
    "DATABASE_SSLMODE",
    "DATABASE_USER",
)

# ECS Exec puts an agent into the container, which writes here even when the root file system is read-only (Amazon ECS
# Developer Guide, "Monitor Amazon ECS containers with ECS Exec").
EXEC_PATHS = ("/var/lib/amazon", "/var/log/amazon")
EXEC_PATH_MIB = 32


@dataclass(frozen=True, kw_only=True)
class ContainerHealthCheck:
    """A command that ECS runs inside the container.

    Attributes:
        command: exits 0 when the container is well; run without a shell.
        interval_seconds: between two runs, 5 to 300.
        timeout_seconds: until a run counts as failed, 2 to 60.
        retries: failures in a row until the container is unhealthy, 1 to 10.
        start_seconds: after start in which failures do not count, 0 to 300.
    """

    command: Sequence[str]
    interval_seconds: int = 10
    timeout_seconds: int = 5
    retries: int = 3
    start_seconds: int = 30


@dataclass(frozen=True, kw_only=True)
class Container:
    """The only container of a task: read-only, without root, without capabilities.

    Attributes:
        name: of the container within its task.
        image: `repository@sha256:…`.
        region: Region of the log group.
        log_group_name: CloudWatch log group; ECS opens one stream a task in it.
        user: `uid:gid`.
        environment: plain variables.
        secrets: variable to the ARN that ECS reads its value from at start.
        command: replaces the image's command; None: the image's own.
        port: TCP port that it listens on; None: none.
        stop_timeout_seconds: between SIGTERM and SIGKILL, at most 120 on Fargate.
        tmp_mib: size of /tmp, which lives in the task's memory.
        exec_enabled: whether people may open a shell in it.
        health_check: None: the load balancer's opinion is enough.
        labels: Docker labels.
    """

    name: str
    image: str
    region: str
    log_group_name: str
    user: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    command: Sequence[str] | None = None
    port: int | None = None
    stop_timeout_seconds: int = 30
    tmp_mib: int = 64
    exec_enabled: bool = False
    health_check: ContainerHealthCheck | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


def container_definitions(container: Container) -> str:
    """The `container_definitions` of a task definition, as JSON text (ECS API, ContainerDefinition)."""
    return json.dumps([_definition(container)], sort_keys=True)


def release_environment(version: str, digest: str) -> dict[str, str]:
    """Variables by which a task, and whoever looks at it, knows its release."""
    return {VERSION_VARIABLE: version, DIGEST_VARIABLE: digest}


def database_environment(endpoint: str, port: float, name: str, username: str, secret_arn: str) -> dict[str, str]:
    """How a task finds the database: `DATABASE_VARIABLES`. The password is not among them."""
    return {
        "DATABASE_HOST": endpoint,
        "DATABASE_PORT": str(int(port)),
        "DATABASE_NAME": name,
        "DATABASE_USER": username,
        # The cluster refuses plain connections, so a client that does not ask for TLS fails at once, not in production.
        "DATABASE_SSLMODE": "require",
        # The password is rotated while tasks run: with this a task can read the new one without a restart.
        "DATABASE_SECRET_ARN": secret_arn,
    }


def redeploy_labels(redeploy_token: str) -> dict[str, str]:
    """A new token is a new task definition, hence fresh tasks, whose rollback is as visible as that of a release."""
    return {REDEPLOY_LABEL: redeploy_token} if redeploy_token else {}


def _definition(container: Container) -> dict[str, object]:
    body: dict[str, object] = {
        "name": container.name,
        "image": container.image,
        "essential": True,
        "user": container.user,
        "readonlyRootFilesystem": True,
        "environment": [{"name": key, "value": value} for key, value in sorted(container.environment.items())],
        "secrets": [{"name": key, "valueFrom": value} for key, value in sorted(container.secrets.items())],
        "stopTimeout": container.stop_timeout_seconds,
        "linuxParameters": {
            "initProcessEnabled": True,
            "capabilities": {"drop": ["ALL"]},
            "tmpfs": _writable(container),
        },
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": container.log_group_name,
                "awslogs-region": container.region,
                "awslogs-stream-prefix": container.name,
                # A log service that does not answer must not stop the application.
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    }
    if container.command is not None:
        body["command"] = list(container.command)
    if container.port is not None:
        body["portMappings"] = [{"containerPort": container.port, "hostPort": container.port, "protocol": "tcp"}]
    if container.labels:
        body["dockerLabels"] = dict(container.labels)
    if container.health_check is not None:
        body["healthCheck"] = _health_check(container.health_check)
    return body


def _writable(container: Container) -> list[dict[str, object]]:
    # A bind mount would belong to root, so that a process without root could not write to it; tmpfs is open to all.
    mounts = [("/tmp", container.tmp_mib)]  # noqa: S108 # the path inside the container
    if container.exec_enabled:
        mounts += [(path, EXEC_PATH_MIB) for path in EXEC_PATHS]
    options = ["rw", "nosuid", "nodev"]
    return [{"containerPath": path, "size": size, "mountOptions": options} for path, size in mounts]


def _health_check(check: ContainerHealthCheck) -> dict[str, object]:
    return {
        "command": ["CMD", *check.command],
        "interval": check.interval_seconds,
        "timeout": check.timeout_seconds,
        "retries": check.retries,
        "startPeriod": check.start_seconds,
    }
