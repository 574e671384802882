"""The life of a task: launched, running, healthy or not, stopped. Every change goes through here."""

from __future__ import annotations

import ipaddress

from localaws.ecs import wording
from localaws.ecs.breaker import resets_on_healthy, start_delay
from localaws.ecs.health import outlook
from localaws.ecs.model import STARTING, Deployment, Environment, Event, Service, Target, Task

SCHEDULER = "ServiceSchedulerInitiated"
MOST_EVENTS = 100  # DescribeServices returns the latest 100
MOST_STOPPED_TASKS = 30


def tell(svc: Service, now: float, message: str) -> None:
    """Add a service event."""
    svc.events.append(Event(_uuid(svc), now, message))
    del svc.events[:-MOST_EVENTS]


def launch(svc: Service, deployment: Deployment, now: float, env: Environment) -> Task | None:
    """Start one task of a deployment; None when no capacity was found (which counts as a failure)."""
    revision = deployment.revision
    script = env.script(str(revision.containers[0].get("image", "")) if revision.containers else "")
    if script.behaviour == "no-capacity":
        tell(svc, now, wording.unplaced(svc.name))
        deployment.hold_until = now + env.timings().no_capacity
        count_failure(svc, deployment, now, launched=False)
        return None
    task = Task(
        id=svc.hex(32),
        deployment_id=deployment.id,
        revision=revision.arn,
        task_definition=revision.task_definition,
        script=script,
        containers=revision.containers,
        created_at=now,
        due=now + env.timings().provision,
    )
    place(svc, task, env)
    svc.tasks[task.id] = task
    svc.steady = False
    return task


def place(svc: Service, task: Task, env: Environment) -> None:
    """Give the task a network interface in the subnet that has the fewest tasks of this service."""
    revision = svc.revisions.get(task.revision)
    network = (revision.config.get("networkConfiguration") or {}) if revision else {}
    subnets: list[str] = (network.get("awsvpcConfiguration") or {}).get("subnets") or []
    if not subnets:
        return
    others = [t for t in svc.tasks.values() if t.live]
    task.subnet = min(subnets, key=lambda name: (sum(t.subnet == name for t in others), subnets.index(name)))
    facts = env.subnet(task.subnet)
    taken = {t.address for t in svc.tasks.values() if t.status != "STOPPED"}
    task.zone = facts.zone
    task.address = free_address(facts.cidr, taken, svc.random.randrange)
    task.interface = f"eni-{svc.hex(17)}"
    task.mac = "0a:" + ":".join(svc.hex(2) for _ in range(5))


def free_address(cidr: str, taken: set[str], pick: object) -> str:
    """A host address of the subnet that nobody has; the first four and the last belong to AWS."""
    network = ipaddress.ip_network(cidr, strict=False)
    span = max(1, network.num_addresses - 5)
    start = pick(span) if callable(pick) else 0
    for step in range(span):
        address = str(network[4 + (int(start) + step) % span])  # pyright: ignore[reportArgumentType]
        if address not in taken:
            return address
    return str(network[4])


def progress(svc: Service, task: Task, now: float, env: Environment) -> bool:
    """Make the transition that is due, if any; True if something changed."""
    if task.due is not None and task.due <= now:
        _transition(svc, task, now, env)
        return True
    if task.status == "RUNNING" and task.desired == "RUNNING":
        return _watch(svc, task, now, env)
    return False


def next_due(task: Task) -> float | None:
    """The next instant at which `progress` would change this task."""
    if task.due is not None:
        return task.due
    if task.status != "RUNNING" or task.desired != "RUNNING":
        return None
    ahead = [task.outlook.exits_at, task.outlook.killed_at]
    if not task.healthy:
        ahead.append(task.outlook.healthy_at)
    if task.targets and task.targets[0].state == "initial":
        ahead += [task.outlook.targets_healthy_at, task.outlook.unhealthy_at]
    elif task.targets and task.targets[0].state == "unhealthy":
        ahead.append(task.outlook.targets_healthy_at)
    return min((at for at in ahead if at is not None), default=None)


