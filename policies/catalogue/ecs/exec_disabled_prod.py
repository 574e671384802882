"""Nobody opens a shell in a running task."""

from policies.ecs import SERVICE
from policies.kit import Control, Resource, Severity
from policies.values import flag


def find(resource: Resource) -> str | None:
    return "enableExecuteCommand true" if flag(resource.props, "enableExecuteCommand") else None


CONTROL = Control(
    module=__name__,
    title="ECS Exec is off",
    why="A shell has the application's rights and secrets, and what is done there is in no release.",
    severity=Severity.HIGH,
    types=(SERVICE,),
    find=find,
    demanded="enableExecuteCommand not true",
    fix="set exec_enabled to false in the stack file",
    good=(Resource(SERVICE, {"enableExecuteCommand": False}),),
    bad=(Resource(SERVICE, {"enableExecuteCommand": True}),),
)
