"""What the three resources that can let traffic in have in common."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.kit import Props
from policies.values import many, number, text, words

SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
TYPES = (INGRESS_RULE, GROUP_RULE, SECURITY_GROUP)

_WORLD = {"0.0.0.0/0", "::/0"}
_LAST_PORT = 65535


@dataclass(frozen=True)
class Opening:
    """A range of ports that some addresses can reach.

    Attributes:
        cidr: who.
        first: first port; 0 when all protocols are open.
        last: last port.
    """

    cidr: str
    first: int
    last: int

    @property
    def to_the_world(self) -> bool:
        """Whether anyone can."""
        return self.cidr in _WORLD

    def reaches(self, port: int) -> bool:
        """Whether a port is among the open ones."""
        return self.first <= port <= self.last

    def __str__(self) -> str:
        ports = f"port {self.first}" if self.first == self.last else f"ports {self.first} to {self.last}"
        return f"{ports} open to {self.cidr}"


def openings(type_token: str, props: Props) -> Iterator[Opening]:
    """Every opening of a resource of `TYPES` that is given as an address range, and not as a group."""
    if type_token == INGRESS_RULE:
        yield from _openings(props, "ipProtocol", [text(props, "cidrIpv4"), text(props, "cidrIpv6")])
    elif type_token == GROUP_RULE:
        if text(props, "type") == "ingress":
            yield from _openings(props, "protocol", words(props, "cidrBlocks") + words(props, "ipv6CidrBlocks"))
    else:
        for rule in many(props, "ingress"):
            yield from _openings(rule, "protocol", words(rule, "cidrBlocks") + words(rule, "ipv6CidrBlocks"))


def _openings(rule: Props, protocol: str, cidrs: list[str]) -> Iterator[Opening]:
    everything = text(rule, protocol) in ("-1", "all") or number(rule, protocol) == -1
    first, last = number(rule, "fromPort"), number(rule, "toPort")
    for cidr in filter(None, cidrs):
        if everything or first is None or last is None:
            yield Opening(cidr, 0, _LAST_PORT)
        else:
            yield Opening(cidr, int(first), int(last))
