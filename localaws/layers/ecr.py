"""ECR: pushes and tags as on the real registry, blobs, scans; caches and replicas are filled."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from localaws import moto_state
from localaws.errors import ApiError
from localaws.layers import ecr_lifecycle, ecr_rules
from localaws.layers.ecr_rules import CACHE_RULES
from localaws.moto_state import Untyped
from localaws.registry import push
from localaws.registry.scan import DONE, findings_of, scan_status

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

TOKEN_HOURS = 12


def put_image(world: World, call: Call) -> Params:
    params = call.params
    repo = _repository(call)
    manifest = str(params["imageManifest"])
    digest = push.digest_of(manifest.encode())
    tag = params.get("imageTag")
    if params.get("imageDigest") not in (None, digest):
        raise ApiError("ImageDigestDoesNotMatchException", f"The image digest {params['imageDigest']} does not match.")
    holder = push.tagged(repo, tag) if tag else None
    known = any(image.get_image_digest() == digest for image in repo.images)
    if (holder is not None and holder.get_image_digest() == digest) or (known and not tag):
        raise ApiError(
            "ImageAlreadyExistsException",
            f"Image with digest '{digest}' and tag '{tag}' already exists in the repository with name '{repo.name}' in "
            f"registry with id '{call.account}'",
        )
    if holder is not None:
        push.refuse_if_immutable(repo, str(tag))
    media = str(params.get("imageManifestMediaType") or push.MANIFEST_TYPE)
    image = push.put(repo, call.account, manifest, media, digest)
    if tag:
        push.move_tag(repo, str(tag), image)
    if (repo.image_scanning_configuration or {}).get("scanOnPush"):
        world.table(DONE)[digest] = world.clock.sim()
    replicate(world, call.account, call.region, repo.name, image)
    return {
        "image": {
            "registryId": call.account,
            "repositoryName": repo.name,
            "imageId": {"imageDigest": digest, "imageTag": tag},
            "imageManifest": manifest,
            "imageManifestMediaType": media,
        }
    }


def describe_images(world: World, call: Call) -> Params:
    materialize(world, call.account, call.region, str(call.params.get("repositoryName")))
    repo = _repository(call)
    wanted: list[dict[str, str]] = call.params.get("imageIds") or []
    images = [_image(repo, call, image_id) for image_id in wanted] if wanted else list(repo.images)
    status = (call.params.get("filter") or {}).get("tagStatus", "ANY")
    if status in ("TAGGED", "UNTAGGED"):
        images = [i for i in images if bool(i.image_tags) == (status == "TAGGED")]
    details: list[Params] = []
    for image in {id(i): i for i in images}.values():
        digest = str(image.get_image_digest())
        detail: Params = {
            "registryId": call.account,
            "repositoryName": repo.name,
            "imageDigest": digest,
            "imageTags": list(image.image_tags) or None,
            "imageSizeInBytes": push.LAYER_BYTES,
            "imagePushedAt": datetime.fromtimestamp(image.image_pushed_at, tz=UTC),
            "imageManifestMediaType": image.image_manifest_media_type,
            "artifactMediaType": push.CONFIG_TYPE,
        }
        details.append(detail | scan_status(world, digest))
    start = int(base64.b64decode(str(call.params["nextToken"])).decode()) if call.params.get("nextToken") else 0
    size = int(call.params.get("maxResults") or 100)
    more = base64.b64encode(str(start + size).encode()).decode() if start + size < len(details) else None
    return {"imageDetails": details[start : start + size], "nextToken": more}


def batch_get_image(world: World, call: Call) -> Params:
    materialize(world, call.account, call.region, str(call.params.get("repositoryName")))
    repo = _repository(call)
    images: list[Params] = []
    failures: list[Params] = []
    for image_id in call.params.get("imageIds") or []:
        image = _find(repo, image_id)
        if image is None:
            failures.append(_not_there(image_id))
            continue
        images.append(
            {
                "registryId": call.account,
                "repositoryName": repo.name,
                "imageId": {"imageDigest": image.get_image_digest(), "imageTag": image_id.get("imageTag")},
                "imageManifest": image.image_manifest,
                "imageManifestMediaType": image.image_manifest_media_type,
            }
        )
    return {"images": images, "failures": failures}


def batch_delete_image(world: World, call: Call) -> Params:
    """By tag: the tag goes, and the image with its last one; by digest: the image with all its tags."""
    del world
    repo = _repository(call)
    gone: list[Params] = []
    failures: list[Params] = []
    for image_id in call.params.get("imageIds") or []:
        image = _find(repo, image_id)
        if image is None:
            failures.append(_not_there(image_id))
            continue
        digest = image.get_image_digest()
        if "imageDigest" in image_id:
            tags = list(image.image_tags)
            gone += [{"imageDigest": digest, "imageTag": tag} for tag in tags] or [{"imageDigest": digest}]
            repo.images.remove(image)
            continue
        image.image_tags.remove(image_id["imageTag"])
        gone.append({"imageDigest": digest, "imageTag": image_id["imageTag"]})
        if not image.image_tags:
            repo.images.remove(image)
    return {"imageIds": gone, "failures": failures}


def batch_check_layers(world: World, call: Call) -> Params:
    output = call.forward()
    there = {layer["layerDigest"] for layer in output.get("layers") or []}
    for digest in call.params.get("layerDigests") or []:
        content = world.images.blobs.get(digest)
        if content is not None and digest not in there:
            output.setdefault("layers", []).append(
                {
                    "layerDigest": digest,
                    "layerAvailability": "AVAILABLE",
                    "layerSize": len(content),
                    "mediaType": push.LAYER_TYPE,
                }
            )
            output["failures"] = [f for f in output.get("failures") or [] if f["layerDigest"] != digest]
    return output


def get_download_url(world: World, call: Call) -> Params:
    _repository(call)
    digest = str(call.params["layerDigest"])
    if digest not in world.images.blobs:
        raise ApiError("LayersNotFoundException", f"The layer with digest '{digest}' does not exist.")
    return {"downloadUrl": f"{world.endpoint}/_localaws/blobs/{digest}", "layerDigest": digest}


def get_token(world: World, call: Call) -> Params:
    output = call.forward()
    expires = world.clock.date() + timedelta(hours=TOKEN_HOURS)
    for item in output.get("authorizationData") or []:
        item["expiresAt"] = expires
    return output


def start_scan(world: World, call: Call) -> Params:
    repo = _repository(call)
    image = _image(repo, call, call.params["imageId"])
    digest = str(image.get_image_digest())
    world.table(DONE)[digest] = world.clock.sim()
    return _scan_head(call, repo, image) | {"imageScanStatus": {"status": "IN_PROGRESS"}}


def describe_findings(world: World, call: Call) -> Params:
    repo = _repository(call)
    image = _image(repo, call, call.params["imageId"])
    status = scan_status(world, str(image.get_image_digest())).get("imageScanStatus")
    if status is None:
        raise ApiError("ScanNotFoundException", "Image scan does not exist for the image.")
    output = _scan_head(call, repo, image) | {"imageScanStatus": status}
    if status["status"] == "COMPLETE":
        output["imageScanFindings"] = findings_of(world, str(image.get_image_digest()))
    return output


def materialize(world: World, account: str, region: str, repository: str) -> None:
    """Fill a repository below a pull-through cache prefix from its upstream, if that is a registry of this AWS."""
    for key, rule in world.table(CACHE_RULES).items():
        prefix = str(rule["ecrRepositoryPrefix"])
        if not key.startswith(f"{account}:{region}:") or not repository.startswith(f"{prefix}/"):
            continue
        host = str(rule["upstreamRegistryUrl"]).split(".")
        if len(host) < 4 or host[1:3] != ["dkr", "ecr"]:  # noqa: PLR2004
            continue
        rest = repository.removeprefix(f"{prefix}/")
        above = rule["upstreamRepositoryPrefix"]
        source = moto_state.backend("ecr", host[0], host[3]).repositories.get(
            rest if above == "ROOT" else f"{above}/{rest}"
        )
        if source is not None:
            _copy(world, account, region, repository, source.images)


def replicate(world: World, account: str, region: str, repository: str, image: Untyped) -> None:
    """Copy a pushed image where the registry's replication configuration says."""
    backend = moto_state.backend("ecr", account, region)
    for rule in (backend.replication_config or {}).get("rules") or []:
        filters = rule.get("repositoryFilters") or []
        if filters and not any(repository.startswith(f["filter"]) for f in filters):
            continue
        for target in rule.get("destinations") or []:
            _copy(world, target["registryId"], target["region"], repository, [image])


