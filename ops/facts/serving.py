"""What an ECS service really runs, whatever any config or state says."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.facts import clients

if TYPE_CHECKING:
    from types_boto3_ecs.client import ECSClient


@dataclass(frozen=True)
class RunningRelease:
    """Tasks of one task definition.

    Attributes:
        digest: of the image, `sha256:…`, or None when the task definition names a tag.
        version: what the release calls itself (`RUNLAYER_VERSION`), or None.
    """

    task_definition_arn: str
    image: str
    digest: str | None
    version: str | None
    running_count: int


@dataclass(frozen=True)
class Serving:
    """A service as ECS describes it (DescribeServices, DescribeTaskDefinition).

    Attributes:
        releases: everything that has running tasks, most tasks first; one entry when no rollout is under way.
        rollout_state: of the primary deployment: IN_PROGRESS, COMPLETED or FAILED.
        reason: ECS's sentence about that state.
    """

    desired_count: int
    running_count: int
    releases: tuple[RunningRelease, ...]
    rollout_state: str
    reason: str


def read_serving(region: str, cluster: str, service: str) -> Serving | None:
    """Look at a service; None when it does not exist.

    Args:
        region: AWS Region.
        cluster: name or ARN of the cluster.
        service: name or ARN of the service.
    """
    ecs = clients.ecs(region)
    described = ecs.describe_services(cluster=cluster, services=[service])["services"]
    if not described or described[0]["status"] == "INACTIVE":
        return None
    found = described[0]
    deployments = found["deployments"]
    primary = next((d for d in deployments if d["status"] == "PRIMARY"), deployments[0])
    running = [d for d in deployments if d["runningCount"] > 0]
    releases = [_release(ecs, d["taskDefinition"], d["runningCount"]) for d in running]
    return Serving(
        desired_count=found["desiredCount"],
        running_count=found["runningCount"],
        releases=tuple(sorted(releases, key=lambda r: -r.running_count)),
        rollout_state=primary.get("rolloutState", ""),
        reason=primary.get("rolloutStateReason", ""),
    )


def _release(ecs: "ECSClient", task_definition_arn: str, running_count: int) -> RunningRelease:
    described = ecs.describe_task_definition(taskDefinition=task_definition_arn)["taskDefinition"]
    container = described["containerDefinitions"][0]
    _, _, digest = container["image"].partition("@")
    named = {e["name"]: e["value"] for e in container.get("environment", [])}
    return RunningRelease(
        task_definition_arn=task_definition_arn,
        image=container["image"],
        digest=digest or None,
        version=named.get("RUNLAYER_VERSION"),
        running_count=running_count,
    )
