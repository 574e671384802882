"""Containers write their log somewhere that outlives them."""

from policies.ecs import TASK_DEFINITION, each_container, task
from policies.kit import Control, Props, Resource, Severity
from policies.values import nested, text


def find(resource: Resource) -> str | None:
    return each_container(resource, _fault)


def _fault(container: Props) -> str | None:
    driver = text(nested(container, "logConfiguration"), "logDriver")
    return None if driver and driver != "none" else "has no log driver"


CONTROL = Control(
    module=__name__,
    title="Every container has a log",
    why="What a task wrote is gone with it, and nobody can say afterwards what happened.",
    severity=Severity.HIGH,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="logConfiguration with a driver in every container",
    fix="set logConfiguration to awslogs and a log group",
    good=(task({"logConfiguration": {"logDriver": "awslogs"}}),),
    bad=(task({}), task({"logConfiguration": {"logDriver": "none"}})),
)
