"""A build does each step once, goes on after it was killed, and runs alone."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.build import build, chosen_steps, fingerprints, plan
from engine.choice import read_choice
from engine.errors import EngineError
from engine.golang import Go
from engine.layout import Layout
from engine.lock import build_lock
from engine.progress import Progress
from engine.steps import STEPS, Context, Step

GO = Go("go", "go1.26", "linux/amd64")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    (layout.sources / "cli").mkdir(parents=True)
    (layout.sources / "cli/go.mod").write_text(
        "module x\n\ngo 1.26\n\nrequire github.com/pulumi/pulumi/pkg/v3 v3.259.0\n"
    )
    for name in ("one", "two"):
        (layout.sources / f"{name}.go").write_text(name)
    return layout


def step(name: str, done: list[str], needs: tuple[str, ...] = (), run: Callable[[Context], None] | None = None) -> Step:
    """A step that reads engine/NAME.go and leaves .local/engine/NAME."""

    def work(context: Context) -> None:
        done.append(name)
        if run:
            run(context)
        (context.layout.state / name).write_text("done")

    return Step(
        name=name,
        title=f"make {name}",
        run=work,
        outputs=lambda layout: (layout.state / name,),
        inputs=lambda layout: (layout.sources / f"{name}.go",),
        needs=needs,
    )


def use(monkeypatch: pytest.MonkeyPatch, *steps: Step) -> None:
    monkeypatch.setattr("engine.build.STEPS", steps)
    monkeypatch.setattr("engine.build.find_go", lambda _minimum: GO)  # pyright: ignore[reportUnknownLambdaType]


def quiet() -> Progress:
    return Progress(io.StringIO())


def test_second_build_does_nothing(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    use(monkeypatch, step("one", done), step("two", done))
    build(checkout.root, progress=quiet())
    build(checkout.root, progress=quiet())
    assert done == ["one", "two"]
    choice = read_choice(checkout)
    assert choice is not None
    assert (choice.kind, choice.version) == ("built", "3.259.0")


def test_changed_input_repeats_its_step_and_those_that_need_it(
    checkout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    use(monkeypatch, step("one", done), step("two", done, needs=("one",)))
    build(checkout.root, progress=quiet())
    (checkout.sources / "two.go").write_text("changed")
    build(checkout.root, progress=quiet())
    assert done == ["one", "two", "two"]
    (checkout.sources / "one.go").write_text("changed")
    build(checkout.root, progress=quiet())
    assert done == ["one", "two", "two", "one", "two"]


def test_other_go_repeats_every_step(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    use(monkeypatch, step("one", done))
    build(checkout.root, progress=quiet())
    monkeypatch.setattr("engine.build.find_go", lambda _minimum: Go("go", "go1.27", "linux/amd64"))  # pyright: ignore[reportUnknownLambdaType]
    build(checkout.root, progress=quiet())
    assert done == ["one", "one"]


def test_removed_output_is_made_again(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    use(monkeypatch, step("one", done))
    build(checkout.root, progress=quiet())
    (checkout.state / "one").unlink()
    build(checkout.root, progress=quiet())
    assert done == ["one", "one"]


def test_failed_step_is_done_again_and_the_ones_before_it_are_not(
    checkout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fails = [True]

    def fail_once(_context: Context) -> None:
        if fails.pop():
            raise EngineError("ENG014", "it failed", "a test", "again")

    use(monkeypatch, step("one", done), step("two", done, run=fail_once))
    with pytest.raises(EngineError, match="ENG014"):
        build(checkout.root, progress=quiet())
    assert read_choice(checkout) is None
    fails.append(False)
    build(checkout.root, progress=quiet())
    assert done == ["one", "two", "two"]


def test_built_engine_goes_on_working_without_go(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    use(monkeypatch, step("one", done))
    build(checkout.root, progress=quiet())

    def no_go(_minimum: tuple[int, ...]) -> Go:
        raise EngineError("ENG010", "Go is not installed", "a test", "install it")

    monkeypatch.setattr("engine.build.find_go", no_go)
    build(checkout.root, progress=quiet())
    assert done == ["one"]
    (checkout.sources / "one.go").write_text("changed")
    with pytest.raises(EngineError, match="ENG010"):
        build(checkout.root, progress=quiet())


def test_plan_says_what_is_current(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (step("one", []), step("two", []))
    use(monkeypatch, steps[0])
    build(checkout.root, progress=quiet())
    planned = plan(checkout, steps, GO.identity)
    assert [current for _step, current in planned.steps] == [True, False]
    assert not planned.complete


KILLED = """
    import pathlib, sys, time
    import engine.build
    from engine.golang import Go
    from engine.steps import Step

    root, marks = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])

    def step(name, slow):
        def run(context):
            with marks.open("a") as file:
                file.write(name + "\\n")
            if slow and not (root / "go-on").exists():
                time.sleep(600)
            (context.layout.state / name).write_text("done")
        outputs = lambda layout: (layout.state / name,)
        return Step(name, name, run, outputs, lambda layout: (layout.sources / f"{name}.go",))

    engine.build.STEPS = (step("one", False), step("two", True))
    engine.build.find_go = lambda minimum: Go("go", "go1.26", "linux/amd64")
    engine.build.build(root, wait="--no-wait" not in sys.argv)
