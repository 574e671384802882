"""Putting images into moto's registry as ECR would: manifest, config blob, tags that move or refuse to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from localaws import moto_state
from localaws.errors import ApiError
from localaws.moto_state import Untyped
from localaws.registry.images import Images
from localaws.registry.script import Script

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
LAYER_BYTES = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Release:
    """An image to push: what is in it and what a task of it does."""

    name: str  # decides the layer's content, so that two releases never share a digest
    script: Script = field(default_factory=Script)
    labels: dict[str, str] = field(default_factory=dict[str, str])
    created: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    architecture: str = "amd64"


@dataclass(frozen=True, slots=True)
class Place:
    """A repository."""

    account: str
    region: str
    repository: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of a push."""

    digest: str
    moved_from: dict[str, str]


def manifest_of(release: Release) -> tuple[bytes, dict[str, bytes]]:
    """(manifest, blobs by digest) of a release. The same release always has the same bytes."""
    layer = b"simulated layer of " + release.name.encode()
    config = _canonical(
        {
            "architecture": release.architecture,
            "os": "linux",
            "created": release.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "config": {
                "Labels": dict(sorted(release.labels.items())),
                "User": "10001",
                "ExposedPorts": {"8080/tcp": {}},
                "Cmd": ["serve"],
            },
            "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
        }
    )
    manifest = _canonical(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": {"mediaType": CONFIG_TYPE, "digest": digest_of(config), "size": len(config)},
            "layers": [{"mediaType": LAYER_TYPE, "digest": digest_of(layer), "size": len(layer)}],
        }
    )
    return manifest, {digest_of(config): config, digest_of(layer): layer}


def push(images: Images, where: Place, tags: list[str], release: Release, pushed_at: datetime) -> Pushed:
    """Put a release under tags. Raises ECR's own errors (no such repository, immutable tag)."""
    manifest, blobs = manifest_of(release)
    digest = digest_of(manifest)
    moved: dict[str, str] = {}
    backend = moto_state.backend("ecr", where.account, where.region)
    repo = repository_of(backend, where.account, where.repository)
    for tag in tags:
        holder = tagged(repo, tag)
        if holder is not None and holder.get_image_digest() != digest:
            refuse_if_immutable(repo, tag)
            moved[tag] = str(holder.get_image_digest())
    image = put(repo, where.account, manifest.decode(), MANIFEST_TYPE, digest)
    image.image_pushed_at = int(pushed_at.timestamp())
    for tag in tags:
        move_tag(repo, tag, image)
    images.scripts[digest] = release.script
    for key, content in blobs.items():
        images.keep_blob(key, content)
    return Pushed(digest, moved)


def repository_of(backend: Untyped, account: str, name: str) -> Untyped:
    repo = backend.repositories.get(name)
    if repo is None:
        raise ApiError(
            "RepositoryNotFoundException",
            f"The repository with name '{name}' does not exist in the registry with id '{account}'",
        )
    return repo


def put(repo: Untyped, account: str, manifest: str, media_type: str, digest: str) -> Untyped:
    """Moto's image object of a manifest; made when the repository has none with this digest."""
    for image in repo.images:
        if image.get_image_digest() == digest:
            return image
    from moto.ecr.models import Image  # noqa: PLC0415

    image = Image(account, None, manifest, repo.name, media_type, digest)  # pyright: ignore[reportArgumentType]
    repo.images.append(image)
    return image


def tagged(repo: Untyped, tag: str) -> Untyped | None:
    """The image that has a tag."""
    return next((image for image in repo.images if tag in image.image_tags), None)


def move_tag(repo: Untyped, tag: str, image: Untyped) -> None:
    """A tag is on one image at a time; the one that loses it stays, untagged if it was its last."""
    for other in repo.images:
        if other is not image and tag in other.image_tags:
            other.image_tags.remove(tag)
            other.image_tag = other.image_tags[-1] if other.image_tags else None
    if tag not in image.image_tags:
        image.image_tags.append(tag)
    image.image_tag = tag


def refuse_if_immutable(repo: Untyped, tag: str) -> None:
    """Raise ImageTagAlreadyExistsException when the repository does not let this tag move."""
    if not tag_is_immutable(repo, tag):
        return
    raise ApiError(
        "ImageTagAlreadyExistsException",
        f"The image tag '{tag}' already exists in the '{repo.name}' repository and cannot be overwritten because the "
        "repository is immutable.",
    )


def tag_is_immutable(repo: Untyped, tag: str) -> bool:
    """Whether a tag that exists may not move: the setting, turned round for tags that an exclusion filter matches."""
    given = repo.image_tag_mutability or "MUTABLE"
    setting = str(getattr(given, "value", given))  # moto has it as text or as an enumeration
    filters: list[dict[str, str]] = getattr(repo, "image_tag_mutability_exclusion_filters", None) or []
    excluded = setting.endswith("_WITH_EXCLUSION") and any(fnmatchcase(tag, f.get("filter", "")) for f in filters)
    return setting.startswith("IMMUTABLE") != excluded


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
