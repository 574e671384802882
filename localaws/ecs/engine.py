"""Bring a service up to an instant: the same story, however often it is looked at."""

from __future__ import annotations

from collections.abc import Callable

from localaws.ecs import rolling, stages
from localaws.ecs.model import Effect, Environment, Service
from localaws.ecs.rollout import fire_degraded, judge, supersede
from localaws.ecs.tasks import SCHEDULER, next_due, progress, stop
from localaws.ecs.wording import STOPPED_DELETED

Apply = Callable[[list[Effect]], None]
MOST_ROUNDS = 10_000  # a bug in a transition must end as an error, not as a hang
DELETED = "Task stopped because the service was deleted"


def advance(svc: Service, now: float, env: Environment, apply: Apply) -> None:
    """Play everything that is due up to `now`, in order of time.

    `apply` carries out the effects (listener weights, alarms) of each step before the next one looks at the world.
    """
    for _ in range(MOST_ROUNDS * 10):
        at = due(svc)
        if at is None or at > now:
            break
        _play(svc, max(at, svc.at), env, apply)
    else:
        raise RuntimeError(f"service {svc.name} does not come to rest")
    _play(svc, now, env, apply)


def _play(svc: Service, now: float, env: Environment, apply: Apply) -> None:
    settle(svc, now, env)
    while svc.effects:
        effects, svc.effects = svc.effects, []
        apply(effects)
        settle(svc, now, env)


def settle(svc: Service, now: float, env: Environment) -> None:
    """Do all that can be done at this instant."""
    svc.at = max(svc.at, now)
    for _ in range(MOST_ROUNDS):
        if not _round(svc, svc.at, env):
            return
    raise RuntimeError(f"service {svc.name} does not settle")


def due(svc: Service) -> float | None:
    """The next instant at which something will change by itself; None when nothing will."""
    if svc.status == "INACTIVE":
        return None
    ahead = [at for task in svc.tasks.values() if (at := next_due(task)) is not None]
    rollout = svc.rollout
    for deployment in svc.deployments:
        ahead += [at for at in (deployment.bake_until, deployment.degrades_at) if at is not None and at > svc.at]
        if deployment.hold_until > svc.at:
            ahead.append(deployment.hold_until)
    if rollout is not None:
        if rollout.stage_due is not None and rollout.stage_due > svc.at:
            ahead.append(rollout.stage_due)
        ahead += [hook.expires_at for hook in rollout.hooks]
    return min(ahead, default=None)


def delete(svc: Service, now: float, env: Environment) -> None:
    """Begin to delete the service: no more tasks, those there are drain."""
    supersede(svc, now, STOPPED_DELETED)
    svc.desired_count = 0
    svc.status = "DRAINING"
    settle(svc, now, env)


def _round(svc: Service, now: float, env: Environment) -> bool:
    changed = False
    for task in list(svc.tasks.values()):
        changed |= progress(svc, task, now, env)
    if svc.status == "INACTIVE":
        return changed
    if svc.status == "DRAINING":
        return _drain(svc, now, env) or changed
    changed |= fire_degraded(svc, now)
    changed |= judge(svc, now, env)
    rollout = svc.rollout
    staged = rollout is not None and rollout.status == "IN_PROGRESS" and _strategy(rollout.config) != "ROLLING"
    if staged:
        return stages.run(svc, now, env) or changed
    changed |= rolling.schedule(svc, now, env)
    return rolling.finish(svc, now, env) or changed


def _strategy(config: dict[str, object]) -> str:
    return str(config.get("strategy") or "ROLLING")


def _drain(svc: Service, now: float, env: Environment) -> bool:
    changed = False
    for task in list(svc.tasks.values()):
        if task.live:
            stop(svc, task, now, env, code=SCHEDULER, reason=DELETED)
            changed = True
    if not changed and all(t.status == "STOPPED" for t in svc.tasks.values()):
        svc.status = "INACTIVE"
        for deployment in svc.deployments:
            deployment.status = "INACTIVE"
        svc.deployments = []
        return True
    return changed
