"""Blue/green, canary and linear deployments: stages, lifecycle hooks, traffic by listener weights, bake time."""

from __future__ import annotations

from typing import get_args

from localaws.ecs import wording
from localaws.ecs.model import Deployment, Environment, Hook, Service, ServiceDeployment, Stage
from localaws.ecs.rollout import complete, degrade, fail, hook_cause, shift, shift_test, stop_tasks
from localaws.ecs.tasks import SCHEDULER, launch, stop, tell

ORDER: tuple[Stage, ...] = get_args(Stage)
NO_PAUSE: frozenset[str] = frozenset({"TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"})
DEFAULT_CANARY_PERCENT, DEFAULT_CANARY_BAKE_MINUTES = 5.0, 10
DEFAULT_LINEAR_PERCENT, DEFAULT_LINEAR_BAKE_MINUTES = 10.0, 6
DEFAULT_HOOK_TIMEOUT_MINUTES = 1440
MINUTE = 60.0


def run(svc: Service, now: float, env: Environment) -> bool:
    """Move the service deployment under way by what is due; True if something changed."""
    rollout, green = svc.rollout, svc.primary
    if rollout is None or green is None:
        return False
    changed = _keep_capacity(svc, rollout, green, now, env)
    if rollout.stage is None:
        _enter(svc, rollout, "RECONCILE_SERVICE", now, env)
        return True
    if rollout.hooks:
        verdict = _hooks(svc, rollout, now, env)
        if verdict != "done":
            return changed or verdict == "changed"
    if not rollout.stage_announced:
        rollout.stage_announced = True
        _act(svc, rollout, green, now, env)
        return True
    if not _over(svc, rollout, green, now):
        return changed
    _next(svc, rollout, now, env)
    return True


def steps(rollout: ServiceDeployment) -> list[tuple[float, float]]:
    """(percent of production traffic, seconds of bake after it) of each shift."""
    config = rollout.config
    strategy = config.get("strategy")
    if strategy == "CANARY":
        canary = config.get("canaryConfiguration") or {}
        percent = float(canary.get("canaryPercent") or DEFAULT_CANARY_PERCENT)
        bake = canary.get("canaryBakeTimeInMinutes")
        bake_minutes = DEFAULT_CANARY_BAKE_MINUTES if bake is None else int(bake)
        return [(100.0, 0.0)] if percent >= 100 else [(percent, bake_minutes * MINUTE), (100.0, 0.0)]  # noqa: PLR2004
    if strategy == "LINEAR":
        linear = config.get("linearConfiguration") or {}
        percent = float(linear.get("stepPercent") or DEFAULT_LINEAR_PERCENT)
        bake = linear.get("stepBakeTimeInMinutes")
        bake_minutes = DEFAULT_LINEAR_BAKE_MINUTES if bake is None else int(bake)
        shares: list[float] = []
        while not shares or shares[-1] < 100:  # noqa: PLR2004
            shares.append(min(100.0, round((shares[-1] if shares else 0.0) + percent, 3)))
        return [(share, 0.0 if share >= 100 else bake_minutes * MINUTE) for share in shares]  # noqa: PLR2004
    return [(100.0, 0.0)]


def continue_hook(rollout: ServiceDeployment, hook_id: str, action: str) -> bool:
    """Answer a PAUSE hook (CONTINUE or ROLLBACK); False if no such hook waits."""
    for hook in rollout.hooks:
        if hook.id == hook_id and hook.status == "AWAITING_ACTION":
            hook.status = "SUCCEEDED" if action == "CONTINUE" else "FAILED"
            return True
    return False


def _enter(svc: Service, rollout: ServiceDeployment, stage: Stage, now: float, env: Environment) -> None:
    rollout.stage, rollout.stage_due, rollout.stage_announced = stage, None, False
    rollout.updated_at = now
    rollout.hooks = []
    for hook in rollout.config.get("lifecycleHooks") or []:
        if stage not in (hook.get("lifecycleStages") or []):
            continue
        kind = hook.get("targetType") or "AWS_LAMBDA"
        if kind == "PAUSE" and stage in NO_PAUSE:
            continue
        timeout = hook.get("timeoutConfiguration") or {}
        minutes = int(timeout.get("timeoutInMinutes") or DEFAULT_HOOK_TIMEOUT_MINUTES)
        pause = kind == "PAUSE"
        rollout.hooks.append(
            Hook(
                id=svc.hex(32),
                target_type="PAUSE" if pause else "AWS_LAMBDA",
                target_arn=str(hook.get("hookTargetArn") or ""),
                status="AWAITING_ACTION" if pause else "IN_PROGRESS",
                expires_at=now + (minutes * MINUTE if pause else env.timings().lambda_hook),
                timeout_action=timeout.get("action") or "ROLLBACK",
            )
        )
    rollout.hook_history += rollout.hooks


