"""Progress is plain lines where nobody can watch it tick, and one moving line on a terminal."""

from __future__ import annotations

import io
import time

import pytest

import engine.progress
from engine.progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (0.42, "0.4 s"), (9.96, "10.0 s"), (12.9, "12 s"), (60, "1 min 00 s"), (185.4, "3 min 05 s")],
)
def test_duration_is_short_and_exact_enough(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_plain_output_has_a_line_at_the_start_and_at_the_end() -> None:
    stream = io.StringIO()
    with Progress(stream, clock=iter([0.0, 75.0]).__next__).step(2, 7, "compile"):
        pass
    assert stream.getvalue() == "[2/7] compile ...\n[2/7] compile: done, 1 min 15 s\n"


def test_failed_step_is_said_to_have_failed() -> None:
    stream = io.StringIO()
    with pytest.raises(ZeroDivisionError), Progress(stream).step(1, 1, "compile"):
        _ = 1 / 0
    assert "compile: failed" in stream.getvalue()


def test_terminal_shows_seconds_and_detail_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.progress, "TERMINAL_INTERVAL_S", 0.01)
    stream = Terminal()
    progress = Progress(stream)
    with progress.step(1, 2, "compile"):
        progress.detail("812 packages compiled")
        time.sleep(0.1)
    text = stream.getvalue()
    assert "[1/2] compile ... 0.0 s, 812 packages compiled" in text
    assert text.endswith("\r\x1b[K[1/2] compile: done, 0.1 s\n")
