"""Only the web is open to everyone."""

from policies.ingress import INGRESS_RULE, SECURITY_GROUP, TYPES, openings
from policies.kit import Control, Resource, Severity

_WEB = {80, 443}


def find(resource: Resource) -> str | None:
    for each in openings(resource.type, resource.props):
        if each.to_the_world and (each.first != each.last or each.first not in _WEB):
            return str(each)
    return None


def _rule(port: int, cidr: dict[str, str]) -> Resource:
    return Resource(INGRESS_RULE, {"fromPort": port, "toPort": port, "ipProtocol": "tcp", **cidr})


CONTROL = Control(
    module=__name__,
    title="Everyone reaches ports 80 and 443, and no other",
    why="Every further open port is a program that anyone can try to break into.",
    severity=Severity.HIGH,
    types=TYPES,
    find=find,
    demanded="0.0.0.0/0 and ::/0 for port 80 or 443 alone",
    fix="name the ranges or the security group that need the port",
    good=(_rule(443, {"cidrIpv4": "0.0.0.0/0"}), _rule(8443, {"cidrIpv4": "203.0.113.0/24"})),
    bad=(
        _rule(8443, {"cidrIpv4": "0.0.0.0/0"}),
        _rule(22, {"cidrIpv6": "::/0"}),
        Resource(INGRESS_RULE, {"fromPort": 80, "toPort": 443, "ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0"}),
        Resource(SECURITY_GROUP, {"ingress": [{"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}]}),
    ),
    not_checked="That a group which is open to everyone is the load balancer's.",
)
