"""`python -m dev COMMAND`: what the Makefile calls."""

import sys
from collections.abc import Callable

import typer

from dev.errors import DevError
from dev.project import here
from engine.errors import EngineError

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)


def _end(action: Callable[[], int]) -> None:
    """Run an action; show a refusal as it stands; leave with its exit code."""
    try:
        code = action()
    except DevError as refusal:
        sys.stderr.write(f"{refusal}\n")
        code = refusal.exit_code
    except EngineError as refusal:
        sys.stderr.write(f"{refusal}\n")
        code = 1
    except KeyboardInterrupt:
        sys.stderr.write("cancelled; what was begun can be seen with: make doctor\n")
        code = 8
    raise typer.Exit(code)


@app.command()
def up(stack: str) -> None:
    """Bring a stack up on the embedded AWS and say what serves."""
    from dev import commands  # noqa: PLC0415  keeps --help quick

    _end(lambda: commands.up(here(), stack))


@app.command()
def preview(stack: str) -> None:
    """Show what `up` would change."""
    from dev import commands  # noqa: PLC0415

    _end(lambda: commands.preview(here(), stack))


@app.command()
def down() -> None:
    """Destroy the local stacks, stop the embedded AWS, remove what they left."""
    from dev import commands  # noqa: PLC0415

    _end(lambda: commands.down(here()))


@app.command()
def env() -> None:
    """Write `.local/env`, to be sourced by a shell."""
    from dev import commands  # noqa: PLC0415

    _end(lambda: commands.env(here()))


@app.command()
def serving(stack: str) -> None:
    """Say which release serves, as the embedded AWS sees it."""
    from dev import commands  # noqa: PLC0415

    _end(lambda: commands.serving(here(), stack))


@app.command()
def doctor() -> None:
    """Say what is there, in which version, what is missing and what mends it."""
    from dev import doctor as checks  # noqa: PLC0415

    _end(lambda: checks.doctor(here()))


@app.command()
def test() -> None:
    """Run the whole suite: first what needs no engine, in parallel, then the rest."""
    from dev import suite  # noqa: PLC0415

    _end(lambda: suite.test(here()))


if __name__ == "__main__":
    app()
