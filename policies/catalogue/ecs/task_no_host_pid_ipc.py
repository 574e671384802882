"""Tasks do not see the processes or the memory of their host."""

from policies.ecs import TASK_DEFINITION
from policies.kit import Control, Resource, Severity
from policies.values import text


def find(resource: Resource) -> str | None:
    shared = [key for key in ("pidMode", "ipcMode") if text(resource.props, key) == "host"]
    return f"{' and '.join(shared)} host" if shared else None


CONTROL = Control(
    module=__name__,
    title="No task shares processes or memory with its host",
    why="Whoever breaks into such a task can read and signal every other process on the host.",
    severity=Severity.HIGH,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="pidMode and ipcMode other than host",
    fix="leave pid_mode and ipc_mode out",
    good=(Resource(TASK_DEFINITION, {}), Resource(TASK_DEFINITION, {"pidMode": "task"})),
    bad=(Resource(TASK_DEFINITION, {"pidMode": "host"}), Resource(TASK_DEFINITION, {"ipcMode": "host"})),
)
