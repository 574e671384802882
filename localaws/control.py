"""The control interface under `/_localaws/`: what the CLI and tests ask of a running embedded AWS."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

from localaws import moto_state
from localaws.errors import ApiError, UsageError
from localaws.faults import ANY, KINDS, Kind
from localaws.home import Home
from localaws.registry.push import Place, Release, push
from localaws.registry.scan import FINDINGS, SEVERITIES
from localaws.registry.script import BEHAVIOURS, Behaviour, Script
from localaws.wire import ACCOUNT_ID, DEFAULT_REGION, Environ, Reply
from localaws.world import World

PREFIX = "/_localaws/"
Payload = dict[str, Any]


def answer(world: World, environ: Environ, path: str, body: bytes) -> Reply:
    """Answer one request; errors carry code, message and hint."""
    name = path[len(PREFIX) :].strip("/")
    if name.startswith("blobs/"):
        return _blob(world, name.removeprefix("blobs/"))
    action = ACTIONS.get(name)
    if action is None:
        return _reply(404, {"code": "unknown-action", "message": f"no action {name!r}", "hint": "localaws --help"})
    if environ.get("REQUEST_METHOD") != "POST" and name != "health":
        return _reply(400, {"code": "use-post", "message": f"{name} takes a POST with a JSON body", "hint": ""})
    try:
        payload: Payload = json.loads(body) if body else {}
        return _reply(200, action(world, payload))
    except UsageError as error:
        return _reply(400, {"code": error.code, "message": error.message, "hint": error.hint})
    except ApiError as error:
        return _reply(400, {"code": error.code, "message": error.message, "hint": ""})


def _health(world: World, _payload: Payload) -> Payload:
    return {"status": "ready", "pid": os.getpid(), "speed": world.clock.speed, "stepped": world.clock.stepped}


def _status(world: World, _payload: Payload) -> Payload:
    world.tick()
    services = [
        {
            "service": f"{s.cluster_name}/{s.name}",
            "status": s.status,
            "desired": s.desired_count,
            "running": sum(t.live and t.status == "RUNNING" for t in s.tasks.values()),
            "rollout": s.rollouts[-1].status if s.rollouts else "",
            "task_definition": s.primary.revision.task_definition.rsplit("/", 1)[-1] if s.primary else "",
        }
        for s in world.ecs.services.values()
        if s.status != "INACTIVE"
    ]
    return {
        "pid": os.getpid(),
        "note": world.note,
        "calls": world.journal.total,
        "faults": len(world.faults.rules),
        "images": len(world.images.scripts),
        "services": services,
        **_clock(world, {}),
    }


def _push(world: World, payload: Payload) -> Payload:
    script = _scripted(payload)
    now = datetime.now(tz=UTC)
    created = payload.get("created")
    release = Release(
        name=str(payload.get("name") or f"{payload['repository']}:{','.join(payload['tags'])}"),
        script=script,
        labels={str(k): str(v) for k, v in (payload.get("labels") or {}).items()},
        created=datetime.fromtimestamp(created, tz=UTC) if created else now,
        architecture=str(payload.get("architecture") or "amd64"),
    )
    pushed_at = payload.get("pushed_at")
    done = push(
        world.images,
        Place(ACCOUNT_ID, str(payload.get("region") or DEFAULT_REGION), str(payload["repository"])),
        [str(tag) for tag in payload["tags"]],
        release,
        datetime.fromtimestamp(pushed_at, tz=UTC) if pushed_at else now,
    )
    world.changes += 1
    return {"digest": done.digest, "moved_from": done.moved_from, "behaviour": script.behaviour}


def _script(world: World, payload: Payload) -> Payload:
    """Change what an image that is there does (its digest, or a whole image reference, stays the same)."""
    image = str(payload["image"])
    world.images.scripts[image] = _scripted(payload)
    world.changes += 1
    return {"image": image, "behaviour": world.images.scripts[image].behaviour}


def _scripted(payload: Payload) -> Script:
    usual = Script()
    return Script(
        behaviour=cast("Behaviour", _choice(payload.get("behaviour") or "healthy", BEHAVIOURS, "behaviour")),
        exit_code=payload.get("exit_code"),
        container_exits=tuple(sorted((payload.get("container_exits") or {}).items())),
        ready_seconds=payload.get("ready_seconds"),
        degrade_seconds=float(payload.get("degrade_seconds") or usual.degrade_seconds),
        run_seconds=float(payload.get("run_seconds") or usual.run_seconds),
    )


def _fault_add(world: World, payload: Payload) -> Payload:
    kind = _choice(str(payload.get("kind")), KINDS, "kind")
    nth, times = int(payload.get("nth") or 1), int(1 if payload.get("times") is None else payload["times"])
    if nth < 1 or times < 0:
        raise UsageError("bad-count", f"nth {nth}, times {times}: nth counts from 1, times 0 means for ever")
    service = str(payload.get("service") or ANY)
    rule = world.faults.add(service, str(payload.get("action") or ANY), cast("Kind", kind), nth, times)
    return rule.as_dict()


def _fault_list(world: World, _payload: Payload) -> Payload:
    return {"rules": [rule.as_dict() for rule in world.faults.rules]}


def _fault_clear(world: World, payload: Payload) -> Payload:
    return {"cleared": world.faults.clear(payload.get("id"))}


def _journal(world: World, payload: Payload) -> Payload:
    since = int(payload.get("since") or 0)
    return {
        "total": world.journal.total,
        "entries": [entry.as_dict() for entry in world.journal.entries if entry.number > since],
    }


def _journal_clear(world: World, _payload: Payload) -> Payload:
    world.journal.clear()
    return {}


def _clock(world: World, payload: Payload) -> Payload:
    clock = world.clock
    if payload.get("speed") is not None:
        speed = float(payload["speed"])
        if speed <= 0:
            raise UsageError("bad-speed", f"speed {speed:g} is not above 0", "localaws clock --speed 60")
        world.tick()
        clock.set_speed(speed)
    if payload.get("advance"):
        if float(payload["advance"]) < 0:
            raise UsageError("bad-advance", "time does not run backwards")
        clock.advance(float(payload["advance"]))
        world.tick()
    if payload.get("offset") is not None:
        clock.offset_seconds = float(payload["offset"])
    if payload:
        world.changes += 1
    return {
        "speed": clock.speed,
        "stepped": clock.stepped,
        "offset_seconds": clock.offset_seconds,
        "simulated_seconds": round(clock.sim(), 3),
        "shown_time": clock.date().isoformat(timespec="seconds"),
    }


def _alarm(world: World, payload: Payload) -> Payload:
    """Set an alarm's state, or list the alarms."""
    backend = moto_state.backend("cloudwatch", ACCOUNT_ID, str(payload.get("region") or DEFAULT_REGION))
    name = payload.get("name")
    if name:
        if name not in backend.alarms:
            known = ", ".join(sorted(backend.alarms)) or "none"
            raise UsageError("no-such-alarm", f"no alarm {name!r}; there are: {known}", "localaws alarm")
        state = _choice(str(payload.get("state") or "ALARM"), ("OK", "ALARM", "INSUFFICIENT_DATA"), "state")
        backend.alarms[name].update_state(str(payload.get("reason") or "set by hand (simulated)"), "{}", state)
        world.tick()
        world.changes += 1
    return {
        "alarms": [
            {"name": alarm.name, "state": alarm.state_value, "reason": alarm.state_reason}
            for alarm in backend.alarms.values()
        ]
    }


