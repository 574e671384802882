"""A repository with images in it cannot be deleted."""

from policies.ecr import REPOSITORY
from policies.kit import Control, Resource, Severity
from policies.values import flag


def find(resource: Resource) -> str | None:
    return "forceDelete true" if flag(resource.props, "forceDelete") else None


CONTROL = Control(
    module=__name__,
    title="A repository that holds images is not deleted",
    why="The images go with it, and with them every release that could be gone back to.",
    severity=Severity.MEDIUM,
    types=(REPOSITORY,),
    find=find,
    demanded="forceDelete not true",
    fix="set deletion_protected of the registry to true in the stack file",
    good=(Resource(REPOSITORY, {"forceDelete": False}),),
    bad=(Resource(REPOSITORY, {"forceDelete": True}),),
)
