"""Start the programs that the make targets stand for, and say which one failed."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev.errors import DevError


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> int:
    """Run a program on this terminal and return its exit code."""
    try:
        return subprocess.run(command, env=dict(env), cwd=cwd, check=False).returncode
    except FileNotFoundError:
        raise DevError("DEV104", f"{command[0]} is not there", "make doctor") from None


def ask(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> str:
    """Run a program and return what it prints on stdout.

    Raises:
        DevError: DEV104 it is not there; DEV105 it failed (with the end of what it said).
    """
    try:
        done = subprocess.run(command, env=dict(env), cwd=cwd, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        raise DevError("DEV104", f"{command[0]} is not there", "make doctor") from None
    if done.returncode:
        said = "\n  ".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        raise DevError("DEV105", f"`{' '.join(command)}` ended with {done.returncode}:\n  {said}", "make doctor")
    return done.stdout
