"""What a task of an image does when it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

Behaviour = Literal["healthy", "exits", "unhealthy", "unpullable", "slow", "no-capacity", "degrades"]
BEHAVIOURS: tuple[str, ...] = get_args(Behaviour)

MEANINGS: dict[str, str] = {
    "healthy": "starts, answers its health checks, keeps running",
    "exits": "gets to RUNNING, then its essential container exits",
    "unhealthy": "runs, but never answers a health check",
    "unpullable": "the image cannot be pulled",
    "slow": "answers health checks only after a long start",
    "no-capacity": "no capacity is found to place the task",
    "degrades": "becomes healthy, then fires the deployment's alarms",
}


@dataclass(frozen=True, slots=True)
class Script:
    """A scripted image. Seconds are simulated. `exit_code` None: 1 for `exits`, 0 for one-off tasks."""

    behaviour: Behaviour = "healthy"
    exit_code: int | None = None
    container_exits: tuple[tuple[str, int], ...] = field(default=())
    ready_seconds: float | None = None
    degrade_seconds: float = 30.0
    run_seconds: float = 8.0

    def exit_of(self, container: str, *, essential: bool, fallback: int) -> int:
        """Exit code of one container of a one-off task or of a crash."""
        for name, code in self.container_exits:
            if name == container:
                return code
        return (fallback if self.exit_code is None else self.exit_code) if essential else 0
