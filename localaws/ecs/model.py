"""The state of one ECS service: deployments, tasks, targets, service deployments. Times are simulated seconds."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from localaws.registry.script import Script

TaskStatus = Literal[
    "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"
]
RolloutState = Literal["IN_PROGRESS", "COMPLETED", "FAILED"]
Stage = Literal[
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
]
Wire = dict[str, Any]

# Task states that count towards maximumPercent (RUNNING or PENDING in the words of the ECS API).
LIVE: frozenset[str] = frozenset({"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"})
STARTING: frozenset[str] = frozenset({"PROVISIONING", "PENDING", "ACTIVATING"})


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """What the state machine must know of a target group (seconds and counts as in elbv2)."""

    interval_seconds: float = 30.0
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    drain_seconds: float = 300.0
    matcher: str = "200"


@dataclass(frozen=True, slots=True)
class Timings:
    """Simulated seconds of Fargate's phases. Made up to look plausible: never AWS's own figures."""

    provision: float = 6.0
    pull: float = 14.0
    activate: float = 4.0
    ready: float = 3.0
    crash: float = 5.0
    stop: float = 2.0
    deprovision: float = 3.0
    settle: float = 40.0  # without any health check a task counts as healthy this long after RUNNING
    shift: float = 10.0
    lambda_hook: float = 5.0
    no_capacity: float = 12.0
    roll_back: float = 10.0  # a rollback with nothing left to replace still takes a moment


@dataclass(frozen=True, slots=True)
class Subnet:
    """Where a task's network interface lands."""

    cidr: str = "10.0.0.0/24"
    zone: str = "us-east-1a"


class Environment(Protocol):
    """What the state machine may look up outside itself. Every answer must be the same for the same question."""

    def target_group(self, arn: str) -> TargetGroup: ...

    def alarms_firing(self, names: list[str]) -> list[str]: ...

    def alarm_bake_seconds(self, names: list[str]) -> float: ...

    def script(self, image: str) -> Script: ...

    def start_failure(self, containers: list[Wire], task_definition: str) -> str: ...

    def subnet(self, subnet_id: str) -> Subnet: ...

    def timings(self) -> Timings: ...


@dataclass(slots=True)
class Target:
    """A task's address in one target group."""

    group: str
    address: str
    port: int
    state: Literal["initial", "healthy", "unhealthy", "draining"] = "initial"
    reason: str = "Elb.RegistrationInProgress"
    description: str = "Target registration is in progress"


@dataclass(slots=True)
class Outlook:
    """What will become of a running task if nobody stops it; instants, None = never."""

    healthy_at: float | None = None
    targets_healthy_at: float | None = None
    unhealthy_at: float | None = None
    killed_at: float | None = None
    killed_by: str = ""
    exits_at: float | None = None


@dataclass(slots=True)
class Task:
    """One task. `due` is the next lifecycle transition."""

    id: str
    deployment_id: str
    revision: str
    task_definition: str
    script: Script
    containers: list[Wire]
    created_at: float
    status: TaskStatus = "PROVISIONING"
    desired: Literal["RUNNING", "STOPPED"] = "RUNNING"
    due: float | None = None
    outlook: Outlook = field(default_factory=Outlook)
    health: Literal["UNKNOWN", "HEALTHY", "UNHEALTHY"] = "UNKNOWN"
    healthy: bool = False
    was_healthy: bool = False
    degraded: bool = False
    counted: bool = False
    pull_started_at: float | None = None
    pull_stopped_at: float | None = None
    started_at: float | None = None
    stopping_at: float | None = None
    stopped_at: float | None = None
    stop_code: str = ""
    stopped_reason: str = ""
    exit_codes: dict[str, int] = field(default_factory=dict[str, int])
    container_reasons: dict[str, str] = field(default_factory=dict[str, str])
    targets: list[Target] = field(default_factory=list[Target])
    subnet: str = ""
    zone: str = ""
    address: str = ""
    interface: str = ""
    mac: str = ""
    version: int = 1
    facts: Wire = field(default_factory=dict[str, Any])

    @property
    def live(self) -> bool:
        """Counts as RUNNING or PENDING, and nobody asked it to stop."""
        return self.desired == "RUNNING" and self.status in LIVE


@dataclass(slots=True)
class Revision:
    """A service revision: everything of the service that only a new deployment can change."""

    arn: str
    created_at: float
    task_definition: str
    containers: list[Wire]
    config: Wire
    target_groups: list[Wire] = field(default_factory=list[Wire])
    health_check: Wire | None = None


