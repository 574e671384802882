"""Prod from nothing on the release that the lock names, with room to lose a zone.

The stack comes up once, and each test judges a part of what is there.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from outputs import StackOutputs
from settings.load import load_file
from tests.support.real_engine import ROOT, Answer
from tests.support.whole_stack import WholeStack, dirt, whole_stack

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Up:
    """The stack, and how its first `up` ended."""

    stack: WholeStack
    answer: Answer
    outputs: StackOutputs


@pytest.fixture(scope="module")
def prod(built: object, tmp_path_factory: pytest.TempPathFactory) -> Generator[Up]:
    del built
    folder: Path = tmp_path_factory.mktemp("prod")
    with whole_stack(folder, "prod") as stack:
        answer = stack.succeed("up", "--yes", "--skip-preview")
        yield Up(stack, answer, stack.stack_outputs())


def test_prod_runs_the_release_of_its_lock_and_not_the_newest(prod: Up) -> None:
    lock = load_file(ROOT / "Pulumi.prod.yaml").release
    assert lock.follow == "staging"
    assert (prod.outputs.release_version, prod.outputs.release_digest) == (lock.version, lock.digest)
    (release,) = prod.stack.serving().releases
    assert release.digest == lock.digest


def test_prod_preview_after_the_up_is_empty_even_when_latest_moves(prod: Up) -> None:
    prod.stack.push("v1.6.0,latest")
    since = prod.stack.last_call()
    again = prod.stack.pulumi("preview", "--expect-no-changes")
    assert again.code == 0, again.text
    assert prod.stack.mutating(since) == []


def test_prod_has_three_tasks_over_three_zones(prod: Up) -> None:
    serving = prod.stack.serving()
    assert (serving.desired_count, serving.running_count) == (3, 3)
    ec2 = prod.stack.aws().boto("ec2")
    subnets = ec2.describe_subnets(SubnetIds=prod.outputs.task_subnet_ids)["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 3
    nats = ec2.describe_nat_gateways(Filter=[{"Name": "state", "Values": ["available"]}])["NatGateways"]
    assert len({nat["SubnetId"] for nat in nats}) == 3


def test_prod_database_has_two_instances_that_nobody_can_delete_by_accident(prod: Up) -> None:
    rds = prod.stack.aws().boto("rds")
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=prod.outputs.database_cluster_identifier)["DBClusters"]
    assert len(cast("list[object]", cluster["DBClusterMembers"])) == 2
    assert cluster["DeletionProtection"] is True
    assert cluster["StorageEncrypted"] is True
    assert cluster["BackupRetentionPeriod"] == 35


def test_prod_leaves_its_stack_file_as_it_was(prod: Up) -> None:
    assert dirt(prod.stack.directory) == ""
