"""A VPC of the stack's own, or one that exists."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, Literal

from settings.section import Check, Problem, Section, matches, rule
from settings.types import LogRetentionDays, duplicates, network_of

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
_PREFIX_MIN, _PREFIX_MAX = 16, 20
_ZONES_MIN, _ZONES_MAX = 2, 3

SubnetId = Annotated[
    str, matches("CFG023", r"subnet-[0-9a-f]{8,17}", "subnet- and 8 to 17 hex digits", "copy the subnet's id")
]


def _is_vpc_range(text: str) -> bool:
    network = network_of(text)
    return (
        network is not None
        and _PREFIX_MIN <= network.prefixlen <= _PREFIX_MAX
        and any(network.subnet_of(private) for private in _PRIVATE)
    )


class ExistingNetworkSettings(Section):
    """`runlayer:network.existing`"""

    vpc_id: Annotated[str, matches("CFG023", r"vpc-[0-9a-f]{8,17}", "vpc- and 8 to 17 hex digits", "copy the VPC's id")]
    """The VPC to use."""
    public_subnet_ids: list[SubnetId]
    """Subnets of the load balancer when it is public; two or more, each in its own zone."""
    private_subnet_ids: list[SubnetId]
    """Subnets of the tasks, with a route to the registry (NAT or endpoints)."""
    database_subnet_ids: list[SubnetId]
    """Subnets of the database; two or more, each in its own zone."""

    @rule
    def _two_zones_each(self) -> Iterator[Problem]:
        for key, ids in (
            ("private_subnet_ids", self.private_subnet_ids),
            ("database_subnet_ids", self.database_subnet_ids),
        ):
            if len(ids) < _ZONES_MIN:
                yield Problem(
                    "CFG023", (key,), "two subnets or more, in different zones", "name a subnet of another zone"
                )

    @rule
    def _each_subnet_once(self) -> Iterator[Problem]:
        for key in ("public_subnet_ids", "private_subnet_ids", "database_subnet_ids"):
            for at in duplicates(getattr(self, key)):
                yield Problem("CFG023", (key, at), "each subnet once", "take it away or name another")


class NetworkSettings(Section):
    """`runlayer:network`"""

    existing: ExistingNetworkSettings | None = None
    """Use this VPC and create no network; null: create one."""
    vpc_cidr: Annotated[
        str,
        Check(
            "CFG022",
            "a private IPv4 range of size /16 to /20 (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10) "
            "that starts at its own first address",
            "write for example 10.20.0.0/16",
            _is_vpc_range,
        ),
    ] = "10.20.0.0/16"
    """IPv4 range of the VPC that is created, /16 to /20."""
    availability_zones: Annotated[
        list[str],
        Check(
            "CFG023",
            "two or three zones",
            "name two or three zones of the Region",
            lambda zones: _ZONES_MIN <= len(zones) <= _ZONES_MAX,
        ),
    ]
    """Two or three zones, named, so that a new zone in the Region never moves a subnet."""
    nat: Literal["one", "per_zone", "none"] = "one"
    """NAT gateways: one (cheap), per_zone (survives a zone), none (endpoints only)."""
    interface_endpoints: bool = True
    """Private endpoints for ECR, logs, Secrets Manager and KMS, so that pulls do not need the internet."""
    flow_log_retention_days: LogRetentionDays = 30
    """Days that VPC flow logs are kept."""

    @rule
    def _each_zone_once(self) -> Iterator[Problem]:
        for at in duplicates(self.availability_zones):
            yield Problem("CFG023", ("availability_zones", at), "each zone once", "name another zone of the Region")

    @rule
    def _images_can_be_pulled(self) -> Iterator[Problem]:
        if self.existing is None and self.nat == "none" and not self.interface_endpoints:
            yield Problem(
                "CFG023",
                ("interface_endpoints",),
                "true with nat: none",
                "set interface_endpoints: true, or nat: one; tasks reach neither registry, logs nor secrets without",
            )