@dataclass(slots=True)
class Deployment:
    """A task set of a rolling or blue/green deployment, as DescribeServices lists it."""

    id: str
    revision: Revision
    created_at: float
    updated_at: float
    status: Literal["PRIMARY", "ACTIVE", "INACTIVE"] = "PRIMARY"
    rollout_state: RolloutState = "IN_PROGRESS"
    rollout_reason: str = ""
    failed_tasks: int = 0
    launch_failures: int = 0
    ever_running: bool = False
    hold_until: float = 0.0
    steady_at: float | None = None
    bake_until: float | None = None
    colour: Literal["first", "second"] = "first"
    stuck_told: bool = False
    degrades_at: float | None = None

    @property
    def number(self) -> str:
        """The digits of the id, which also end the service revision's ARN."""
        return self.id.split("/", 1)[1]


@dataclass(slots=True)
class Hook:
    """A lifecycle hook of the stage that a service deployment is in."""

    id: str
    target_type: Literal["AWS_LAMBDA", "PAUSE"]
    target_arn: str
    status: Literal["AWAITING_ACTION", "IN_PROGRESS", "SUCCEEDED", "FAILED", "TIMED_OUT"]
    expires_at: float
    timeout_action: Literal["ROLLBACK", "CONTINUE"]


@dataclass(slots=True)
class ServiceDeployment:
    """A service deployment as DescribeServiceDeployments shows it."""

    arn: str
    deployment_id: str
    target: Revision
    sources: list[Revision]
    created_at: float
    updated_at: float
    config: Wire
    requested: int
    started_at: float | None = None
    finished_at: float | None = None
    stopped_at: float | None = None
    status: str = "PENDING"
    reason: str = ""
    stage: Stage | None = None
    stage_due: float | None = None
    stage_announced: bool = False
    step: int = 0
    hooks: list[Hook] = field(default_factory=list[Hook])
    hook_history: list[Hook] = field(default_factory=list[Hook])
    production_weight: float = 0.0
    test_weight: float = 0.0
    rollback_reason: str = ""
    rollback_started_at: float | None = None
    rollback_target: str = ""
    breaker_status: str = "DISABLED"
    failure_count: int = 0
    threshold: int = 0
    alarm_status: str = "DISABLED"
    alarm_names: list[str] = field(default_factory=list[str])
    triggered_alarms: list[str] = field(default_factory=list[str])
    stop_requested: Literal["", "ROLLBACK", "ABORT"] = ""

    @property
    def over(self) -> bool:
        return self.status in ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")


@dataclass(slots=True)
class Event:
    """A service event."""

    id: str
    at: float
    message: str


@dataclass(frozen=True, slots=True)
class SetWeights:
    """Ask elbv2 to forward a listener rule by these weights (target group ARN -> weight)."""

    rule: str
    weights: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SetAlarm:
    """Ask CloudWatch to put alarms in a state, because a release misbehaves or has gone."""

    names: tuple[str, ...]
    firing: bool
    reason: str


Effect = SetWeights | SetAlarm


@dataclass(slots=True)
class Service:
    """One ECS service and all that happens to it."""

    arn: str
    name: str
    cluster_arn: str
    cluster_name: str
    created_at: float
    desired_count: int
    config: Wire
    seed: int
    status: Literal["ACTIVE", "DRAINING", "INACTIVE"] = "ACTIVE"
    deployments: list[Deployment] = field(default_factory=list[Deployment])
    last_completed: Deployment | None = None
    rollouts: list[ServiceDeployment] = field(default_factory=list[ServiceDeployment])
    revisions: dict[str, Revision] = field(default_factory=dict[str, Revision])
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    events: list[Event] = field(default_factory=list[Event])
    effects: list[Effect] = field(default_factory=list[Effect])
    tags: list[Wire] = field(default_factory=list[Wire])
    steady: bool = False
    at: float = 0.0
    random: random.Random = field(default_factory=random.Random)
    degraded_alarms: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.random.seed(self.seed)

    @property
    def primary(self) -> Deployment | None:
        return next((d for d in self.deployments if d.status == "PRIMARY"), None)

    @property
    def rollout(self) -> ServiceDeployment | None:
        """The service deployment under way, if any."""
        return self.rollouts[-1] if self.rollouts and not self.rollouts[-1].over else None

    @property
    def deployment_config(self) -> Wire:
        return self.config.get("deploymentConfiguration") or {}

    @property
    def strategy(self) -> str:
        return str(self.deployment_config.get("strategy") or "ROLLING")

    def tasks_of(self, deployment: Deployment) -> list[Task]:
        return [t for t in self.tasks.values() if t.deployment_id == deployment.id]

    def hex(self, length: int) -> str:
        return f"{self.random.getrandbits(length * 4):0{length}x}"

    def digits(self, length: int = 19) -> str:
        return str(self.random.randrange(10 ** (length - 1), 9 * 10 ** (length - 1)))
