"""All tasks of a deployment run the same image."""

from policies.ecs import TASK_DEFINITION, each_container, task
from policies.kit import Control, Props, Resource, Severity
from policies.values import text


def find(resource: Resource) -> str | None:
    return each_container(resource, _fault)


def _fault(container: Props) -> str | None:
    return "has versionConsistency disabled" if text(container, "versionConsistency") == "disabled" else None


CONTROL = Control(
    module=__name__,
    title="ECS holds all tasks of a deployment to one image",
    why="Without it, a task that is replaced at night may run another image than the one beside it.",
    severity=Severity.MEDIUM,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="versionConsistency not disabled in any container",
    fix="take versionConsistency out of the container definition",
    good=(task({}), task({"versionConsistency": "enabled"})),
    bad=(task({"versionConsistency": "disabled"}),),
)
