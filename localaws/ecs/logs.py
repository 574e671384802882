"""Log streams of tasks: a line when a container starts and one when it ends, so that there is something to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localaws import moto_state

if TYPE_CHECKING:
    from localaws.ecs.model import Task, Wire
    from localaws.world import World

STARTED, ENDED = "started", "ended"


def write(world: World, task: Task) -> None:
    """Write what has happened to a task since the last time into the log group of each of its containers."""
    written: set[str] = task.facts.setdefault("logged", set())
    due: list[tuple[str, float]] = []
    if task.started_at is not None and STARTED not in written:
        due.append((STARTED, task.started_at))
    ended = task.stopping_at if task.exit_codes else None
    if task.started_at is not None and ended is not None and ENDED not in written:
        due.append((ENDED, ended))
    for what, at in due:
        written.add(what)
        for container in task.containers:
            _line(world, task, container, _words(task, container, what), at)


def _words(task: Task, container: Wire, what: str) -> str:
    name = str(container["name"])
    if what == STARTED:
        return f"{name} started from {container.get('image')} (simulated: {task.script.behaviour})"
    code = task.exit_codes.get(name, 0)
    said = "ended" if code == 0 else "failed"
    return f"{name} {said} with exit code {code} (simulated: {task.stopped_reason})"


def _line(world: World, task: Task, container: Wire, message: str, at: float) -> None:
    log = container.get("logConfiguration") or {}
    options = log.get("options") or {}
    group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
    if log.get("logDriver") != "awslogs" or not group or not prefix:
        return
    _, _, _, region, account, _ = str(task.facts["taskArn"]).split(":", 5)
    backend: Any = moto_state.backend("logs", account, str(options.get("awslogs-region") or region))
    if group not in backend.groups:
        if str(options.get("awslogs-create-group")).lower() != "true":
            return
        backend.create_log_group(group, {})
    stream = f"{prefix}/{container['name']}/{task.id}"
    if stream not in backend.groups[group].streams:
        backend.create_log_stream(group, stream)
    # Straight into the group: the backend itself refuses events whose time is not near the machine's own.
    event = {"timestamp": int(world.clock.wall(at) * 1000), "message": message}
    backend.groups[group].put_log_events(stream, [event])
