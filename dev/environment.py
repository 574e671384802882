"""The environment in which pulumi and localaws see the embedded AWS as they would see AWS."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from dev import guard
from dev.project import Project
from engine.cache import write_atomically
from engine.environment import engine_env

# Opens the salt in the stack files, for stacks that live on this machine only and hold nothing real.
LOCAL_PASSPHRASE = "local"  # noqa: S105


def local_variables(project: Project, endpoint_url: str) -> dict[str, str]:
    """Variables to set, besides PATH; nothing of the user's own AWS or Pulumi set-up is among them."""
    return {
        **{k: v for k, v in engine_env(project.root).items() if k != "PATH"},
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": guard.DUMMY_KEY,
        "AWS_SECRET_ACCESS_KEY": guard.DUMMY_KEY,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "LOCALAWS_HOME": str(project.aws_home),
        "PULUMI_BACKEND_URL": f"file://{project.state}",
        "PULUMI_CONFIG_PASSPHRASE": LOCAL_PASSPHRASE,
    }


def process_environment(project: Project, endpoint_url: str, inherited: Mapping[str, str]) -> dict[str, str]:
    """A whole environment for a child process; the caller's AWS_* and PULUMI_* variables do not come along.

    Raises:
        DevError: DEV101, DEV102 from the guard.
    """
    kept = {k: v for k, v in inherited.items() if not k.startswith(("AWS_", "PULUMI_"))}
    environment = {**kept, **local_variables(project, endpoint_url), "PATH": path(project, inherited)}
    guard.check(environment)
    return environment


def _programs(project: Project) -> list[str]:
    """Folders of the engine's programs and of the console scripts: first on PATH."""
    return [engine_env(project.root)["PATH"].split(os.pathsep)[0], str(project.venv_bin)]


def path(project: Project, inherited: Mapping[str, str]) -> str:
    """PATH with the engine and the console scripts in front."""
    front = _programs(project)
    return os.pathsep.join(front + [p for p in inherited.get("PATH", os.defpath).split(os.pathsep) if p not in front])


def shell_file(project: Project, endpoint_url: str) -> str:
    """Text of `.local/env`, to be sourced by a POSIX shell."""
    lines = ["# Source this: pulumi and localaws then work on the embedded AWS of this checkout."]
    lines += [f"unset {name}" for name in guard.LEADS_ELSEWHERE]
    lines += [f"export {k}={shlex.quote(v)}" for k, v in sorted(local_variables(project, endpoint_url).items())]
    lines.append(f"export PATH={shlex.quote(os.pathsep.join(_programs(project)))}:$PATH")
    return "\n".join(lines) + "\n"


def write_shell_file(project: Project, endpoint_url: str) -> Path:
    """Write `.local/env` in one step and return its path."""
    write_atomically(project.env_file, shell_file(project, endpoint_url).encode())
    return project.env_file
