"""`make test`: everything that needs no engine in parallel, then what shares the two processors with an engine."""

import os

from dev.project import Project
from dev.shell import run
from engine.environment import engine_env
from engine.ready import ensure_engine


def test(project: Project) -> int:
    """Run the whole suite; the first part that fails decides the exit code."""
    python = str(project.venv_bin / "python")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PULUMI_"))}
    env["HYPOTHESIS_STORAGE_DIRECTORY"] = str(project.local / "cache" / "hypothesis")
    quick = [python, "-m", "pytest", "-q", "-n", "auto", "-m", "not engine"]
    if code := run(quick, env=env, cwd=project.root):
        return code
    ensure_engine(project.root)
    # One at a time: an engine, its provider and an embedded AWS are busy on both processors already.
    real = [python, "-m", "pytest", "-q", "-m", "engine"]
    return run(real, env={**env, **engine_env(project.root)}, cwd=project.root)
