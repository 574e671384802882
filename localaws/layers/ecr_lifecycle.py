"""ECR: which images a lifecycle policy would expire now. Nothing is ever expired."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from localaws import moto_state
from localaws.errors import ApiError
from localaws.registry import push

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World


def lifecycle_preview(world: World, call: Call) -> Params:
    """Which images the lifecycle policy would expire now."""
    repo = push.repository_of(
        moto_state.backend("ecr", call.account, call.region), call.account, str(call.params.get("repositoryName"))
    )
    text = call.params.get("lifecyclePolicyText") or repo.lifecycle_policy
    if not text:
        raise ApiError(
            "LifecyclePolicyNotFoundException", f"Lifecycle policy does not exist for the repository {repo.name}."
        )
    now = world.clock.date()
    expired: list[Params] = []
    taken: set[str] = set()
    for rule in sorted(json.loads(text)["rules"], key=lambda r: r["rulePriority"]):
        for image in _selected(rule["selection"], [i for i in repo.images if i.get_image_digest() not in taken], now):
            digest = str(image.get_image_digest())
            taken.add(digest)
            expired.append(
                {
                    "imageDigest": digest,
                    "imageTags": list(image.image_tags) or None,
                    "imagePushedAt": datetime.fromtimestamp(image.image_pushed_at, tz=UTC),
                    "action": {"type": "EXPIRE"},
                    "appliedRulePriority": rule["rulePriority"],
                }
            )
    return {
        "registryId": call.account,
        "repositoryName": repo.name,
        "lifecyclePolicyText": text,
        "status": "COMPLETE",
        "previewResults": expired,
        "summary": {"expiringImageTotalCount": len(expired)},
    }


def start_preview(world: World, call: Call) -> Params:
    done = lifecycle_preview(world, call)
    return {key: done[key] for key in ("registryId", "repositoryName", "lifecyclePolicyText")} | {
        "status": "IN_PROGRESS"
    }


def _selected(selection: dict[str, Any], images: list[Any], now: datetime) -> list[Any]:
    status = selection["tagStatus"]
    if status == "untagged":
        images = [i for i in images if not i.image_tags]
    elif status == "tagged":
        patterns = list(selection.get("tagPatternList") or [f"{p}*" for p in selection.get("tagPrefixList") or []])
        images = [i for i in images if _all_match(i.image_tags, patterns)]
    if selection["countType"] == "imageCountMoreThan":
        images.sort(key=lambda i: i.image_pushed_at, reverse=True)
        return images[int(selection["countNumber"]) :]
    limit = now.timestamp() - int(selection["countNumber"]) * 86400
    return [i for i in images if i.image_pushed_at < limit]


def _all_match(tags: list[str], patterns: list[str]) -> bool:
    """An image is chosen when, for every pattern, one of its tags matches (ECR user guide, lifecycle policies)."""
    return bool(tags) and all(any(fnmatchcase(tag, pattern) for tag in tags) for pattern in patterns)


HANDLERS: dict[str, Handler] = {
    "StartLifecyclePolicyPreview": start_preview,
    "GetLifecyclePolicyPreview": lifecycle_preview,
}
