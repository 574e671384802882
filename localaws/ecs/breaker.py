"""The deployment circuit breaker's threshold and count (ECS developer guide, deployment circuit breaker)."""

from __future__ import annotations

import math
from typing import Any

LEAST, MOST, SHARE = 3, 200, 50


def threshold(desired: int, breaker: dict[str, Any]) -> int:
    """Failures that trip the breaker. By default clamp(ceil(0.5 x desired), 3, 200)."""
    given = breaker.get("thresholdConfiguration") or {}
    kind = given.get("type", "BOUNDED_PERCENT")
    value = int(given.get("value", SHARE))
    if kind == "COUNT":
        return max(1, value)
    share = math.ceil(desired * value / 100)
    if kind == "UNBOUNDED_PERCENT":
        return max(1, share)
    return min(MOST, max(LEAST, share))


def resets_on_healthy(breaker: dict[str, Any]) -> bool:
    """True (the default): the count is of consecutive failures."""
    value = breaker.get("resetOnHealthyTask")
    return True if value is None else bool(value)


def enabled(config: dict[str, Any]) -> bool:
    return bool((config.get("deploymentCircuitBreaker") or {}).get("enable"))


def rolls_back(config: dict[str, Any]) -> bool:
    return bool((config.get("deploymentCircuitBreaker") or {}).get("rollback"))


def start_delay(failures: int) -> float:
    """Seconds ECS waits before it starts a task again after `failures` starts that never got to RUNNING.

    Exponential, at most 27 minutes (ECS developer guide, service throttle logic); the base is a guess.
    """
    return 0.0 if failures <= 0 else min(27 * 60.0, 10.0 * 2 ** (failures - 1))
