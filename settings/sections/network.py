"""A VPC of the stack's own, or one that exists."""

from typing import Annotated, Literal

from pydantic import Field

from settings.section import Section


class ExistingNetworkSettings(Section):
    """`runlayer:network.existing`"""

    vpc_id: str
    """The VPC to use."""
    public_subnet_ids: list[str]
    """Subnets of the load balancer when it is public; two or more, each in its own zone."""
    private_subnet_ids: list[str]
    """Subnets of the tasks, with a route to the registry (NAT or endpoints)."""
    database_subnet_ids: list[str]
    """Subnets of the database; two or more, each in its own zone."""


class NetworkSettings(Section):
    """`runlayer:network`"""

    existing: ExistingNetworkSettings | None = None
    """Use this VPC and create no network; null: create one."""
    vpc_cidr: str = "10.20.0.0/16"
    """IPv4 range of the VPC that is created, /16 to /20."""
    availability_zones: Annotated[list[str], Field(min_length=2, max_length=3)]
    """Two or three zones, named, so that a new zone in the Region never moves a subnet."""
    nat: Literal["one", "per_zone", "none"] = "one"
    """NAT gateways: one (cheap), per_zone (survives a zone), none (endpoints only)."""
    interface_endpoints: bool = True
    """Private endpoints for ECR, logs, Secrets Manager and KMS, so that pulls do not need the internet."""
    flow_log_retention_days: int = 30
    """Days that VPC flow logs are kept."""
