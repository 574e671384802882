"""The request journal: what was called, when, with what outcome. Never what was in it."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

MOST_ENTRIES = 50_000
READING = ("Describe", "List", "Get", "Head", "BatchGet", "BatchCheck", "Lookup", "Search", "Query", "Scan", "Assume")
READING_ACTIONS = frozenset(
    {"Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt", "FilterLogEvents", "TestMetricFilter"}
)


def mutates(action: str) -> bool:
    """Whether an action changes something, told by its name as AWS names actions."""
    return not action.startswith(READING) and action not in READING_ACTIONS


@dataclass(frozen=True, slots=True)
class Entry:
    """One call. `at` is Unix time, `outcome` is `ok`, an AWS error code, or what a fault did."""

    number: int
    at: float
    service: str
    action: str
    status: int
    outcome: str
    milliseconds: float
    mutating: bool

    def as_dict(self) -> dict[str, object]:
        row: dict[str, object] = asdict(self)
        row["time"] = datetime.fromtimestamp(self.at, tz=UTC).isoformat(timespec="milliseconds")
        return row


@dataclass(slots=True)
class Journal:
    """The latest calls, oldest first."""

    entries: deque[Entry] = field(default_factory=lambda: deque[Entry](maxlen=MOST_ENTRIES))
    total: int = 0

    def add(self, at: float, service: str, action: str, *, status: int, outcome: str, seconds: float) -> None:
        self.total += 1
        self.entries.append(
            Entry(self.total, at, service, action, status, outcome, round(seconds * 1000, 2), mutates(action))
        )

    def clear(self) -> None:
        self.entries.clear()
        self.total = 0
