"""How a deployment begins, fails, is rolled back and ends. Shared by every strategy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from localaws.ecs import wording
from localaws.ecs.breaker import enabled, rolls_back, threshold
from localaws.ecs.model import Deployment, Environment, Revision, Service, ServiceDeployment, SetAlarm, SetWeights
from localaws.ecs.tasks import SCHEDULER, stop, tell

KEPT_ROLLOUTS = 50


def begin(svc: Service, revision: Revision, now: float, env: Environment) -> ServiceDeployment:
    """Start a service deployment of `revision`; whatever is under way is stopped first."""
    supersede(svc, now, wording.STOPPED_NEWER)
    number = revision.arn.rsplit("/", 1)[1]
    sources = [d.revision for d in svc.deployments if d.status in ("PRIMARY", "ACTIVE") and svc.tasks_of(d)]
    for deployment in svc.deployments:
        deployment.status = "ACTIVE"
        deployment.updated_at = now
    previous = svc.deployments[0] if svc.deployments else None
    if svc.strategy != "ROLLING":
        _clear_the_stage(svc, now, env)
    deployment = Deployment(f"ecs-svc/{number}", revision, now, now)
    deployment.rollout_reason = wording.in_progress(deployment.id)
    if svc.last_completed is not None:
        deployment.colour = _next_colour(svc, svc.last_completed)
    elif previous is not None:
        deployment.colour = previous.colour
    revision.target_groups = target_groups(revision, deployment.colour)
    svc.deployments.insert(0, deployment)
    svc.revisions[revision.arn] = revision
    rollout = ServiceDeployment(
        arn=svc.arn.replace(":service/", ":service-deployment/") + "/" + _short_id(svc),
        deployment_id=deployment.id,
        target=revision,
        sources=sources,
        created_at=now,
        started_at=now,
        updated_at=now,
        config=dict(svc.deployment_config),
        requested=svc.desired_count,
        status="IN_PROGRESS",
    )
    breaker = svc.deployment_config.get("deploymentCircuitBreaker") or {}
    rollout.threshold = threshold(svc.desired_count, breaker)
    rollout.breaker_status = "MONITORING" if enabled(svc.deployment_config) else "DISABLED"
    _watch_alarms(svc, rollout, env)
    svc.rollouts.append(rollout)
    del svc.rollouts[:-KEPT_ROLLOUTS]
    svc.steady = False
    return rollout


def _clear_the_stage(svc: Service, now: float, env: Environment) -> None:
    """A deployment with stages has two sides only: what is left of a side that never completed goes first."""
    for deployment in svc.deployments:
        if deployment is not svc.last_completed:
            stop_tasks(svc, deployment, now, env)
    if svc.last_completed is not None and svc.rollouts:
        shift(svc, svc.last_completed, 100.0, svc.rollouts[-1])


def supersede(svc: Service, now: float, reason: str) -> None:
    """Stop the service deployment under way because something newer takes its place."""
    rollout = svc.rollout
    if rollout is None:
        return
    _close(rollout, now, "STOPPED", reason)
    rollout.stopped_at = now
    primary = svc.primary
    if primary is not None and primary.rollout_state == "IN_PROGRESS":
        primary.rollout_state = "FAILED"
        primary.rollout_reason = reason
        if svc.last_completed is primary:
            svc.last_completed = None


def judge(svc: Service, now: float, env: Environment) -> bool:
    """Fail the deployment under way if the breaker, an alarm or a person says so; True if it did."""
    rollout, primary = svc.rollout, svc.primary
    if rollout is None or primary is None:
        return False
    if rollout.stop_requested:
        return _obey(svc, rollout, now, env)
    if primary.rollout_state != "IN_PROGRESS":
        return False
    breaker = svc.deployment_config.get("deploymentCircuitBreaker") or {}
    rollout.threshold = threshold(svc.desired_count, breaker)
    if enabled(svc.deployment_config) and primary.failed_tasks >= rollout.threshold:
        rollout.breaker_status = "TRIGGERED"
        fail(svc, now, env, rolls_back(svc.deployment_config), _BREAKER)
        return True
    if rollout.alarm_status == "MONITORING" and rollout.status == "IN_PROGRESS":
        firing = env.alarms_firing(rollout.alarm_names)
        if firing:
            rollout.alarm_status, rollout.triggered_alarms = "TRIGGERED", firing
            wants = bool((svc.deployment_config.get("alarms") or {}).get("rollback"))
            fail(svc, now, env, wants, _ALARM)
            return True
    return False


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a deployment fails, in the words of each field that says so."""

    short: str
    rollout_reason: str
    why: str
    rolled_back: str
    stopped: str


