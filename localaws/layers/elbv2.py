"""Load balancers: target health comes from the ECS tasks that are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localaws.ecs import views
from localaws.ecs.task_api import every_task

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World


def describe_target_health(world: World, call: Call) -> Params:
    output = call.forward()
    group = str(call.params.get("TargetGroupArn"))
    wanted = {t["Id"] for t in call.params.get("Targets") or []}
    rows = output.setdefault("TargetHealthDescriptions", [])
    for _, task in every_task(world):
        for row in views.target_health(task):
            if row.pop("group") == group and (not wanted or row["Target"]["Id"] in wanted):
                rows.append(row)
    return output


HANDLERS: dict[str, Handler] = {"DescribeTargetHealth": describe_target_health}
