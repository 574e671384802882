"""Errors of the make targets: what is wrong, why, and what to type next."""

from dataclasses import dataclass


@dataclass
class DevError(Exception):
    """A refusal that is shown to the user as it stands, without a traceback.

    Attributes:
        code: stable, for scripts and searches.
        message: what is wrong, asked and allowed.
        fix: the command or the change that mends it.
        exit_code: of the process; 1 error, 2 usage, 14 locked.
    """

    code: str
    message: str
    fix: str
    exit_code: int = 1

    def __str__(self) -> str:
        return f"error[{self.code}]: {self.message}\n  try: {self.fix}"
