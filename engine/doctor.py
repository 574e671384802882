"""Says what is there, what is wanted, and which command mends what is missing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from engine.build import fingerprints, is_current, stamp_path
from engine.cache import read_stamp
from engine.choice import Choice, choose, official, read_choice
from engine.errors import EngineError
from engine.golang import find_go
from engine.layout import Layout
from engine.pins import OFFICIAL_MINIMUM, go_minimum, locked_version
from engine.steps import STEPS, cli_version

Status = Literal["ok", "missing", "stale", "unused"]
BUILD = "python -m engine build"
GIB = 1024**3
BUILD_SPACE_GIB = 7
PYTHON_MINIMUM = (3, 11)


@dataclass(frozen=True)
class Row:
    """One line of the report; `mend` is a command, empty when nothing is to be done."""

    what: str
    found: str
    wanted: str
    status: Status
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        return {key: str(value) for key, value in asdict(self).items()}


def is_well(rows: Iterable[Row]) -> bool:
    return all(row.status in {"ok", "unused"} for row in rows)


def as_text(rows: Iterable[Row]) -> str:
    """The rows as columns, widths by content."""
    table = [("what", "found", "wanted", "status", "to mend")]
    table += [(row.what, row.found, row.wanted, row.status, row.mend) for row in rows]
    widths = [max(len(line[column]) for line in table) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table
    )


def examine(layout: Layout) -> list[Row]:
    """All rows for this checkout. Reads only; starts `go` and `pulumi` to ask their versions."""
    rows = [_python(), *_packages(layout), _official(layout)]
    try:
        chosen = choose(layout)
    except EngineError as error:
        return [*rows, Row("ENGINE", error.problem, "build, official, or not set", "missing", error.remedy)]
    if chosen is not None:
        return [*rows, _official_ready(layout, chosen)]
    return [*rows, _go(layout), _space(layout), *_steps(layout), _chosen(layout)]


def _python() -> Row:
    found = ".".join(map(str, sys.version_info[:3]))
    status: Status = "ok" if sys.version_info >= PYTHON_MINIMUM else "missing"
    return Row("Python", found, "3.11 or later", status, "" if status == "ok" else "install Python 3.11 or later")


def _packages(layout: Layout) -> list[Row]:
    rows: list[Row] = []
    for package in ("pulumi", "pulumi-aws"):
        wanted = locked_version(layout.root, package)
        try:
            found = metadata.version(package)
        except metadata.PackageNotFoundError:
            found = "none"
        status: Status = "ok" if found == wanted else "missing" if found == "none" else "stale"
        mend = "" if status == "ok" else "make engine"
        rows.append(Row(f"Python package {package}", found, wanted, status, mend))
    return rows


def _official(layout: Layout) -> Row:
    found = official(layout)
    minimum = ".".join(map(str, OFFICIAL_MINIMUM)) + " or later"
    return Row("official pulumi on PATH", found.version if found else "none", f"{minimum}, or none", "unused")


def _official_ready(layout: Layout, chosen: Choice) -> Row:
    ready = read_choice(layout) == chosen
    status: Status = "ok" if ready else "missing"
    return Row("engine", f"official {chosen.version}", "its plugins fetched", status, "" if ready else BUILD)


def _go(layout: Layout) -> Row:
    minimum = go_minimum(layout.sources / "cli/go.mod")
    wanted = "go" + ".".join(map(str, minimum)) + " or later"
    try:
        return Row("Go", find_go(minimum).identity, wanted, "ok")
    except EngineError as error:
        return Row("Go", error.problem, wanted, "missing", error.remedy)


def _space(layout: Layout) -> Row:
    existing = next(path for path in (layout.state, *layout.state.parents) if path.exists())
    free = shutil.disk_usage(existing).free / GIB
    built = all(stamp_path(layout, step).exists() for step in STEPS)
    status: Status = "ok" if built or free >= BUILD_SPACE_GIB else "missing"
    mend = "" if status == "ok" else "free some disk space"
    return Row("free disk space", f"{free:.0f} GiB", f"{BUILD_SPACE_GIB} GiB for a first build", status, mend)


def _steps(layout: Layout) -> list[Row]:
    try:
        toolchain = find_go(go_minimum(layout.sources / "cli/go.mod")).identity
    except EngineError:
        toolchain = None
    wanted = fingerprints(layout, STEPS, toolchain)
    versions = {"cli": cli_version(layout), "provider": locked_version(layout.root, "pulumi-aws")}
    rows: list[Row] = []
    for step in STEPS:
        stamp = read_stamp(stamp_path(layout, step))
        current = is_current(layout, step, wanted[step.name])
        status: Status = "ok" if current else "missing" if stamp is None else "stale"
        found = "built" if current else "not built" if stamp is None else "built from other inputs"
        rows.append(Row(step.name, found, versions.get(step.name, "current"), status, "" if current else BUILD))
    return rows


def _chosen(layout: Layout) -> Row:
    choice = read_choice(layout)
    ready = choice is not None and choice.kind == "built" and Path(choice.pulumi) == layout.bin / "pulumi"
    status: Status = "ok" if ready else "missing"
    return Row(
        "engine", f"built {choice.version}" if choice and ready else "none", "built", status, "" if ready else BUILD
    )
