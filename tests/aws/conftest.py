"""One embedded AWS in this process for all tests of a worker; each test finds it empty and its clock standing still."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from localaws.server import Running, serve
from tests.support.aws_scene import Scene


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Throttling and the like are in no service's model; moto warns of that."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:.*does not match an error shape:UserWarning"))


@pytest.fixture(scope="session")
def running() -> Generator[Running]:
    with serve() as aws:
        yield aws


@pytest.fixture
def aws(running: Running) -> Running:
    running.reset()
    running.client.control("clock", {"offset": 0})
    return running


@pytest.fixture
def scene(aws: Running) -> Scene:
    """A network, a load balancer and a cluster to run services in."""
    return Scene(aws)
