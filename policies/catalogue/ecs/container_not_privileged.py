"""Containers have no rights over their host."""

from policies.ecs import TASK_DEFINITION, each_container, task
from policies.kit import Control, Props, Resource, Severity
from policies.values import flag, nested, words


def find(resource: Resource) -> str | None:
    return each_container(resource, _fault)


def _fault(container: Props) -> str | None:
    if flag(container, "privileged"):
        return "is privileged"
    added = words(nested(nested(container, "linuxParameters"), "capabilities"), "add")
    return f"adds the capabilities {', '.join(added)}" if added else None


CONTROL = Control(
    module=__name__,
    title="No container is privileged or adds capabilities",
    why="A privileged container is root on its host: breaking into it is breaking into everything there.",
    severity=Severity.HIGH,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="privileged not true and linuxParameters.capabilities.add empty in every container",
    fix="take privileged and the added capabilities out of the container definition",
    good=(task({}), task({"linuxParameters": {"capabilities": {"drop": ["ALL"]}}})),
    bad=(task({"privileged": True}), task({"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"]}}})),
)