def _hooks(svc: Service, rollout: ServiceDeployment, now: float, env: Environment) -> str:
    stage = str(rollout.stage)
    for hook in rollout.hooks:
        if hook.status == "IN_PROGRESS" and hook.expires_at <= now:
            hook.status = "SUCCEEDED"
        elif hook.status == "AWAITING_ACTION" and hook.expires_at <= now:
            hook.status = "SUCCEEDED" if hook.timeout_action == "CONTINUE" else "TIMED_OUT"
        if hook.status in ("FAILED", "TIMED_OUT"):
            said = "was answered with ROLLBACK" if hook.status == "FAILED" else "timed out"
            fail(svc, now, env, True, hook_cause(stage, f"The {hook.target_type} hook {hook.id} {said}."))
            return "changed"
    if all(hook.status == "SUCCEEDED" for hook in rollout.hooks):
        rollout.hooks = []
        return "done"
    return "waiting"


def _act(svc: Service, rollout: ServiceDeployment, green: Deployment, now: float, env: Environment) -> None:
    """Do what the stage is for, once, after its hooks."""
    stage = rollout.stage
    times = env.timings()
    if stage == "TEST_TRAFFIC_SHIFT" and _has_test_rule(green):
        shift_test(svc, green, rollout)
        rollout.stage_due = now + times.shift
    elif stage == "PRODUCTION_TRAFFIC_SHIFT":
        percent, bake = steps(rollout)[rollout.step]
        shift(svc, green, percent, rollout)
        rollout.stage_due = now + times.shift + bake
        if bake:
            degrade(svc, green, now, times.shift + bake)
    elif stage == "BAKE_TIME":
        minutes = rollout.config.get("bakeTimeInMinutes")
        bake = float(minutes or 0) * MINUTE
        rollout.stage_due = now + bake
        if bake:
            degrade(svc, green, now, bake)
    elif stage == "CLEAN_UP":
        for blue in [d for d in svc.deployments if d is not green]:
            ids = stop_tasks(svc, blue, now, env)
            if ids:
                tell(svc, now, wording.draining(svc.name, len(ids)))
                tell(svc, now, wording.stopped(svc.name, ids))


def _over(svc: Service, rollout: ServiceDeployment, green: Deployment, now: float) -> bool:
    if rollout.stage_due is not None:
        return rollout.stage_due <= now
    mine = [t for t in svc.tasks_of(green) if t.live]
    if rollout.stage == "SCALE_UP":
        return len(mine) == svc.desired_count and all(t.healthy for t in mine)
    if rollout.stage == "CLEAN_UP":
        others = [t for t in svc.tasks.values() if t.deployment_id != green.id]
        gone = not any(t.live or t.status == "DEACTIVATING" for t in others)
        return gone and len(mine) == svc.desired_count and all(t.healthy for t in mine)
    return True


def _next(svc: Service, rollout: ServiceDeployment, now: float, env: Environment) -> None:
    if rollout.stage == "PRODUCTION_TRAFFIC_SHIFT" and rollout.step + 1 < len(steps(rollout)):
        rollout.step += 1
        _enter(svc, rollout, "PRE_PRODUCTION_TRAFFIC_SHIFT", now, env)
        return
    if rollout.stage == "CLEAN_UP":
        complete(svc, now, env)
        if not svc.steady:
            svc.steady = True
            tell(svc, now, wording.steady(svc.name))
        return
    at = ORDER.index(rollout.stage or "RECONCILE_SERVICE")
    _enter(svc, rollout, ORDER[at + 1], now, env)


def _keep_capacity(svc: Service, rollout: ServiceDeployment, green: Deployment, now: float, env: Environment) -> bool:
    """Both sides are held at the desired count: green from SCALE_UP on, blue until CLEAN_UP."""
    stage = rollout.stage
    if stage is None:
        return False
    wanted: list[Deployment] = []
    if ORDER.index(stage) >= ORDER.index("SCALE_UP") and not (stage == "SCALE_UP" and rollout.hooks):
        wanted.append(green)
    if stage != "CLEAN_UP" and svc.last_completed is not None:
        wanted.append(svc.last_completed)
    changed = False
    for deployment in wanted:
        changed |= _fill(svc, deployment, now, env)
    return changed


def _fill(svc: Service, deployment: Deployment, now: float, env: Environment) -> bool:
    if deployment.rollout_state == "FAILED" or deployment.hold_until > now or deployment not in svc.deployments:
        return False
    missing = svc.desired_count - sum(t.live for t in svc.tasks_of(deployment))
    started: list[str] = []
    for _ in range(missing):
        task = launch(svc, deployment, now, env)
        if task is None:
            break
        started.append(task.id)
    if missing < 0:
        surplus = sorted((t for t in svc.tasks_of(deployment) if t.live), key=lambda t: (t.healthy, -t.created_at))
        for task in surplus[:-missing]:
            stop(svc, task, now, env, code=SCHEDULER, reason=wording.scaled(deployment.id))
        return True
    if started:
        tell(svc, now, wording.started(svc.name, started))
    return bool(started)


def _has_test_rule(deployment: Deployment) -> bool:
    balancers = deployment.revision.config.get("loadBalancers") or []
    return any((b.get("advancedConfiguration") or {}).get("testListenerRule") for b in balancers)
