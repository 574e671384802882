"""When a running task becomes healthy, and when it is given up: decided the moment it runs, from its script."""

from __future__ import annotations

import math

from localaws.ecs.model import Environment, Outlook, Revision, Wire
from localaws.ecs.wording import CONTAINER_CHECK, failed_target
from localaws.registry.script import Script

SLOW_READY_SECONDS = 90.0
NEVER = math.inf


def outlook(script: Script, revision: Revision, started_at: float, grace: float, env: Environment) -> Outlook:
    """What happens to a task that reached RUNNING at `started_at` if nobody stops it.

    A failed check kills only after the service's health check grace period. Without any health check ECS takes a
    task as healthy some time after RUNNING.
    """
    times = env.timings()
    ready = _ready_at(script, started_at, times.ready)
    healthy, targets_healthy = started_at + (0.0 if _checked(revision) else times.settle), started_at
    kills: list[tuple[float, float, str]] = []
    for entry in revision.target_groups:
        facts = env.target_group(entry["group"])
        good = ready + facts.interval_seconds * facts.healthy_threshold
        bad = started_at + facts.interval_seconds * facts.unhealthy_threshold
        targets_healthy = max(targets_healthy, good)
        healthy = max(healthy, good)
        if ready > bad:
            kills.append((max(bad, started_at + grace), bad, failed_target(entry["group"])))
    if revision.health_check:
        good, bad = _container_check(revision.health_check, ready, started_at)
        healthy = max(healthy, good)
        if ready > bad:
            kills.append((max(bad, started_at + grace), bad, CONTAINER_CHECK))
    result = Outlook(
        healthy_at=None if healthy == NEVER else healthy,
        targets_healthy_at=None if targets_healthy == NEVER else targets_healthy,
        exits_at=started_at + times.crash if script.behaviour == "exits" else None,
    )
    if kills:
        killed_at, unhealthy_at, by = min(kills)
        result.unhealthy_at = unhealthy_at
        if killed_at < healthy:
            result.killed_at, result.killed_by = killed_at, by
    return result


def _ready_at(script: Script, started_at: float, usual: float) -> float:
    if script.behaviour == "unhealthy":
        return NEVER
    if script.ready_seconds is not None:
        return started_at + script.ready_seconds
    return started_at + (SLOW_READY_SECONDS if script.behaviour == "slow" else usual)


def _checked(revision: Revision) -> bool:
    return bool(revision.target_groups or revision.health_check)


def _container_check(check: Wire, ready: float, started_at: float) -> tuple[float, float]:
    interval = float(check.get("interval") or 30)
    retries = int(check.get("retries") or 3)
    start_period = float(check.get("startPeriod") or 0)
    return ready + interval, started_at + start_period + interval * retries
