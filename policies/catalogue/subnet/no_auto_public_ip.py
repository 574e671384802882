"""Nothing gets a public address by starting in a subnet."""

from policies.kit import Control, Resource, Severity
from policies.network import SUBNET
from policies.values import flag


def find(resource: Resource) -> str | None:
    return "mapPublicIpOnLaunch true" if flag(resource.props, "mapPublicIpOnLaunch") else None


CONTROL = Control(
    module=__name__,
    title="Subnets give no public addresses by themselves",
    why="Whatever is started there would be on the internet without anyone having asked for it.",
    severity=Severity.MEDIUM,
    types=(SUBNET,),
    find=find,
    demanded="mapPublicIpOnLaunch not true",
    fix="set map_public_ip_on_launch=False",
    good=(
        Resource(SUBNET, {"mapPublicIpOnLaunch": False}),
        Resource(SUBNET, {}),
    ),
    bad=(Resource(SUBNET, {"mapPublicIpOnLaunch": True}),),
)
