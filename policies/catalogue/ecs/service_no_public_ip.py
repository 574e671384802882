"""Tasks cannot be reached from the internet."""

from policies.ecs import SERVICE
from policies.kit import Control, Resource, Severity
from policies.values import flag, nested


def find(resource: Resource) -> str | None:
    public = flag(nested(resource.props, "networkConfiguration"), "assignPublicIp")
    return "assignPublicIp true" if public else None


CONTROL = Control(
    module=__name__,
    title="Tasks have no public address",
    why="A public address goes round the load balancer, its TLS and its log.",
    severity=Severity.HIGH,
    types=(SERVICE,),
    find=find,
    demanded="networkConfiguration.assignPublicIp false",
    fix="set assign_public_ip=False and give the private subnets a way to the registry",
    good=(Resource(SERVICE, {"networkConfiguration": {"assignPublicIp": False}}),),
    bad=(Resource(SERVICE, {"networkConfiguration": {"assignPublicIp": True}}),),
)
