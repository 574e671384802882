"""One embedded AWS in this process for all tests of a worker; each test finds it empty and its clock standing still."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from localaws.server import Running, serve
from tests.support.aws_scene import Scene


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
