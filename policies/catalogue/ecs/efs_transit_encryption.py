"""Shared file systems are reached over TLS."""

from policies.ecs import TASK_DEFINITION
from policies.kit import Control, Resource, Severity
from policies.values import many, nested, text


def find(resource: Resource) -> str | None:
    for volume in many(resource.props, "volumes"):
        efs = nested(volume, "efsVolumeConfiguration")
        if efs and text(efs, "transitEncryption") != "ENABLED":
            return f"volume {text(volume, 'name')} is mounted without TLS"
    return None


_EFS = {"fileSystemId": "fs-0123456789abcdef0"}

CONTROL = Control(
    module=__name__,
    title="Every EFS volume is mounted over TLS",
    why="Without it, files cross the network as they are.",
    severity=Severity.MEDIUM,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="efsVolumeConfiguration.transitEncryption ENABLED",
    fix='set transit_encryption="ENABLED" in the volume',
    good=(
        Resource(TASK_DEFINITION, {}),
        Resource(
            TASK_DEFINITION,
            {"volumes": [{"name": "data", "efsVolumeConfiguration": {**_EFS, "transitEncryption": "ENABLED"}}]},
        ),
    ),
    bad=(Resource(TASK_DEFINITION, {"volumes": [{"name": "data", "efsVolumeConfiguration": _EFS}]}),),
)
