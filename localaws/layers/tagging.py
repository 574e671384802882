"""Resource Groups Tagging: what the layer holds itself is found by tag as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

# Tables of {ARN: {key: value}} that other layers keep.
TABLES = ("backup-tags", "composite-alarm-tags", "autoscaling-tags")


def get_resources(world: World, call: Call) -> Params:
    """Moto's answer and ours. Ours come on the last page."""
    output = call.forward()
    if output.get("PaginationToken"):
        return output
    rows: list[Params] = output.setdefault("ResourceTagMappingList", [])
    wanted: list[str] = call.params.get("ResourceTypeFilters") or []
    arns: list[str] = call.params.get("ResourceARNList") or []
    have = {row["ResourceARN"] for row in rows}
    for name in TABLES:
        for arn, tags in world.table(name).items():
            if arn in have or (arns and arn not in arns) or not _typed(arn, wanted):
                continue
            if tags and _tagged(tags, call.params.get("TagFilters") or []):
                rows.append({"ResourceARN": arn, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]})
    return output


def _typed(arn: str, wanted: list[str]) -> bool:
    if not wanted:
        return True
    service, kind = arn.split(":")[2], arn.split(":", 5)[5].split("/", maxsplit=1)[0].split(":", maxsplit=1)[0]
    return any(w in (service, f"{service}:{kind}") for w in wanted)


def _tagged(tags: dict[str, str], filters: list[Params]) -> bool:
    return all(f["Key"] in tags and (not f.get("Values") or tags[f["Key"]] in f["Values"]) for f in filters)


HANDLERS: dict[str, Handler] = {"GetResources": get_resources}
