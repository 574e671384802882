"""What the embedded AWS answers beside or instead of moto, one file a service."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localaws.wire import Call, Params
    from localaws.world import World

    Handler = Callable[[World, Call], Params]
    Ticker = Callable[[World], None]

# botocore's service name -> module of this package
MODULES = {
    "acm": "acm",
    "application-autoscaling": "autoscaling",
    "backup": "backup",
    "cloudwatch": "cloudwatch",
    "ec2": "ec2",
    "ecr": "ecr",
    "ecs": "ecs",
    "elbv2": "elbv2",
    "iam": "iam",
    "rds": "rds",
    "resourcegroupstaggingapi": "tagging",
}


@cache
def handlers() -> dict[tuple[str, str], Handler]:
    """Every handler of the layer by (service, action); whatever is not here is moto's."""
    table: dict[tuple[str, str], Handler] = {}
    for service, name in MODULES.items():
        found: dict[str, Handler] = import_module(f"localaws.layers.{name}").HANDLERS
        table |= {(service, action): handler for action, handler in found.items()}
    return table


@cache
def tickers() -> list[Ticker]:
    """What a layer does by itself as time passes."""
    modules = [import_module(f"localaws.layers.{name}") for name in MODULES.values()]
    return [module.tick for module in modules if hasattr(module, "tick")]
