"""The load balancer: who may reach it, and how it decides that a task is well."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from settings.arns import CERTIFICATE, WEB_ACL
from settings.section import Check, Problem, Section, matches, rule
from settings.types import HostName, IPv4Cidr, duplicates

_CODES = re.compile(r"(\d{3})(?:-(\d{3}))?", re.ASCII)
# Elastic Load Balancing API reference, `Matcher`: an Application Load Balancer takes 200 to 499.
_CODE_MIN, _CODE_MAX = 200, 499
# AWS Certificate Manager API reference, RequestCertificate, `DomainName`: the common name's limit.
_COMMON_NAME_MAX = 64


def _are_success_codes(text: str) -> bool:
    """Whether each part is a code, or a range of codes from low to high, within what a load balancer takes."""
    for part in text.split(","):
        found = _CODES.fullmatch(part)
        if not found:
            return False
        low, high = int(found[1]), int(found[2] or found[1])
        if not _CODE_MIN <= low <= high <= _CODE_MAX:
            return False
    return True


class HealthCheckSettings(Section):
    """`runlayer:load_balancer.health_check`"""

    path: Annotated[
        str,
        matches(
            "CFG015",
            r"/[\x21-\x7e]{0,1023}",
            "a path that begins with /, up to 1024 characters without spaces",
            "write for example /health",
        ),
    ] = "/health"
    """Path that answers when the task can serve."""
    success_codes: Annotated[
        str,
        Check(
            "CFG015",
            "codes from 200 to 499: one, several with commas, or ranges such as 200-299",
            'write for example "200" in quotes',
            _are_success_codes,
        ),
    ] = "200"
    """HTTP codes that count as well."""
    interval_seconds: Annotated[int, Field(ge=5, le=300)] = 10
    """Seconds between two checks."""
    timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 5
    """Seconds to wait for an answer; less than the interval."""
    healthy_count: Annotated[int, Field(ge=2, le=10)] = 2
    """Good answers in a row until a task gets traffic."""
    unhealthy_count: Annotated[int, Field(ge=2, le=10)] = 3
    """Bad answers in a row until a task is taken out."""

    @property
    def seconds_to_healthy(self) -> int:
        """Seconds until a task that answers from its start on can get traffic, at worst."""
        return self.interval_seconds * self.healthy_count + self.timeout_seconds

    @rule
    def _timeout_below_interval(self) -> Iterator[Problem]:
        if self.timeout_seconds >= self.interval_seconds:
            yield Problem(
                "CFG028",
                ("timeout_seconds",),
                f"less than interval_seconds, which is {self.interval_seconds}",
                f"set timeout_seconds to {self.interval_seconds - 1} or less, or a longer interval",
            )


class LoadBalancerSettings(Section):
    """`runlayer:load_balancer`"""

    public: bool = True
    """Reachable from the internet; false: from inside the network only."""
    allowed_cidrs: list[IPv4Cidr] = Field(default_factory=list)
    """IPv4 ranges that may connect; empty: nobody."""
    test_allowed_cidrs: list[IPv4Cidr] = Field(default_factory=list)
    """IPv4 ranges that may look at a release before users do, on port 8443 (not for rolling)."""
    domain: HostName
    """Host name that users type; the certificate is for it."""
    hosted_zone_id: (
        Annotated[
            str,
            matches(
                "CFG027", r"Z[A-Z0-9]{3,31}", "Z and capital letters or digits", "copy the zone's id from Route 53"
            ),
        ]
        | None
    ) = None
    """Route 53 zone of the domain: the certificate is made and validated there, and the host name points here."""
    certificate_arn: Annotated[str, CERTIFICATE] | None = None
    """A certificate that exists, in the same Region; null: one is made through the hosted zone."""
    tls_policy: Annotated[
        str,
        matches(
            "CFG027",
            r"ELBSecurityPolicy-TLS13-1-[23](-[A-Za-z0-9]+)*-\d{4}-\d{2}",
            "a policy of Elastic Load Balancing with TLS 1.3 and nothing below TLS 1.2",
            "write for example ELBSecurityPolicy-TLS13-1-2-2021-06",
        ),
    ] = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    """Which TLS versions and ciphers are offered."""
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=4000)] = 60
    """Seconds until an idle connection is closed; the application's keep-alive must be longer."""
    drain_seconds: Annotated[int, Field(ge=0, le=3600)] = 30
    """Seconds that a task which is to stop may finish its requests in; at most service.stop_timeout_seconds."""
    access_log_retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """Days that access logs are kept."""
    deletion_protected: bool = True
    """AWS refuses to delete the load balancer."""
    web_acl_arn: Annotated[str, WEB_ACL] | None = None
    """A WAF web ACL to put in front, or null."""
    health_check: HealthCheckSettings = Field(default_factory=HealthCheckSettings)
    """How a task proves that it is well."""

    @rule
    def _certificate_can_be_had(self) -> Iterator[Problem]:
        if self.hosted_zone_id is None and self.certificate_arn is None:
            yield Problem(
                "CFG027",
                ("hosted_zone_id",),
                "a hosted zone, or a certificate in certificate_arn",
                "name the zone of the domain, so that a certificate can be made, or a certificate that exists",
            )

    @rule
    def _domain_fits_certificate(self) -> Iterator[Problem]:
        if self.certificate_arn is None and len(self.domain) > _COMMON_NAME_MAX:
            yield Problem(
                "CFG027",
                ("domain",),
                f"up to {_COMMON_NAME_MAX} characters when the certificate is made here",
                "take a shorter name, or make the certificate yourself and name it in certificate_arn",
            )

    @rule
    def _each_range_once(self) -> Iterator[Problem]:
        for key in ("allowed_cidrs", "test_allowed_cidrs"):
            for at in duplicates(getattr(self, key)):
                yield Problem("CFG022", (key, at), "each range once", "take it away")
