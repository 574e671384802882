"""What MigrationTask registers: the release's image with rights of its own, and nothing that runs by itself."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.errors import ComponentError
from components.migration_task import MigrationTask, MigrationTaskArgs
from tests.support.recorder import ACCOUNT_ID, REGION, Recording, record, record_refusal
from tests.support.service import DIGEST, KEY_ARN, REPOSITORY_ARN, SECRET_ARN

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"


def arguments(**changes: object) -> MigrationTaskArgs:
    args = MigrationTaskArgs(
        name_prefix="runlayer-staging",
        account_id=ACCOUNT_ID,
        region=REGION,
        vpc_id="vpc-1",
        image=f"repository@{DIGEST}",
        image_repository_arn=REPOSITORY_ARN,
        release_version="v1.4.2",
        release_digest=DIGEST,
        command=["runlayer", "migrate"],
        log_key_arn="arn:log-key",
        database_endpoint="db.internal",
        database_name="runlayer",
        database_username="runlayer",
        database_secret_arn=SECRET_ARN,
        database_secret_key_arn=KEY_ARN,
        database_security_group_id="sg-database",
    )
    return replace(args, **changes)


def recorded(**changes: object) -> Recording[MigrationTask]:
    return record(lambda: MigrationTask("migration", arguments(**changes)))


def container(recording: Recording[MigrationTask]) -> dict[str, Any]:
    (only,) = json.loads(recording.one(TASK_DEFINITION).inputs["containerDefinitions"])
    return only


def test_children_keep_their_names_and_none_of_them_is_a_service() -> None:
    assert recorded().shape() == [
        ("aws:cloudwatch/logGroup:LogGroup", "migration"),
        ("aws:ec2/securityGroup:SecurityGroup", "migration"),
        (TASK_DEFINITION, "migration"),
        ("aws:iam/role:Role", "migration-execution"),
        ("aws:iam/role:Role", "migration-task"),
        ("aws:iam/rolePolicy:RolePolicy", "migration-database-secret"),
        ("aws:iam/rolePolicy:RolePolicy", "migration-execution"),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "migration-database"),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "migration-https"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "migration-database"),
        ("runlayer:index:MigrationTask", "migration"),
    ]


def test_migration_runs_the_release_s_image_and_its_own_command() -> None:
    found = container(recorded())
    assert found["image"] == f"repository@{DIGEST}"
    assert found["command"] == ["runlayer", "migrate"]
    assert {"name": "RUNLAYER_VERSION", "value": "v1.4.2"} in found["environment"]
    assert found["secrets"] == [{"name": "DATABASE_PASSWORD", "valueFrom": f"{SECRET_ARN}:password::"}]
    assert "portMappings" not in found


def test_old_definitions_stay_for_a_migration_that_still_runs() -> None:
    inputs = recorded().one(TASK_DEFINITION).inputs
    assert inputs["skipDestroy"] is True
    assert inputs["family"] == "runlayer-staging-migration"


def test_migration_has_its_own_role_and_log() -> None:
    found = recorded(log_retention_days=731)
    group = found.one("aws:cloudwatch/logGroup:LogGroup").inputs
    assert group == {"name": "/ecs/runlayer-staging/migration", "retentionInDays": 731, "kmsKeyId": "arn:log-key"} | {
        key: value for key, value in group.items() if key not in ("name", "retentionInDays", "kmsKeyId")
    }
    names = [each.inputs["name"] for each in found.all("aws:iam/role:Role")]
    assert names == [f"runlayer-staging-migration-{role}-{REGION}" for role in ("execution", "task")]


def test_role_names_fit_with_the_longest_prefix_and_region() -> None:
    found = recorded(name_prefix="p" * 20, region="ap-southeast-1")
    assert max(len(each.inputs["name"]) for each in found.all("aws:iam/role:Role")) <= 64


def test_definition_is_ready_only_when_its_roles_have_their_rights() -> None:
    found = recorded()
    for policy in found.all("aws:iam/rolePolicy:RolePolicy"):
        assert found.one(TASK_DEFINITION).waits_for(policy)


def test_nothing_comes_in() -> None:
    found = recorded()
    (only,) = found.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert only.inputs["securityGroupId"] == "sg-database"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"command": []}, "command"),
        ({"image": "repository:v1.4.2"}, "@sha256:DIGEST"),
        ({"memory_mib": 513}, "Fargate"),
        ({"database_username": None}, "database_username"),
    ],
)
def test_what_ecs_would_refuse_is_refused_before_anything_is_registered(changes: dict[str, Any], word: str) -> None:
    error, registered = record_refusal(lambda: MigrationTask("migration", arguments(**changes)), ComponentError)
    assert word in str(error)
    assert "COMP801" in str(error)
    assert registered == []
