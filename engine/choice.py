"""Which engine this checkout uses: the official one on PATH, or the one built here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, cast

from engine.cache import write_atomically
from engine.errors import EngineError
from engine.layout import Layout
from engine.pins import OFFICIAL_MINIMUM, numbers

Kind = Literal["built", "official"]
VARIABLE = "ENGINE"
VERSION_TIMEOUT_S = 30


@dataclass(frozen=True)
class Choice:
    """`pulumi` is the CLI's path, `version` its version without a leading v."""

    kind: Kind
    pulumi: str
    version: str


def official(layout: Layout) -> Choice | None:
    """The `pulumi` on PATH, whatever its version; one that was built in a checkout does not count."""
    places = [place for place in os.environ.get("PATH", "").split(os.pathsep) if not _built_here(place, layout)]
    executable = shutil.which("pulumi", path=os.pathsep.join(places))
    if not executable:
        return None
    try:
        answer = subprocess.run(
            [executable, "version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=VERSION_TIMEOUT_S,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_HOME": str(layout.pulumi_home)},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Choice("official", executable, answer.stdout.strip().removeprefix("v"))


def _built_here(place: str, layout: Layout) -> bool:
    path = Path(place)
    return path == layout.bin or path.parts[-3:] == (".local", "engine", "bin")


def new_enough(choice: Choice) -> bool:
    return numbers(choice.version) >= OFFICIAL_MINIMUM


def choose(layout: Layout) -> Choice | None:
    """The official engine if it is to be used; None when one has to be built.

    $ENGINE decides: `build`, `official`, or empty (the official one if it is new enough). Raises EngineError ENG030,
    ENG031.
    """
    wish = os.environ.get(VARIABLE, "")
    if wish not in {"", "build", "official"}:
        raise EngineError(
            "ENG030",
            f"{VARIABLE} is {wish!r}, allowed: build, official, or not set",
            "it says which engine to use",
            "mend it",
        )
    if wish == "build":
        return None
    found = official(layout)
    if found and new_enough(found):
        return found
    if wish == "official":
        minimum = ".".join(map(str, OFFICIAL_MINIMUM))
        got = found.version if found else "missing"
        raise EngineError(
            "ENG031",
            f"{VARIABLE}=official, but pulumi on PATH is {got}, wanted {minimum} or later",
            "older versions lack features that the program's SDK speaks",
            "install a current pulumi, or unset ENGINE to have one built",
        )
    return None


def write_choice(layout: Layout, choice: Choice) -> None:
    write_atomically(layout.choice, json.dumps(asdict(choice)).encode())


def read_choice(layout: Layout) -> Choice | None:
    try:
        raw = cast("dict[str, str]", json.loads(layout.choice.read_text(encoding="utf-8")))
        return Choice("official" if raw["kind"] == "official" else "built", raw["pulumi"], raw["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
