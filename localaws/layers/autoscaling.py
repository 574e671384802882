"""Application Auto Scaling: tags, and a desired count that is never outside of the registered bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localaws import moto_state

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

TAGS = "autoscaling-tags"


def register_scalable_target(world: World, call: Call) -> Params:
    output = call.forward()
    backend = moto_state.backend("application-autoscaling", call.account, call.region)
    for group in backend.targets.values():
        for target in group.values():
            if call.params.get("Tags") and target.resource_id == call.params.get("ResourceId"):
                world.table(TAGS)[target.arn] = dict(call.params["Tags"])
    tick(world)
    return output


def list_tags(world: World, call: Call) -> Params:
    return {"Tags": world.table(TAGS).get(str(call.params.get("ResourceARN")), {})}


def tag(world: World, call: Call) -> Params:
    tags = world.table(TAGS).setdefault(str(call.params.get("ResourceARN")), {})
    tags |= call.params.get("Tags") or {}
    return {}


def untag(world: World, call: Call) -> Params:
    tags = world.table(TAGS).get(str(call.params.get("ResourceARN")), {})
    for key in call.params.get("TagKeys") or []:
        tags.pop(key, None)
    return {}


def tick(world: World) -> None:
    """A service whose desired count is outside of its bounds is scaled to the nearer one."""
    active = [s for s in world.ecs.services.values() if s.status == "ACTIVE"]
    if not active:
        return
    for backends in moto_state.loaded():
        if backends.service_name != "application-autoscaling":
            continue
        for account, region, backend in backends.iter_backends():
            bounds = {
                target.resource_id: (int(target.min_capacity), int(target.max_capacity))
                for group in backend.targets.values()
                for target in group.values()
                if str(target.scalable_dimension).endswith("DesiredCount")
            }
            for service in active:
                low, high = bounds.get(f"service/{service.cluster_name}/{service.name}", (0, service.desired_count))
                here = service.arn.startswith(f"arn:aws:ecs:{region}:{account}:")
                if here and not low <= service.desired_count <= high:
                    service.desired_count = min(max(service.desired_count, low), high)
                    world.ecs.advance(service, world.clock.sim())


HANDLERS: dict[str, Handler] = {
    "RegisterScalableTarget": register_scalable_target,
    "ListTagsForResource": list_tags,
    "TagResource": tag,
    "UntagResource": untag,
}
