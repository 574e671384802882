"""What runs has a name that says which version it is."""

from policies.ecs import TASK_DEFINITION, each_container, image_digest, image_tag, task
from policies.kit import Control, Props, Resource, Severity
from policies.values import text


def find(resource: Resource) -> str | None:
    return each_container(resource, _fault)


def _fault(container: Props) -> str | None:
    image = text(container, "image")
    if image_digest(image):
        return None
    tag = image_tag(image)
    return None if tag not in ("", "latest") else f"runs the image {image}, which is whatever came last"


CONTROL = Control(
    module=__name__,
    title="No container runs the tag latest, or none",
    why="Two tasks of one service could run different programs, and nobody could say which.",
    severity=Severity.HIGH,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="an image with a digest, or with a tag other than latest",
    fix="name the digest of the release",
    good=(task({"image": "registry/backend@sha256:" + "a" * 64}), task({"image": "registry/backend:v1.2.3"})),
    bad=(task({"image": "registry:5000/backend"}), task({"image": "registry/backend:latest"})),
)
