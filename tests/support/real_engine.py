"""Runs the engine that this checkout has built, against a plain stand-in for AWS, in a directory of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engine.environment import engine_env

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "engine" / "fixtures"
RUN_TIMEOUT_S = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def plain_moto() -> Generator[str]:
    """A moto server on a free loopback port; yields its URL."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _attempt in range(300):
            try:
                urllib.request.urlopen(f"{url}/moto-api/", timeout=1).close()  # noqa: S310 - loopback
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError("moto does not answer")
        yield url
    finally:
        server.terminate()
        server.wait()


@dataclass(frozen=True)
class Answer:
    """How a command ended; `text` is standard output and standard error together."""

    code: int
    text: str
    seconds: float


@dataclass(frozen=True)
class RealStack:
    """A Pulumi project in `directory` with one stack, `dev`, on a file backend."""

    directory: Path
    environment: dict[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.directory,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def pulumi(self, *arguments: str) -> Answer:
        """Run `pulumi ARGUMENTS --non-interactive` to its end."""
        started = time.monotonic()
        process = self.start(*arguments)
        try:
            text, _ = process.communicate(timeout=RUN_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            text, _ = process.communicate()
            raise AssertionError(f"pulumi {' '.join(arguments)} does not end:\n{text[-4000:]}") from None
        return Answer(process.returncode, text, time.monotonic() - started)

    def succeed(self, *arguments: str) -> Answer:
        answer = self.pulumi(*arguments)
        assert answer.code == 0, answer.text
        return answer

    def resources(self) -> list[dict[str, object]]:
        """The resources in the state, as the engine exports them."""
        state = cast("dict[str, dict[str, object]]", json.loads(self.succeed("stack", "export").text))
        return cast("list[dict[str, object]]", state["deployment"].get("resources", []))

    def outputs(self) -> dict[str, object]:
        return cast("dict[str, object]", json.loads(self.succeed("stack", "output", "--json").text))


def engine_environment(directory: Path, endpoint: str) -> dict[str, str]:
    """The variables that make `pulumi` use this checkout's engine, a state below `directory`, and this AWS."""
    (directory / "state").mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    environment |= engine_env(ROOT)
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    environment |= {
        "PULUMI_BACKEND_URL": f"file://{directory}/state",
        "PULUMI_CONFIG_PASSPHRASE": "only-for-tests",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return environment


def real_stack(directory: Path, fixture: str, endpoint: str) -> RealStack:
    """Copy a project from the fixtures to `directory` and make its stack."""
    project = directory / fixture
    shutil.copytree(FIXTURES / fixture, project)
    stack = RealStack(project, engine_environment(directory, endpoint))
    stack.succeed("stack", "init", "dev")
    return stack


def processes_with(text: str) -> list[int]:
    """Processes whose environment or command line has `text`, such as the directory of a stack."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            content = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if text.encode() in content and state != "Z":
            found.append(int(entry.name))
    return found


def wait_until_gone(text: str, seconds: float) -> list[int]:
    """Wait until no process has `text`; the ones that are left when the time is up."""
    deadline = time.monotonic() + seconds
    while (left := processes_with(text)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
