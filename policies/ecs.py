"""What controls of Amazon ECS have in common."""

import json
import re
from collections.abc import Callable

from policies.kit import Props, Resource
from policies.values import containers, text

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
CLUSTER = "aws:ecs/cluster:Cluster"
SCALING_TARGET = "aws:appautoscaling/target:Target"

_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")


def each_container(resource: Resource, fault: Callable[[Props], str | None]) -> str | None:
    """The first fault among the containers, with the container's name; a definition without any is a fault too."""
    found = containers(resource.props)
    if not found:
        return "containerDefinitions has no container"
    for container in found:
        if wrong := fault(container):
            return f"container {text(container, 'name') or 'without name'} {wrong}"
    return None


def task(container: Props) -> Resource:
    """An example: a task definition with one container."""
    return Resource(TASK_DEFINITION, {"containerDefinitions": json.dumps([{"name": "backend", **container}])})


def image_digest(image: str) -> str:
    """Digest of an image reference; empty when it names none."""
    found = _DIGEST.search(image)
    return found.group(1) if found else ""


def image_tag(image: str) -> str:
    """Tag of an image reference without digest; empty when it names none."""
    return image.rpartition("/")[2].partition(":")[2]
