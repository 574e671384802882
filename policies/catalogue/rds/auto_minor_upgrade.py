"""The engine gets its security patches."""

from policies.kit import Control, Resource, Severity
from policies.rds import INSTANCE
from policies.values import flag


def find(resource: Resource) -> str | None:
    return "autoMinorVersionUpgrade false" if flag(resource.props, "autoMinorVersionUpgrade") is False else None


CONTROL = Control(
    module=__name__,
    title="Minor versions of the engine are installed by AWS",
    why="Known faults of the engine stay open until someone thinks of them.",
    severity=Severity.MEDIUM,
    types=(INSTANCE,),
    find=find,
    demanded="autoMinorVersionUpgrade true, or not set",
    fix="set minor_upgrades of the database to true in the stack file, or let an exception say who does it",
    good=(
        Resource(INSTANCE, {"autoMinorVersionUpgrade": True}),
        Resource(INSTANCE, {}),
    ),
    bad=(Resource(INSTANCE, {"autoMinorVersionUpgrade": False}),),
)
