"""State of the machine as the ECS API shows it."""

from __future__ import annotations

from localaws.clock import Clock
from localaws.ecs.model import STARTING, Deployment, Hook, Revision, Service, ServiceDeployment, Task, Wire
from localaws.moto_state import Untyped

REVISIONED = (
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "networkConfiguration",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
SERVICE_KEYS = (
    "loadBalancers",
    "serviceRegistries",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "networkConfiguration",
)
PLATFORM_VERSION = "1.4.0"


def service(svc: Service, clock: Clock, *, tags: bool) -> Wire:
    """The `Service` structure."""
    primary = svc.primary
    revision = primary.revision if primary else (svc.last_completed.revision if svc.last_completed else None)
    config = svc.config
    live = [t for t in svc.tasks.values() if t.live]
    view: Wire = {
        "serviceArn": svc.arn,
        "serviceName": svc.name,
        "clusterArn": svc.cluster_arn,
        "status": svc.status,
        "desiredCount": svc.desired_count,
        "runningCount": sum(t.status == "RUNNING" for t in live),
        "pendingCount": sum(t.status in STARTING for t in live),
        "taskDefinition": revision.task_definition if revision else None,
        "platformFamily": "Linux",
        "deploymentConfiguration": svc.deployment_config,
        "deployments": [deployment(svc, d, clock) for d in svc.deployments if d.status != "INACTIVE"],
        "events": [{"id": e.id, "createdAt": clock.date(e.at), "message": e.message} for e in reversed(svc.events)],
        "createdAt": clock.date(svc.created_at),
        "placementConstraints": config.get("placementConstraints") or [],
        "placementStrategy": config.get("placementStrategy") or [],
        "schedulingStrategy": config.get("schedulingStrategy") or "REPLICA",
        "deploymentController": config.get("deploymentController") or {"type": "ECS"},
        "createdBy": f"arn:aws:iam::{_account(svc)}:root",
        "enableECSManagedTags": bool(config.get("enableECSManagedTags")),
        "propagateTags": config.get("propagateTags") or "NONE",
        "enableExecuteCommand": bool(config.get("enableExecuteCommand")),
        "availabilityZoneRebalancing": config.get("availabilityZoneRebalancing") or "ENABLED",
        "resourceManagementType": "CUSTOMER",
    }
    if revision:
        for key in SERVICE_KEYS:
            view[key] = revision.config.get(key)
    view["loadBalancers"] = view.get("loadBalancers") or []
    view["serviceRegistries"] = view.get("serviceRegistries") or []
    if view["loadBalancers"]:
        view["healthCheckGracePeriodSeconds"] = int(config.get("healthCheckGracePeriodSeconds") or 0)
        view["roleArn"] = config.get("role") or (
            f"arn:aws:iam::{_account(svc)}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
        )
    elif "healthCheckGracePeriodSeconds" in config:
        view["healthCheckGracePeriodSeconds"] = int(config["healthCheckGracePeriodSeconds"] or 0)
    if svc.rollouts:
        if svc.rollout is not None:
            view["currentServiceDeployment"] = svc.rollout.arn
        view["currentServiceRevisions"] = [
            {
                "arn": d.revision.arn,
                "requestedTaskCount": _wanted(svc, d),
                "runningTaskCount": _running(svc, d),
                "pendingTaskCount": _pending(svc, d),
            }
            for d in svc.deployments
            if d.status != "INACTIVE"
        ]
    if tags:
        view["tags"] = svc.tags
    return view


def deployment(svc: Service, item: Deployment, clock: Clock) -> Wire:
    """The `Deployment` structure."""
    config = item.revision.config
    view: Wire = {key: config.get(key) for key in REVISIONED if config.get(key) is not None}
    view |= {
        "id": item.id,
        "status": item.status,
        "taskDefinition": item.revision.task_definition,
        "desiredCount": _wanted(svc, item),
        "pendingCount": _pending(svc, item),
        "runningCount": _running(svc, item),
        "failedTasks": item.failed_tasks,
        "createdAt": clock.date(item.created_at),
        "updatedAt": clock.date(item.updated_at),
        "platformVersion": PLATFORM_VERSION,
        "platformFamily": "Linux",
        "rolloutState": item.rollout_state,
        "rolloutStateReason": item.rollout_reason,
    }
    return view


def service_deployment_brief(svc: Service, item: ServiceDeployment, clock: Clock) -> Wire:
    """The `ServiceDeploymentBrief` structure."""
    return _without_none(
        {
            "serviceDeploymentArn": item.arn,
            "serviceArn": svc.arn,
            "clusterArn": svc.cluster_arn,
            "startedAt": _date(item.started_at, clock),
            "createdAt": clock.date(item.created_at),
            "finishedAt": _date(item.finished_at, clock),
            "targetServiceRevisionArn": item.target.arn,
            "status": item.status,
            "statusReason": item.reason or None,
        }
    )


def service_deployment(svc: Service, item: ServiceDeployment, clock: Clock) -> Wire:
    """The `ServiceDeployment` structure."""
    view: Wire = service_deployment_brief(svc, item, clock)
    del view["targetServiceRevisionArn"]
    target = next((d for d in svc.deployments if d.id == item.deployment_id), None)
    view |= {
        "updatedAt": clock.date(item.updated_at),
        "stoppedAt": _date(item.stopped_at, clock),
        "deploymentConfiguration": item.config,
        "targetServiceRevision": {
            "arn": item.target.arn,
            "requestedTaskCount": item.requested,
            "runningTaskCount": _running(svc, target) if target else 0,
            "pendingTaskCount": _pending(svc, target) if target else 0,
        },
        "sourceServiceRevisions": [
            {
                "arn": source.arn,
                "requestedTaskCount": _count(svc, source, "requested"),
                "runningTaskCount": _count(svc, source, "running"),
                "pendingTaskCount": _count(svc, source, "pending"),
            }
            for source in item.sources
        ],
        "deploymentCircuitBreaker": {
            "status": item.breaker_status,
            "failureCount": item.failure_count,
            "threshold": item.threshold,
        },
    }
    if item.alarm_names:
        view["alarms"] = {
            "status": item.alarm_status,
            "alarmNames": item.alarm_names,
            "triggeredAlarmNames": item.triggered_alarms,
        }
    if item.rollback_started_at is not None:
        view["rollback"] = {
            "reason": item.rollback_reason,
            "startedAt": clock.date(item.rollback_started_at),
            "serviceRevisionArn": item.rollback_target or None,
        }
    if str(item.config.get("strategy") or "ROLLING") != "ROLLING":
        _add_stages(view, item, clock)
    return _without_none(view)


def revision(svc: Service, item: Revision, clock: Clock, digests: dict[str, str]) -> Wire:
    """The `ServiceRevision` structure; `digests` maps container names to resolved image digests."""
    config = item.config
    view: Wire = {key: config.get(key) for key in (*REVISIONED, "loadBalancers", "serviceRegistries")}
    view |= {
        "serviceRevisionArn": item.arn,
        "serviceArn": svc.arn,
        "clusterArn": svc.cluster_arn,
        "taskDefinition": item.task_definition,
        "platformVersion": PLATFORM_VERSION,
        "platformFamily": "Linux",
        "containerImages": [
            _without_none(
                {"containerName": c["name"], "image": c.get("image"), "imageDigest": digests.get(str(c["name"]))}
            )
            for c in item.containers
        ],
        "guardDutyEnabled": False,
        "createdAt": clock.date(item.created_at),
    }
    return _without_none(view)


def task(item: Task, clock: Clock, *, tags: bool = False, digests: dict[str, str] | None = None) -> Wire:
    """The `Task` structure."""
    facts = item.facts
    arn = str(facts["taskArn"])
    view: Wire = {
        "taskArn": arn,
        "clusterArn": facts["clusterArn"],
        "taskDefinitionArn": item.task_definition,
        "group": facts.get("group"),
        "startedBy": facts.get("startedBy"),
        "launchType": facts.get("launchType"),
        "capacityProviderName": facts.get("capacityProviderName"),
        "platformVersion": PLATFORM_VERSION,
        "platformFamily": "Linux",
        "cpu": facts.get("cpu"),
        "memory": facts.get("memory"),
        "overrides": facts.get("overrides") or {"containerOverrides": [], "inferenceAcceleratorOverrides": []},
        "enableExecuteCommand": bool(facts.get("enableExecuteCommand")),
        "ephemeralStorage": facts.get("ephemeralStorage") or {"sizeInGiB": 20},
        "attributes": [{"name": "ecs.cpu-architecture", "value": facts.get("architecture") or "x86_64"}],
        "lastStatus": item.status,
        "desiredStatus": item.desired,
        "healthStatus": item.health,
        "version": item.version,
        "availabilityZone": item.zone or None,
        "createdAt": clock.date(item.created_at),
        "pullStartedAt": _date(item.pull_started_at, clock),
        "pullStoppedAt": _date(item.pull_stopped_at, clock),
        "startedAt": _date(item.started_at, clock),
        "stoppingAt": _date(item.stopping_at, clock),
        "executionStoppedAt": _date(item.stopped_at if item.exit_codes else None, clock),
        "stoppedAt": _date(item.stopped_at, clock),
        "stopCode": item.stop_code or None,
        "stoppedReason": item.stopped_reason or None,
        "attachments": _attachments(item),
        "containers": [_container(item, c, arn, digests or {}) for c in item.containers],
    }
    if item.started_at is not None:
        view["connectivity"], view["connectivityAt"] = "CONNECTED", clock.date(item.started_at)
    if tags:
        view["tags"] = facts.get("tags") or []
    return _without_none(view)


def target_health(item: Task) -> list[Wire]:
    """`TargetHealthDescription` of each of a task's targets, with the target group's ARN beside it."""
    return [
        {
            "group": target.group,
            "Target": _without_none({"Id": target.address, "Port": target.port, "AvailabilityZone": item.zone or None}),
            "HealthCheckPort": str(target.port),
            "TargetHealth": _without_none(
                {
                    "State": target.state,
                    "Reason": target.reason or None,
                    "Description": target.description or None,
                }
            ),
        }
        for target in item.targets
    ]


def _add_stages(view: Wire, item: ServiceDeployment, clock: Clock) -> None:
    stage = item.stage
    if stage is not None and not item.over:
        # The API has no value for the hook-only stage before each production shift.
        view["lifecycleStage"] = "PRODUCTION_TRAFFIC_SHIFT" if stage == "PRE_PRODUCTION_TRAFFIC_SHIFT" else stage
    view["targetServiceRevision"]["requestedProductionTrafficWeight"] = item.production_weight
    view["targetServiceRevision"]["requestedTestTrafficWeight"] = item.test_weight
    for source in view["sourceServiceRevisions"]:
        source["requestedProductionTrafficWeight"] = 100.0 - item.production_weight
        source["requestedTestTrafficWeight"] = 0.0
    if item.hook_history:
        view["lifecycleHookDetails"] = [_hook(hook, clock) for hook in item.hook_history]


def _hook(hook: Hook, clock: Clock) -> Wire:
    return _without_none(
        {
            "hookId": hook.id,
            "targetType": hook.target_type,
            "targetArn": hook.target_arn or None,
            "status": hook.status,
            "expiresAt": clock.date(hook.expires_at) if hook.target_type == "PAUSE" else None,
            "timeoutAction": hook.timeout_action if hook.target_type == "PAUSE" else None,
        }
    )


def _container(item: Task, container: Wire, task_arn: str, digests: dict[str, str]) -> Wire:
    name = str(container["name"])
    status = item.status
    if status in ("ACTIVATING", "PROVISIONING"):
        status = "PENDING"
    elif status == "DEACTIVATING":
        status = "RUNNING"
    elif status in ("STOPPING", "DEPROVISIONING"):
        status = "STOPPED"
    view: Wire = {
        "containerArn": f"{task_arn.replace(':task/', ':container/')}/{item.id[:8]}-{name}",
        "taskArn": task_arn,
        "name": name,
        "image": container.get("image"),
        "imageDigest": digests.get(name) if item.pull_stopped_at and item.stop_code != "TaskFailedToStart" else None,
        "runtimeId": f"{item.id}-{sum(map(ord, name)):010d}" if item.started_at else None,
        "lastStatus": status,
        "exitCode": item.exit_codes.get(name) if status == "STOPPED" else None,
        "reason": item.container_reasons.get(name),
        "healthStatus": item.health,
        "networkBindings": [],
        "networkInterfaces": (
            [{"attachmentId": f"{item.id[:8]}-{item.interface}", "privateIpv4Address": item.address}]
            if item.interface
            else []
        ),
        "cpu": str(container.get("cpu") or 0),
        "memory": str(container["memory"]) if container.get("memory") else None,
        "memoryReservation": str(container["memoryReservation"]) if container.get("memoryReservation") else None,
    }
    return _without_none(view)


def _attachments(item: Task) -> list[Wire]:
    if not item.interface:
        return []
    state = "ATTACHED" if item.status != "STOPPED" else "DELETED"
    details = {
        "subnetId": item.subnet,
        "networkInterfaceId": item.interface,
        "macAddress": item.mac,
        "privateIPv4Address": item.address,
    }
    return [
        {
            "id": f"{item.id[:8]}-{item.interface}",
            "type": "ElasticNetworkInterface",
            "status": state,
            "details": [{"name": key, "value": value} for key, value in details.items()],
        }
    ]


def _account(svc: Service) -> str:
    return svc.arn.split(":")[4]


def _wanted(svc: Service, item: Deployment) -> int:
    if item.status == "PRIMARY":
        return svc.desired_count
    return sum(t.live for t in svc.tasks_of(item))


def _running(svc: Service, item: Deployment) -> int:
    return sum(t.live and t.status == "RUNNING" for t in svc.tasks_of(item))


def _pending(svc: Service, item: Deployment) -> int:
    return sum(t.live and t.status in STARTING for t in svc.tasks_of(item))


def _count(svc: Service, source: Revision, what: str) -> int:
    item = next((d for d in svc.deployments if d.revision.arn == source.arn), None)
    if item is None:
        return 0
    return {"requested": _wanted, "running": _running, "pending": _pending}[what](svc, item)


def _date(at: float | None, clock: Clock) -> Untyped:
    return None if at is None else clock.date(at)


def _without_none(view: Wire) -> Wire:
    return {key: value for key, value in view.items() if value is not None}
