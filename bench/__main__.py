"""`make bench`: up from zero, preview, one-version change and destroy of the whole staging stack, as a table."""

import json
import os
import platform
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measure import Measured, measure
from dev import embedded_aws, stacks, teardown
from dev.environment import process_environment
from dev.project import Project, here
from dev.shell import ask
from engine.ready import ensure_engine

STACK = "staging"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    measured: Measured
    calls: Counter[str]
    mutating: int
    """Calls that change something."""


class Bench(Project):
    """The checkout with state and embedded AWS of its own, so that a stack that is up stays as it is."""

    @property
    def local(self) -> Path:
        """Below the checkout's own folder, apart from `make up`'s."""
        return self.root / ".local" / "bench"


def main() -> int:
    """Measure every step once and print the table."""
    project = Bench(here().root)
    ensure_engine(project.root)
    # What a run that was killed has left would be measured as well.
    embedded_aws.stop(project)
    shutil.rmtree(project.local, ignore_errors=True)
    project.local.mkdir(parents=True)
    url = embedded_aws.start(project)
    try:
        rows = _rows(project, process_environment(project, url, os.environ))
    finally:
        embedded_aws.stop(project)
        shutil.rmtree(project.local, ignore_errors=True)
    Console().print(_table(rows))
    for row in rows:
        top = ", ".join(f"{call} {n}" for call, n in row.calls.most_common(8))
        sys.stdout.write(f"{row.what}: {top or 'no calls'}\n")
    return max(row.measured.exit_code for row in rows)


def _rows(project: Project, env: Mapping[str, str]) -> list[Row]:
    stacks.ensure(project, STACK, env)
    text = (project.root / f"Pulumi.{STACK}.yaml").read_text()
    with tempfile.TemporaryDirectory(dir=project.local) as folder:
        lifted = Path(folder) / "lifted.yaml"
        lifted.write_text(teardown.lifted(text))
        up = ["pulumi", "up", "--yes", "--skip-preview", "-s", STACK]
        preview = ["pulumi", "preview", "-s", STACK]
        rows = [_row("up from zero", up, project, env)]
        rows.append(_row("preview, no change", preview, project, env))
        release = [f"{_repository(env, project)}:v1.6.0,latest"]
        ask(["localaws", "push", *release], env=env, cwd=project.root)
        rows.append(_row("one version changed", up, project, env))
        rows.append(_row("protection lifted", [*up, "--config-file", str(lifted)], project, env))
        destroy = ["pulumi", "destroy", "--yes", "--skip-preview", "-s", STACK, "--config-file", str(lifted)]
        rows.append(_row("destroy", destroy, project, env))
    return rows


def _repository(env: Mapping[str, str], project: Project) -> str:
    url = ask(["pulumi", "stack", "output", "release_repository", "-s", STACK], env=env, cwd=project.root)
    return url.strip().partition("/")[2]


def _row(what: str, command: list[str], project: Project, env: Mapping[str, str]) -> Row:
    """Measure one step and count the calls that it made."""
    ask(["localaws", "journal", "--clear"], env=env, cwd=project.root)
    measured = measure(command, env=env, cwd=project.root)
    if measured.exit_code:
        sys.stderr.write(measured.said[-3000:])
    journal = json.loads(ask(["localaws", "journal", "--json"], env=env, cwd=project.root))["calls"]
    calls = Counter(f"{call['service']}:{call['action']}" for call in journal)
    return Row(what, measured, calls, sum(call["mutating"] for call in journal))


def _table(rows: list[Row]) -> Table:
    table = Table(title=f"staging, embedded AWS, {os.cpu_count()} processors, Python {platform.python_version()}")
    for heading in ("step", "exit", "wall s", "CPU s", "peak MiB", "calls", "mutating"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for row in rows:
        m = row.measured
        figures = f"{m.wall_seconds:.1f}", f"{m.cpu_seconds:.1f}", f"{m.peak_mib:.0f}"
        table.add_row(row.what, str(m.exit_code), *figures, str(row.calls.total()), str(row.mutating))
    return table


if __name__ == "__main__":
    sys.exit(main())
