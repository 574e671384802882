"""`localaws`: the command line of the embedded AWS."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar, cast

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from localaws.client import Client
from localaws.errors import UsageError
from localaws.faults import ANY, KINDS
from localaws.faults import MEANINGS as FAULT_MEANINGS
from localaws.home import Home, find_home
from localaws.registry.push import Release
from localaws.registry.script import BEHAVIOURS, MEANINGS, Behaviour, Script

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(
    name="localaws",
    help="The embedded AWS: simulated, on loopback, for trying things out. No timing of it is an AWS timing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
fault_app = typer.Typer(help="Make calls fail on purpose.", no_args_is_help=True)
app.add_typer(fault_app, name="fault")
WIDE = 200  # columns where nobody looks: pipes and files are not cut to a terminal's width
out = Console(soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, soft_wrap=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="State folder (default: LOCALAWS_HOME, else .local/aws of the project).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
CONFIGURATION_EXIT = 2


def explained(function: Callable[P, R]) -> Callable[P, R]:
    """Show a UsageError as text with its code and the command to try next; never a traceback."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except UsageError as error:
            err.print(f"error[{error.code}]: {error.message}", markup=False, highlight=False)
            if error.hint:
                err.print(f"  try: {error.hint}", markup=False, highlight=False)
            raise typer.Exit(CONFIGURATION_EXIT) from None
        except Exception as error:
            if type(error).__module__.startswith("botocore"):  # imported only by commands that call AWS actions
                err.print(f"error[aws-call]: {error}", markup=False, highlight=False)
                err.print("  try: localaws status; the log is in the state folder", markup=False, highlight=False)
                raise typer.Exit(1) from None
            raise

    return wrapper


