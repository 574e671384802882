"""The ECS actions about tasks: RunTask, StopTask, DescribeTasks, ListTasks, ExecuteCommand."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import TYPE_CHECKING

from localaws.ecs import oneoff, views
from localaws.ecs.api import INVALID, cluster_of, paginate, stamp, stamp_tasks, task_definition
from localaws.ecs.model import Service, Task, Wire
from localaws.ecs.tasks import free_address, stop
from localaws.ecs.wording import NO_CAPACITY
from localaws.errors import ApiError
from localaws.moto_state import Untyped

if TYPE_CHECKING:
    from localaws.wire import Call, Params
    from localaws.world import World

MOST_TASKS = 10  # RunTask count
KEPT_ONE_OFF = 200


def run_task(world: World, call: Call) -> Params:
    params = call.params
    cluster = cluster_of(call, params.get("cluster"))
    definition = task_definition(call, params.get("taskDefinition"))
    count = int(params.get("count") or 1)
    if not 1 <= count <= MOST_TASKS:
        raise ApiError(INVALID, "count must be between 1 and 10.")
    network = params.get("networkConfiguration") or {}
    if definition.network_mode == "awsvpc" and not network.get("awsvpcConfiguration"):
        raise ApiError(INVALID, "Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    token = params.get("clientToken")
    known = [t for t in world.ecs.tasks.values() if token and t.facts.get("clientToken") == token]
    if known:
        return {"tasks": [_view(world, t) for t in known], "failures": []}
    tasks: list[Wire] = []
    failures: list[Wire] = []
    for _ in range(count):
        task = _launch(world, call, definition, cluster.arn)
        if task is None:
            failures.append({"arn": cluster.arn, "reason": "RESOURCE:CAPACITY", "detail": NO_CAPACITY})
        else:
            tasks.append(_view(world, task))
    return {"tasks": tasks, "failures": failures}


def stop_task(world: World, call: Call) -> Params:
    params = call.params
    cluster_of(call, params.get("cluster"))
    service, task = _find(world, str(params.get("task") or ""))
    if task is None:
        raise ApiError(INVALID, "The referenced task was not found.")
    env = world.ecs.environment(task.facts["taskArn"])
    now = world.clock.sim()
    reason = str(params.get("reason") or "Task stopped by user")
    if service is None:
        oneoff.stop(task, now, env, reason)
    else:
        stop(service, task, now, env, code="UserInitiated", reason=reason)
        world.ecs.advance(service, now)
        stamp_tasks(world, service)
    return {"task": _view(world, task)}


def describe_tasks(world: World, call: Call) -> Params:
    params = call.params
    cluster = cluster_of(call, params.get("cluster"))
    names: list[str] = params.get("tasks") or []
    if not names:
        raise ApiError(INVALID, "Tasks cannot be empty.")
    if len(names) > 100:  # noqa: PLR2004 - DescribeTasks takes at most 100
        raise ApiError(INVALID, "Tasks cannot be more than 100 elements.")
    found: list[Wire] = []
    failures: list[Wire] = []
    for name in names:
        _, task = _find(world, name)
        if task is None or task.facts["clusterArn"] != cluster.arn:
            arn = name if name.startswith("arn:") else f"{cluster.arn.replace(':cluster/', ':task/')}/{name}"
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(_view(world, task, tags="TAGS" in (params.get("include") or [])))
    return {"tasks": found, "failures": failures}


def list_tasks(world: World, call: Call) -> Params:
    params = call.params
    cluster = cluster_of(call, params.get("cluster"))
    wanted = params.get("desiredStatus") or "RUNNING"
    service_name = str(params.get("serviceName") or "").rsplit("/", 1)[-1]
    arns: list[str] = []
    for service, task in every_task(world):
        facts = task.facts
        if facts["clusterArn"] != cluster.arn or task.desired != wanted:
            continue
        if service_name and (service is None or service.name != service_name):
            continue
        if params.get("startedBy") and facts.get("startedBy") != params["startedBy"]:
            continue
        if params.get("launchType") and facts.get("launchType") != params["launchType"]:
            continue
        family = task.task_definition.rsplit("/", 1)[-1].partition(":")[0]
        if params.get("family") and family != params["family"]:
            continue
        arns.append(facts["taskArn"])
    page, token = paginate(arns, params, 100)
    return {"taskArns": page, "nextToken": token}


def execute_command(world: World, call: Call) -> Params:
    _, task = _find(world, str(call.params.get("task") or ""))
    if task is None or not task.facts.get("enableExecuteCommand"):
        raise ApiError(
            INVALID,
            "The execute command failed because execute command was not enabled when the task was run or the execute "
            "command agent isn't running.",
        )
    container = call.params.get("container") or task.containers[0]["name"]
    return {
        "clusterArn": task.facts["clusterArn"],
        "taskArn": task.facts["taskArn"],
        "containerName": container,
        "interactive": bool(call.params.get("interactive")),
        "session": {
            "sessionId": f"simulated-{task.id[:17]}",
            "streamUrl": "wss://127.0.0.1/simulated",
            "tokenValue": "-",
        },
    }


def every_task(world: World) -> list[tuple[Service | None, Task]]:
    """Every task there is, with the service that owns it."""
    pairs: list[tuple[Service | None, Task]] = [(None, task) for task in world.ecs.tasks.values()]
    for service in world.ecs.services.values():
        stamp_tasks(world, service)
        pairs += [(service, task) for task in service.tasks.values()]
    return pairs


def _find(world: World, name: str) -> tuple[Service | None, Task | None]:
    wanted = name.rsplit("/", 1)[-1]
    return next(((s, t) for s, t in every_task(world) if t.id == wanted), (None, None))


def _launch(world: World, call: Call, definition: Untyped, cluster_arn: str) -> Task | None:
    params = call.params
    env = world.ecs.environment(cluster_arn)
    containers: list[Wire] = deepcopy(definition.container_definitions)
    image = str(containers[0].get("image", "")) if containers else ""
    script = env.script(image)
    if script.behaviour == "no-capacity":
        return None
    rng = random.Random(world.ecs.next_seed(definition.arn))  # noqa: S311 - identifiers of a simulation
    now = world.clock.sim()
    task = Task(
        id=f"{rng.getrandbits(128):032x}",
        deployment_id="",
        revision="",
        task_definition=definition.arn,
        script=script,
        containers=containers,
        created_at=now,
        due=now + env.timings().provision,
    )
    vpc = (params.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    if vpc.get("subnets"):
        task.subnet = rng.choice(vpc["subnets"])
        facts = env.subnet(task.subnet)
        taken = {t.address for _, t in every_task(world) if t.status != "STOPPED"}
        task.zone, task.address = facts.zone, free_address(facts.cidr, taken, rng.randrange)
        task.interface = f"eni-{rng.getrandbits(68):017x}"
        task.mac = "0a:" + ":".join(f"{rng.getrandbits(8):02x}" for _ in range(5))
    stamp(task, cluster_arn, params)
    overrides = params.get("overrides") or {}
    tags = list(params.get("tags") or [])
    if params.get("propagateTags") == "TASK_DEFINITION":
        tags = list(definition.tags or []) + tags
    task.facts |= {
        "group": params.get("group") or f"family:{definition.family}",
        "startedBy": params.get("startedBy"),
        "enableExecuteCommand": params.get("enableExecuteCommand"),
        "overrides": {"containerOverrides": [], "inferenceAcceleratorOverrides": []} | overrides,
        "cpu": overrides.get("cpu") or task.facts.get("cpu"),
        "memory": overrides.get("memory") or task.facts.get("memory"),
        "tags": tags,
        "clientToken": params.get("clientToken"),
    }
    world.ecs.tasks[task.facts["taskArn"]] = task
    ended = [arn for arn, t in world.ecs.tasks.items() if t.status == "STOPPED"]
    for arn in ended[:-KEPT_ONE_OFF]:
        del world.ecs.tasks[arn]
    return task


def _view(world: World, task: Task, *, tags: bool = False) -> Wire:
    env = world.ecs.environment(task.facts["taskArn"])
    digests = {str(c["name"]): env.digest(str(c.get("image", ""))) or "" for c in task.containers}
    return views.task(task, world.clock, tags=tags, digests={k: v for k, v in digests.items() if v})
