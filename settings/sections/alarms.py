"""When someone is told, and who."""

from typing import Annotated

from pydantic import Field

from settings.section import Section


class AlarmSettings(Section):
    """`runlayer:alarms`"""

    emails: list[str] = Field(default_factory=list)
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
