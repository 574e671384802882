"""The one error that a component raises, before it registers anything."""

from dataclasses import dataclass

import pulumi


@dataclass(eq=False)
class ComponentError(pulumi.RunError):
    """Arguments that AWS would refuse, or that would build something unsafe.

    Pulumi prints it without a traceback.

    `code` is stable (`COMP101` ...), `problem` says what was asked and what is allowed, `cause` why, and `remedy`
    what to change.
    """

    code: str
    problem: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"error {self.code}: {self.problem}\n  why:  {self.cause}\n  next: {self.remedy}"
