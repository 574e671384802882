"""One task can be lost."""

from policies.ecs import SCALING_TARGET, SERVICE
from policies.kit import Control, Resource, Severity
from policies.values import number, text

_LEAST = 2


def find(resource: Resource) -> str | None:
    if resource.type == SERVICE:
        key = "desiredCount"
    elif text(resource.props, "serviceNamespace") == "ecs":
        key = "minCapacity"
    else:
        return None
    count = number(resource.props, key)
    if count is None:
        return f"{key} not set"
    return f"{key} {count:.0f}" if count < _LEAST else None


CONTROL = Control(
    module=__name__,
    title="A service has two tasks at least",
    why="With one task, every failure of a host is an outage.",
    severity=Severity.MEDIUM,
    types=(SERVICE, SCALING_TARGET),
    find=find,
    demanded="desiredCount of the service, and minCapacity of its autoscaling, at least 2",
    fix="raise desired_count and autoscaling.min_count in the stack file",
    good=(
        Resource(SERVICE, {"desiredCount": 2}),
        Resource(SCALING_TARGET, {"serviceNamespace": "ecs", "minCapacity": 2}),
    ),
    bad=(
        Resource(SERVICE, {"desiredCount": 1}),
        Resource(SERVICE, {}),
        Resource(SCALING_TARGET, {"serviceNamespace": "ecs", "minCapacity": 1}),
    ),
)
