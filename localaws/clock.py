"""Simulated time: real, N times faster, or moved by hand.

Two times are kept apart. *Simulated seconds* drive timers (a task starts 15 of them after it was asked for).
*Wall time* is what clients read in `createdAt` and the like. With a faster clock the timers shrink while the timestamps
stay those of the machine, so that a client which compares them with its own clock sees what it would see on AWS.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

DEFAULT_SPEED = 60.0  # one simulated minute a second: a rollout of a few minutes takes a few seconds


@dataclass(slots=True)
class _Anchor:
    """From this point on, `wall = wall0 + (sim - sim0) / speed`."""

    sim0: float
    wall0: float
    speed: float


@dataclass(slots=True)
class Clock:
    """Maps simulated seconds to wall seconds (Unix epoch) and back.

    `stepped` clocks stand still until `advance` is called; `offset_seconds` makes this AWS fast (+) or slow (-) against
    the machine, as a client with a wrong clock would see it.
    """

    speed: float = DEFAULT_SPEED
    stepped: bool = False
    offset_seconds: float = 0.0
    anchors: list[_Anchor] = field(default_factory=list[_Anchor])
    stepped_sim: float = 0.0

    def __post_init__(self) -> None:
        if not self.anchors:
            self.anchors.append(_Anchor(0.0, time.time(), 1.0 if self.stepped else self.speed))

    def sim(self) -> float:
        """Simulated seconds since this AWS was first started."""
        if self.stepped:
            return self.stepped_sim
        last = self.anchors[-1]
        return max(last.sim0, last.sim0 + (time.time() - last.wall0) * last.speed)

    def wall(self, sim: float | None = None) -> float:
        """Unix time shown to clients for a simulated instant (default: now)."""
        at = self.sim() if sim is None else sim
        anchor = next((a for a in reversed(self.anchors) if a.sim0 <= at), self.anchors[0])
        return anchor.wall0 + (at - anchor.sim0) / anchor.speed + self.offset_seconds

    def date(self, sim: float | None = None) -> datetime:
        """The same as `wall`, as an aware datetime."""
        return datetime.fromtimestamp(self.wall(sim), tz=UTC)

    def advance(self, seconds: float) -> None:
        """Move a stepped clock forward by simulated seconds; a running clock jumps forward."""
        if self.stepped:
            self.stepped_sim += seconds
            return
        sim, wall = self.sim(), time.time()
        # All that happens in the gap happens now; after it, time goes on as before.
        self.anchors += [_Anchor(sim, wall, math.inf), _Anchor(sim + seconds, wall, self.speed)]

    def set_speed(self, speed: float) -> None:
        """Run `speed` times faster than real time from now on (a stepped clock keeps standing still)."""
        if not self.stepped:
            self.anchors.append(_Anchor(self.sim(), time.time(), speed))
        self.speed = speed

    def resume(self) -> None:
        """Go on from the last simulated instant after the process was down: timers do not run while it is off."""
        if not self.stepped:
            self.anchors.append(_Anchor(self.stepped_sim, time.time(), self.speed))

    def hold(self) -> None:
        """Remember the simulated instant so that `resume` can go on from it."""
        if not self.stepped:
            self.stepped_sim = self.sim()
