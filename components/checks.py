"""What is wrong with arguments that several components have; each check yields a sentence a fault. Pure."""

import re
from collections.abc import Iterator

from components.errors import ComponentError
from components.names import check_name_prefix
from settings import fargate

_IMAGE = re.compile(r"[^@\s]+@(?P<digest>sha256:[0-9a-f]{64})")
_USER = re.compile(r"[1-9]\d*(:[1-9]\d*)?")


def name_prefix_faults(name_prefix: str) -> Iterator[str]:
    """A prefix that some resource could not carry."""
    try:
        check_name_prefix(name_prefix)
    except ComponentError as refusal:
        yield refusal.problem


def task_size_faults(cpu: int, memory_mib: int) -> Iterator[str]:
    """Fargate offers pairs, not any cpu with any memory."""
    if not fargate.offered(cpu, memory_mib):
        near = " or ".join(f"{near_cpu}/{memory}" for near_cpu, memory in fargate.nearest(cpu, memory_mib))
        yield f"Fargate does not offer cpu {cpu} with memory_mib {memory_mib}; it offers {near}"


def user_faults(user: str) -> Iterator[str]:
    """A process of ours is never root."""
    if not _USER.fullmatch(user):
        yield f"user {user!r} is not a user number above 0, with or without a group number"


def image_faults(image: object, release_digest: str) -> Iterator[str]:
    """An image is named by the digest of the release; an output is taken as it comes."""
    if not isinstance(image, str):
        return
    by_digest = _IMAGE.fullmatch(image)
    if not by_digest:
        yield f"image {image!r} is not REPOSITORY@sha256:DIGEST: a tag can name another image tomorrow"
    elif by_digest["digest"] != release_digest:
        yield f"image and release_digest name two images: {by_digest['digest']} and {release_digest}"
