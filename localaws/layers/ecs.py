"""ECS: services, tasks and deployments are the layer's; clusters, task definitions and the rest are moto's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localaws.ecs import api, task_api
from localaws.ecs.model import STARTING

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World


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
}
