"""Programs that fail end the run at once; whatever is interrupted or killed leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.real_engine import RealStack, processes_with, wait_until_gone

pytestmark = pytest.mark.engine
NewStack = Callable[[str], RealStack]

# The engine waits 5 s for a language host that does not end its program; a run here takes 2 to 3 s in all.
LINGER_S = 5.0


def started_sleeping(stack: RealStack) -> subprocess.Popen[str]:
    process = stack.start("up", "--yes", "--skip-preview", "--config", "case=sleeps")
    assert process.stdout is not None
    for line in process.stdout:
        if "sleeping now" in line:
            return process
    raise AssertionError("the program did not start")


def named(stack: RealStack, name: str) -> list[int]:
    return [
        identifier
        for identifier in processes_with(str(stack.directory.parent))
        if name in Path(f"/proc/{identifier}/cmdline").read_text().split("\0")[0]
    ]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("raises", "the program was asked to fail"),
        ("exits", "non-zero exit code: 3"),
        ("syntax", "SyntaxError"),
    ],
)
def test_failing_program_ends_the_run_at_once_and_says_why(new_stack: NewStack, case: str, words: str) -> None:
    stack = new_stack("one_case")
    good = stack.succeed("preview", "--config", "case=topic")
    bad = stack.pulumi("preview", "--config", f"case={case}")
    assert bad.code != 0
    assert words in bad.text
    assert bad.seconds < good.seconds + LINGER_S - 1
    assert wait_until_gone(str(stack.directory.parent), 3) == []


def test_what_the_program_prints_is_shown(new_stack: NewStack) -> None:
    answer = new_stack("one_case").succeed("preview", "--config", "case=prints")
    assert "a line on standard output" in answer.text
    assert "a line on standard error" in answer.text


def test_interrupt_ends_program_and_provider(new_stack: NewStack) -> None:
    stack = new_stack("one_case")
    process = started_sleeping(stack)
    assert named(stack, "pulumi-resource-aws-bridge")
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert time.monotonic() - started < LINGER_S
    assert "cancel" in text.lower() or "interrupt" in text.lower()
    assert wait_until_gone(str(stack.directory.parent), 3) == []


def test_killed_engine_leaves_no_process(new_stack: NewStack) -> None:
    stack = new_stack("one_case")
    process = started_sleeping(stack)
    process.kill()
    process.communicate()
    assert wait_until_gone(str(stack.directory.parent), 10) == []


def test_killed_provider_is_said_in_words(new_stack: NewStack) -> None:
    stack = new_stack("one_case")
    process = started_sleeping(stack)
    for identifier in named(stack, "pulumi-resource-aws-bridge"):
        os.kill(identifier, signal.SIGKILL)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    assert "ENG048" in text
    assert "goroutine" not in text


def test_crash_inside_the_provider_is_said_in_words(new_stack: NewStack) -> None:
    stack = new_stack("one_case")
    process = started_sleeping(stack)
    for identifier in named(stack, "pulumi-resource-aws-bridge"):
        os.kill(identifier, signal.SIGSEGV)  # the Go runtime dies of it with the stacks of all goroutines
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    assert "ENG046" in text
    assert "goroutine" not in text
    log = Path(text.split("see ", 1)[1].split(";", 1)[0])
    assert "goroutine" in log.read_text()
    log.unlink()
