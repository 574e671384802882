"""Plain HTTP leads to HTTPS and nowhere else."""

from policies.kit import Control, Resource, Severity
from policies.load_balancing import LISTENER
from policies.values import many, nested, number, text

_HTTP_PORT = 80


def find(resource: Resource) -> str | None:
    if number(resource.props, "port") != _HTTP_PORT:
        return None
    for action in many(resource.props, "defaultActions"):
        if text(action, "type") != "redirect" or text(nested(action, "redirect"), "protocol") != "HTTPS":
            return f"port 80 with the action {text(action, 'type') or 'none'} that is no redirect to HTTPS"
    return None if many(resource.props, "defaultActions") else "port 80 without an action"


def _listener(action: dict[str, object]) -> Resource:
    return Resource(LISTENER, {"port": 80, "protocol": "HTTP", "defaultActions": [action]})


CONTROL = Control(
    module=__name__,
    title="Port 80 only redirects to HTTPS",
    why="What is answered there can be read and changed on the way.",
    severity=Severity.MEDIUM,
    types=(LISTENER,),
    find=find,
    demanded="a redirect to HTTPS as the action of port 80",
    fix="let the listener redirect with status HTTP_301",
    good=(
        _listener({"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}),
        Resource(LISTENER, {"port": 443, "protocol": "HTTPS"}),
    ),
    bad=(_listener({"type": "forward"}), _listener({"type": "redirect", "redirect": {"protocol": "HTTP"}})),
)
