"""The local stacks: made once in the `file://` backend, without touching the committed stack files."""

import tempfile
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
    """Make the stack if the backend has none.

    It is made from a bare copy of the project, because the engine writes the salt of the secrets into the stack file.
    """
    require_known(stack)
    if state_file(project, stack).exists():
        return
    project.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=project.local) as bare:
        (Path(bare) / "Pulumi.yaml").write_text("name: runlayer\nruntime: python\n")
        ask(["pulumi", "stack", "init", stack, "--non-interactive"], env=env, cwd=Path(bare))


def made(project: Project) -> list[str]:
    """The stacks that the backend has."""
    return [stack for stack in STACKS if state_file(project, stack).exists()]
