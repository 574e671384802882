"""Builds the engine: each step once, again only when something it depends on has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.cache import Stamp, fingerprint, outputs_present, read_stamp, sizes, write_stamp
from engine.choice import Choice, write_choice
from engine.errors import EngineError
from engine.golang import Go, find_go
from engine.layout import Layout
from engine.lock import build_lock
from engine.pins import go_minimum
from engine.progress import Progress
from engine.steps import OPTIONAL, STEPS, Context, Step, cli_version


@dataclass(frozen=True)
class Plan:
    """What a build would do: for each step whether its result is there and current."""

    steps: tuple[tuple[Step, bool], ...]

    @property
    def complete(self) -> bool:
        return all(current for _step, current in self.steps)


def stamp_path(layout: Layout, step: Step) -> Path:
    return layout.stamps / f"{step.name}.json"


def fingerprints(layout: Layout, steps: Iterable[Step], toolchain: str | None) -> dict[str, str]:
    """The hash of the inputs of each step. Without a toolchain (Go is not installed) that of its stamp is taken, so
    that what was built on this machine goes on working."""
    found: dict[str, str] = {}
    for step in steps:
        stamp = read_stamp(stamp_path(layout, step))
        used = toolchain or (stamp.toolchain if stamp else "")
        parameters = step.parameters(layout) | {"step": step.name, "go": used}
        parameters |= {f"needs {name}": found[name] for name in step.needs}
        found[step.name] = fingerprint(parameters, step.inputs(layout), layout.root)
    return found


def is_current(layout: Layout, step: Step, wanted: str) -> bool:
    stamp = read_stamp(stamp_path(layout, step))
    return stamp is not None and stamp.fingerprint == wanted and outputs_present(stamp, layout.root)


def plan(layout: Layout, steps: Iterable[Step], toolchain: str | None) -> Plan:
    steps = tuple(steps)
    wanted = fingerprints(layout, steps, toolchain)
    return Plan(tuple((step, is_current(layout, step, wanted[step.name])) for step in steps))


def chosen_steps(extras: Iterable[str], *, engine: bool = True) -> tuple[Step, ...]:
    """The steps of the engine (if wanted) and of the optional targets named, each after the ones that it needs.

    Raises EngineError ENG019 for an unknown target.
    """
    steps = list(STEPS) if engine else []
    by_name = {step.name: step for step in STEPS}
    for extra in extras:
        if extra not in OPTIONAL:
            raise EngineError(
                "ENG019",
                f"--with {extra}: no such target, allowed: {', '.join(sorted(OPTIONAL))}",
                "optional targets are built for tests and measurements only",
                "mend the name",
            )
        for step in OPTIONAL[extra]:
            steps += [needed for name in step.needs if (needed := by_name[name]) not in steps]
            steps += [step] if step not in steps else []
    return tuple(steps)


def build(
    root: Path,
    *,
    extras: Iterable[str] = (),
    engine: bool = True,
    wait: bool = True,
    progress: Progress | None = None,
) -> None:
    """Build what is missing or has changed; with `engine=False` only the optional targets `extras`.

    Raises EngineError. A build that is interrupted or killed leaves whole files only, and the next one goes on where
    it ended.
    """
    layout, progress = Layout(root), progress or Progress()
    steps = chosen_steps(extras, engine=engine)
    with build_lock(layout.lock, wait=wait, say=progress.say):
        go = _go_or_none(layout, steps)
        wanted = fingerprints(layout, steps, go.identity if go else None)
        for number, step in enumerate(steps, start=1):
            if is_current(layout, step, wanted[step.name]):
                progress.cached(number, len(steps), step.title)
                continue
            if go is None:  # not reached: _go_or_none raises when a step is to be done
                raise AssertionError(step.name)
            stamp = stamp_path(layout, step)
            stamp.unlink(missing_ok=True)
            (layout.logs / f"{step.name}.log").unlink(missing_ok=True)
            with progress.step(number, len(steps), step.title):
                step.run(Context(layout, go, progress))
            write_stamp(stamp, Stamp(wanted[step.name], go.identity, sizes(step.outputs(layout), root)))
        if engine:
            write_choice(layout, Choice("built", str(layout.bin / "pulumi"), cli_version(layout).removeprefix("v")))


def _go_or_none(layout: Layout, steps: tuple[Step, ...]) -> Go | None:
    """Go; None if it is not there but nothing has to be built either."""
    try:
        return find_go(go_minimum(layout.sources / "cli/go.mod"))
    except EngineError:
        if plan(layout, steps, None).complete:
            return None
        raise
