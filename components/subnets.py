"""Which address range each subnet gets. Pure."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

ZONES_MIN, ZONES_MAX = 2, 3
VPC_PREFIX_MIN, VPC_PREFIX_MAX = 16, 20
"""A VPC is a /16 at most (Amazon VPC User Guide, "VPC CIDR blocks"); below a /20 the public subnets get too small."""


@dataclass(frozen=True)
class ZoneSubnets:
    """The ranges of one zone."""

    zone: str
    public_cidr: str
    private_cidr: str
    database_cidr: str


def plan_subnets(vpc_cidr: str, zones: list[str]) -> list[ZoneSubnets]:
    """Three subnets for each zone.

    The range is cut into eighths. Zone 1, 2 and 3 have an eighth each for tasks; the public subnets share the fourth
    eighth and the database subnets the fifth, a quarter of it each. Three eighths stay free. What a zone gets depends
    on its place in the list alone, so a third zone moves nothing.

    Args:
        vpc_cidr: IPv4 range, /16 to /20, at its own first address.
        zones: two or three names, each once.

    Raises:
        ValueError: with the reason, if the arguments allow no plan.
    """
    if not ZONES_MIN <= len(zones) <= ZONES_MAX or len(set(zones)) != len(zones):
        raise ValueError(f"availability_zones is {zones}; allowed: two or three, each once")
    network = _network(vpc_cidr)
    eighths = list(network.subnets(prefixlen_diff=3))
    public = eighths[ZONES_MAX].subnets(prefixlen_diff=2)
    database = eighths[ZONES_MAX + 1].subnets(prefixlen_diff=2)
    return [
        ZoneSubnets(zone, str(public_cidr), str(private_cidr), str(database_cidr))
        for zone, private_cidr, public_cidr, database_cidr in zip(zones, eighths, public, database, strict=False)
    ]


def _network(vpc_cidr: str) -> IPv4Network:
    try:
        network = IPv4Network(vpc_cidr)
    except (AddressValueError, NetmaskValueError, ValueError) as fault:
        raise ValueError(f"vpc_cidr is {vpc_cidr!r}: {fault}") from fault
    if not VPC_PREFIX_MIN <= network.prefixlen <= VPC_PREFIX_MAX:
        raise ValueError(f"vpc_cidr is {vpc_cidr}; allowed: /{VPC_PREFIX_MIN} to /{VPC_PREFIX_MAX}")
    return network
