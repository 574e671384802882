"""Requests that two servers read differently are refused."""

from policies.kit import Control, Resource, Severity
from policies.load_balancing import LOAD_BALANCER
from policies.values import text


def find(resource: Resource) -> str | None:
    mode = text(resource.props, "desyncMitigationMode")
    return None if mode in ("", "defensive", "strictest") else f"desyncMitigationMode {mode}"


CONTROL = Control(
    module=__name__,
    title="Ambiguous requests are stopped at the load balancer",
    why="A request that load balancer and application take apart differently carries a second one past all checks.",
    severity=Severity.MEDIUM,
    types=(LOAD_BALANCER,),
    find=find,
    demanded="desyncMitigationMode defensive (which it is when not set) or strictest",
    fix='set desync_mitigation_mode="defensive"',
    good=(Resource(LOAD_BALANCER, {"desyncMitigationMode": "strictest"}), Resource(LOAD_BALANCER, {})),
    bad=(Resource(LOAD_BALANCER, {"desyncMitigationMode": "monitor"}),),
)
