"""The containers: size, configuration, and how a new release replaces the old one."""

import math
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from settings.arns import KMS_KEY, SECRET
from settings.rollout import may_start_to, stuck_at
from settings.secrecy import secret_name, secret_value
from settings.section import Check, Problem, Section, matches, rule
from settings.sections.task_size import size_problem
from settings.types import Command, FargateCpu, LogRetentionDays, duplicates

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}", re.ASCII)
# A task definition has 64 KiB in all; half of it for variables leaves room for the rest.
_ENVIRONMENT_BYTES_MAX = 32 * 1024
_TENTHS = Check(
    "CFG030", "steps of 0.1", "write for example 10 or 12.5", lambda share: math.isclose(share * 10, round(share * 10))
)

Stage = Literal["PRE_SCALE_UP", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"]


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

    @rule
    def _fewest_below_most(self) -> Iterator[Problem]:
        if self.min_count > self.max_count:
            yield Problem(
                "CFG031",
                ("min_count",),
                f"at most max_count, which is {self.max_count}",
                "lower min_count or raise max_count",
            )


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
    canary_percent: Annotated[float, Field(ge=0.1, le=99.9), _TENTHS] = 10
    """Traffic that the new set gets first (canary only)."""
    linear_step_percent: Annotated[float, Field(ge=3, le=100), _TENTHS] = 25
    """Traffic that each step moves (linear only)."""
    step_bake_minutes: Annotated[int, Field(ge=0, le=1440)] = 5
    """Wait between two steps (canary and linear)."""
    pause_before: list[Stage] = Field(default_factory=list)
    """Stages at which the deployment waits for ContinueServiceDeployment: continue or roll back (not for rolling)."""
    wait_minutes: Annotated[int, Field(ge=5, le=720)] = 30
    """How long `up` waits for the verdict of a rollout."""

    @property
    def planned_minutes(self) -> int:
        """Minutes that a rollout waits on purpose, pauses apart."""
        steps = {"canary": 1, "linear": math.ceil(100 / self.linear_step_percent) - 1}.get(self.strategy, 0)
        return self.bake_minutes + steps * self.step_bake_minutes

    @rule
    def _rolling_has_no_second_set(self) -> Iterator[Problem]:
        if self.strategy != "rolling":
            return
        for key, there, nothing in (
            ("bake_minutes", self.bake_minutes, "0"),
            ("pause_before", self.pause_before, "[]"),
        ):
            if there:
                yield Problem(
                    "CFG030",
                    (key,),
                    f"{nothing} with strategy: rolling, which has no second set of tasks",
                    f"write {key}: {nothing}, or strategy: blue_green, canary or linear",
                )

    @rule
    def _each_stage_once(self) -> Iterator[Problem]:
        for at in duplicates(list(self.pause_before)):
            yield Problem("CFG030", ("pause_before", at), "each stage once", "take it away")

    @rule
    def _up_waits_long_enough(self) -> Iterator[Problem]:
        if self.planned_minutes >= self.wait_minutes:
            yield Problem(
                "CFG030",
                ("wait_minutes",),
                f"more than the {self.planned_minutes} minutes that this strategy bakes in all",
                f"set wait_minutes to {min(self.planned_minutes + 15, 720)} or more, or bake for a shorter time",
            )


class ServiceSettings(Section):
    """`runlayer:service`"""

    port: Annotated[int, Field(ge=1024, le=65535)] = 8080
    """Port that the container listens on; a process that is not root needs 1024 or more."""
    cpu: FargateCpu = 512
    """CPU units, 1024 to a vCPU; cpu and memory_mib must be a pair that Fargate offers."""
    memory_mib: int = 1024
    """Memory of a task in MiB; what Fargate offers depends on cpu."""
    architecture: Literal["X86_64", "ARM64"] = "X86_64"
    """Processor that the image was built for."""
    desired_count: Annotated[int, Field(ge=1, le=1000)] = 2
    """Tasks; only the first deployment uses it when autoscaling is on."""
    autoscaling: AutoscalingSettings | None = None
    """Scale the number of tasks; null: desired_count holds."""
    user: Annotated[
        str,
        matches(
            "CFG015",
            r"[1-9]\d{0,8}(:[1-9]\d{0,8})?",
            'a user number, or "USER:GROUP", neither of them 0',
            'write "1000:1000"',
        ),
    ] = "1000:1000"
    """User and group number of the process; root is refused."""
    command: Command | None = None
    """Replaces the image's command; null: the image's own."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Plain variables of the container. Nothing secret."""
    secrets: dict[str, Annotated[str, SECRET]] = Field(default_factory=dict)
    """Variables filled from Secrets Manager or Parameter Store: name to ARN (for one JSON key: ARN:KEY::)."""
    secret_key_arns: list[Annotated[str, KMS_KEY]] = Field(default_factory=list)
    """Customer-managed KMS keys that those secrets are encrypted with."""
    log_retention_days: LogRetentionDays = 30
    """Days that the container logs are kept."""
    stop_timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 60
    """Seconds between SIGTERM and SIGKILL."""
    health_check_grace_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    """Seconds after start in which failing health checks do not count."""
    exec_enabled: bool = False
    """Allow a shell into running tasks (ECS Exec)."""
    redeploy_token: Annotated[str, Field(max_length=128)] = ""
    """Any new value replaces all tasks with fresh ones of the same release."""
    verify_rollout: bool = True
    """`up` fails unless ECS really keeps the release running that was asked for; false: only ECS's own wait counts."""
    deployment: DeploymentSettings = Field(default_factory=DeploymentSettings)
    """How a new release takes over."""

    @rule
    def _fargate_offers_the_size(self) -> Iterator[Problem]:
        yield from size_problem(self.cpu, self.memory_mib)

    @rule
    def _desired_count_within_scaling(self) -> Iterator[Problem]:
        scaling = self.autoscaling
        if scaling is None or scaling.min_count > scaling.max_count:
            return
        if not scaling.min_count <= self.desired_count <= scaling.max_count:
            yield Problem(
                "CFG031",
                ("desired_count",),
                f"{scaling.min_count} to {scaling.max_count}, the bounds of autoscaling",
                "move desired_count between min_count and max_count",
            )

    @rule
    def _rollout_can_move(self) -> Iterator[Problem]:
        if self.deployment.strategy != "rolling":
            return
        low = self.autoscaling.min_count if self.autoscaling else self.desired_count
        high = self.autoscaling.max_count if self.autoscaling else self.desired_count
        minimum, maximum = self.deployment.minimum_healthy_percent, self.deployment.maximum_percent
        if (count := stuck_at(range(low, high + 1), minimum, maximum)) is None:
            return
        enough = next(percent for percent in range(maximum, 201) if may_start_to(count, percent) > count)
        yield Problem(
            "CFG029",
            ("deployment", "maximum_percent"),
            f"{enough} or more with minimum_healthy_percent: {minimum} and {count} {'task' if count == 1 else 'tasks'}",
            f"set maximum_percent: {max(enough, 200)}, or a lower minimum_healthy_percent: "
            "as it is, ECS may neither start a task nor stop one",
        )

    @rule
    def _variables_have_names(self) -> Iterator[Problem]:
        for section, names in (("environment", self.environment), ("secrets", self.secrets)):
            for name in names:
                if not _VARIABLE.fullmatch(name):
                    yield Problem(
                        "CFG039", (section, name), "letters, digits and _, no digit first", "rename the variable"
                    )

    @rule
    def _variables_are_there_once(self) -> Iterator[Problem]:
        for name in self.environment.keys() & self.secrets.keys():
            yield Problem(
                "CFG039",
                ("environment", name),
                "each variable once, in environment or in secrets",
                "take it out of environment",
            )

    @rule
    def _variables_fit(self) -> Iterator[Problem]:
        size = sum(len((name + value).encode("utf-8", "replace")) for name, value in self.environment.items())
        if size > _ENVIRONMENT_BYTES_MAX:
            yield Problem(
                "CFG039",
                ("environment",),
                f"{_ENVIRONMENT_BYTES_MAX} bytes in all; these are {size}",
                "put long values into the image, S3 or Parameter Store",
            )

    @rule
    def _nothing_secret_in_plain_text(self) -> Iterator[Problem]:
        for name, value in self.environment.items():
            if value and (secret_name(name) or secret_value(value)):
                yield Problem(
                    "CFG032",
                    ("environment", name),
                    "the ARN of a secret, in runlayer:service.secrets",
                    "run `aws secretsmanager create-secret --name NAME --secret-string file://FILE` "
                    f"and write {name}: ARN below secrets instead",
                )

    @rule
    def _each_key_once(self) -> Iterator[Problem]:
        for at in duplicates(self.secret_key_arns):
            yield Problem("CFG033", ("secret_key_arns", at), "each key once", "take it away")
