"""The whole program on an embedded AWS of its own, in a copy of the checkout's own files.

with whole_stack(folder, "staging") as stack:
    stack.succeed("up", "--yes", "--skip-preview")
    stack.mutating(since=0)     # calls that changed something
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from pydantic import TypeAdapter

from dev import embedded_aws, teardown
from dev.environment import process_environment
from dev.project import Project
from dev.shell import ask
from localaws.client import Client
from ops.facts.serving import Serving
from outputs import StackOutputs
from tests.support.real_engine import ROOT, RealStack

COPIED = ("Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml", "__main__.py", "stack.py", "outputs.py")
LINKED = (".venv", "components", "settings")
REPOSITORY = "backend-production"


@dataclass(frozen=True)
class Room(Project):
    """This checkout's engine, with state and embedded AWS in a folder of their own."""

    folder: Path

    @property
    def local(self) -> Path:
        """Away from the checkout."""
        return self.folder / "local"


class Call(TypedDict):
    """A line of the embedded AWS's journal, as far as tests read it."""

    number: int
    service: str
    action: str
    mutating: bool


class Step(TypedDict, total=False):
    """A line of a preview's plan, as far as tests read it."""

    op: str
    urn: str


@dataclass(frozen=True)
class WholeStack(RealStack):
    """A stack of this project; `directory` has the program and its stack files."""

    name: str
    room: Room

    def stack_outputs(self) -> StackOutputs:
        """The outputs, typed."""
        return StackOutputs.model_validate(self.outputs())

    def localaws(self, *arguments: str) -> str:
        """Run `localaws ARGUMENTS` on this stack's embedded AWS; what it prints."""
        return ask(["localaws", *arguments], env=self.environment, cwd=self.directory)

    def push(self, tags: str, behaviour: str = "healthy") -> str:
        """Push an image to the vendor's registry; its digest."""
        said = self.localaws("push", f"{REPOSITORY}:{tags}", "--behaviour", behaviour)
        return said.strip()

    def calls(self, since: int = 0) -> list[Call]:
        """Calls after the one with this number."""
        said = cast("dict[str, list[Call]]", json.loads(self.localaws("journal", "--json", "--since", str(since))))
        return said["calls"]

    def last_call(self) -> int:
        """Number of the newest call."""
        return max((call["number"] for call in self.calls()), default=0)

    def mutating(self, since: int) -> list[str]:
        """`service:Action` of the calls after this number that changed something, in order."""
        return [f"{call['service']}:{call['action']}" for call in self.calls(since) if call["mutating"]]

    def lift_protection(self) -> str:
        """A stack file beside the committed one, without deletion protection; its path."""
        file = self.room.folder / f"lifted.{self.name}.yaml"
        file.write_text(teardown.lifted((self.directory / f"Pulumi.{self.name}.yaml").read_text()))
        return str(file)

    def serving(self) -> Serving:
        """What runs, asked of ECS in a process of its own: boto3 is set up by the environment."""
        outputs = self.stack_outputs()
        program = (
            "import json, sys; from dataclasses import asdict; from ops.facts.serving import read_serving\n"
            "print(json.dumps(asdict(read_serving(*sys.argv[1:]))))"
        )
        place = outputs.region, outputs.cluster_name, outputs.service_name
        said = ask(["python", "-c", program, *place], env=self.environment, cwd=ROOT)
        return TypeAdapter(Serving).validate_json(said)

    def plan(self, *arguments: str) -> list[Step]:
        """The steps of a preview that change something."""
        said = self.succeed("preview", "--json", *arguments).text
        document = cast("dict[str, list[Step]]", json.loads(said[said.index("{") :]))
        return [step for step in document["steps"] if step["op"] not in ("same", "read")]

    def edit(self, old: str, new: str) -> None:
        """Change the copy of the stack file; `old` must be there."""
        file = self.directory / f"Pulumi.{self.name}.yaml"
        text = file.read_text()
        assert old in text, f"{old!r} is not in {file.name}"
        file.write_text(text.replace(old, new))

    def aws(self) -> Client:
        """The embedded AWS itself."""
        return Client(self.environment["AWS_ENDPOINT_URL"])


@contextmanager
def room_with_aws(folder: Path) -> Generator[tuple[Room, dict[str, str]]]:
    """A room whose embedded AWS runs, and the environment in which programs see it."""
    room = Room(ROOT, folder)
    room.state.mkdir(parents=True)
    url = embedded_aws.start(room)
    try:
        yield room, process_environment(room, url, os.environ)
    finally:
        embedded_aws.stop(room)


def copy_program(folder: Path) -> Path:
    """The program with its stack files, in a folder in which both may be changed; `git status` there is clean."""
    directory = folder / "project"
    directory.mkdir()
    for name in COPIED:
        shutil.copy(ROOT / name, directory / name)
    for name in LINKED:
        (directory / name).symlink_to(ROOT / name)
    _git(directory, "init", "--quiet")
    _git(directory, "add", "--all")
    who = "-c", "user.name=test", "-c", "user.email=test@example.com"
    _git(directory, *who, "commit", "--quiet", "--no-gpg-sign", "--message", "as checked out")
    return directory


def dirt(directory: Path) -> str:
    """What `git status` says about a copy of the program; empty while nothing was written to it."""
    return _git(directory, "status", "--porcelain")


def _git(directory: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return ask(["git", *arguments], env=environment, cwd=directory)


@contextmanager
def whole_stack(folder: Path, name: str) -> Generator[WholeStack]:
    """A stack of this project that was not brought up yet; its embedded AWS ends with it."""
    with room_with_aws(folder) as (room, environment):
        stack = WholeStack(copy_program(folder), environment, name, room)
        stack.succeed("stack", "init", name)
        yield stack
