"""The Go parts that can be tested without linking the whole engine: the guard, the answers, the hosts."""

from __future__ import annotations

import subprocess

import pytest

from engine.golang import find_go, go_environment
from engine.layout import Layout
from engine.pins import go_minimum
from tests.support.real_engine import ROOT

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("module", "packages"),
    [
        ("provider_aws", ["./loopback", "./answers", "./enginelog"]),
        ("cli", ["./language_host", "./launcher", "./orphan"]),
    ],
)
def test_go_packages_pass_their_tests(built: Layout, module: str, packages: list[str]) -> None:
    go = find_go(go_minimum(built.sources / "cli/go.mod"))
    answer = subprocess.run(
        [go.executable, "test", "-vet=all", *packages],
        cwd=ROOT / "engine" / module,
        env=go_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
