"""Images are searched for known faults."""

from policies.ecr import REPOSITORY
from policies.kit import Control, Resource, Severity
from policies.values import flag, nested


def find(resource: Resource) -> str | None:
    scans = flag(nested(resource.props, "imageScanningConfiguration"), "scanOnPush")
    return None if scans else "scanOnPush not true"


CONTROL = Control(
    module=__name__,
    title="Every image is scanned when it is pushed",
    why="A known vulnerability would go into service unseen.",
    severity=Severity.HIGH,
    types=(REPOSITORY,),
    find=find,
    demanded="imageScanningConfiguration.scanOnPush true",
    fix="set scan_on_push=True",
    good=(Resource(REPOSITORY, {"imageScanningConfiguration": {"scanOnPush": True}}),),
    bad=(Resource(REPOSITORY, {}), Resource(REPOSITORY, {"imageScanningConfiguration": {"scanOnPush": False}})),
    not_checked="A scan that is configured for the whole registry instead.",
)
