"""Containers do not run as root."""

from policies.ecs import TASK_DEFINITION, each_container, task
from policies.kit import Control, Props, Resource, Severity
from policies.values import text


def find(resource: Resource) -> str | None:
    return each_container(resource, _fault)


def _fault(container: Props) -> str | None:
    user = text(container, "user")
    if not user:
        return "names no user, which may be root"
    return f"runs as {user}" if user.partition(":")[0] in ("root", "0") else None


CONTROL = Control(
    module=__name__,
    title="No container runs as root",
    why="A fault of the application is then a fault of everything that root can do in the container.",
    severity=Severity.MEDIUM,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="a user other than root and 0 in every container",
    fix='set user to a number of its own, such as "1000:1000"',
    good=(task({"user": "1000:1000"}),),
    bad=(task({}), task({"user": "root"}), task({"user": "0:0"})),
)
