"""Pulumi does not delete the database."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER


def find(resource: Resource) -> str | None:
    return None if resource.protected else "the option protect not set"


CONTROL = Control(
    module=__name__,
    title="Pulumi refuses to delete the database",
    why="A renamed resource or a change that needs a replacement would delete it in an ordinary update.",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    find=find,
    demanded="the resource option protect",
    fix="set deletion_protected of the database to true in the stack file",
    good=(Resource(CLUSTER, {}, protected=True),),
    bad=(Resource(CLUSTER, {}),),
)
