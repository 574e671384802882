"""When someone is told, and who."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from settings.section import Problem, Section, matches, rule
from settings.types import duplicates

Email = Annotated[
    str,
    matches(
        "CFG037",
        r"(?=.{3,254}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
        "an address such as oncall@example.com",
        "write the bare address",
    ),
]


class AlarmSettings(Section):
    """`runlayer:alarms`"""

    emails: list[Email] = Field(default_factory=list)
    """Addresses that are told; each must confirm a mail from AWS first."""
    error_rate_percent: Annotated[float, Field(gt=0, le=100)] = 5
    """Share of requests that end in a 5xx."""
    latency_p95_seconds: Annotated[float, Field(gt=0, le=300)] = 2
    """Slowest answer of the fastest 95 of 100 requests."""
    cpu_percent: Annotated[int, Field(ge=10, le=100)] = 85
    """CPU of the service, and of the database."""
    memory_percent: Annotated[int, Field(ge=10, le=100)] = 85
    """Memory of the service."""
    database_connections: Annotated[int, Field(ge=1)] = 400
    """Open connections to the database."""
    database_free_memory_mib: Annotated[int, Field(ge=1)] = 256
    """Free memory of a database instance."""

    @rule
    def _each_address_once(self) -> Iterator[Problem]:
        for at in duplicates([email.casefold() for email in self.emails]):
            yield Problem("CFG037", ("emails", at), "each address once", "take it away")
