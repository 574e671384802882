"""Everything the embedded AWS knows beside moto's own backends."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from localaws.clock import Clock
from localaws.ecs.store import EcsStore
from localaws.faults import Faults
from localaws.home import Home
from localaws.idempotency import Answers
from localaws.journal import Journal
from localaws.registry.images import Images


@dataclass(slots=True)
class World:
    """One embedded AWS. `lock` is held while a call is answered: moto is not thread-safe."""

    clock: Clock
    images: Images
    ecs: EcsStore
    faults: Faults
    journal: Journal
    records: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    lock: threading.RLock = field(default_factory=threading.RLock)
    answers: Answers = field(default_factory=Answers)
    changes: int = 0
    saved_changes: int = 0
    endpoint: str = ""
    note: str = ""  # what a person should know of this start
    home: Home | None = None

    def tick(self) -> None:
        """Bring everything that happens by itself up to now."""
        from localaws.layers import tickers  # noqa: PLC0415 - layers import the world

        self.ecs.tick()
        for ticker in tickers():
            ticker(self)

    def table(self, name: str) -> dict[str, Any]:
        """A named table of records that a layer keeps (saved with the rest)."""
        return self.records.setdefault(name, {})


def new_world(clock: Clock | None = None, seed: int = 1) -> World:
    """A fresh world; `seed` decides every identifier that ECS makes up."""
    clock = clock or Clock()
    images = Images()
    return World(clock, images, EcsStore(clock, images, seed), Faults(), Journal())
