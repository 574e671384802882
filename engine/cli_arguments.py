"""The command line of `python -m engine`."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.doctor import as_text, examine, is_well
from engine.environment import engine_env
from engine.errors import EngineError
from engine.layout import Layout
from engine.ready import ensure_engine

EXIT_ERROR = 1
EXIT_CANCELLED = 8
ROOT = Path(__file__).resolve().parent.parent


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m engine", description="The Pulumi engine of this checkout.")
    verbs = top.add_subparsers(dest="verb", required=True)
    build_verb = verbs.add_parser("build", help="use an official pulumi, or build the engine from pinned Go modules")
    build_verb.add_argument("--with", dest="extras", default="", metavar="NAME[,NAME]", help="also build yaml, tofu")
    build_verb.add_argument("--no-wait", action="store_true", help="fail at once when another build runs")
    doctor_verb = verbs.add_parser("doctor", help="say what is there, what is missing, and what mends it")
    doctor_verb.add_argument("--json", action="store_true", help="as JSON on standard output")
    verbs.add_parser("env", help="print the environment as shell lines to be sourced")
    return top


def main(arguments: Sequence[str]) -> int:
    """Run one verb; 0 when all is well, 1 on an error, 8 when interrupted."""
    given = parser().parse_args(arguments)
    try:
        if given.verb == "build":
            ensure_engine(ROOT, extras=[name for name in given.extras.split(",") if name], wait=not given.no_wait)
            return 0
        if given.verb == "env":
            _print_env()
            return 0
        return _doctor(as_json=given.json)
    except EngineError as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is the command line
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("cancelled; what is done is kept, the next build goes on from there", file=sys.stderr)  # noqa: T201
        return EXIT_CANCELLED


def _doctor(*, as_json: bool) -> int:
    rows = examine(Layout(ROOT))
    text = (
        json.dumps({"schemaVersion": 1, "rows": [row.as_dict() for row in rows]}, indent=2)
        if as_json
        else as_text(rows)
    )
    print(text)  # noqa: T201
    return 0 if is_well(rows) else EXIT_ERROR


def _print_env() -> None:
    for name, value in engine_env(ROOT).items():
        if os.environ.get(name) != value:
            print(f"export {name}={shlex.quote(value)}")  # noqa: T201
