"""Fargate tasks get the patches of their platform."""

from policies.ecs import SERVICE
from policies.kit import Control, Resource, Severity
from policies.values import text


def find(resource: Resource) -> str | None:
    version = text(resource.props, "platformVersion")
    return None if version in ("", "LATEST", "1.4.0") else f"platformVersion {version}"


CONTROL = Control(
    module=__name__,
    title="Fargate services run on the latest platform",
    why="Older platforms no longer get security patches.",
    severity=Severity.MEDIUM,
    types=(SERVICE,),
    find=find,
    demanded="platformVersion LATEST, not set, or 1.4.0 (the newest for Linux)",
    fix="leave platform_version out",
    good=(Resource(SERVICE, {}), Resource(SERVICE, {"platformVersion": "LATEST"})),
    bad=(Resource(SERVICE, {"platformVersion": "1.3.0"}),),
)
