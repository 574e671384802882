"""One build at a time in one checkout."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from engine.errors import EngineError

POLL_S = 0.5


@contextmanager
def build_lock(path: Path, *, wait: bool, say: Callable[[str], None]) -> Generator[None]:
    """Hold the lock file while the block runs; it is freed even if this process is killed.

    When another process holds it: wait for it and say who it is, or with `wait=False` raise EngineError ENG018.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as handle:
        if not _try(handle):
            holder = _holder(handle)
            if not wait:
                raise EngineError(
                    "ENG018",
                    f"another build runs in this checkout: {holder}",
                    "two builds would write the same files",
                    "wait for it to end, or run the command again without --no-wait",
                )
            say(f"waiting for another build in this checkout: {holder}")
            while not _try(handle):
                time.sleep(POLL_S)
        handle.seek(0)
        handle.truncate()
        json.dump({"pid": os.getpid(), "since": time.strftime("%H:%M:%S")}, handle)
        handle.flush()
        yield


def _try(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: IO[str]) -> str:
    handle.seek(0)
    try:
        holder = json.loads(handle.read())
        return f"process {holder['pid']}, since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        return "process unknown"
