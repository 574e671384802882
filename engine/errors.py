"""The one error type of this package: what is wrong, why, and what to type next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class EngineError(Exception):
    """A fault that a person can mend.

    `code` is stable (`ENG001` ...), `problem` says what was asked and what was found, `cause` why it matters,
    `remedy` what to type next. `detail` holds the last lines of a log, if there is one.
    """

    code: str
    problem: str
    cause: str
    remedy: str
    detail: str = ""

    def __str__(self) -> str:
        lines = [f"error {self.code}: {self.problem}", f"  why:  {self.cause}", f"  next: {self.remedy}"]
        if self.detail:
            lines += ["", *(f"  | {line}" for line in self.detail.splitlines())]
        return "\n".join(lines)