def _copy(world: World, account: str, region: str, repository: str, images: list[Any]) -> None:
    del world
    from moto.ecr.models import Repository  # noqa: PLC0415

    backend = moto_state.backend("ecr", account, region)
    repo = backend.repositories.get(repository)
    if repo is None:
        repo = Repository(account, region, repository, None, None, "", "MUTABLE")
        backend.repositories[repository] = repo
    for image in images:
        digest = str(image.get_image_digest())
        copied = push.put(repo, account, image.image_manifest, image.image_manifest_media_type, digest)
        copied.image_pushed_at = image.image_pushed_at
        for tag in image.image_tags:
            push.move_tag(repo, tag, copied)


def _scan_head(call: Call, repo: Untyped, image: Untyped) -> Params:
    tag = call.params["imageId"].get("imageTag")
    return {
        "registryId": call.account,
        "repositoryName": repo.name,
        "imageId": {"imageDigest": image.get_image_digest(), "imageTag": tag},
    }


def _repository(call: Call) -> Untyped:
    backend = moto_state.backend("ecr", call.params.get("registryId") or call.account, call.region)
    return push.repository_of(backend, call.account, str(call.params.get("repositoryName")))


def _not_there(image_id: dict[str, str]) -> Params:
    return {"imageId": image_id, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"}


def _find(repo: Untyped, image_id: dict[str, str]) -> Untyped | None:
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    for image in repo.images:
        if (digest is None or image.get_image_digest() == digest) and (tag is None or tag in image.image_tags):
            return image
    return None


def _image(repo: Untyped, call: Call, image_id: dict[str, str]) -> Untyped:
    image = _find(repo, image_id)
    if image is None:
        said = ", ".join(f"{key}:'{image_id.get(key, 'null')}'" for key in ("imageDigest", "imageTag"))
        raise ApiError(
            "ImageNotFoundException",
            f"The image with imageId {{{said}}} does not exist within the repository with name '{repo.name}' in the "
            f"registry with id '{call.account}'",
        )
    return image


HANDLERS: dict[str, Handler] = {
    "PutImage": put_image,
    "DescribeImages": describe_images,
    "BatchGetImage": batch_get_image,
    "BatchDeleteImage": batch_delete_image,
    "BatchCheckLayerAvailability": batch_check_layers,
    "GetDownloadUrlForLayer": get_download_url,
    "GetAuthorizationToken": get_token,
    "StartImageScan": start_scan,
    "DescribeImageScanFindings": describe_findings,
    **ecr_rules.HANDLERS,
    **ecr_lifecycle.HANDLERS,
}
