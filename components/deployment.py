"""How a new release takes over: from a strategy to the arguments of an ECS service, and what cannot work."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import pulumi_aws as aws

from settings.rollout import stuck_at


class DeploymentStrategy(StrEnum):
    """How traffic gets from the old tasks to the new ones."""

    ROLLING = "rolling"
    """Tasks are replaced in place."""
    BLUE_GREEN = "blue_green"
    """A second set comes up, then all traffic moves at once."""
    CANARY = "canary"
    """A second set comes up and gets a share first, then the rest."""
    LINEAR = "linear"
    """A second set comes up and gets the traffic in equal steps."""


class PauseStage(StrEnum):
    """A point of a rollout at which ECS can wait for people."""

    PRE_SCALE_UP = "PRE_SCALE_UP"
    """Before the second set is started."""
    POST_SCALE_UP = "POST_SCALE_UP"
    """The second set runs, without traffic."""
    POST_TEST_TRAFFIC_SHIFT = "POST_TEST_TRAFFIC_SHIFT"
    """The second set has the test traffic."""
    POST_PRODUCTION_TRAFFIC_SHIFT = "POST_PRODUCTION_TRAFFIC_SHIFT"
    """The second set has the production traffic."""


@dataclass(kw_only=True)
class DeploymentArgs:
    """How a new release takes over."""

    strategy: DeploymentStrategy = DeploymentStrategy.ROLLING
    """rolling replaces tasks in place; the others bring up a second set and move the traffic."""
    minimum_healthy_percent: int = 100
    """Share of the desired tasks that stays healthy throughout."""
    maximum_percent: int = 200
    """Share of the desired tasks that may run at once."""
    rollback_on_failure: bool = True
    """The circuit breaker goes back to the last release that completed."""
    rollback_on_alarms: bool = True
    """A deployment alarm goes back too."""
    bake_minutes: int = 0
    """Both sets stay up this long after the traffic moved (not for rolling)."""
    canary_percent: float = 10
    """Traffic that the new set gets first (canary only)."""
    linear_step_percent: float = 25
    """Traffic that each step moves (linear only)."""
    step_bake_minutes: int = 5
    """Minutes between two steps (canary and linear)."""
    pause_before: list[PauseStage] = field(default_factory=list[PauseStage])
    """Stages at which the rollout waits for people (not for rolling)."""
    wait_minutes: int = 30
    """How long `up` waits for the verdict of a rollout."""


def moves_traffic(args: DeploymentArgs) -> bool:
    """Whether the strategy needs a second target group, listener rules and the role that changes them."""
    return DeploymentStrategy(args.strategy) is not DeploymentStrategy.ROLLING


def deployment_configuration(args: DeploymentArgs) -> aws.ecs.ServiceDeploymentConfigurationArgs:
    """Strategy, bake times and pauses as ECS wants them.

    The strategy is always named: without it, a service that goes back to rolling would keep the one it had.
    """
    strategy = DeploymentStrategy(args.strategy)
    if strategy is DeploymentStrategy.ROLLING:
        return aws.ecs.ServiceDeploymentConfigurationArgs(strategy="ROLLING")
    canary = aws.ecs.ServiceDeploymentConfigurationCanaryConfigurationArgs(
        canary_percent=args.canary_percent, canary_bake_time_in_minutes=str(args.step_bake_minutes)
    )
    linear = aws.ecs.ServiceDeploymentConfigurationLinearConfigurationArgs(
        step_percent=args.linear_step_percent, step_bake_time_in_minutes=str(args.step_bake_minutes)
    )
    return aws.ecs.ServiceDeploymentConfigurationArgs(
        strategy=strategy.value.upper(),
        bake_time_in_minutes=str(args.bake_minutes),
        canary_configuration=canary if strategy is DeploymentStrategy.CANARY else None,
        linear_configuration=linear if strategy is DeploymentStrategy.LINEAR else None,
        lifecycle_hooks=_pauses(args) or None,
    )


def planned_minutes(args: DeploymentArgs) -> int:
    """Minutes that a rollout takes at least, because it was told to wait: steps and bake, without starting tasks."""
    match DeploymentStrategy(args.strategy):
        case DeploymentStrategy.ROLLING:
            return 0
        case DeploymentStrategy.BLUE_GREEN:
            return args.bake_minutes
        case DeploymentStrategy.CANARY:
            return args.step_bake_minutes + args.bake_minutes
        case DeploymentStrategy.LINEAR:
            # There is no wait after the step that reaches 100 percent (ECS API, LinearConfiguration).
            steps = math.ceil(100 / args.linear_step_percent)
            return (steps - 1) * args.step_bake_minutes + args.bake_minutes


def deployment_faults(args: DeploymentArgs, counts: range) -> Iterator[str]:
    """What makes this rollout impossible or its verdict unknown; nothing when it can work.

    Args:
        args: the rollout.
        counts: the numbers of tasks that the service may have.
    """
    strategy = DeploymentStrategy(args.strategy)
    if strategy is DeploymentStrategy.ROLLING:
        if (tasks := stuck_at(counts, args.minimum_healthy_percent, args.maximum_percent)) is not None:
            yield (
                f"with {tasks} tasks, maximum_percent {args.maximum_percent} starts no other and "
                f"minimum_healthy_percent {args.minimum_healthy_percent} stops none: no task can ever be replaced. "
                "Raise the one or lower the other"
            )
        if args.bake_minutes:
            yield "bake_minutes is for blue_green, canary and linear; a rolling deployment bakes by its alarms"
        if args.pause_before:
            yield "pause_before is for blue_green, canary and linear; a rolling deployment has no stages"
    if (planned := planned_minutes(args)) >= args.wait_minutes:
        yield (
            f"steps and bake take {planned} minutes, and wait_minutes is {args.wait_minutes}: `up` would give up "
            "before there is a verdict. Raise wait_minutes"
        )


def timing_faults(*, stop_seconds: int, drain_seconds: int, grace_seconds: int, healthy_seconds: int) -> Iterator[str]:
    """Timings of service and load balancer that lose requests or trip the circuit breaker for nothing.

    Args:
        stop_seconds: between SIGTERM and SIGKILL of a task.
        drain_seconds: that the load balancer lets a leaving task finish its requests in.
        grace_seconds: after start in which failing health checks do not count.
        healthy_seconds: that the load balancer needs at least to call a fresh task healthy.
    """
    if drain_seconds > stop_seconds:
        yield (
            f"drain_seconds {drain_seconds} is longer than stop_timeout_seconds {stop_seconds}: a task would be killed "
            "while it still has requests. Lower the one or raise the other (at most 120)"
        )
    if grace_seconds < healthy_seconds:
        yield (
            f"health_check_grace_seconds {grace_seconds} is shorter than the {healthy_seconds} s that the load "
            "balancer needs to call a task healthy: good tasks would be replaced. Raise it"
        )


def _pauses(args: DeploymentArgs) -> list[aws.ecs.ServiceDeploymentConfigurationLifecycleHookArgs]:
    return [
        aws.ecs.ServiceDeploymentConfigurationLifecycleHookArgs(
            target_type="PAUSE",
            lifecycle_stages=[PauseStage(stage).value],
            # Nobody answers: the old release stays, rather than half of the new one.
            timeout_configuration=aws.ecs.ServiceDeploymentConfigurationLifecycleHookTimeoutConfigurationArgs(
                timeout_in_minutes=str(args.wait_minutes), action="ROLLBACK"
            ),
        )
        for stage in args.pause_before
    ]
