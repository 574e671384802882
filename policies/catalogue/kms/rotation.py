"""Keys change by themselves."""

from policies.keys import KEY
from policies.kit import Control, Resource, Severity
from policies.values import flag


def find(resource: Resource) -> str | None:
    return None if flag(resource.props, "enableKeyRotation") else "enableKeyRotation not true"


CONTROL = Control(
    module=__name__,
    title="Every key rotates",
    why="A key that leaked once opens everything that is ever encrypted with it.",
    severity=Severity.MEDIUM,
    types=(KEY,),
    find=find,
    demanded="enableKeyRotation true",
    fix="set enable_key_rotation=True",
    good=(Resource(KEY, {"enableKeyRotation": True}),),
    bad=(
        Resource(KEY, {"enableKeyRotation": False}),
        Resource(KEY, {}),
    ),
)