def stop(svc: Service, task: Task, now: float, env: Environment, *, code: str, reason: str) -> None:
    """Ask a task to stop: its targets drain, then its containers end."""
    if task.desired == "STOPPED":
        return
    task.desired = "STOPPED"
    task.stop_code, task.stopped_reason, task.stopping_at = code, reason, now
    task.healthy = False
    task.version += 1
    if task.status == "RUNNING" and task.targets:
        task.status = "DEACTIVATING"
        _drain(task)
        task.due = now + max(env.target_group(t.group).drain_seconds for t in task.targets)
    elif task.status in STARTING:
        task.status = "DEPROVISIONING"
        task.due = now + env.timings().deprovision
    else:
        task.status = "STOPPING"
        task.due = now + env.timings().stop
    svc.steady = False


def count_failure(svc: Service, deployment: Deployment, now: float, *, launched: bool) -> None:
    """Count a task that failed before it was ever healthy against the deployment under way."""
    if deployment.rollout_state != "IN_PROGRESS" or deployment.status != "PRIMARY":
        return
    deployment.failed_tasks += 1
    deployment.updated_at = now
    if not launched:
        deployment.launch_failures += 1
        deployment.hold_until = max(deployment.hold_until, now + start_delay(deployment.launch_failures))
        if deployment.launch_failures == 3:  # noqa: PLR2004 - the third in a row is when ECS says so
            tell(svc, now, wording.inconsistent(svc.name))
    rollout = svc.rollout
    if rollout is not None:
        rollout.failure_count = deployment.failed_tasks
        rollout.updated_at = now


def _transition(svc: Service, task: Task, now: float, env: Environment) -> None:
    times = env.timings()
    task.due = None
    task.version += 1
    if task.status == "PROVISIONING":
        task.status, task.pull_started_at, task.due = "PENDING", now, now + times.pull
    elif task.status == "PENDING" and (reason := start_failure(task, env)):
        _never_started(svc, task, now, env, reason)
    elif task.status == "PENDING":
        task.status, task.pull_stopped_at, task.due = "ACTIVATING", now, now + times.activate
    elif task.status == "ACTIVATING":
        _running(svc, task, now, env)
    elif task.status == "DEACTIVATING":
        task.targets = []
        task.status, task.due = "STOPPING", now + times.stop
    elif task.status == "STOPPING":
        for container in task.containers:
            task.exit_codes.setdefault(str(container["name"]), 0)
        task.status, task.due = "DEPROVISIONING", now + times.deprovision
    elif task.status == "DEPROVISIONING":
        task.status, task.stopped_at, task.targets = "STOPPED", now, []
        forget_old(svc)


def forget_old(svc: Service) -> None:
    """ECS lists stopped tasks for a while; here the latest few are kept."""
    ended = sorted((t for t in svc.tasks.values() if t.status == "STOPPED"), key=lambda t: t.stopped_at or 0.0)
    for task in ended[:-MOST_STOPPED_TASKS]:
        del svc.tasks[task.id]


def _deployment_of(svc: Service, task: Task) -> Deployment | None:
    return next((d for d in svc.deployments if d.id == task.deployment_id), None)


def start_failure(task: Task, env: Environment) -> str:
    """Why a pending task cannot start; empty when it can."""
    if task.script.behaviour == "unpullable":
        return wording.cannot_pull(str(task.containers[0].get("image", "")) if task.containers else "")
    return env.start_failure(task.containers, task.task_definition)


def _never_started(svc: Service, task: Task, now: float, env: Environment, reason: str) -> None:
    task.desired, task.stop_code, task.stopped_reason = "STOPPED", "TaskFailedToStart", reason
    task.pull_stopped_at, task.stopping_at = now, now
    if task.containers:
        task.container_reasons[str(task.containers[0]["name"])] = reason
    task.status, task.due = "DEPROVISIONING", now + env.timings().deprovision
    _failed(svc, task, now, launched=False)


