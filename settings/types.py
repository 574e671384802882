"""Types of values that several sections share."""

import re
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Annotated

from settings.arns import REGION
from settings.fargate import MEMORY_MIB
from settings.retention import LOG_DAYS
from settings.secrecy import secret_value
from settings.section import Check, Offers, matches

AwsRegion = Annotated[
    str, matches("CFG033", REGION, "the name of an AWS Region, for example us-east-1", "write the Region's name")
]
AccountId = Annotated[
    str,
    matches("CFG033", r"\d{12}", 'twelve digits in quotes, for example "123456789012"', "write the account's number"),
]
LogRetentionDays = Annotated[
    int,
    Check(
        "CFG024",
        ", ".join(map(str, LOG_DAYS)),
        "take one of the numbers that CloudWatch Logs offers",
        lambda days: days in LOG_DAYS,
        choices=LOG_DAYS,
    ),
]
FargateCpu = Annotated[int, Offers(tuple(MEMORY_MIB))]
Command = Annotated[
    list[str],
    Check("CFG015", "a list of one word or more", "write the command, one word an item", lambda words: len(words) > 0),
    Check(
        "CFG032",
        "words that hold no key or password",
        "put the value into Secrets Manager, name its ARN in runlayer:service.secrets and read the variable",
        lambda words: not any(map(secret_value, words)),
    ),
]

REPOSITORY_NAME = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
"""Amazon ECR API reference, CreateRepository, `repositoryName`; 2 to 256 characters."""

REGISTRY_HOST = rf"\d{{12}}\.dkr\.ecr\.{REGION}\.amazonaws\.com(\.cn)?"
"""Host of a private registry of Amazon ECR."""

IPv4Cidr = Annotated[
    str,
    Check(
        "CFG022",
        "an IPv4 range that starts at its own first address, for example 203.0.113.0/24",
        "write ADDRESS/PREFIX with all bits after the prefix zero",
        lambda text: network_of(text) is not None,
    ),
]
HostName = Annotated[
    str,
    matches(
        "CFG027",
        r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        "a host name in lower case with a dot in it, for example app.example.com",
        "write the name alone: no https://, no port, no path, no wildcard",
    ),
]
_CIDR = re.compile(r"\d{1,3}(\.\d{1,3}){3}/\d{1,2}", re.ASCII)


def network_of(text: str) -> IPv4Network | None:
    """The range that a text in CIDR notation means, or None if it is not one."""
    if not _CIDR.fullmatch(text):
        return None
    try:
        return IPv4Network(text)
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


def duplicates(values: list[str]) -> list[int]:
    """Positions of the values that were there before."""
    return [at for at, value in enumerate(values) if value in values[:at]]