"""


@pytest.fixture
def start(checkout: Layout, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(KILLED))

    def run(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(script), str(checkout.root), str(tmp_path / "marks"), *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            stderr=subprocess.PIPE,
        )

    return run


def wait_for(path: Path, text: str) -> None:
    for _attempt in range(200):
        if path.exists() and text in path.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} never had {text!r}")


def test_killed_build_goes_on_where_it_ended(
    start: Callable[..., subprocess.Popen[str]], checkout: Layout, tmp_path: Path
) -> None:
    first = start()
    wait_for(tmp_path / "marks", "two")
    first.send_signal(signal.SIGKILL)
    first.communicate()
    (checkout.root / "go-on").touch()
    second = start()
    _, shown = second.communicate(timeout=30)
    assert second.returncode == 0, shown
    assert (tmp_path / "marks").read_text().split() == ["one", "two", "two"]
    assert "[1/2] one: up to date" in shown


def test_second_build_says_who_runs_and_waits(
    start: Callable[..., subprocess.Popen[str]], checkout: Layout, tmp_path: Path
) -> None:
    first = start()
    wait_for(tmp_path / "marks", "two")
    refused = start("--no-wait")
    _, shown = refused.communicate(timeout=30)
    assert refused.returncode != 0
    assert "ENG018" in shown
    assert f"process {first.pid}" in shown
    waiting = start()
    time.sleep(0.5)
    assert waiting.poll() is None
    (checkout.root / "go-on").touch()
    first.kill()
    first.communicate()
    _, shown = waiting.communicate(timeout=30)
    assert waiting.returncode == 0
    assert f"waiting for another build in this checkout: process {first.pid}" in shown


def test_lock_is_free_after_an_error(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(ZeroDivisionError), build_lock(tmp_path / "lock", wait=False, say=said.append):
        _ = 1 / 0
    with build_lock(tmp_path / "lock", wait=False, say=said.append):
        pass
    assert said == []


def test_unknown_optional_target_is_refused_by_name() -> None:
    with pytest.raises(EngineError, match=r"ENG019.*nosuch"):
        chosen_steps(["nosuch"])


def test_optional_target_brings_what_it_needs_and_nothing_else() -> None:
    assert [step.name for step in chosen_steps(["tofu"], engine=False)] == ["tofu", "provider-sources", "tofu-provider"]
    assert [step.name for step in chosen_steps([], engine=False)] == []
    with_engine = [step.name for step in chosen_steps(["tofu", "yaml"])]
    assert with_engine == [step.name for step in STEPS] + ["tofu", "tofu-provider", "yaml-host"]


def test_optional_target_alone_does_not_change_which_engine_is_used(
    checkout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    use(monkeypatch, step("one", done))
    monkeypatch.setattr("engine.build.OPTIONAL", {"extra": (step("two", done),)})
    build(checkout.root, extras=["extra"], engine=False, progress=quiet())
    assert done == ["two"]
    assert read_choice(checkout) is None


def test_real_steps_name_existing_inputs_and_know_what_they_need() -> None:
    layout = Layout(ROOT)
    seen: set[str] = set()
    for real in STEPS:
        assert set(real.needs) <= seen
        assert all(path.is_file() for path in real.inputs(layout)), real.name
        assert all(layout.root / ".local" in path.parents for path in real.outputs(layout))
        seen.add(real.name)
    assert len(fingerprints(layout, STEPS, "go")) == len(STEPS)
