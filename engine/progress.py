"""Shows what the build is doing: one line a step, with the seconds ticking on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TextIO

PLAIN_INTERVAL_S = 30.0
TERMINAL_INTERVAL_S = 1.0


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 05 s`."""
    if seconds < 10:  # noqa: PLR2004 - below ten seconds a tenth matters
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


class Progress:
    """Writes to `stream` (standard error by default). Not for use by two threads at once."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._terminal = self._stream.isatty()
        self._detail = ""

    def say(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()

    def detail(self, text: str) -> None:
        """What the running step is at, e.g. `812 packages compiled`."""
        self._detail = text

    @contextmanager
    def step(self, number: int, total: int, title: str) -> Generator[None]:
        """Show one step while it runs; its end says how long it took, or that it failed."""
        head = f"[{number}/{total}] {title}"
        started = self._clock()
        self._detail = ""
        stop = threading.Event()
        if not self._terminal:
            self.say(f"{head} ...")
        ticker = threading.Thread(target=self._tick, args=(head, started, stop), daemon=True)
        ticker.start()
        outcome = "failed"
        try:
            yield
            outcome = "done"
        finally:
            stop.set()
            ticker.join()
            self._clear()
            self.say(f"{head}: {outcome}, {duration(self._clock() - started)}")

    def cached(self, number: int, total: int, title: str) -> None:
        self.say(f"[{number}/{total}] {title}: up to date")

    def _tick(self, head: str, started: float, stop: threading.Event) -> None:
        while not stop.wait(TERMINAL_INTERVAL_S if self._terminal else PLAIN_INTERVAL_S):
            detail = f", {self._detail}" if self._detail else ""
            line = f"{head} ... {duration(self._clock() - started)}{detail}"
            if self._terminal:
                self._clear()
                self._stream.write(line)
                self._stream.flush()
            else:
                self.say(line)

    def _clear(self) -> None:
        if self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
