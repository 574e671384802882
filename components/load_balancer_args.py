"""What a load balancer is asked to be, and what of that AWS would refuse."""

import re
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

import pulumi

from components.errors import ComponentError
from components.names import check_name_prefix

# Target groups are named after the component, plus a hyphen and 7 characters that make a replacement's name new;
# 32 characters in all.
_COMPONENT_NAME_MAX = 20
_SUBNETS_MIN = 2
_TLS_POLICY = re.compile(r"ELBSecurityPolicy-TLS13-1-[23](-[A-Za-z0-9]+)*-\d{4}-\d{2}")
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_ARN_REGION = 3


@dataclass(kw_only=True)
class HealthCheckArgs:
    """How a task proves that it is well."""

    path: str = "/health"
    """Path that answers when the task can serve."""
    success_codes: str = "200"
    """HTTP codes that count as well: one, several with commas, or ranges such as 200-299."""
    interval_seconds: int = 10
    """Seconds between two checks."""
    timeout_seconds: int = 5
    """Seconds to wait for an answer; less than the interval."""
    healthy_count: int = 2
    """Good answers in a row until a task gets traffic."""
    unhealthy_count: int = 3
    """Bad answers in a row until a task is taken out."""


@dataclass(kw_only=True)
class ApplicationLoadBalancerArgs:
    """Arguments of ApplicationLoadBalancer."""

    name_prefix: str
    """First part of every name, at most 20 characters."""
    account_id: str
    """AWS account of the load balancer."""
    region: str
    """AWS Region of the load balancer."""
    vpc_id: pulumi.Input[str]
    """VPC of the load balancer and its targets."""
    subnet_ids: pulumi.Input[list[str]]
    """Two subnets or more in different zones: public ones when public, private ones otherwise."""
    domain: str
    """Host name that users type; requests for any other are answered with 404."""
    target_port: int = 8080
    """Port that the targets listen on."""
    public: bool = True
    """Reachable from the internet; false: from inside the network only."""
    allowed_cidrs: list[str] = field(default_factory=list[str])
    """IPv4 ranges that may connect; empty: nobody."""
    hosted_zone_id: pulumi.Input[str] | None = None
    """Route 53 zone of the domain: the certificate is validated there, and the host name points here."""
    certificate_arn: pulumi.Input[str] | None = None
    """A certificate that exists, in the same Region; none: one is made through the hosted zone."""
    tls_policy: str = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    """Which TLS versions and ciphers are offered."""
    idle_timeout_seconds: int = 60
    """Seconds until an idle connection is closed; the application's keep-alive must be longer."""
    drain_seconds: int = 30
    """Seconds that a target which leaves may finish its requests in."""
    access_log_retention_days: int = 90
    """Days that access logs are kept."""
    deletion_protected: bool = True
    """AWS and Pulumi refuse to delete the load balancer and its logs."""
    web_acl_arn: pulumi.Input[str] | None = None
    """A WAF web ACL to put in front; none: no WAF."""
    health_check: HealthCheckArgs = field(default_factory=HealthCheckArgs)
    """How a target proves that it is well."""
    second_target_group: bool = False
    """A second target group and a listener for test traffic on port 8443, for blue/green, canary and linear."""
    test_allowed_cidrs: list[str] = field(default_factory=list[str])
    """IPv4 ranges that may reach an unreleased version on port 8443; empty: nobody, and never the whole internet."""


def check_load_balancer_args(name: str, args: ApplicationLoadBalancerArgs) -> None:
    """Refuse what AWS would refuse, or what would be reachable by people who should not.

    Raises:
        ComponentError: COMP001, COMP501 to COMP506.
    """
    check_name_prefix(args.name_prefix)
    if len(name) > _COMPONENT_NAME_MAX:
        raise ComponentError(
            "COMP501",
            f"the component is called {name!r}; allowed: up to {_COMPONENT_NAME_MAX} characters",
            "its target groups are named after it, and such a name has 32 characters at most",
            "give the component a shorter name",
        )
    if isinstance(args.subnet_ids, list) and len(set(args.subnet_ids)) < _SUBNETS_MIN:
        raise ComponentError(
            "COMP502",
            f"subnet_ids is {args.subnet_ids}; allowed: two subnets or more, in different zones",
            "an Application Load Balancer lives in two zones at least",
            "name a subnet of a second zone",
        )
    _check_certificate(args)
    _check_ranges("allowed_cidrs", args.allowed_cidrs)
    _check_ranges("test_allowed_cidrs", args.test_allowed_cidrs)
    if any(cidr.endswith("/0") for cidr in args.test_allowed_cidrs):
        raise ComponentError(
            "COMP504",
            f"test_allowed_cidrs is {args.test_allowed_cidrs}; allowed: ranges smaller than the whole internet",
            "port 8443 serves a version that is not released yet",
            "name the ranges of those who test, for example the office or the VPN",
        )
    _check_numbers(args)