_BREAKER = Cause(
    "circuit breaker", wording.BREAKER, wording.BREAKER_WHY, wording.ROLLED_BACK_BREAKER, wording.STOPPED_BREAKER
)
_ALARM = Cause("alarm", wording.ALARM, wording.ALARM_WHY, wording.ROLLED_BACK_ALARM, wording.STOPPED_ALARM)
_REQUEST = Cause(
    "stop request",
    "ECS deployment stopped by a stop request.",
    "stopped by a request",
    wording.ROLLED_BACK_REQUEST,
    wording.STOPPED_REQUEST,
)


def hook_cause(stage: str, why: str) -> Cause:
    text = wording.hook_failed(stage, why)
    return Cause(
        "lifecycle hook", f"ECS deployment failed: {stage} lifecycle hook.", f"{stage} hook failed", text, text
    )


def fail(svc: Service, now: float, env: Environment, rollback: bool, cause: Cause) -> None:
    """The primary deployment has failed: roll back to the last completed one if that is wanted and there is one."""
    rollout, failed = svc.rollout, svc.primary
    if rollout is None or failed is None:
        return
    in_rollback = rollout.status == "ROLLBACK_IN_PROGRESS"
    failed.rollout_state, failed.rollout_reason, failed.updated_at = "FAILED", cause.rollout_reason, now
    failed.bake_until = None
    tell(svc, now, wording.failed(svc.name, failed.id, cause.why))
    rollout.updated_at = now
    if in_rollback:
        _close(rollout, now, "ROLLBACK_FAILED", wording.ROLLBACK_TRIPPED)
        svc.last_completed = None
        return
    if not rollback:
        _close(rollout, now, "STOPPED", cause.stopped)
        rollout.stopped_at = now
        return
    rollout.rollback_reason = cause.rolled_back
    rollout.rollback_started_at = now
    candidate = svc.last_completed
    if candidate is None or candidate is failed:
        _close(rollout, now, "ROLLBACK_FAILED", wording.NO_CANDIDATE)
        return
    rollout.rollback_target = candidate.revision.arn
    rollout.status = "ROLLBACK_IN_PROGRESS"
    rollout.reason = cause.rolled_back
    rollout.hooks, rollout.stage, rollout.stage_due = [], None, None
    failed.status = "ACTIVE"
    candidate.status, candidate.rollout_state = "PRIMARY", "IN_PROGRESS"
    candidate.rollout_reason = wording.back_to(cause.short, candidate.id)
    candidate.updated_at = now
    candidate.failed_tasks = candidate.launch_failures = 0
    candidate.hold_until, candidate.bake_until, candidate.steady_at = 0.0, None, None
    svc.deployments = [candidate] + [d for d in svc.deployments if d is not candidate]
    tell(svc, now, wording.rolling_back(svc.name, candidate.id))
    shift(svc, candidate, 100.0, rollout)
    shift_test(svc, candidate, rollout, back=True)


def complete(svc: Service, now: float, env: Environment) -> None:
    """The primary deployment has reached its steady state."""
    rollout, primary = svc.rollout, svc.primary
    if primary is None:
        return
    primary.rollout_state, primary.rollout_reason = "COMPLETED", wording.done(primary.id)
    primary.updated_at, primary.bake_until = now, None
    for gone in svc.deployments:
        if gone is not primary:
            gone.status = "INACTIVE"
    svc.deployments = [primary]
    svc.last_completed = primary
    tell(svc, now, wording.completed(svc.name, primary.id))
    if rollout is None:
        return
    if rollout.breaker_status == "MONITORING":
        rollout.breaker_status = "MONITORING_COMPLETE"
    if rollout.alarm_status == "MONITORING":
        rollout.alarm_status = "MONITORING_COMPLETE"
    if rollout.status == "ROLLBACK_IN_PROGRESS":
        _close(rollout, now, "ROLLBACK_SUCCESSFUL", rollout.rollback_reason)
    else:
        _close(rollout, now, "SUCCESSFUL", "")
    if svc.degraded_alarms:
        svc.effects.append(SetAlarm(tuple(svc.degraded_alarms), False, "the degraded release is gone (simulated)"))
        svc.degraded_alarms = []


