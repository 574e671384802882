"""Backups outlive their database."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import flag


def find(resource: Resource) -> str | None:
    return None if flag(resource.props, "deleteAutomatedBackups") is False else "deleteAutomatedBackups not false"


CONTROL = Control(
    module=__name__,
    title="Automated backups stay when the cluster is deleted",
    why="Otherwise a deletion by mistake takes the way back along.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    find=find,
    demanded="deleteAutomatedBackups false",
    fix="set final_snapshot of the database to true in the stack file",
    good=(Resource(CLUSTER, {"deleteAutomatedBackups": False}),),
    bad=(
        Resource(CLUSTER, {"deleteAutomatedBackups": True}),
        Resource(CLUSTER, {}),
    ),
)
