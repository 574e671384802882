"""The database is reached by groups, not by addresses."""

from policies.ingress import INGRESS_RULE, SECURITY_GROUP, TYPES, openings
from policies.kit import Control, Resource, Severity

_POSTGRESQL = 5432


def find(resource: Resource) -> str | None:
    hit = next((each for each in openings(resource.type, resource.props) if each.reaches(_POSTGRESQL)), None)
    return str(hit) if hit else None


_PORT = {"fromPort": _POSTGRESQL, "toPort": _POSTGRESQL, "ipProtocol": "tcp"}

CONTROL = Control(
    module=__name__,
    title="The database port is open to security groups only",
    why="A range of addresses lets in whatever gets one of them.",
    severity=Severity.HIGH,
    types=TYPES,
    find=find,
    demanded="no address range that reaches port 5432",
    fix="name the security group of the tasks in referenced_security_group_id",
    good=(
        Resource(INGRESS_RULE, {**_PORT, "referencedSecurityGroupId": "sg-1"}),
        Resource(INGRESS_RULE, {"fromPort": 443, "toPort": 443, "ipProtocol": "tcp", "cidrIpv4": "10.0.0.0/8"}),
    ),
    bad=(
        Resource(INGRESS_RULE, {**_PORT, "cidrIpv4": "10.0.0.0/8"}),
        Resource(INGRESS_RULE, {"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}),
        Resource(SECURITY_GROUP, {"ingress": [{"protocol": "-1", "cidrBlocks": ["10.0.0.0/8"]}]}),
    ),
    not_checked="Which group is let in.",
)
