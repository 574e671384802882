"""Fixtures for tests that run the real engine; all of them carry the marker `engine`."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from engine.choice import read_choice
from engine.layout import Layout
from tests.support.real_engine import ROOT, RealStack, plain_moto, real_stack


@pytest.fixture(scope="session")
def built() -> Layout:
    """The layout of the engine built in this checkout."""
    layout = Layout(ROOT)
    choice = read_choice(layout)
    if choice is None:
        pytest.fail("there is no engine in this checkout: run `python -m engine build`")
    if choice.kind == "official":
        pytest.skip("these tests are about the engine that is built here; ENGINE=build makes it")
    return layout


@pytest.fixture(scope="session")
def moto_endpoint() -> Generator[str]:
    with plain_moto() as url:
        yield url


@pytest.fixture
def new_stack(built: Layout, moto_endpoint: str, tmp_path: Path) -> Callable[[str], RealStack]:
    """Makes a stack from a fixture's name."""
    return lambda fixture: real_stack(tmp_path, fixture, moto_endpoint)
