"""ECS: services, tasks and deployments are the layer's; clusters, task definitions and the rest are moto's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localaws import moto_state
from localaws.ecs import api, fargate, logs, task_api
from localaws.ecs.model import STARTING
from localaws.errors import ApiError

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

DEFINITIONS, PROTECTION, DEFAULTS = "task-definitions", "task-protection", "ecs-account-defaults"
MOST_PROTECTED_MINUTES = 2880


def tick(world: World) -> None:
    """Tasks write to their log streams."""
    for _, task in task_api.every_task(world):
        logs.write(world, task)


def describe_clusters(world: World, call: Call) -> Params:
    output = call.forward()
    for cluster in output.get("clusters") or []:
        tasks = [t for _, t in task_api.every_task(world) if t.facts["clusterArn"] == cluster["clusterArn"] and t.live]
        cluster["runningTasksCount"] = sum(t.status == "RUNNING" for t in tasks)
        cluster["pendingTasksCount"] = sum(t.status in STARTING for t in tasks)
        cluster["activeServicesCount"] = sum(
            s.cluster_arn == cluster["clusterArn"] and s.status == "ACTIVE" for s in world.ecs.services.values()
        )
    return output


def delete_cluster(world: World, call: Call) -> Params:
    """ECS refuses to delete a cluster that is in use."""
    cluster = api.cluster_of(call, call.params.get("cluster"))
    if any(s.cluster_arn == cluster.arn and s.status != "INACTIVE" for s in world.ecs.services.values()):
        raise ApiError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    if any(t.facts["clusterArn"] == cluster.arn and t.status != "STOPPED" for _, t in task_api.every_task(world)):
        raise ApiError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    return call.forward()


def update_cluster_settings(world: World, call: Call) -> Params:
    del world
    cluster = api.cluster_of(call, call.params.get("cluster"))
    given = {item["name"]: item["value"] for item in call.params.get("settings") or []}
    cluster.settings = [{"name": s["name"], "value": given.pop(s["name"], s["value"])} for s in cluster.settings] + [
        {"name": name, "value": value} for name, value in given.items()
    ]
    return {"cluster": {"clusterArn": cluster.arn, "clusterName": cluster.name, "settings": cluster.settings}}


def register_task_definition(world: World, call: Call) -> Params:
    params = call.params
    if "FARGATE" in (params.get("requiresCompatibilities") or []):
        if not fargate.offered(params.get("cpu"), params.get("memory")):
            raise ApiError(
                "ClientException",
                f"No Fargate configuration exists for given values: {params.get('cpu')} CPU, {params.get('memory')} "
                "memory. See the Amazon ECS documentation for the valid values.",
            )
        if params.get("networkMode") != "awsvpc":
            raise ApiError("ClientException", "Fargate only supports network mode 'awsvpc'.")
    names = [c.get("name") for c in params.get("containerDefinitions") or []]
    if len(set(names)) != len(names):
        raise ApiError("ClientException", "Container definition names must be unique.")
    if not any(c.get("essential") is not False for c in params.get("containerDefinitions") or []):
        raise ApiError("ClientException", "Invalid setting for container. At least one container must be essential.")
    output = call.forward()
    arn = output["taskDefinition"]["taskDefinitionArn"]
    facts = {"registeredAt": world.clock.date(), "registeredBy": f"arn:aws:iam::{call.account}:root"}
    for key in ("enableFaultInjection", "trustedExecutionConfiguration"):
        if params.get(key) is not None:
            facts[key] = params[key]
    world.table(DEFINITIONS)[arn] = facts
    return _with_facts(world, output) | {"tags": params.get("tags")}


def describe_task_definition(world: World, call: Call) -> Params:
    return _with_facts(world, call.forward())


def deregister_task_definition(world: World, call: Call) -> Params:
    output = call.forward()
    facts = world.table(DEFINITIONS).setdefault(output["taskDefinition"]["taskDefinitionArn"], {})
    facts.setdefault("deregisteredAt", world.clock.date())
    return _with_facts(world, output)


def list_tags(world: World, call: Call) -> Params:
    arn = str(call.params.get("resourceArn"))
    service = world.ecs.services.get(arn)
    if service is not None:
        return {"tags": service.tags}
    if ":task/" in arn:
        return {"tags": _task_facts(world, arn).get("tags") or []}
    return call.forward()


def tag(world: World, call: Call) -> Params:
    arn = str(call.params.get("resourceArn"))
    given = {t["key"]: t.get("value", "") for t in call.params.get("tags") or []}
    return _retag(world, call, arn, lambda tags: tags | given)


def untag(world: World, call: Call) -> Params:
    arn = str(call.params.get("resourceArn"))
    gone = set(call.params.get("tagKeys") or [])
    return _retag(world, call, arn, lambda tags: {k: v for k, v in tags.items() if k not in gone})


def update_protection(world: World, call: Call) -> Params:
    params = call.params
    minutes = int(params.get("expiresInMinutes") or 120)
    if minutes > MOST_PROTECTED_MINUTES:
        raise ApiError("InvalidParameterException", "expiresInMinutes must be between 1 and 2880.")
    enabled = bool(params.get("protectionEnabled"))
    until = world.clock.sim() + minutes * 60
    found, failures = _tasks(world, params.get("tasks") or [])
    for arn in found:
        world.table(PROTECTION)[arn] = {"enabled": enabled, "until": until}
    return {"protectedTasks": [_protection(world, arn) for arn in found], "failures": failures}


def get_protection(world: World, call: Call) -> Params:
    found, failures = _tasks(world, call.params.get("tasks") or [])
    return {"protectedTasks": [_protection(world, arn) for arn in found], "failures": failures}


def put_setting_default(world: World, call: Call) -> Params:
    name, value = str(call.params["name"]), call.params["value"]
    world.table(DEFAULTS)[f"{call.account}:{call.region}:{name}"] = value
    return {"setting": {"name": name, "value": value, "principalArn": f"arn:aws:iam::{call.account}:root"}}


def _retag(world: World, call: Call, arn: str, change: Change) -> Params:
    service = world.ecs.services.get(arn)
    if service is not None:
        service.tags = _list(change(_map(service.tags)))
        moto = moto_state.backend("ecs", call.account, call.region).services.get(
            f"{service.cluster_name}:{service.name}"
        )
        if moto is not None:
            moto.tags = list(service.tags)
        return {}
    if ":task/" in arn:
        facts = _task_facts(world, arn)
        facts["tags"] = _list(change(_map(facts.get("tags") or [])))
        return {}
    return call.forward()


def _task_facts(world: World, arn: str) -> Params:
    for _, task in task_api.every_task(world):
        if task.facts["taskArn"] == arn:
            return task.facts
    raise ApiError("InvalidParameterException", "The specified task is not found.")


def _tasks(world: World, names: list[str]) -> tuple[list[str], list[Params]]:
    arns = {task.id: task.facts["taskArn"] for _, task in task_api.every_task(world)}
    found = [arns[n.rsplit("/", 1)[-1]] for n in names if n.rsplit("/", 1)[-1] in arns]
    missing = [n for n in names if n.rsplit("/", 1)[-1] not in arns]
    return found, [{"arn": name, "reason": "TASK_NOT_VALID"} for name in missing]


def _protection(world: World, arn: str) -> Params:
    entry = world.table(PROTECTION).get(arn, {"enabled": False, "until": 0.0})
    on = entry["enabled"] and entry["until"] > world.clock.sim()
    return {"taskArn": arn, "protectionEnabled": on, "expirationDate": world.clock.date(entry["until"]) if on else None}


def _with_facts(world: World, output: Params) -> Params:
    definition = output["taskDefinition"]
    definition |= world.table(DEFINITIONS).get(definition["taskDefinitionArn"], {})
    return output


def _map(tags: list[Params]) -> dict[str, str]:
    return {t["key"]: t.get("value", "") for t in tags}


def _list(tags: dict[str, str]) -> list[Params]:
    return [{"key": key, "value": value} for key, value in tags.items()]


if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[dict[str, str]], dict[str, str]]

HANDLERS: dict[str, Handler] = {
    "CreateService": api.create_service,
    "UpdateService": api.update_service,
    "DeleteService": api.delete_service,
    "DescribeServices": api.describe_services,
    "ListServices": api.list_services,
    "ListServiceDeployments": api.list_service_deployments,
    "DescribeServiceDeployments": api.describe_service_deployments,
    "DescribeServiceRevisions": api.describe_service_revisions,
    "StopServiceDeployment": api.stop_service_deployment,
    "ContinueServiceDeployment": api.continue_service_deployment,
    "RunTask": task_api.run_task,
    "StopTask": task_api.stop_task,
    "DescribeTasks": task_api.describe_tasks,
    "ListTasks": task_api.list_tasks,
    "ExecuteCommand": task_api.execute_command,
    "DescribeClusters": describe_clusters,
    "DeleteCluster": delete_cluster,
    "UpdateClusterSettings": update_cluster_settings,
    "RegisterTaskDefinition": register_task_definition,
    "DescribeTaskDefinition": describe_task_definition,
    "DeregisterTaskDefinition": deregister_task_definition,
    "ListTagsForResource": list_tags,
    "TagResource": tag,
    "UntagResource": untag,
    "UpdateTaskProtection": update_protection,
    "GetTaskProtection": get_protection,
    "PutAccountSettingDefault": put_setting_default,
}
