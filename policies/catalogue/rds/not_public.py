"""The database has no public address."""

from policies.kit import Control, Resource, Severity
from policies.rds import INSTANCE
from policies.values import flag


def find(resource: Resource) -> str | None:
    return None if flag(resource.props, "publiclyAccessible") is False else "publiclyAccessible not false"


CONTROL = Control(
    module=__name__,
    title="No database instance is public",
    why="Anyone on the internet could try passwords and faults of the engine.",
    severity=Severity.CRITICAL,
    types=(INSTANCE,),
    find=find,
    demanded="publiclyAccessible false",
    fix="set publicly_accessible=False",
    good=(Resource(INSTANCE, {"publiclyAccessible": False}),),
    bad=(
        Resource(INSTANCE, {"publiclyAccessible": True}),
        Resource(INSTANCE, {}),
    ),
)
