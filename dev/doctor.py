"""`make doctor`: what is there, in which version, what is missing, and the command that mends it."""

import urllib.error
import urllib.request
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from dev import stacks
from dev.guard import is_loopback
from dev.project import Project
from engine.doctor import examine
from engine.layout import Layout


@dataclass(frozen=True)
class Row:
    """One thing that was looked at. `status` is ok, missing or bad; `fix` is empty when ok."""

    what: str
    found: str
    status: str
    fix: str = ""


def doctor(project: Project) -> int:
    """Print the table; 0 when nothing is bad or missing, else 1."""
    rows = [Row(r.what, r.found, r.status, r.mend) for r in examine(Layout(project.root))]
    rows += [_aws(project), *_stacks(project)]
    table = Table(title="doctor", title_justify="left")
    for heading in ("what", "found", "status", "next"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(row.what, row.found, row.status, row.fix)
    Console().print(table)
    return 0 if not any(row.status in {"missing", "bad"} for row in rows) else 1


def _aws(project: Project) -> Row:
    if not project.endpoint_file.exists():
        return Row("embedded AWS", "not started", "missing", "make up")
    url = project.endpoint_file.read_text().strip()
    if not is_loopback(url):
        return Row("embedded AWS", url, "bad", f"rm {project.endpoint_file.relative_to(project.root)}; make up")
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310  loopback, checked above
    except urllib.error.HTTPError:
        pass
    except OSError as gone:
        return Row("embedded AWS", f"{url} does not answer ({gone})", "bad", "make up")
    return Row("embedded AWS", url, "ok")


def _stacks(project: Project) -> list[Row]:
    names = stacks.made(project)
    if not names:
        return [Row("stacks", "none", "missing", "make up")]
    return [
        Row(f"stack {name}", f"{stacks.state_file(project, name).stat().st_size} bytes of state", "ok")
        for name in names
    ]
