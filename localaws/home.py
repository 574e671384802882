"""The state folder of an embedded AWS: endpoint, pid, log, saved state. One per checkout: two do not collide."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from localaws.errors import UsageError

ENV_HOME = "LOCALAWS_HOME"
DEFAULT_HOME = Path(".local") / "aws"
PROJECT_MARK = "Pulumi.yaml"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below the folder; nothing is created until something is written."""

    path: Path

    @property
    def endpoint_file(self) -> Path:
        return self.path / "endpoint"

    @property
    def pid_file(self) -> Path:
        return self.path / "pid"

    @property
    def log_file(self) -> Path:
        return self.path / "log"

    @property
    def state_file(self) -> Path:
        return self.path / "current.state"

    def save_file(self, name: str) -> Path:
        """A named save; only letters, digits, dot, dash and underscore, so that no name leaves the folder."""
        allowed = name and not name.startswith(".") and all(c.isalnum() or c in "._-" for c in name)
        if not allowed:
            raise UsageError("bad-name", f"{name!r} is no name for a save: letters, digits, dot, dash, underscore")
        return self.path / "saves" / f"{name}.state"

    def saves(self) -> list[str]:
        return sorted(path.stem for path in (self.path / "saves").glob("*.state"))

    def endpoint(self) -> str | None:
        """The URL that was written at the last start (it may not be up)."""
        try:
            return self.endpoint_file.read_text().strip() or None
        except FileNotFoundError:
            return None

    def pid(self) -> int | None:
        """The process that serves this folder, if it lives."""
        try:
            pid = int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if _is_ours(pid) else None

    def port(self) -> int:
        """The port of the last start if it is free, so that the endpoint stays the same; otherwise a free one."""
        last = (self.endpoint() or "").rsplit(":", 1)[-1]
        if last.isdigit() and _free(int(last)):
            return int(last)
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            return int(probe.getsockname()[1])


def find_home(given: Path | None = None) -> Home:
    """`--home`, then the environment, then `.local/aws` of the project that the current folder is in."""
    if given is not None:
        return Home(given.resolve())
    named = os.environ.get(ENV_HOME)
    if named:
        return Home(Path(named).resolve())
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / PROJECT_MARK).exists()), here)
    return Home(root / DEFAULT_HOME)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _is_ours(pid: int) -> bool:
    """Alive and an embedded AWS: a pid file that outlived its process may name somebody else's."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    try:
        return b"localaws" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return True  # no /proc here: believe the pid file
