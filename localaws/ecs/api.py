"""The ECS actions about services and their deployments."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localaws import moto_state
from localaws.ecs import engine, rollout, validate, views
from localaws.ecs.model import Revision, Service, Task, Wire
from localaws.ecs.stages import continue_hook
from localaws.errors import ApiError
from localaws.moto_state import Untyped

if TYPE_CHECKING:
    from localaws.wire import Call, Params
    from localaws.world import World

INVALID = "InvalidParameterException"
DEPLOYMENT_DEFAULTS: Wire = {
    "strategy": "ROLLING",
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "bakeTimeInMinutes": 0,
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "alarms": {"alarmNames": [], "enable": False, "rollback": False},
}
# UpdateService members whose change makes a new service deployment, as the API's model says of each.
TRIGGERS = (
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
PLAIN = (
    "availabilityZoneRebalancing",
    "deploymentController",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "placementConstraints",
    "placementStrategy",
    "propagateTags",
)
MOST_DESCRIBED = {"DescribeServices": 10, "DescribeServiceDeployments": 20, "DescribeServiceRevisions": 20}


def create_service(world: World, call: Call) -> Params:
    params = call.params
    cluster = cluster_of(call, params.get("cluster"))
    name = str(params.get("serviceName") or "")
    arn = f"arn:aws:ecs:{call.region}:{call.account}:service/{cluster.name}/{name}"
    existing = world.ecs.services.get(arn)
    if existing is not None and existing.status == "DRAINING":
        raise ApiError(INVALID, "Unable to Start a service that is still Draining.")
    if existing is not None and existing.status == "ACTIVE":
        if existing.config.get("request") == _comparable(params):
            return {"service": views.service(existing, world.clock, tags=True)}
        raise ApiError(INVALID, "Creation of service was not idempotent.")
    definition = task_definition(call, params.get("taskDefinition"))
    normal = _normal(params)
    validate.service(normal, definition, call.account, call.region)
    _moto_service(call, normal)
    now = world.clock.sim()
    service = Service(
        arn=arn,
        name=name,
        cluster_arn=cluster.arn,
        cluster_name=cluster.name,
        created_at=now,
        desired_count=int(params.get("desiredCount") or 0),
        config={
            key: normal[key]
            for key in (*PLAIN, "deploymentConfiguration", "schedulingStrategy", "role")
            if key in normal
        },
        seed=world.ecs.next_seed(name),
        tags=list(params.get("tags") or []),
    )
    service.at = now
    service.config["request"] = _comparable(params)
    config = {key: normal.get(key) for key in (*TRIGGERS, "launchType", "capacityProviderStrategy")}
    world.ecs.services[arn] = service
    _deploy(world, service, definition, config)
    return {"service": views.service(service, world.clock, tags=True)}


def update_service(world: World, call: Call) -> Params:
    params = call.params
    service = find(world, call, params.get("cluster"), params.get("service"))
    if service.status != "ACTIVE":
        raise ApiError("ServiceNotActiveException", "Service was not ACTIVE.")
    primary = service.primary
    if primary is None:
        raise ApiError("ServerException", "The service has no deployment.", 500)
    before = primary.revision
    if params.get("capacityProviderStrategy"):
        before.config |= {"capacityProviderStrategy": params["capacityProviderStrategy"], "launchType": None}
    config = before.config | _normal_network({key: params[key] for key in TRIGGERS if params.get(key) is not None})
    definition = task_definition(call, params.get("taskDefinition") or before.task_definition, stale_ok=True)
    if params.get("taskDefinition"):
        definition = task_definition(call, params["taskDefinition"])
    merged = dict(service.config) | {key: params[key] for key in PLAIN if params.get(key) is not None}
    merged["deploymentConfiguration"] = service.deployment_config | (params.get("deploymentConfiguration") or {})
    validate.service(merged | config, definition, call.account, call.region)
    service.config = merged
    if params.get("desiredCount") is not None:
        service.desired_count = int(params["desiredCount"])
    replaced = definition.arn != before.task_definition or config != before.config
    if replaced or params.get("forceNewDeployment"):
        _deploy(world, service, definition, config)
    else:
        world.ecs.advance(service, world.clock.sim())
    return {"service": views.service(service, world.clock, tags=False)}


def delete_service(world: World, call: Call) -> Params:
    params = call.params
    service = find(world, call, params.get("cluster"), params.get("service"))
    if service.status != "ACTIVE":
        return {"service": views.service(service, world.clock, tags=False)}
    if service.desired_count > 0 and not params.get("force"):
        raise ApiError(INVALID, "The service cannot be stopped while it is scaled above 0.")
    engine.delete(service, world.clock.sim(), world.ecs.environment(service.arn))
    backend = moto_state.backend("ecs", call.account, call.region)
    backend.services.pop(f"{service.cluster_name}:{service.name}", None)
    return {"service": views.service(service, world.clock, tags=False)}


def describe_services(world: World, call: Call) -> Params:
    params = call.params
    cluster = cluster_of(call, params.get("cluster"))
    names: list[str] = params.get("services") or []
    _at_most(names, "DescribeServices", "Services")
    found: list[Wire] = []
    failures: list[Wire] = []
    for name in names:
        service = world.ecs.services.get(_service_arn(call, cluster.name, name))
        if service is None:
            missing = name if name.startswith("arn:") else _service_arn(call, cluster.name, name)
            failures.append({"arn": missing, "reason": "MISSING"})
        else:
            found.append(views.service(service, world.clock, tags="TAGS" in (params.get("include") or [])))
    return {"services": found, "failures": failures}


def list_services(world: World, call: Call) -> Params:
    params = call.params
    cluster = cluster_of(call, params.get("cluster"))
    arns = sorted(
        s.arn
        for s in world.ecs.services.values()
        if s.cluster_arn == cluster.arn and s.status != "INACTIVE" and _launched_as(s, params.get("launchType"))
    )
    page, token = paginate(arns, params, 10)
    return {"serviceArns": page, "nextToken": token}


def list_service_deployments(world: World, call: Call) -> Params:
    params = call.params
    service = find(world, call, params.get("cluster"), params.get("service"))
    created = params.get("createdAt") or {}
    wanted: list[str] = params.get("status") or []
    items = [
        views.service_deployment_brief(service, item, world.clock)
        for item in reversed(service.rollouts)
        if (not wanted or item.status in wanted) and _within(world.clock.date(item.created_at), created)
    ]
    page, token = paginate(items, params, 20)
    return {"serviceDeployments": page, "nextToken": token}


def describe_service_deployments(world: World, call: Call) -> Params:
    arns: list[str] = call.params.get("serviceDeploymentArns") or []
    _at_most(arns, "DescribeServiceDeployments", "Service deployment ARNs")
    found: list[Wire] = []
    failures: list[Wire] = []
    for arn in arns:
        hit = world.ecs.find_rollout(arn)
        if hit is None:
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(views.service_deployment(*hit, world.clock))
    return {"serviceDeployments": found, "failures": failures}


def describe_service_revisions(world: World, call: Call) -> Params:
    arns: list[str] = call.params.get("serviceRevisionArns") or []
    _at_most(arns, "DescribeServiceRevisions", "Service revision ARNs")
    found: list[Wire] = []
    failures: list[Wire] = []
    for arn in arns:
        service = next((s for s in world.ecs.services.values() if arn in s.revisions), None)
        if service is None:
            failures.append({"arn": arn, "reason": "MISSING"})
            continue
        revision = service.revisions[arn]
        env = world.ecs.environment(arn)
        digests = {str(c["name"]): env.digest(str(c.get("image", ""))) or "" for c in revision.containers}
        found.append(views.revision(service, revision, world.clock, {k: v for k, v in digests.items() if v}))
    return {"serviceRevisions": found, "failures": failures}


def stop_service_deployment(world: World, call: Call) -> Params:
    arn = str(call.params.get("serviceDeploymentArn"))
    hit = world.ecs.find_rollout(arn)
    if hit is None:
        raise ApiError("ServiceDeploymentNotFoundException", f"Service deployment not found: {arn}")
    service, item = hit
    if item.over:
        raise ApiError(
            "ConflictException",
            f"Service deployment {arn} is in a terminal state ({item.status}) and cannot be stopped.",
        )
    if item.status != "ROLLBACK_IN_PROGRESS":
        kind = call.params.get("stopType") or "ROLLBACK"
        item.stop_requested = "ABORT" if kind == "ABORT" else "ROLLBACK"
        item.status = "STOP_REQUESTED" if kind == "ABORT" else "ROLLBACK_REQUESTED"
        item.updated_at = world.clock.sim()
    del service  # it obeys at the next tick, so that the request is seen as requested first
    return {"serviceDeploymentArn": arn}


def continue_service_deployment(world: World, call: Call) -> Params:
    arn = str(call.params.get("serviceDeploymentArn"))
    hit = world.ecs.find_rollout(arn)
    if hit is None:
        raise ApiError("ServiceDeploymentNotFoundException", f"Service deployment not found: {arn}")
    service, item = hit
    hook = str(call.params.get("hookId") or "")
    if not continue_hook(item, hook, str(call.params.get("action") or "CONTINUE")):
        raise ApiError(INVALID, f"No lifecycle hook with id {hook} is awaiting an action in {arn}.")
    world.ecs.advance(service, world.clock.sim())
    return {"serviceDeploymentArn": arn}


def cluster_of(call: Call, given: object) -> Untyped:
    """Moto's cluster object; raises what ECS answers when it is not there or not ACTIVE."""
    name = str(given or "default").rsplit("/", 1)[-1]
    cluster = moto_state.backend("ecs", call.account, call.region).clusters.get(name)
    if cluster is None:
        raise ApiError("ClusterNotFoundException", "Cluster not found.")
    return cluster


