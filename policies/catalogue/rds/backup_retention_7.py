"""The database can be taken back a week."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import number

_LEAST_DAYS = 7


def find(resource: Resource) -> str | None:
    days = number(resource.props, "backupRetentionPeriod")
    if days is None:
        return "backupRetentionPeriod not set, which is 1 day"
    return f"backupRetentionPeriod {days:.0f} days" if days < _LEAST_DAYS else None


CONTROL = Control(
    module=__name__,
    title="Backups of the database are kept for a week",
    why="Wrong data is often noticed days later, when a shorter series has none from before.",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    find=find,
    demanded="backupRetentionPeriod at least 7",
    fix="raise backup_retention_days of the database in the stack file",
    good=(Resource(CLUSTER, {"backupRetentionPeriod": 7}),),
    bad=(Resource(CLUSTER, {"backupRetentionPeriod": 1}), Resource(CLUSTER, {})),
    not_checked="That production keeps them for 35 days.",
)
