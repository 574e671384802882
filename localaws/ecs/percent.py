"""How many tasks may and must run during a deployment, rounded as ECS does."""

from __future__ import annotations

import math

DEFAULT_MAXIMUM_PERCENT = 200  # REPLICA services, ECS API reference
DEFAULT_MINIMUM_HEALTHY_PERCENT = 100


def most_tasks(desired: int, maximum_percent: int) -> int:
    """Upper limit on RUNNING + PENDING tasks: rounded down."""
    return math.floor(desired * maximum_percent / 100)


def fewest_healthy(desired: int, minimum_healthy_percent: int) -> int:
    """Lower limit on healthy tasks: rounded up."""
    return math.ceil(desired * minimum_healthy_percent / 100)