def _findings(world: World, payload: Payload) -> Payload:
    """Script what a scan of an image finds: names with severities."""
    found = {
        str(k): _choice(str(v).upper(), SEVERITIES, "severity") for k, v in (payload.get("findings") or {}).items()
    }
    digest = str(payload["digest"])
    world.table(FINDINGS)[digest] = found
    world.changes += 1
    return {"digest": digest, "findings": found}


def _maintenance(world: World, _payload: Payload) -> Payload:
    """Let the maintenance window of every database come now."""
    from localaws.layers import rds_pending  # noqa: PLC0415 - only this action needs it

    done = {key: dict(entry["values"]) for key, entry in world.table(rds_pending.PENDING).items()}
    for key in done:
        rds_pending.apply_pending(world, key)
    world.changes += 1
    return {"applied": done}


def _reset(world: World, _payload: Payload) -> Payload:
    """Forget everything (not the clock and not the endpoint)."""
    moto_state.reset()
    world.ecs.services.clear()
    world.ecs.tasks.clear()
    world.ecs.created = 0
    world.images.scripts.clear()
    world.images.blobs.clear()
    world.faults.clear()
    world.journal.clear()
    world.records.clear()
    world.answers.kept.clear()
    world.changes += 1
    return {}


def _save(world: World, payload: Payload) -> Payload:
    """Save under a name, to be loaded again later."""
    from localaws import daemon  # noqa: PLC0415 - it imports this module's callers

    home = _home(world)
    size = daemon.save(home.save_file(str(payload.get("name") or "default")), world)
    return {"bytes": size, "saves": home.saves()}


def _load(world: World, payload: Payload) -> Payload:
    from localaws import daemon  # noqa: PLC0415

    home = _home(world)
    daemon.load(home.save_file(str(payload.get("name") or "default")), world)
    world.changes += 1
    return _status(world, {})


def _home(world: World) -> Home:
    if world.home is None:
        raise UsageError("no-home", "this embedded AWS runs inside a test and has no folder to save in")
    return world.home


def _images(world: World, _payload: Payload) -> Payload:
    return {"images": {key: asdict(script) for key, script in world.images.scripts.items()}}


def _blob(world: World, digest: str) -> Reply:
    content = world.images.blobs.get(digest)
    if content is None:
        return _reply(404, {"code": "no-such-blob", "message": f"no blob {digest}", "hint": ""})
    return Reply(200, [("Content-Type", "application/octet-stream")], content)


def _choice(given: str, allowed: tuple[str, ...], what: str) -> str:
    if given not in allowed:
        raise UsageError(f"bad-{what}", f"{what} {given!r} is not one of {', '.join(allowed)}")
    return given


def _reply(status: int, document: Payload) -> Reply:
    return Reply(status, [("Content-Type", "application/json")], json.dumps(document).encode())


def _zone_id(world: World, payload: Payload) -> Payload:
    """The id that a hosted zone gets when it is created, so that a committed stack file can name it."""
    moto_state.fix_hosted_zone_id(ACCOUNT_ID, payload["name"], payload["id"])
    return {}


ACTIONS: dict[str, Callable[[World, Payload], Payload]] = {
    "health": _health,
    "status": _status,
    "push": _push,
    "script": _script,
    "images": _images,
    "fault/add": _fault_add,
    "fault/list": _fault_list,
    "fault/clear": _fault_clear,
    "journal": _journal,
    "journal/clear": _journal_clear,
    "clock": _clock,
    "alarm": _alarm,
    "zone-id": _zone_id,
    "findings": _findings,
    "maintenance": _maintenance,
    "reset": _reset,
    "save": _save,
    "load": _load,
}
