"""Who asked for what is written down."""

from policies.kit import Control, Resource, Severity
from policies.load_balancing import LOAD_BALANCER
from policies.values import flag, nested, text


def find(resource: Resource) -> str | None:
    logs = nested(resource.props, "accessLogs")
    if not flag(logs, "enabled"):
        return "accessLogs.enabled not true"
    return None if text(logs, "bucket") else "accessLogs without a bucket"


CONTROL = Control(
    module=__name__,
    title="The load balancer logs every request",
    why="After an attack or a fault there is otherwise no record of what came in.",
    severity=Severity.MEDIUM,
    types=(LOAD_BALANCER,),
    find=find,
    demanded="accessLogs.enabled true, with a bucket",
    fix="set access_logs with a bucket that load balancers may write to",
    good=(Resource(LOAD_BALANCER, {"accessLogs": {"enabled": True, "bucket": "logs"}}),),
    bad=(Resource(LOAD_BALANCER, {}), Resource(LOAD_BALANCER, {"accessLogs": {"enabled": False, "bucket": "logs"}})),
)