def find(world: World, call: Call, cluster: object, name: object) -> Service:
    """The service of a name or ARN; raises ServiceNotFoundException."""
    arn = _service_arn(call, cluster_of(call, cluster).name, str(name or ""))
    service = world.ecs.services.get(arn)
    if service is None or (service.status == "INACTIVE" and call.action.startswith("Update")):
        raise ApiError("ServiceNotFoundException", "Service not found.")
    return service


def task_definition(call: Call, given: object, *, stale_ok: bool = False) -> Untyped:
    """Moto's task definition object; `stale_ok` accepts a deregistered one."""
    backend = moto_state.backend("ecs", call.account, call.region)
    name = str(given or "").rsplit("/", 1)[-1]
    family, _, number = name.partition(":")
    revisions: dict[int, Any] = backend.task_definitions.get(family) or {}
    if number:
        found = revisions.get(int(number)) if number.isdigit() else None
    else:
        active = [revision for revision, item in revisions.items() if item.status == "ACTIVE"]
        found = revisions[max(active)] if active else None
    if found is None:
        raise ApiError("ClientException", "TaskDefinition not found.")
    if found.status != "ACTIVE" and not stale_ok:
        raise ApiError("ClientException", "TaskDefinition is inactive")
    return found


def paginate(items: Sequence[Any], params: Params, default: int) -> tuple[list[Any], str | None]:
    """One page and the token of the next."""
    token = params.get("nextToken")
    start = int(base64.b64decode(str(token)).decode()) if token else 0
    size = int(params.get("maxResults") or default)
    following = start + size
    return list(items[start:following]), (
        base64.b64encode(str(following).encode()).decode() if following < len(items) else None
    )


