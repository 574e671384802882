"""Containers cannot change their own programs."""

from policies.ecs import TASK_DEFINITION, each_container, task
from policies.kit import Control, Props, Resource, Severity
from policies.values import flag


def find(resource: Resource) -> str | None:
    return each_container(resource, _fault)


def _fault(container: Props) -> str | None:
    return None if flag(container, "readonlyRootFilesystem") else "can write to its root file system"


CONTROL = Control(
    module=__name__,
    title="The root file system of every container is read-only",
    why="An intruder who can write there stays, and what runs is no longer the image that was checked.",
    severity=Severity.HIGH,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="readonlyRootFilesystem true in every container",
    fix="set readonlyRootFilesystem and mount a tmpfs where the application writes",
    good=(task({"readonlyRootFilesystem": True}),),
    bad=(task({}), task({"readonlyRootFilesystem": False})),
)
