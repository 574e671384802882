"""What runs is named by its content."""

from policies.ecs import TASK_DEFINITION, each_container, image_digest, task
from policies.kit import Control, Props, Resource, Severity
from policies.values import text


def find(resource: Resource) -> str | None:
    return each_container(resource, _fault)


def _fault(container: Props) -> str | None:
    image = text(container, "image")
    return None if image_digest(image) else f"runs the image {image or 'not set'}, whose content can change"


CONTROL = Control(
    module=__name__,
    title="Every container names its image by digest",
    why="A tag that is moved changes what runs without a change that anyone has seen or let through.",
    severity=Severity.CRITICAL,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="an image that ends with @sha256: and 64 hexadecimal digits",
    fix="pin the release: its digest goes into the stack file and from there into the task definition",
    good=(task({"image": "registry/backend@sha256:" + "a" * 64}),),
    bad=(task({"image": "registry/backend:v1.2.3"}), task({"image": "registry/backend@sha256:abc"})),
)
