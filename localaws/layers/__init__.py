"""What the embedded AWS answers beside or instead of moto, one file a service."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localaws.wire import Call, Params
    from localaws.world import World

    Handler = Callable[[World, Call], Params]


@cache
def handlers() -> dict[tuple[str, str], Handler]:
    """Every handler of the layer by (service, action); whatever is not here is moto's."""
    from localaws.layers import ecr, ecs, elbv2  # noqa: PLC0415

    table: dict[tuple[str, str], Handler] = {}
    for service, module in (("ecs", ecs), ("ecr", ecr), ("elbv2", elbv2)):
        for action, handler in module.HANDLERS.items():
            table[service, action] = handler
    return table
