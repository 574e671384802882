"""The database is not changed in the middle of the day."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import flag


def find(resource: Resource) -> str | None:
    at_once = [key for key in ("allowMajorVersionUpgrade", "applyImmediately") if flag(resource.props, key)]
    return f"{' and '.join(at_once)} true" if at_once else None


CONTROL = Control(
    module=__name__,
    title="Changes of the database wait for their window",
    why="Some changes restart it, and a major version cannot be taken back.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    find=find,
    demanded="allowMajorVersionUpgrade and applyImmediately not true",
    fix="set apply_immediately of the database to false in the stack file",
    good=(Resource(CLUSTER, {"applyImmediately": False}), Resource(CLUSTER, {})),
    bad=(Resource(CLUSTER, {"applyImmediately": True}), Resource(CLUSTER, {"allowMajorVersionUpgrade": True})),
)
