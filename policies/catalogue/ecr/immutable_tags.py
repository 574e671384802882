"""A tag that has been pushed stays what it is."""

from policies.ecr import REPOSITORY
from policies.kit import Control, Resource, Severity
from policies.values import many, text


def find(resource: Resource) -> str | None:
    mutability = text(resource.props, "imageTagMutability") or "not set, which is MUTABLE"
    if mutability == "IMMUTABLE":
        return None
    except_for = [text(each, "filter") for each in many(resource.props, "imageTagMutabilityExclusionFilters")]
    return f"imageTagMutability {mutability}" + (f" except {', '.join(except_for)}" if except_for else "")


CONTROL = Control(
    module=__name__,
    title="No tag of a repository can be moved",
    why="Whoever can push could replace a release that was checked by one that was not.",
    severity=Severity.HIGH,
    types=(REPOSITORY,),
    find=find,
    demanded="imageTagMutability IMMUTABLE, without exclusions",
    fix='set image_tag_mutability="IMMUTABLE"; with an exclusion, run images by digest only',
    good=(Resource(REPOSITORY, {"imageTagMutability": "IMMUTABLE"}),),
    bad=(
        Resource(REPOSITORY, {}),
        Resource(
            REPOSITORY,
            {
                "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
                "imageTagMutabilityExclusionFilters": [{"filter": "latest", "filterType": "WILDCARD"}],
            },
        ),
    ),
)