@app.command()
@explained
def start(
    home: HomeOption = None,
    speed: Annotated[float | None, typer.Option(help="Simulated seconds per second (default 60).")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was saved.")] = False,
) -> None:
    """Start it in the background (or say that it runs) and print its endpoint."""
    from localaws import daemon  # noqa: PLC0415 - other commands do without the server's imports

    where = find_home(home)
    endpoint, started = daemon.start(where, speed, fresh=fresh)
    err.print(f"simulated AWS {'started' if started else 'already running'}; state in {where.path}", highlight=False)
    out.print(endpoint, highlight=False)


@app.command()
@explained
def stop(home: HomeOption = None) -> None:
    """Save and end it."""
    from localaws import daemon  # noqa: PLC0415

    ended = daemon.stop(find_home(home))
    err.print("simulated AWS stopped; its state is kept" if ended else "simulated AWS was not running")


@app.command()
@explained
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Whether it runs, and what its services do."""
    where = find_home(home)
    if where.pid() is None:
        if as_json:
            _print_json({"running": False})
        else:
            out.print("simulated AWS is not running; start it with: localaws start")
        raise typer.Exit(1)
    client = _client(home)
    answer = client.control("status")
    if as_json:
        _print_json({"running": True, "endpoint": client.endpoint, "simulated": True, **answer})
        return
    out.print(
        f"simulated AWS at {client.endpoint} (pid {answer['pid']}), {answer['speed']:g} x real time", highlight=False
    )
    out.print(
        f"{answer['calls']} calls, {answer['images']} scripted images, {answer['faults']} fault rules", highlight=False
    )
    if answer["note"]:
        err.print(f"note: {answer['note']}", highlight=False)
    if answer["services"]:
        _table("ECS services (simulated)", answer["services"])


@app.command()
@explained
def env(home: HomeOption = None) -> None:
    """Print the variables that point SDKs, the AWS CLI, Pulumi and OpenTofu at it."""
    client = _client(home)
    for key, value in (
        ("AWS_ENDPOINT_URL", client.endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),  # not a secret: the embedded AWS checks none
        ("AWS_REGION", client.region),
        ("AWS_DEFAULT_REGION", client.region),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ):
        out.print(f"export {key}={value}", highlight=False)


@app.command()
@explained
def seed(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Fill an empty account: the vendor's registry, a DNS zone and certificate, a bucket and key for state."""
    from localaws.seed import seed as fill  # noqa: PLC0415

    rows = fill(_client(home))
    if as_json:
        _print_json({"seeded": rows})
    else:
        _table("Seeded (simulated)", rows)


@app.command()
@explained
def push(
    image: Annotated[str, typer.Argument(metavar="REPOSITORY:TAG[,TAG...]")],
    *,
    behaviour: Annotated[str, typer.Option(help=f"What its tasks do: {', '.join(BEHAVIOURS)}.")] = "healthy",
    label: Annotated[list[str] | None, typer.Option(help="K=V, may be repeated.")] = None,
    exit_code: Annotated[int | None, typer.Option(help="Exit code of a crash or of a one-off task.")] = None,
    container_exit: Annotated[list[str] | None, typer.Option(help="CONTAINER=CODE, may be repeated.")] = None,
    ready_seconds: Annotated[float | None, typer.Option(help="Simulated seconds until health checks pass.")] = None,
    architecture: Annotated[str, typer.Option(help="amd64 or arm64.")] = "amd64",
    pushed_at: Annotated[str | None, typer.Option(help="When it was pushed (ISO 8601, default now).")] = None,
    age: Annotated[str | None, typer.Option(help="How long ago it was pushed, as in 9d, 3h, 20m.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put an image with a script into the registry and print its digest."""
    repository, _, tags = image.partition(":")
    if not repository or not tags:
        raise UsageError("bad-image", f"{image!r} is not REPOSITORY:TAG", "localaws push backend-production:v1.6.0")
    _one_of(behaviour, BEHAVIOURS, "behaviour", MEANINGS)
    at = _pushed_at(pushed_at, age)
    script = Script(
        behaviour=cast("Behaviour", behaviour),
        exit_code=exit_code,
        container_exits=tuple((name, int(code)) for name, code in _pairs(container_exit, "container-exit").items()),
        ready_seconds=ready_seconds,
    )
    labels = _pairs(label, "label")
    release = Release(image, script, labels, created=at, architecture=architecture)
    digest = _client(home).push(repository, tags.split(","), release, at)
    if as_json:
        _print_json({"repository": repository, "tags": tags.split(","), "digest": digest, "behaviour": behaviour})
    else:
        out.print(digest, highlight=False)


@app.command()
@explained
def script(
    image: Annotated[str, typer.Argument(metavar="DIGEST|IMAGE")],
    behaviour: Annotated[str, typer.Option(help=f"{', '.join(BEHAVIOURS)}.")] = "healthy",
    exit_code: Annotated[int | None, typer.Option()] = None,
    home: HomeOption = None,
) -> None:
    """Change what the tasks of an image that is there do from now on (its digest stays)."""
    _one_of(behaviour, BEHAVIOURS, "behaviour", MEANINGS)
    _client(home).control("script", {"image": image, "behaviour": behaviour, "exit_code": exit_code})
    err.print(f"new tasks of {image}: {MEANINGS[behaviour]} (simulated)", highlight=False)


@fault_app.command("add")
@explained
def fault_add(
    *,
    kind: Annotated[str, typer.Option(help=f"{', '.join(KINDS)}.")],
    service: Annotated[str, typer.Option(help="As botocore names it (ecs, elbv2, ...), or *.")] = ANY,
    action: Annotated[str, typer.Option(help="As the API names it (UpdateService, ...), or *.")] = ANY,
    nth: Annotated[int, typer.Option(help="The nth matching call from now on fails first.")] = 1,
    times: Annotated[int, typer.Option(help="How many calls in a row fail; 0 = all from then on.")] = 1,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a rule."""
    _one_of(kind, KINDS, "kind", FAULT_MEANINGS)
    rule = _client(home).control(
        "fault/add", {"service": service, "action": action, "kind": kind, "nth": nth, "times": times}
    )
    if as_json:
        _print_json(rule)
    else:
        span = "for ever" if times == 0 else f"{times} time{'s' if times != 1 else ''}"
        out.print(f"rule {rule['id']}: {service} {action}, from call {nth} on, {span}: {kind}", highlight=False)


@fault_app.command("list")
@explained
def fault_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the rules and how often each fired."""
    rules: list[dict[str, Any]] = _client(home).control("fault/list")["rules"]
    if as_json:
        _print_json({"rules": rules})
    elif rules:
        _table("Fault rules", rules)
    else:
        out.print("no fault rules")


@fault_app.command("clear")
@explained
def fault_clear(
    rule: Annotated[int | None, typer.Argument(help="Rule number; all without it.")] = None, home: HomeOption = None
) -> None:
    """Remove one rule, or all."""
    cleared = _client(home).control("fault/clear", {"id": rule})["cleared"]
    out.print(f"{cleared} removed", highlight=False)


@app.command()
@explained
def journal(
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
    count: Annotated[bool, typer.Option("--count", help="Calls by action instead of one by one.")] = False,
    mutating: Annotated[bool, typer.Option("--mutating", help="Only calls that change something.")] = False,
    since: Annotated[int, typer.Option(help="Only calls after this number.")] = 0,
    clear: Annotated[bool, typer.Option("--clear", help="Forget the calls so far.")] = False,
) -> None:
    """Every call: time, service, action, outcome, duration. Bodies and values are never kept."""
    client = _client(home)
    if clear:
        client.control("journal/clear")
        return
    entries: list[dict[str, Any]] = client.control("journal", {"since": since})["entries"]
    if mutating:
        entries = [entry for entry in entries if entry["mutating"]]
    if count:
        counts = Counter((entry["service"], entry["action"], entry["outcome"]) for entry in entries)
        rows = [{"service": s, "action": a, "outcome": o, "calls": n} for (s, a, o), n in counts.most_common()]
        entries = rows
    if as_json:
        _print_json({"simulated": True, "calls": entries})
        return
    columns = ("number", "time", "service", "action", "status", "outcome", "milliseconds")
    rows = entries if count else [{key: entry[key] for key in columns} for entry in entries]
    _table("Calls (simulated; durations are of this machine)", rows)


@app.command()
@explained
def clock(
    home: HomeOption = None,
    speed: Annotated[float | None, typer.Option(help="Simulated seconds per second.")] = None,
    advance: Annotated[float | None, typer.Option(help="Jump forward by simulated seconds.")] = None,
    offset: Annotated[float | None, typer.Option(help="Shift the time that clients are shown, in seconds.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show or set the simulated clock."""
    given = {"speed": speed, "advance": advance, "offset": offset}
    answer = _client(home).control("clock", {key: value for key, value in given.items() if value is not None})
    if as_json:
        _print_json(answer)
        return
    out.print(
        f"simulated time: {answer['speed']:g} x real time, {answer['simulated_seconds']:.0f} s played, clients are "
        f"shown {answer['shown_time']} (offset {answer['offset_seconds']:+g} s)",
        highlight=False,
    )


@app.command()
@explained
def alarm(
    name: Annotated[str | None, typer.Argument(help="Alarm to set; lists all without it.")] = None,
    state: Annotated[str, typer.Argument(help="ALARM, OK or INSUFFICIENT_DATA.")] = "ALARM",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set a CloudWatch alarm's state, as set-alarm-state would; a deployment that watches it reacts."""
    payload = {"name": name, "state": state} if name else {}
    alarms: list[dict[str, Any]] = _client(home).control("alarm", payload)["alarms"]
    if as_json:
        _print_json({"alarms": alarms})
    else:
        _table("Alarms (simulated)", alarms)


@app.command()
@explained
def findings(
    digest: Annotated[str, typer.Argument(help="Digest of the image.")],
    found: Annotated[list[str] | None, typer.Argument(metavar="CVE=SEVERITY...", help="None: a clean image.")] = None,
    home: HomeOption = None,
) -> None:
    """Script what a vulnerability scan of an image finds."""
    answer = _client(home).control("findings", {"digest": digest, "findings": _pairs(found, "finding")})
    err.print(f"scans of {digest} find {len(answer['findings'])} (simulated)", highlight=False)


@app.command()
@explained
def maintenance(home: HomeOption = None) -> None:
    """Let the databases' maintenance window come now: changes that waited for it are made."""
    applied: dict[str, Any] = _client(home).control("maintenance")["applied"]
    rows = [{"database": key.rsplit(":", 1)[-1], "change": str(values)} for key, values in applied.items()]
    _table("Maintenance (simulated)", rows) if rows else out.print("nothing was waiting")


@app.command()
@explained
def save(name: Annotated[str, typer.Argument()] = "default", home: HomeOption = None) -> None:
    """Save the whole state under a name."""
    answer = _client(home).control("save", {"name": name})
    err.print(
        f"saved {name} ({answer['bytes'] / 1e6:.1f} MB); there are: {', '.join(answer['saves'])}", highlight=False
    )


@app.command()
@explained
def load(name: Annotated[str, typer.Argument()] = "default", home: HomeOption = None) -> None:
    """Put a saved state back; what is there now is forgotten."""
    _client(home).control("load", {"name": name})
    err.print(f"loaded {name}", highlight=False)


@app.command()
@explained
def reset(home: HomeOption = None) -> None:
    """Forget everything in it."""
    _client(home).control("reset")
    err.print("simulated AWS is empty")


def main() -> None:
    """Entry point of the console script."""
    app()


def _client(home: Path | None) -> Client:
    where: Home = find_home(home)
    endpoint = where.endpoint()
    if endpoint is None or where.pid() is None:
        raise UsageError("not-running", f"no simulated AWS runs for {where.path}", "localaws start")
    return Client(endpoint)


def _one_of(given: str, allowed: tuple[str, ...], what: str, meanings: dict[str, str]) -> None:
    if given not in allowed:
        lines = "\n".join(f"    {name:<14}{meanings[name]}" for name in allowed)
        raise UsageError(f"bad-{what}", f"{what} {given!r} is not one of:\n{lines}")


def _pairs(given: list[str] | None, what: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in given or []:
        key, equals, value = item.partition("=")
        if not key or not equals:
            raise UsageError(f"bad-{what}", f"{item!r} is not NAME=VALUE")
        pairs[key] = value
    return pairs


def _pushed_at(given: str | None, age: str | None) -> datetime:
    now = datetime.now(tz=UTC)
    if age:
        match = re.fullmatch(r"(\d+)([smhdw])", age)
        if match is None:
            raise UsageError("bad-age", f"{age!r} is not a number with s, m, h, d or w, as in 9d")
        unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[match[2]]
        return now - timedelta(**{unit: int(match[1])})
    if not given:
        return now
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise UsageError("bad-time", f"{given!r} is not an ISO 8601 time such as 2026-11-12T08:33:55Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _print_json(document: object) -> None:
    json.dump(document, sys.stdout, indent=2, default=str)
    sys.stdout.write("\n")


def _table(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    columns = list(rows[0]) if rows else ["nothing"]
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    out.print(table)
