"""Old versions of TLS are refused."""

import re

from policies.kit import Control, Resource, Severity
from policies.load_balancing import LISTENER
from policies.values import text

# Policies whose oldest protocol is TLS 1.2 (Elastic Load Balancing, "Security policies for your Application Load
# Balancer"); those with `Ext` take weaker ciphers as well.
_GOOD = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23](-Res)?(-FIPS)?(-PQ)?|FS-1-2(-Res)?|TLS-1-2)-20\d\d-\d\d")


def find(resource: Resource) -> str | None:
    if text(resource.props, "protocol") not in ("HTTPS", "TLS"):
        return None
    policy = text(resource.props, "sslPolicy")
    return None if _GOOD.fullmatch(policy) else f"sslPolicy {policy or 'not set'}"


def _listener(policy: str) -> Resource:
    return Resource(LISTENER, {"protocol": "HTTPS", "sslPolicy": policy})


CONTROL = Control(
    module=__name__,
    title="Clients speak TLS 1.2 or newer",
    why="Older versions have faults that let others read along.",
    severity=Severity.HIGH,
    types=(LISTENER,),
    find=find,
    demanded="an sslPolicy whose oldest protocol is TLS 1.2",
    fix="set tls_policy of the load balancer to ELBSecurityPolicy-TLS13-1-2-2021-06",
    good=(_listener("ELBSecurityPolicy-TLS13-1-2-2021-06"), _listener("ELBSecurityPolicy-TLS13-1-3-2021-06")),
    bad=(
        _listener("ELBSecurityPolicy-2016-08"),
        _listener("ELBSecurityPolicy-TLS13-1-0-2021-06"),
        _listener("ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06"),
        Resource(LISTENER, {"protocol": "HTTPS"}),
    ),
)