def stamp_tasks(world: World, service: Service) -> None:
    """Give the tasks that the scheduler started what only the API layer knows: ARN, cpu, tags ..."""
    for task in service.tasks.values():
        if task.facts:
            continue
        revision = service.revisions[task.revision]
        deployment_tags = list(service.tags) if service.config.get("propagateTags") == "SERVICE" else []
        stamp(task, service.cluster_arn, revision.config)
        task.facts |= {
            "group": f"service:{service.name}",
            "startedBy": task.deployment_id,
            "enableExecuteCommand": service.config.get("enableExecuteCommand"),
            "tags": deployment_tags,
        }


def stamp(task: Task, cluster_arn: str, config: Wire) -> None:
    """Fill `task.facts` from the task definition and the launch configuration."""
    _, _, _, region, account, _ = cluster_arn.split(":", 5)
    cluster = cluster_arn.rsplit("/", 1)[-1]
    family, _, number = task.task_definition.rsplit("/", 1)[-1].partition(":")
    definition = (moto_state.backend("ecs", account, region).task_definitions.get(family) or {}).get(int(number or 0))
    strategy = config.get("capacityProviderStrategy") or []
    provider = strategy[0].get("capacityProvider") if strategy else None
    platform = (getattr(definition, "runtime_platform", None) or {}) if definition else {}
    task.facts |= {
        "taskArn": f"arn:aws:ecs:{region}:{account}:task/{cluster}/{task.id}",
        "clusterArn": cluster_arn,
        "launchType": config.get("launchType") or ("FARGATE" if provider or not strategy else None),
        "capacityProviderName": provider,
        "cpu": getattr(definition, "cpu", None),
        "memory": getattr(definition, "memory", None),
        "ephemeralStorage": getattr(definition, "ephemeral_storage", None),
        "architecture": "arm64" if platform.get("cpuArchitecture") == "ARM64" else "x86_64",
    }


