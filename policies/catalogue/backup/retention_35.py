"""Recovery points are kept for five weeks."""

from policies.backup import PLAN
from policies.kit import Control, Resource, Severity
from policies.values import many, nested, number, text

_LEAST_DAYS = 35


def find(resource: Resource) -> str | None:
    for rule in many(resource.props, "rules"):
        days = number(nested(rule, "lifecycle"), "deleteAfter")
        if days is not None and days < _LEAST_DAYS:
            return f"rule {text(rule, 'ruleName')} deletes after {days:.0f} days"
    return None


def _plan(lifecycle: dict[str, int]) -> Resource:
    return Resource(PLAN, {"rules": [{"ruleName": "daily", "lifecycle": lifecycle}]})


CONTROL = Control(
    module=__name__,
    title="Recovery points are kept for 35 days",
    why="A month-end fault is noticed after the month, when a shorter series has none from before.",
    severity=Severity.MEDIUM,
    types=(PLAN,),
    find=find,
    demanded="lifecycle.deleteAfter at least 35, or none, in every rule",
    fix="raise retention_days of the backups in the stack file",
    good=(_plan({"deleteAfter": 35}), _plan({})),
    bad=(_plan({"deleteAfter": 7}),),
)
