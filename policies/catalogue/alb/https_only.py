"""Everything but the redirect is HTTPS."""

from policies.kit import Control, Resource, Severity
from policies.load_balancing import LISTENER
from policies.values import many, number, text

_HTTP_PORT = 80


def find(resource: Resource) -> str | None:
    protocol = text(resource.props, "protocol")
    if protocol == "HTTPS":
        return None if text(resource.props, "certificateArn") else "HTTPS without certificateArn"
    actions = [text(each, "type") for each in many(resource.props, "defaultActions")]
    only_redirects = number(resource.props, "port") == _HTTP_PORT and actions == ["redirect"]
    return None if only_redirects else f"protocol {protocol or 'not set'}"


_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1"
_REDIRECT = {"port": 80, "protocol": "HTTP", "defaultActions": [{"type": "redirect"}]}

CONTROL = Control(
    module=__name__,
    title="Listeners speak HTTPS, with a certificate",
    why="Passwords and sessions would cross the internet as they are.",
    severity=Severity.HIGH,
    types=(LISTENER,),
    find=find,
    demanded="protocol HTTPS and certificateArn, but for port 80 that redirects",
    fix="set the protocol to HTTPS and name a certificate",
    good=(
        Resource(LISTENER, {"port": 443, "protocol": "HTTPS", "certificateArn": _CERTIFICATE}),
        Resource(LISTENER, _REDIRECT),
    ),
    bad=(
        Resource(LISTENER, {"port": 8080, "protocol": "HTTP"}),
        Resource(LISTENER, {"port": 443, "protocol": "HTTPS"}),
        Resource(LISTENER, {**_REDIRECT, "port": 8080}),
    ),
)