def _check_certificate(args: ApplicationLoadBalancerArgs) -> None:
    if not _DOMAIN.fullmatch(args.domain):
        raise ComponentError(
            "COMP503",
            f"domain is {args.domain!r}; allowed: a host name in lower case with a dot in it",
            "the listener serves this host alone, and the certificate is for it",
            "write for example app.example.com: no https://, no port, no path, no wildcard",
        )
    if not args.certificate_arn and not args.hosted_zone_id:
        raise ComponentError(
            "COMP503",
            "neither certificate_arn nor hosted_zone_id is given; allowed: one of them, or both",
            "a listener for HTTPS needs a certificate that is valid already",
            "name a certificate of this Region, or the zone in which one can be validated",
        )
    arn = args.certificate_arn
    if isinstance(arn, str) and arn.split(":")[_ARN_REGION : _ARN_REGION + 1] != [args.region]:
        raise ComponentError(
            "COMP503",
            f"certificate_arn is {arn}; allowed: a certificate in {args.region}",
            "a load balancer takes certificates of its own Region only",
            f"request or import the certificate in {args.region}",
        )
    if not _TLS_POLICY.fullmatch(args.tls_policy):
        raise ComponentError(
            "COMP503",
            f"tls_policy is {args.tls_policy!r}; allowed: an ELBSecurityPolicy-TLS13-1-2-... or -1-3-... policy",
            "anything older offers TLS 1.0 or 1.1",
            "write ELBSecurityPolicy-TLS13-1-2-2021-06",
        )


def _check_ranges(key: str, cidrs: list[str]) -> None:
    for cidr in cidrs:
        try:
            IPv4Network(cidr)
        except (AddressValueError, NetmaskValueError, ValueError) as fault:
            raise ComponentError(
                "COMP504",
                f"{key} has {cidr!r}: {fault}; allowed: IPv4 ranges that start at their own first address",
                "a security group rule is made of it",
                "write for example 203.0.113.0/24",
            ) from fault
    if len(set(cidrs)) != len(cidrs):
        raise ComponentError(
            "COMP504",
            f"{key} is {cidrs}; allowed: each range once",
            "a security group has each rule once",
            "take the double out",
        )


def _check_numbers(args: ApplicationLoadBalancerArgs) -> None:
    """Limits of the Elastic Load Balancing API reference (`LoadBalancerAttribute`, `TargetGroup`)."""
    check = args.health_check
    limits = {
        "target_port": (args.target_port, 1, 65535),
        "idle_timeout_seconds": (args.idle_timeout_seconds, 1, 4000),
        "drain_seconds": (args.drain_seconds, 0, 3600),
        "access_log_retention_days": (args.access_log_retention_days, 1, 3650),
        "health_check.interval_seconds": (check.interval_seconds, 5, 300),
        "health_check.timeout_seconds": (check.timeout_seconds, 2, 120),
        "health_check.healthy_count": (check.healthy_count, 2, 10),
        "health_check.unhealthy_count": (check.unhealthy_count, 2, 10),
    }
    for key, (value, low, high) in limits.items():
        if not low <= value <= high:
            raise ComponentError(
                "COMP505",
                f"{key} is {value}; allowed: {low} to {high}",
                "Elastic Load Balancing takes no other value",
                f"set {key} between {low} and {high}",
            )
    if check.timeout_seconds >= check.interval_seconds:
        raise ComponentError(
            "COMP506",
            f"health_check.timeout_seconds is {check.timeout_seconds}; allowed: less than interval_seconds, which is "
            f"{check.interval_seconds}",
            "the next check would start before the last one ended",
            f"set timeout_seconds to {check.interval_seconds - 1} or less",
        )
