"""The local stacks: made once in the `file://` backend, without touching the committed stack files."""

import json
from collections.abc import Mapping
from pathlib import Path

from dev.errors import DevError
from dev.project import STACKS, Project
from dev.shell import ask


def require_known(stack: str) -> None:
    """Refuse a stack that the checkout has no file for.

    Raises:
        DevError: DEV106.
    """
    if stack not in STACKS:
        raise DevError("DEV106", f"no stack {stack!r}: allowed are {', '.join(STACKS)}", "make up STACK=staging", 2)


def state_file(project: Project, stack: str) -> Path:
    """Where the backend keeps the stack."""
    return project.state / ".pulumi" / "stacks" / "runlayer" / f"{stack}.json"


def ensure(project: Project, stack: str, env: Mapping[str, str]) -> None:
    """Make the stack if the backend has none; its file holds the salt of the secrets already and is not touched."""
    require_known(stack)
    if not state_file(project, stack).exists():
        project.state.mkdir(parents=True, exist_ok=True)
        ask(["pulumi", "stack", "init", stack, "--non-interactive"], env=env, cwd=project.root)


def outputs(project: Project, stack: str, env: Mapping[str, str]) -> dict[str, object]:
    """The outputs of the last `up` that ended well enough to leave some; else empty."""
    return json.loads(ask(["pulumi", "stack", "output", "--json", "-s", stack], env=env, cwd=project.root))


def made(project: Project) -> list[str]:
    """The stacks that the backend has."""
    return [stack for stack in STACKS if state_file(project, stack).exists()]
