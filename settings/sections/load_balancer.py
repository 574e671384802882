"""The load balancer: who may reach it, and how it decides that a task is well."""

from typing import Annotated

from pydantic import Field

from settings.section import Section


class HealthCheckSettings(Section):
    """`runlayer:load_balancer.health_check`"""

    path: Annotated[str, Field(pattern=r"^/")] = "/health"
    """Path that answers when the task can serve."""
    success_codes: Annotated[str, Field(pattern=r"^\d{3}([-,]\d{3})*$")] = "200"
    """HTTP codes that count as well."""
    interval_seconds: Annotated[int, Field(ge=5, le=300)] = 10
    """Seconds between two checks."""
    timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 5
    """Seconds to wait for an answer; less than the interval."""
    healthy_count: Annotated[int, Field(ge=2, le=10)] = 2
    """Good answers in a row until a task gets traffic."""
    unhealthy_count: Annotated[int, Field(ge=2, le=10)] = 3
    """Bad answers in a row until a task is taken out."""


class LoadBalancerSettings(Section):
    """`runlayer:load_balancer`"""

    public: bool = True
    """Reachable from the internet; false: from inside the network only."""
    allowed_cidrs: list[str] = Field(default_factory=list)
    """IPv4 ranges that may connect; empty: nobody."""
    domain: str
    """Host name that users type; the certificate is for it."""
    hosted_zone_id: str | None = None
    """Route 53 zone of the domain: the certificate is made and validated there, and the host name points here."""
    certificate_arn: str | None = None
    """A certificate that exists, in the same Region; null: one is made through the hosted zone."""
    tls_policy: str = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    """Which TLS versions and ciphers are offered."""
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=4000)] = 60
    """Seconds until an idle connection is closed; the application's keep-alive must be longer."""
    drain_seconds: Annotated[int, Field(ge=0, le=3600)] = 30
    """Seconds that a task which is to stop may finish its requests in."""
    access_log_retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """Days that access logs are kept."""
    deletion_protected: bool = True
    """AWS refuses to delete the load balancer."""
    web_acl_arn: str | None = None
    """A WAF web ACL to put in front, or null."""
    health_check: HealthCheckSettings = Field(default_factory=HealthCheckSettings)
    """How a task proves that it is well."""