def degrade(svc: Service, deployment: Deployment, now: float, bake_seconds: float) -> None:
    """Plan when a release that degrades fires the deployment's alarms: in the middle of its bake at the latest."""
    script = next((t.script for t in svc.tasks_of(deployment) if t.live), None)
    if script is not None and script.behaviour == "degrades" and deployment.degrades_at is None:
        deployment.degrades_at = now + min(script.degrade_seconds, bake_seconds / 2)


def fire_degraded(svc: Service, now: float) -> bool:
    """Fire the alarms of a degraded release when its time has come; True if it did."""
    rollout, primary = svc.rollout, svc.primary
    if rollout is None or primary is None or primary.degrades_at is None or primary.degrades_at > now:
        return False
    primary.degrades_at = None
    if rollout.status != "IN_PROGRESS" or not rollout.alarm_names:
        return False
    svc.degraded_alarms = list(rollout.alarm_names)
    svc.effects.append(SetAlarm(tuple(rollout.alarm_names), True, "the release degraded (simulated)"))
    return True


def shift(svc: Service, deployment: Deployment, percent: float, rollout: ServiceDeployment) -> None:
    """Send `percent` of the production traffic to a deployment and the rest to the other target group."""
    rollout.production_weight = percent if deployment.id == rollout.deployment_id else 100.0 - percent
    _weigh(svc, deployment, percent, "productionListenerRule")


def shift_test(svc: Service, deployment: Deployment, rollout: ServiceDeployment, *, back: bool = False) -> None:
    """Send all test traffic to a deployment."""
    rollout.test_weight = 0.0 if back else 100.0
    _weigh(svc, deployment, 100.0, "testListenerRule")


def target_groups(revision: Revision, colour: str) -> list[dict[str, object]]:
    """Where tasks of a deployment register: the first or the alternate target group of each load balancer."""
    groups: list[dict[str, object]] = []
    for balancer in revision.config.get("loadBalancers") or []:
        group = balancer.get("targetGroupArn")
        alternate = (balancer.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
        if colour == "second" and alternate:
            group = alternate
        if group:
            groups.append({"group": group, "port": balancer.get("containerPort") or 80})
    return groups


def stop_tasks(svc: Service, deployment: Deployment, now: float, env: Environment) -> list[str]:
    """Stop every task of a deployment that still lives; their ids."""
    ids: list[str] = []
    for task in svc.tasks_of(deployment):
        if task.live:
            stop(svc, task, now, env, code=SCHEDULER, reason=wording.scaled(deployment.id))
            ids.append(task.id)
    return ids


def _obey(svc: Service, rollout: ServiceDeployment, now: float, env: Environment) -> bool:
    wanted = rollout.stop_requested
    rollout.stop_requested = ""
    if rollout.status == "ROLLBACK_IN_PROGRESS":
        return False
    fail(svc, now, env, wanted == "ROLLBACK", _REQUEST)
    return True


def _watch_alarms(svc: Service, rollout: ServiceDeployment, env: Environment) -> None:
    alarms = svc.deployment_config.get("alarms") or {}
    if not alarms.get("enable"):
        return
    rollout.alarm_names = list(alarms.get("alarmNames") or [])
    # An alarm that fires already must not stop the deployment that is to mend it.
    rollout.alarm_status = "DISABLED" if env.alarms_firing(rollout.alarm_names) else "MONITORING"


def _close(rollout: ServiceDeployment, now: float, status: str, reason: str) -> None:
    rollout.status, rollout.reason = status, reason
    rollout.finished_at = rollout.updated_at = now
    rollout.stage_due = None
    rollout.hooks = []


def _next_colour(svc: Service, before: Deployment) -> Literal["first", "second"]:
    if svc.strategy == "ROLLING":
        return before.colour
    return "second" if before.colour == "first" else "first"


def _weigh(svc: Service, deployment: Deployment, percent: float, which: str) -> None:
    for balancer in deployment.revision.config.get("loadBalancers") or []:
        advanced = balancer.get("advancedConfiguration") or {}
        rule, second = advanced.get(which), advanced.get("alternateTargetGroupArn")
        first = balancer.get("targetGroupArn")
        if not rule or not second:
            continue
        own, other = (first, second) if deployment.colour == "first" else (second, first)
        if float(percent).is_integer():
            weights = (int(percent), 100 - int(percent))
        else:
            weights = (round(percent * 9.99), 999 - round(percent * 9.99))
        svc.effects.append(SetWeights(rule, ((own, weights[0]), (other, weights[1]))))


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _short_id(svc: Service) -> str:
    return "".join(svc.random.choice(_ALPHABET) for _ in range(21))
