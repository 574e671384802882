"""A database is not deleted by one call."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import flag


def find(resource: Resource) -> str | None:
    return None if flag(resource.props, "deletionProtection") else "deletionProtection not true"


CONTROL = Control(
    module=__name__,
    title="The database is protected from deletion",
    why="One wrong call, or one wrong line in a change, deletes all data.",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    find=find,
    demanded="deletionProtection true",
    fix="set deletion_protected of the database to true in the stack file",
    good=(Resource(CLUSTER, {"deletionProtection": True}),),
    bad=(
        Resource(CLUSTER, {"deletionProtection": False}),
        Resource(CLUSTER, {}),
    ),
)