def _running(svc: Service, task: Task, now: float, env: Environment) -> None:
    revision = svc.revisions[task.revision]
    task.status, task.started_at = "RUNNING", now
    grace = float(svc.config.get("healthCheckGracePeriodSeconds") or 0)
    task.outlook = outlook(task.script, revision, now, grace, env)
    deployment = _deployment_of(svc, task)
    if deployment is not None:
        deployment.ever_running = True
        deployment.launch_failures = 0
        deployment.updated_at = now
    for entry in revision.target_groups:
        task.targets.append(Target(entry["group"], task.address, int(entry["port"])))
        tell(svc, now, wording.registered(svc.name, 1, entry["group"]))


def _watch(svc: Service, task: Task, now: float, env: Environment) -> bool:
    ahead = task.outlook
    if ahead.exits_at is not None and ahead.exits_at <= now:
        _crash(svc, task, now, env)
        return True
    if ahead.killed_at is not None and ahead.killed_at <= now:
        _kill_unhealthy(svc, task, now, env)
        return True
    changed = False
    for target in task.targets:
        if target.state in ("initial", "unhealthy") and _reached(ahead.targets_healthy_at, now):
            target.state, target.reason, target.description = "healthy", "", ""
            changed = True
        elif target.state == "initial" and _reached(ahead.unhealthy_at, now):
            target.state, target.reason = "unhealthy", "Target.ResponseCodeMismatch"
            target.description = "Health checks failed with these codes: [503]"
            changed = True
    if not task.healthy and _reached(ahead.healthy_at, now):
        task.healthy = task.was_healthy = True
        task.health = "HEALTHY" if svc.revisions[task.revision].health_check else "UNKNOWN"
        _healthy(svc, task)
        changed = True
    return changed


def _reached(at: float | None, now: float) -> bool:
    return at is not None and at <= now


def _healthy(svc: Service, task: Task) -> None:
    deployment = _deployment_of(svc, task)
    if deployment is None:
        return
    if resets_on_healthy(svc.deployment_config.get("deploymentCircuitBreaker") or {}):
        deployment.failed_tasks = 0
        if svc.rollout is not None and deployment.status == "PRIMARY":
            svc.rollout.failure_count = 0


def _crash(svc: Service, task: Task, now: float, env: Environment) -> None:
    for container in task.containers:
        name, essential = str(container["name"]), container.get("essential") is not False
        task.exit_codes[name] = task.script.exit_of(name, essential=essential, fallback=1)
    task.desired, task.stop_code, task.stopped_reason = "STOPPED", "EssentialContainerExited", wording.ESSENTIAL_EXIT
    task.stopping_at = now
    task.healthy = False
    _drain(task)
    task.status, task.due = "DEPROVISIONING", now + env.timings().deprovision
    _failed(svc, task, now, launched=True)


def _kill_unhealthy(svc: Service, task: Task, now: float, env: Environment) -> None:
    if task.outlook.killed_by == wording.CONTAINER_CHECK:
        task.health = "UNHEALTHY"
        tell(svc, now, wording.unhealthy_container(svc.name, task.id))
    elif task.targets:
        target = task.targets[0]
        tell(svc, now, wording.unhealthy_target(svc.name, target.port, target.group, "503"))
    counted = task.was_healthy
    stop(svc, task, now, env, code=SCHEDULER, reason=task.outlook.killed_by)
    tell(svc, now, wording.stopped(svc.name, [task.id]))
    if not counted:
        _failed(svc, task, now, launched=True)


def _failed(svc: Service, task: Task, now: float, *, launched: bool) -> None:
    svc.steady = False
    if task.counted or task.was_healthy:
        return
    task.counted = True
    deployment = _deployment_of(svc, task)
    if deployment is not None:
        count_failure(svc, deployment, now, launched=launched)


def _drain(task: Task) -> None:
    for target in task.targets:
        target.state, target.reason = "draining", "Target.DeregistrationInProgress"
        target.description = "Target deregistration is in progress"


def _uuid(svc: Service) -> str:
    raw = svc.hex(32)
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:]}"
