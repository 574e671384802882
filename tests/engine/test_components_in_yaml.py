"""The components build a network, a database and a service for a program in YAML, which is told the truth too."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.build import build
from localaws.client import Client
from localaws.daemon import start, stop
from localaws.home import Home
from localaws.registry.push import Release
from localaws.registry.script import Behaviour, Script
from tests.support.real_engine import ROOT, RealStack, engine_environment

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("components-in-yaml"), pytest.mark.timeout(900)]

# What `pulumi package add` gets of the repository, as far as the plugin needs it.
PLUGIN = ("components", "settings", "examples")
UP = ("up", "--yes", "--skip-preview")


@pytest.fixture
def aws(tmp_path: Path) -> Generator[Client]:
    home = Home(tmp_path / "aws")
    endpoint, _ = start(home, speed=120)
    try:
        yield Client(endpoint)
    finally:
        stop(home)


@pytest.fixture
def consumer(built: object, aws: Client, tmp_path: Path) -> RealStack:
    """The example in a copy of the repository that has nothing else."""
    del built
    build(ROOT, extras=["yaml"], engine=False)
    repository = tmp_path / "repository"
    for room in PLUGIN:
        shutil.copytree(ROOT / room, repository / room, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    shutil.copy(ROOT / "pyproject.toml", repository)
    (repository / "components" / ".venv").symlink_to(Path(sys.prefix))
    stack = RealStack(repository / "examples" / "yaml", engine_environment(tmp_path, aws.endpoint))
    stack.succeed("stack", "init", "dev")
    return stack


def release(stack: RealStack, aws: Client, version: str, behaviour: Behaviour) -> None:
    """Push a release, and ask for it in the stack file."""
    digest = aws.push("backend", [version], Release(version, Script(behaviour)), datetime.now(UTC))
    values = {"repository": "backend", "version": version, "digest": digest}
    file = stack.directory / "Pulumi.dev.yaml"
    salt = next(line for line in file.read_text().splitlines() if line.startswith("encryptionsalt"))
    keys = {f"backend-in-yaml:{name}": value for name, value in values.items()}
    file.write_text(f"{salt}\nconfig: {json.dumps(keys)}\n")


def test_yaml_program_comes_up_stays_put_and_is_told_of_a_rollback(consumer: RealStack, aws: Client) -> None:
    aws.boto("ecr").create_repository(repositoryName="backend")
    release(consumer, aws, "v1.0.0", "healthy")
    consumer.succeed(*UP)
    assert consumer.outputs()["service"] == "example"
    consumer.succeed("preview", "--expect-no-changes")

    release(consumer, aws, "v1.1.0", "exits")
    failed = consumer.pulumi(*UP)
    assert failed.code != 0
    assert "ROLL001 example: ECS rolled the release back" in failed.text
    assert "serves: v1.0.0 (example:1, sha256:" in failed.text
    again = consumer.pulumi(*UP)
    assert again.code != 0
    assert "ROLL001 example" in again.text

    consumer.succeed("destroy", "--yes", "--skip-preview")
    assert consumer.resources() == []


def test_refusal_of_a_component_reaches_yaml_as_its_text(consumer: RealStack, aws: Client) -> None:
    program = consumer.directory / "Pulumi.yaml"
    program.write_text(program.read_text().replace("desiredCount: 1", "cpu: 300"))
    aws.boto("ecr").create_repository(repositoryName="backend")
    release(consumer, aws, "v1.0.0", "healthy")
    refused = consumer.pulumi(*UP)
    assert refused.code != 0
    assert "Fargate does not offer cpu 300" in refused.text
    assert 'File "' not in refused.text
