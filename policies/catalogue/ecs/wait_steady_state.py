"""`up` waits until the service is what was asked for."""

from policies.ecs import SERVICE
from policies.kit import Control, Resource, Severity
from policies.values import flag


def find(resource: Resource) -> str | None:
    return None if flag(resource.props, "waitForSteadyState") else "waitForSteadyState not true"


CONTROL = Control(
    module=__name__,
    title="An update ends when its deployment has ended",
    why="Otherwise `up` reports success before the first new task has started.",
    severity=Severity.MEDIUM,
    types=(SERVICE,),
    find=find,
    demanded="waitForSteadyState true",
    fix="set wait_for_steady_state=True",
    good=(Resource(SERVICE, {"waitForSteadyState": True}),),
    bad=(Resource(SERVICE, {}), Resource(SERVICE, {"waitForSteadyState": False})),
)
