"""Nobody on the internet reaches a login."""

from policies.ingress import GROUP_RULE, INGRESS_RULE, TYPES, openings
from policies.kit import Control, Resource, Severity

# Ports that AWS calls high risk (Security Hub, EC2.19), and those of remote administration.
_PORTS = {
    20: "FTP", 21: "FTP", 22: "SSH", 23: "Telnet", 25: "SMTP", 110: "POP3", 135: "RPC", 143: "IMAP", 445: "CIFS",
    1433: "SQL Server", 1434: "SQL Server", 3000: "web development", 3306: "MySQL", 3389: "RDP",
    4333: "ahsp", 5000: "web development", 5432: "PostgreSQL", 5500: "fcp-addr-srvr1", 5601: "OpenSearch",
    8080: "proxy", 8088: "HTTP alternative", 8888: "HTTP alternative", 9200: "OpenSearch", 9300: "OpenSearch",
}  # fmt: skip


def find(resource: Resource) -> str | None:
    for each in openings(resource.type, resource.props):
        if each.to_the_world and (hit := next((port for port in _PORTS if each.reaches(port)), None)) is not None:
            return f"{each}, {_PORTS[hit]} (port {hit}) among them"
    return None


CONTROL = Control(
    module=__name__,
    title="No administrative port is open to everyone",
    why="They are scanned within minutes, and one weak password or old server is enough.",
    severity=Severity.CRITICAL,
    types=TYPES,
    find=find,
    demanded="no port of remote administration, databases or file sharing for 0.0.0.0/0 or ::/0",
    fix="take the rule out; use ECS Exec or Session Manager, which need no open port",
    good=(Resource(INGRESS_RULE, {"fromPort": 443, "toPort": 443, "ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0"}),),
    bad=(
        Resource(INGRESS_RULE, {"fromPort": 22, "toPort": 22, "ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0"}),
        Resource(INGRESS_RULE, {"ipProtocol": "-1", "cidrIpv6": "::/0"}),
        Resource(
            GROUP_RULE,
            {"type": "ingress", "fromPort": 3000, "toPort": 4000, "protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]},
        ),
    ),
)
