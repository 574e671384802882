"""A component written in Python is used from a program in YAML: the language host runs component providers too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.build import build
from engine.layout import Layout
from tests.support.real_engine import FIXTURES, ROOT, real_stack, wait_until_gone

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def yaml_host(built: Layout) -> Layout:
    """Compiled once (some minutes when Go's cache is empty), a look at a stamp afterwards."""
    build(ROOT, extras=["yaml"], engine=False)
    return built


@pytest.mark.usefixtures("yaml_host")
def test_component_in_python_is_used_from_yaml(moto_endpoint: str, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "component_provider", tmp_path / "component_provider")
    stack = real_stack(tmp_path, "yaml_consumer", moto_endpoint)
    stack.succeed("up", "--yes")
    assert stack.outputs() == {"label": "<hello>"}
    stack.succeed("preview", "--expect-no-changes")
    assert wait_until_gone(str(tmp_path), 5) == []
