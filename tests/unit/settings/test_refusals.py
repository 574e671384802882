"""One broken key at a time: what AWS would refuse is refused before anything is built."""

from collections.abc import Mapping

import pytest

from settings.errors import CODES
from tests.support.config_cases import ACCEPTED, REFUSED
from tests.support.stack_config import LEFT_OUT, faults, settings


@pytest.mark.parametrize("changes", ACCEPTED, ids=str)
def test_config_that_aws_takes_is_accepted(changes: Mapping[str, object]) -> None:
    assert [str(fault) for fault in faults(changes)] == []


@pytest.mark.parametrize(("changes", "key", "code"), REFUSED, ids=lambda value: str(value)[:60])
def test_config_that_aws_refuses_is_refused_at_its_key(changes: Mapping[str, object], key: str, code: str) -> None:
    found = faults(changes)

    assert (f"runlayer:{key}", code) in [(fault.key, fault.code) for fault in found]
    assert all(fault.allowed and fault.do for fault in found)
    assert {fault.key for fault in found} <= {f"runlayer:{key}", *_COMPANIONS.get(key, ())}


# Faults that cannot be had one without the other.
_COMPANIONS = {
    "release.version": ("runlayer:release.digest",),
    "database.maintenance_window": ("runlayer:database.backup_window",),
}


def test_every_code_of_a_key_has_a_refusal() -> None:
    shown = {code for _, _, code in REFUSED}
    of_the_file = {"CFG001", "CFG002", "CFG003", "CFG004", "CFG005", "CFG006", "CFG011", "CFG016"}

    assert shown | of_the_file == set(CODES)


@pytest.mark.parametrize(
    ("project", "stack", "key"),
    [
        ("runlayer", "production-eu", "stack"),
        ("runlayer", "Prod", "stack"),
        ("runlayer", "pr_12", "stack"),
        ("runlayer", "a--b", "stack"),
        ("1layer", "prod", "project"),
        ("run.layer", "prod", "project"),
    ],
)
def test_names_that_make_no_resource_names_are_refused(project: str, stack: str, key: str) -> None:
    found = faults({}, project, stack)

    assert [(fault.key, fault.code) for fault in found] == [(key, "CFG020")]


def test_longest_name_prefix_is_accepted() -> None:
    assert faults({}, "runlayer", "pr-12345678") == []


def test_name_prefix_is_project_and_stack() -> None:
    assert settings().name_prefix == "runlayer-staging"


def test_fargate_fault_names_the_nearest_pairs() -> None:
    (fault,) = faults({"service.cpu": 512, "service.memory_mib": 6144})

    assert fault.allowed == "1024, 2048, 3072, 4096 with cpu 512"
    assert "cpu 1024 with memory_mib 6144" in fault.do


def test_unknown_key_is_told_its_likely_name_or_place() -> None:
    (misspelt,) = faults({"service.desired_counts": 2})
    (misplaced,) = faults({"service.drain_seconds": 2})

    assert "desired_count" in misspelt.do
    assert "runlayer:load_balancer.drain_seconds" in misplaced.do


def test_all_faults_are_found_at_once_across_layers() -> None:
    found = faults(
        {
            "aws.account_id": 123456789012,
            "aws.region": "eu-west-1",
            "service.cpus": 1,
            "service.memory_mib": 6144,
            "service.desired_count": "two",
            "load_balancer.drain_seconds": 90,
            "load_balancer.health_check": {"timeout_seconds": 20, "path": "x"},
            "alarms": LEFT_OUT,
        }
    )

    assert {fault.key.removeprefix("runlayer:") for fault in found} == {
        "aws.account_id",
        "network.availability_zones[0]",
        "network.availability_zones[1]",
        "service.cpus",
        "service.memory_mib",
        "service.desired_count",
        "load_balancer.drain_seconds",
        "load_balancer.health_check.timeout_seconds",
        "load_balancer.health_check.path",
        "alarms",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"service.environment": {"DB_PASSWORD": "hunter2"}},
        {"service.environment": {"PORT": ["hunter2"]}},
        {"service.secrets": {"DB_PASSWORD": "hunter2"}},
        {"service.master_password": "hunter2"},
        {"hunter2": "hunter2"} | {"aws.region": LEFT_OUT},
        {"service.user": "postgres://hunter2:hunter2@db"},
        {"load_balancer.domain": "AKIAHUNTER2HUNTER2HU hunter2"},
        {"service.command": ["x", "https://u:hunter2@host"]},
        {"aws.account_id": "Zx9hunter2Qq81LmNopQRst4uvW"},
    ],
)
def test_what_may_be_a_secret_is_never_shown(changes: Mapping[str, object]) -> None:
    found = [fault for fault in faults(changes) if fault.key != "runlayer:hunter2"]

    assert found
    assert "hunter2" not in "\n".join(map(str, found))
