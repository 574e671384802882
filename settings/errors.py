"""What is wrong with the config of a stack, all of it at once."""

from collections.abc import Iterable
from dataclasses import dataclass

CODES = {
    "CFG001": "the stack file is missing or cannot be read",
    "CFG002": "the stack file is not text",
    "CFG003": "the stack file is not YAML",
    "CFG004": "a key is there twice",
    "CFG005": "a part of the stack file is not a map of keys",
    "CFG006": "anchors, aliases, merge keys or tags",
    "CFG010": "a section is missing",
    "CFG011": "a section that does not exist",
    "CFG012": "a key that does not exist",
    "CFG013": "a key is missing",
    "CFG014": "a value of the wrong type",
    "CFG015": "a value out of range or of the wrong form",
    "CFG016": "an encrypted value",
    "CFG020": "names that AWS cannot take",
    "CFG021": "cpu and memory that Fargate does not offer together",
    "CFG022": "an address range",
    "CFG023": "zones, subnets or the way out",
    "CFG024": "days of retention that AWS does not offer",
    "CFG025": "a window or a schedule",
    "CFG026": "the size or version of the database",
    "CFG027": "the domain or its certificate",
    "CFG028": "seconds that do not fit each other",
    "CFG029": "a rollout that can never move on",
    "CFG030": "the deployment strategy",
    "CFG031": "autoscaling",
    "CFG032": "something secret in plain text",
    "CFG033": "an ARN, an account or a Region",
    "CFG034": "an image repository",
    "CFG035": "the release: intent and lock",
    "CFG036": "where a database is restored from",
    "CFG037": "an address for alarms",
    "CFG038": "tags of resources",
    "CFG039": "variables of the container",
}
"""Every code with what it is about; a code never changes its meaning."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    code: str
    """One of `CODES`."""
    key: str
    """Where, for example `runlayer:service.cpu`; empty when it is the file as a whole."""
    got: str
    """What is there, fit to be shown; never something that may be a secret."""
    allowed: str
    """What may be there."""
    do: str
    """What to do about it."""
    line: int | None = None
    """Line of the stack file, from 1; None when there is no file."""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.key, f"line {self.line}" if self.line else "") if part)
        head = f"{self.code} {where}: {CODES[self.code]}" if where else f"{self.code} {CODES[self.code]}"
        return f"{head}\n    got      {self.got}\n    allowed  {self.allowed}\n    do       {self.do}"


class SettingsError(Exception):
    """The config of a stack is not usable. Shows every fault; holds nothing secret."""

    exit_code = 2
    """Exit code of a command that ends with it."""

    def __init__(self, stack: str, faults: Iterable[Fault], source: str = "") -> None:
        """Faults are shown in the order of the file, then of their keys."""
        self.stack = stack
        self.source = source or "its config"
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line or 0, fault.key, fault.code)))
        super().__init__(stack)

    @property
    def code(self) -> str:
        """Code of the first fault."""
        return self.faults[0].code

    @property
    def summary(self) -> str:
        """One line: how much is wrong, where, and where to look it up."""
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        return f"stack {self.stack}: {count} in {self.source}; nothing was changed. Every key: docs/config.md"

    def __str__(self) -> str:
        return "\n".join([*map(str, self.faults), self.summary])
