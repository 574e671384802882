"""Take a local stack down the way a real one goes: lift the protection in one `up`, destroy in the next step."""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML

from dev import stacks
from dev.errors import DevError
from dev.project import Project
from dev.shell import run

PROTECTED_SECTIONS = ("runlayer:database", "runlayer:load_balancer", "runlayer:registry", "runlayer:backups")


def lifted(stack_file: str, running: tuple[str, str] | None = None) -> str:
    """The text of a stack file with deletion protection off in every section that has it.

    Args:
        stack_file: text of `Pulumi.<stack>.yaml`.
        running: version and digest to stay at, so that taking down starts no rollout; None: as the file says.
    """
    yaml = YAML()
    document = cast("dict[str, dict[str, dict[str, object]]]", yaml.load(stack_file))
    for section in PROTECTED_SECTIONS:
        document["config"][section]["deletion_protected"] = False
    if running:
        version, digest = running
        document["config"]["runlayer:release"].update(follow="pinned", version=version, digest=digest)
    text = StringIO()
    yaml.dump(document, text)
    return text.getvalue()


def destroy(project: Project, stack: str, env: Mapping[str, str]) -> None:
    """Lift the protection of a local stack and destroy it; the committed stack file stays as it is.

    Raises:
        DevError: DEV107 the destroy failed; what is left is named above it.
    """
    made = stacks.outputs(project, stack, env)
    running = (str(made["release_version"]), str(made["release_digest"])) if "release_digest" in made else None
    config = project.local / f"teardown.{stack}.yaml"
    config.write_text(lifted((project.root / f"Pulumi.{stack}.yaml").read_text(), running))
    try:
        # A release that cannot be rolled out must not keep the protection on; the destroy decides.
        _engine("up", stack, config, env, project.root, "--continue-on-error")
        if code := _engine("destroy", stack, config, env, project.root):
            raise DevError("DEV107", f"pulumi destroy of {stack} ended with {code}", "make doctor")
    finally:
        config.unlink(missing_ok=True)


def _engine(step: str, stack: str, config: Path, env: Mapping[str, str], root: Path, *more: str) -> int:
    quietly = ["--yes", "--skip-preview", "--suppress-outputs"]
    return run(["pulumi", step, "-s", stack, "--config-file", str(config), *quietly, *more], env=env, cwd=root)
