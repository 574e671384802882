"""The containers: size, configuration, and how a new release replaces the old one."""

from typing import Annotated, Literal

from pydantic import Field

from settings.section import Section


class AutoscalingSettings(Section):
    """`runlayer:service.autoscaling`: owns the number of tasks after the first deployment."""

    min_count: Annotated[int, Field(ge=1, le=1000)]
    """Fewest tasks."""
    max_count: Annotated[int, Field(ge=1, le=1000)]
    """Most tasks."""
    cpu_percent: Annotated[int, Field(ge=10, le=90)] = 60
    """Average CPU use to keep."""
    requests_per_task: Annotated[int, Field(ge=1)] | None = None
    """Requests a minute and task to keep, or null to scale by CPU alone."""


class DeploymentSettings(Section):
    """`runlayer:service.deployment`: how a new release takes over."""

    strategy: Literal["rolling", "blue_green", "canary", "linear"] = "rolling"
    """rolling replaces tasks in place; the others bring up a second set and move the traffic."""
    minimum_healthy_percent: Annotated[int, Field(ge=0, le=100)] = 100
    """Share of the desired tasks that stays healthy throughout."""
    maximum_percent: Annotated[int, Field(ge=100, le=200)] = 200
    """Share of the desired tasks that may run at once."""
    rollback_on_failure: bool = True
    """The circuit breaker goes back to the last release that completed."""
    rollback_on_alarms: bool = True
    """A deployment alarm goes back too."""
    bake_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    """Both sets stay up this long after the traffic moved (not for rolling)."""
    canary_percent: Annotated[float, Field(ge=0.1, le=99.9)] = 10
    """Traffic that the new set gets first (canary only)."""
    linear_step_percent: Annotated[float, Field(ge=3, le=100)] = 25
    """Traffic that each step moves (linear only)."""
    step_bake_minutes: Annotated[int, Field(ge=0, le=1440)] = 5
    """Wait between two steps (canary and linear)."""
    pause_before: list[
        Literal["PRE_SCALE_UP", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"]
    ] = Field(default_factory=list)
    """Stages at which the deployment waits for `ops continue` or `ops abort` (not for rolling)."""
    wait_minutes: Annotated[int, Field(ge=5, le=720)] = 30
    """How long `up` waits for the verdict of a rollout."""


class ServiceSettings(Section):
    """`runlayer:service`"""

    port: Annotated[int, Field(ge=1024, le=65535)] = 8080
    """Port that the container listens on; a process that is not root needs 1024 or more."""
    cpu: int = 512
    """CPU units, 1024 to a vCPU; cpu and memory_mib must be a pair that Fargate offers."""
    memory_mib: int = 1024
    """Memory of a task in MiB."""
    architecture: Literal["X86_64", "ARM64"] = "X86_64"
    """Processor that the image was built for."""
    desired_count: Annotated[int, Field(ge=1, le=1000)] = 2
    """Tasks; only the first deployment uses it when autoscaling is on."""
    autoscaling: AutoscalingSettings | None = None
    """Scale the number of tasks; null: desired_count holds."""
    user: Annotated[str, Field(pattern=r"^[1-9]\d*(:[1-9]\d*)?$")] = "1000:1000"
    """User and group number of the process; root is refused."""
    command: list[str] | None = None
    """Replaces the image's command; null: the image's own."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Plain variables of the container. Nothing secret."""
    secrets: dict[str, str] = Field(default_factory=dict)
    """Variables filled from Secrets Manager or Parameter Store: name to ARN (for one JSON key: ARN:KEY::)."""
    secret_key_arns: list[str] = Field(default_factory=list)
    """Customer-managed KMS keys that those secrets are encrypted with."""
    log_retention_days: int = 30
    """Days that the container logs are kept."""
    stop_timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 60
    """Seconds between SIGTERM and SIGKILL."""
    health_check_grace_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    """Seconds after start in which failing health checks do not count."""
    exec_enabled: bool = False
    """Allow a shell into running tasks (ECS Exec)."""
    redeploy_token: str = ""
    """Any new value replaces all tasks with fresh ones of the same release."""
    deployment: DeploymentSettings = Field(default_factory=DeploymentSettings)
    """How a new release takes over."""
