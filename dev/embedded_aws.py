"""Start and stop the embedded AWS of this checkout."""

import os
import shutil
from collections.abc import Mapping

from dev.project import Project
from dev.shell import ask, run


def _environment(project: Project, inherited: Mapping[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in inherited.items() if not k.startswith("AWS_")}
    return {**kept, "LOCALAWS_HOME": str(project.aws_home)}


def _localaws(project: Project) -> str:
    return str(project.venv_bin / "localaws")


def start(project: Project) -> str:
    """Start it if it does not run, put the vendor's releases into its registry, and return its URL."""
    env = _environment(project, os.environ)
    project.aws_home.mkdir(parents=True, exist_ok=True)
    ask([_localaws(project), "start"], env=env, cwd=project.root)
    ask([_localaws(project), "seed"], env=env, cwd=project.root)
    return project.endpoint_file.read_text().strip()


def stop(project: Project) -> None:
    """Stop it; nothing happens when it does not run."""
    run([_localaws(project), "stop"], env=_environment(project, os.environ), cwd=project.root)


def forget(project: Project) -> None:
    """Remove what it kept."""
    shutil.rmtree(project.aws_home, ignore_errors=True)
