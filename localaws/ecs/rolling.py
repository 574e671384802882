"""The rolling update: start new tasks up to the maximum, stop old ones down to the minimum of healthy tasks."""

from __future__ import annotations

from localaws.ecs import wording
from localaws.ecs.model import Deployment, Environment, Service, Task
from localaws.ecs.percent import (
    DEFAULT_MAXIMUM_PERCENT,
    DEFAULT_MINIMUM_HEALTHY_PERCENT,
    fewest_healthy,
    most_tasks,
)
from localaws.ecs.rollout import complete, degrade
from localaws.ecs.tasks import SCHEDULER, launch, stop, tell


def limits(svc: Service) -> tuple[int, int]:
    """(fewest healthy tasks, most running and pending tasks) at the service's desired count."""
    config = svc.deployment_config
    most, fewest = config.get("maximumPercent"), config.get("minimumHealthyPercent")
    return (
        fewest_healthy(svc.desired_count, DEFAULT_MINIMUM_HEALTHY_PERCENT if fewest is None else int(fewest)),
        most_tasks(svc.desired_count, DEFAULT_MAXIMUM_PERCENT if most is None else int(most)),
    )


def schedule(svc: Service, now: float, env: Environment) -> bool:
    """Start and stop what the percentages allow; True if something was started or stopped."""
    primary = svc.primary
    if primary is None:
        return False
    changed = _stop_surplus(svc, primary, now, env)
    changed |= _stop_beyond(svc, primary, now, env)
    changed |= _stop_old(svc, primary, now, env)
    changed |= _start_new(svc, primary, now, env)
    if not changed:
        _tell_if_stuck(svc, primary, now)
    return changed


def finish(svc: Service, now: float, env: Environment) -> bool:
    """Complete the deployment when only its own healthy tasks are left and the bake is over; True if it changed."""
    primary = svc.primary
    if primary is None:
        return False
    mine = [t for t in svc.tasks_of(primary) if t.live]
    steady = (
        len(mine) == svc.desired_count
        and all(t.healthy for t in mine)
        and not any(t.deployment_id != primary.id and _visible(t) for t in svc.tasks.values())
    )
    if not steady:
        primary.steady_at = primary.bake_until = None
        return False
    if primary.rollout_state != "IN_PROGRESS":
        return _announce_steady(svc, now)
    if primary.steady_at is None:
        primary.steady_at = now
        primary.bake_until = now + _bake_seconds(svc, env)
        if primary.bake_until > now:
            degrade(svc, primary, now, primary.bake_until - now)
            return True
    if primary.bake_until is not None and primary.bake_until > now:
        return False
    complete(svc, now, env)
    _announce_steady(svc, now)
    return True


def _bake_seconds(svc: Service, env: Environment) -> float:
    rollout = svc.rollout
    if rollout is not None and rollout.status == "ROLLBACK_IN_PROGRESS":
        return env.timings().roll_back
    if rollout is None or rollout.status != "IN_PROGRESS" or rollout.alarm_status != "MONITORING":
        return 0.0
    return env.alarm_bake_seconds(rollout.alarm_names)


def _visible(task: Task) -> bool:
    """Still running or draining: the old deployment stays in the list for as long as it has such tasks."""
    return task.live or task.status == "DEACTIVATING"


def _announce_steady(svc: Service, now: float) -> bool:
    if svc.steady:
        return False
    svc.steady = True
    tell(svc, now, wording.steady(svc.name))
    return True


def _live(svc: Service) -> list[Task]:
    return [t for t in svc.tasks.values() if t.live]


def _start_new(svc: Service, primary: Deployment, now: float, env: Environment) -> bool:
    if primary.rollout_state == "FAILED" or primary.hold_until > now:
        return False
    _, most = limits(svc)
    live = _live(svc)
    mine = sum(t.deployment_id == primary.id for t in live)
    # A settled service may always replace what died, whatever the percentages say.
    room = (most if primary.rollout_state == "IN_PROGRESS" else max(most, svc.desired_count)) - len(live)
    started: list[str] = []
    for _ in range(min(svc.desired_count - mine, room)):
        task = launch(svc, primary, now, env)
        if task is None:
            break
        started.append(task.id)
        if primary.hold_until > now:
            break
    if started:
        tell(svc, now, wording.started(svc.name, started))
    return bool(started)


def _stop_surplus(svc: Service, primary: Deployment, now: float, env: Environment) -> bool:
    mine = [t for t in svc.tasks_of(primary) if t.live]
    surplus = len(mine) - svc.desired_count
    if surplus <= 0:
        return False
    mine.sort(key=lambda t: (t.healthy, -t.created_at))
    return _stop(svc, mine[:surplus], primary.id, now, env)


def _stop_beyond(svc: Service, primary: Deployment, now: float, env: Environment) -> bool:
    """After a lower desired count: what the maximum no longer allows goes, tasks that are not healthy first."""
    _, most = limits(svc)
    live = _live(svc)
    beyond = len(live) - most
    if beyond <= 0:
        return False
    live.sort(key=lambda t: (t.healthy, t.deployment_id == primary.id, -t.created_at))
    return _stop(svc, live[:beyond], primary.id, now, env)


def _stop_old(svc: Service, primary: Deployment, now: float, env: Environment) -> bool:
    old = [t for t in _live(svc) if t.deployment_id != primary.id]
    if not old or primary.rollout_state == "FAILED":  # a stalled deployment replaces nothing
        return False
    fewest, most = limits(svc)
    live = _live(svc)
    healthy = sum(t.healthy for t in live)
    mine = sum(t.deployment_id == primary.id for t in live)
    going: list[Task] = [t for t in old if not t.healthy]
    left = len(live) - len(going)
    for task in sorted((t for t in old if t.healthy), key=lambda t: t.created_at):
        surplus = healthy > svc.desired_count
        cramped = left >= most and mine < svc.desired_count
        if healthy - 1 < fewest or not (surplus or cramped):
            break
        going.append(task)
        healthy -= 1
        left -= 1
    return _stop(svc, going, primary.id, now, env)


def _stop(svc: Service, going: list[Task], deployment: str, now: float, env: Environment) -> bool:
    if not going:
        return False
    drained = sum(bool(t.targets) for t in going)
    groups = {target.group for task in going for target in task.targets}
    for task in going:
        stop(svc, task, now, env, code=SCHEDULER, reason=wording.scaled(deployment))
    if drained:
        for group in sorted(groups):
            tell(svc, now, wording.deregistered(svc.name, drained, group))
        tell(svc, now, wording.draining(svc.name, drained))
    tell(svc, now, wording.stopped(svc.name, [t.id for t in going]))
    return True


def _tell_if_stuck(svc: Service, primary: Deployment, now: float) -> None:
    if primary.stuck_told or primary.rollout_state != "IN_PROGRESS" or primary.hold_until > now:
        return
    fewest, most = limits(svc)
    live = _live(svc)
    mine = sum(t.deployment_id == primary.id for t in live)
    if mine == 0 and svc.desired_count and (most == 0 or (live and len(live) >= most and len(live) <= fewest)):
        primary.stuck_told = True
        tell(svc, now, wording.stuck(svc.name))
