"""Headers that no browser sends do not reach the application."""

from policies.kit import Control, Resource, Severity
from policies.load_balancing import LOAD_BALANCER
from policies.values import flag


def find(resource: Resource) -> str | None:
    return None if flag(resource.props, "dropInvalidHeaderFields") else "dropInvalidHeaderFields not true"


CONTROL = Control(
    module=__name__,
    title="Malformed headers are dropped",
    why="They are how requests are smuggled past the checks in front of an application.",
    severity=Severity.MEDIUM,
    types=(LOAD_BALANCER,),
    find=find,
    demanded="dropInvalidHeaderFields true",
    fix="set drop_invalid_header_fields=True",
    good=(Resource(LOAD_BALANCER, {"dropInvalidHeaderFields": True}),),
    bad=(
        Resource(LOAD_BALANCER, {"dropInvalidHeaderFields": False}),
        Resource(LOAD_BALANCER, {}),
    ),
)
