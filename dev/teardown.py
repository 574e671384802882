"""Take a local stack down the way a real one goes: lift the protection in one `up`, destroy in the next step."""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML

from dev.errors import DevError
from dev.project import Project
from dev.shell import run

PROTECTED_SECTIONS = ("runlayer:database", "runlayer:load_balancer", "runlayer:registry")


def lifted(stack_file: str) -> str:
    """The text of a stack file with deletion protection off in every section that has it."""
    yaml = YAML()
    document = cast("dict[str, dict[str, dict[str, object]]]", yaml.load(stack_file))
    for section in PROTECTED_SECTIONS:
        document["config"][section]["deletion_protected"] = False
    text = StringIO()
    yaml.dump(document, text)
    return text.getvalue()


def destroy(project: Project, stack: str, env: Mapping[str, str]) -> None:
    """Lift the protection of a local stack and destroy it; the committed stack file stays as it is.

    Raises:
        DevError: DEV107 with the step that failed.
    """
    config = project.local / f"teardown.{stack}.yaml"
    config.write_text(lifted((project.root / f"Pulumi.{stack}.yaml").read_text()))
    try:
        for step in ("up", "destroy"):
            _engine(step, stack, config, env, project.root)
    finally:
        config.unlink(missing_ok=True)


def _engine(step: str, stack: str, config: Path, env: Mapping[str, str], root: Path) -> None:
    quietly = ["--yes", "--skip-preview", "--suppress-outputs"]
    command = ["pulumi", step, "-s", stack, "--config-file", str(config), *quietly]
    if code := run(command, env=env, cwd=root):
        raise DevError("DEV107", f"pulumi {step} of {stack} ended with {code}", "make doctor")
