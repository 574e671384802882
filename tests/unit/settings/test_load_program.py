"""Settings inside a Pulumi program: the same judgement, and an end without a stack trace."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import TypeVar

import pulumi
import pytest
from pulumi.runtime import Settings, configure, set_all_config

from settings.errors import SettingsError
from settings.load import load_program, load_settings
from settings.model import StackSettings
from tests.support.stack_config import LEFT_OUT, faults, sections

T = TypeVar("T")
SECRET = "hunter2"


def in_program(
    read: Callable[[], T],
    changes: Mapping[str, object] | None = None,
    more: Mapping[str, str] | None = None,
    encrypted: list[str] | None = None,
) -> T:
    """Call something as the engine would run it: with the stack's config, one JSON text for each key."""

    def run() -> T:
        configure(Settings(project="runlayer", stack="staging"))
        config = {f"runlayer:{name}": json.dumps(value) for name, value in sections(changes).items()}
        set_all_config(config | dict(more or {}), encrypted or [])
        return read()

    return copy_context().run(run)


def refused(
    changes: Mapping[str, object] | None = None,
    more: Mapping[str, str] | None = None,
    encrypted: list[str] | None = None,
) -> SettingsError:
    def read() -> SettingsError:
        with pytest.raises(SettingsError) as caught:
            load_program()
        return caught.value

    return in_program(read, changes, more, encrypted)


def test_program_reads_its_stack() -> None:
    found = in_program(load_settings, more={"pulumi:disable-default-providers": '["*"]'})

    assert isinstance(found, StackSettings)
    assert (found.project, found.stack, found.name_prefix) == ("runlayer", "staging", "runlayer-staging")


def test_program_reads_config_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    config = {f"runlayer:{name}": json.dumps(value) for name, value in sections().items()}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))

    def read() -> StackSettings:
        configure(Settings(project="runlayer", stack="staging"))
        set_all_config({})
        return load_program()

    assert copy_context().run(read).aws.region == "us-east-1"


def test_program_finds_the_same_faults_as_a_file_has() -> None:
    changes = {"service.cpu": 700, "aws.region": "eu-west-1", "alarms": LEFT_OUT, "database.instance": 2}

    found = refused(changes).faults

    assert {(fault.code, fault.key) for fault in found} == {(fault.code, fault.key) for fault in faults(changes)}


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("runlayer:alarm", "write alarms"),
        ("runlayer:service.cpu", "pulumi config set --path 'runlayer:service.KEY'"),
        ("runlayer:project", "docs/config.md"),
        ("runlayer:stack", "docs/config.md"),
        ("aws:region", "runlayer:aws"),
    ],
)
def test_key_that_means_nothing_is_refused(key: str, hint: str) -> None:
    (fault,) = refused(more={key: "x"}).faults

    assert (fault.code, fault.key) == ("CFG011", key)
    assert hint in fault.do


def test_section_with_an_encrypted_value_is_refused_without_showing_it() -> None:
    error = refused({"service.environment": {"X": SECRET}, "service.cpu": SECRET}, encrypted=["runlayer:service"])

    assert [(fault.code, fault.key) for fault in error.faults] == [("CFG016", "runlayer:service")]
    assert SECRET not in str(error)


@pytest.mark.parametrize("text", [SECRET, f'"{SECRET}"', "[" * 100_000, "9" * 5_000, f"[{SECRET}"])
def test_section_that_is_no_map_is_refused_without_showing_it(text: str) -> None:
    error = refused(more={"runlayer:service": text})

    assert "runlayer:service" in [fault.key for fault in error.faults]
    assert error.__cause__ is None


def test_program_with_faults_logs_each_and_ends_without_a_stack_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", logged.append)

    def read() -> pulumi.RunError:
        with pytest.raises(pulumi.RunError) as caught:
            load_settings()
        return caught.value

    error = in_program(read, {"service.cpu": 700, "database.instances": 0})

    assert [line.split(":")[0] for line in logged] == ["CFG015 runlayer", "CFG021 runlayer"]
    assert "stack staging: 2 faults" in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_settings_are_immutable() -> None:
    found = in_program(load_program)

    with pytest.raises(ValueError, match="frozen"):
        found.service.cpu = 1024


def test_import_loads_neither_engine_nor_yaml_parser_nor_ranges() -> None:
    heavy = "{'ruamel', 'ruamel.yaml', 'semantic_version', 'pulumi', 'boto3'}"
    script = f"import sys, settings.load; print(sorted({heavy} & set(sys.modules)))"

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
