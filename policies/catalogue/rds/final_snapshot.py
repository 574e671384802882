"""Deleting the database leaves its data."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import flag, text


def find(resource: Resource) -> str | None:
    if flag(resource.props, "skipFinalSnapshot"):
        return "skipFinalSnapshot true"
    # The provider refuses a deletion without a name, which then has to be forced.
    return None if text(resource.props, "finalSnapshotIdentifier") else "finalSnapshotIdentifier not set"


CONTROL = Control(
    module=__name__,
    title="The last state of a deleted database is kept",
    why="Without a final snapshot, everything since the last backup is gone.",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    find=find,
    demanded="skipFinalSnapshot not true and finalSnapshotIdentifier set",
    fix="set final_snapshot of the database to true in the stack file",
    good=(Resource(CLUSTER, {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "backend-final"}),),
    bad=(Resource(CLUSTER, {"skipFinalSnapshot": True}), Resource(CLUSTER, {})),
)