def _deploy(world: World, service: Service, definition: Untyped, config: Wire) -> None:
    now = world.clock.sim()
    env = world.ecs.environment(service.arn)
    containers: list[Wire] = deepcopy(definition.container_definitions)
    check = next(
        (c.get("healthCheck") for c in containers if c.get("essential") is not False and c.get("healthCheck")), None
    )
    revision = Revision(
        arn=service.arn.replace(":service/", ":service-revision/") + "/" + service.digits(),
        created_at=now,
        task_definition=definition.arn,
        containers=containers,
        config=config,
        health_check=check,
    )
    rollout.begin(service, revision, now, env)
    world.ecs.advance(service, now)


def _moto_service(call: Call, params: Params) -> None:
    """Make moto's own record of the service: tagging, autoscaling and its checks of subnets and groups look at it."""
    backend = moto_state.backend("ecs", call.account, call.region)
    cluster = str(params.get("cluster") or "default").rsplit("/", 1)[-1]
    backend.services.pop(f"{cluster}:{params.get('serviceName')}", None)
    kept = ("cluster", "serviceName", "taskDefinition", "networkConfiguration", "tags")
    small = {key: params[key] for key in kept if params.get(key) is not None}
    call.forward(small | {"desiredCount": 0, "launchType": "FARGATE"})


def _normal(params: Wire) -> Wire:
    """Parameters with the defaults that ECS fills in."""
    normal = deepcopy({key: value for key, value in params.items() if value is not None})
    config = DEPLOYMENT_DEFAULTS | (normal.get("deploymentConfiguration") or {})
    normal["deploymentConfiguration"] = deepcopy(config)
    if not normal.get("capacityProviderStrategy") and not normal.get("launchType"):
        normal["launchType"] = "FARGATE"
    normal.setdefault("platformVersion", "LATEST")
    return _normal_network(normal)


def _normal_network(given: Wire) -> Wire:
    normal = deepcopy(given)
    vpc = (normal.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if vpc is not None:
        vpc.setdefault("assignPublicIp", "DISABLED")
        vpc.setdefault("securityGroups", [])
    return normal


def _comparable(params: Params) -> Wire:
    return {key: value for key, value in params.items() if key != "clientToken" and value is not None}


def _service_arn(call: Call, cluster: str, name: str) -> str:
    return f"arn:aws:ecs:{call.region}:{call.account}:service/{cluster}/{name.rsplit('/', 1)[-1]}"


def _launched_as(service: Service, wanted: object) -> bool:
    return wanted is None or (
        service.primary is not None and service.primary.revision.config.get("launchType") == wanted
    )


def _within(created: datetime, span: Wire) -> bool:
    after, before = span.get("after"), span.get("before")
    return (after is None or created >= _aware(after, created)) and (
        before is None or created <= _aware(before, created)
    )


def _aware(given: Untyped, like: datetime) -> datetime:
    if isinstance(given, (int, float)):
        return datetime.fromtimestamp(given, tz=like.tzinfo)
    return given if given.tzinfo else given.replace(tzinfo=like.tzinfo)


def _at_most(items: list[str], action: str, what: str) -> None:
    if len(items) > MOST_DESCRIBED[action]:
        raise ApiError(INVALID, f"{what} cannot be more than {MOST_DESCRIBED[action]} elements.")
