"""The way in is not deleted by one call."""

from policies.kit import Control, Resource, Severity
from policies.load_balancing import LOAD_BALANCER
from policies.values import flag


def find(resource: Resource) -> str | None:
    return None if flag(resource.props, "enableDeletionProtection") else "enableDeletionProtection not true"


CONTROL = Control(
    module=__name__,
    title="The load balancer is protected from deletion",
    why="Its address goes with it, and so does every user.",
    severity=Severity.MEDIUM,
    types=(LOAD_BALANCER,),
    find=find,
    demanded="enableDeletionProtection true",
    fix="set deletion_protected of the load balancer to true in the stack file",
    good=(Resource(LOAD_BALANCER, {"enableDeletionProtection": True}),),
    bad=(
        Resource(LOAD_BALANCER, {"enableDeletionProtection": False}),
        Resource(LOAD_BALANCER, {}),
    ),
)
