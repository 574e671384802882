"""A key that is deleted can be saved for two weeks."""

from policies.keys import KEY
from policies.kit import Control, Resource, Severity
from policies.values import number

_LEAST_DAYS = 14


def find(resource: Resource) -> str | None:
    days = number(resource.props, "deletionWindowInDays")
    return f"deletionWindowInDays {days:.0f}" if days is not None and days < _LEAST_DAYS else None


CONTROL = Control(
    module=__name__,
    title="Keys wait two weeks before they are gone",
    why="What a key encrypted is lost with it, and a mistake is often noticed late.",
    severity=Severity.MEDIUM,
    types=(KEY,),
    find=find,
    demanded="deletionWindowInDays at least 14, or not set, which is 30",
    fix="set deletion_window_in_days=30",
    good=(Resource(KEY, {"deletionWindowInDays": 30}), Resource(KEY, {})),
    bad=(Resource(KEY, {"deletionWindowInDays": 7}),),
    not_checked="That production keys wait 30 days and are protected in Pulumi.",
)
