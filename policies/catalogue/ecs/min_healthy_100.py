"""A deployment never takes capacity away."""

from policies.ecs import SERVICE
from policies.kit import Control, Resource, Severity
from policies.values import number

# What ECS takes when nothing is set (ECS API, DeploymentConfiguration).
_MINIMUM, _MAXIMUM = 100, 200


def find(resource: Resource) -> str | None:
    least = number(resource.props, "deploymentMinimumHealthyPercent")
    most = number(resource.props, "deploymentMaximumPercent")
    faults = [
        f"deploymentMinimumHealthyPercent {least:.0f}" if least is not None and least < _MINIMUM else "",
        f"deploymentMaximumPercent {most:.0f}" if most is not None and most < _MAXIMUM else "",
    ]
    return " and ".join(filter(None, faults)) or None


def _service(least: int, most: int) -> Resource:
    return Resource(SERVICE, {"deploymentMinimumHealthyPercent": least, "deploymentMaximumPercent": most})


CONTROL = Control(
    module=__name__,
    title="Every old task serves until its successor does",
    why="With fewer, each deployment is a time with less capacity, and a failed one stays so.",
    severity=Severity.HIGH,
    types=(SERVICE,),
    find=find,
    demanded="deploymentMinimumHealthyPercent at least 100 and deploymentMaximumPercent at least 200",
    fix="set both; the additional tasks live only as long as the deployment",
    good=(_service(100, 200), Resource(SERVICE, {})),
    bad=(_service(50, 200), _service(100, 150)),
)
