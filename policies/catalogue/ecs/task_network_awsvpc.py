"""Tasks have a network interface of their own."""

from policies.ecs import TASK_DEFINITION
from policies.kit import Control, Resource, Severity
from policies.values import text


def find(resource: Resource) -> str | None:
    mode = text(resource.props, "networkMode")
    return None if mode == "awsvpc" else f"networkMode {mode or 'not set, which is bridge'}"


CONTROL = Control(
    module=__name__,
    title="Every task has a network interface of its own",
    why="Tasks that share the host's network reach one another's ports and cannot have security groups.",
    severity=Severity.HIGH,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="networkMode awsvpc",
    fix='set network_mode="awsvpc"',
    good=(Resource(TASK_DEFINITION, {"networkMode": "awsvpc"}),),
    bad=(Resource(TASK_DEFINITION, {"networkMode": "host"}), Resource(TASK_DEFINITION, {})),
)
