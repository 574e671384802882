"""Data of the database is encrypted where it lies."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import flag


def find(resource: Resource) -> str | None:
    return None if flag(resource.props, "storageEncrypted") else "storageEncrypted not true"


CONTROL = Control(
    module=__name__,
    title="The database is encrypted at rest",
    why="Disks and snapshots could be read by whoever gets hold of them; it cannot be switched on later.",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    find=find,
    demanded="storageEncrypted true",
    fix="set storage_encrypted=True; an existing cluster takes a restore from a snapshot",
    good=(Resource(CLUSTER, {"storageEncrypted": True}),),
    bad=(
        Resource(CLUSTER, {"storageEncrypted": False}),
        Resource(CLUSTER, {}),
    ),
)
