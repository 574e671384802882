"""Tasks that RunTask starts: they run once and end with scripted exit codes."""

from __future__ import annotations

from localaws.ecs import wording
from localaws.ecs.model import Environment, Task
from localaws.ecs.tasks import start_failure

SLOW_RUN_SECONDS = 120.0


def advance(task: Task, now: float, env: Environment) -> None:
    """Play the task's transitions up to `now`."""
    while task.due is not None and task.due <= now:
        _transition(task, task.due, env)


def stop(task: Task, now: float, env: Environment, reason: str) -> None:
    """StopTask by a user."""
    if task.desired == "STOPPED":
        return
    task.desired, task.stop_code, task.stopped_reason, task.stopping_at = "STOPPED", "UserInitiated", reason, now
    if task.status == "RUNNING":
        for container in task.containers:
            task.exit_codes[str(container["name"])] = 143  # ended by SIGTERM
    task.status, task.due = "STOPPING", now + env.timings().stop
    task.version += 1


def _transition(task: Task, at: float, env: Environment) -> None:
    times = env.timings()
    task.due = None
    task.version += 1
    if task.status == "PROVISIONING":
        task.status, task.pull_started_at, task.due = "PENDING", at, at + times.pull
    elif task.status == "PENDING" and (reason := start_failure(task, env)):
        task.desired, task.stop_code, task.stopped_reason = "STOPPED", "TaskFailedToStart", reason
        task.container_reasons[str(task.containers[0]["name"])] = reason
        task.pull_stopped_at = task.stopping_at = at
        task.status, task.due = "DEPROVISIONING", at + times.deprovision
    elif task.status == "PENDING":
        task.status, task.pull_stopped_at, task.due = "ACTIVATING", at, at + times.activate
    elif task.status == "ACTIVATING":
        slow = task.script.behaviour == "slow"
        task.status, task.started_at = "RUNNING", at
        task.due = at + (SLOW_RUN_SECONDS if slow else task.script.run_seconds)
    elif task.status == "RUNNING":
        _end(task, at, times.deprovision)
    elif task.status == "STOPPING":
        task.status, task.due = "DEPROVISIONING", at + times.deprovision
    elif task.status == "DEPROVISIONING":
        task.status, task.stopped_at = "STOPPED", at


def _end(task: Task, at: float, deprovision: float) -> None:
    fallback = 1 if task.script.behaviour == "exits" else 0
    for container in task.containers:
        name, essential = str(container["name"]), container.get("essential") is not False
        task.exit_codes[name] = task.script.exit_of(name, essential=essential, fallback=fallback)
    task.desired, task.stop_code, task.stopped_reason = "STOPPED", "EssentialContainerExited", wording.ESSENTIAL_EXIT
    task.stopping_at = at
    task.status, task.due = "DEPROVISIONING", at + deprovision
