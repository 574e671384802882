"""The way in survives the loss of a zone."""

from policies.kit import Control, Resource, Severity
from policies.load_balancing import LOAD_BALANCER
from policies.values import many, words

_LEAST = 2


def find(resource: Resource) -> str | None:
    count = len(set(words(resource.props, "subnets"))) or len(many(resource.props, "subnetMappings"))
    return f"{count} subnets" if count < _LEAST else None


CONTROL = Control(
    module=__name__,
    title="The load balancer stands in two zones at least",
    why="With one, the loss of a zone is the loss of the service.",
    severity=Severity.MEDIUM,
    types=(LOAD_BALANCER,),
    find=find,
    demanded="two subnets or more",
    fix="name a second zone in availability_zones of the network",
    good=(Resource(LOAD_BALANCER, {"subnets": ["subnet-a", "subnet-b"]}),),
    bad=(Resource(LOAD_BALANCER, {"subnets": ["subnet-a"]}), Resource(LOAD_BALANCER, {})),
    not_checked="That the subnets are in different zones; AWS refuses others.",
)
