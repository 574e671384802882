"""IAM documents: the exact rights, and the conditions that keep others out."""

import json
from typing import Any

import pytest

from components.permissions import (
    ANY,
    Statement,
    database_monitoring_policy,
    exec_policy,
    execution_role_policy,
    key_policy,
    log_groups_may_use_key,
    policy_document,
    secret_arn,
    service_trust,
    task_trust,
)
from settings.partition import partition_of

ACCOUNT = "123456789012"
REGION = "eu-central-1"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!cluster-1-AbCdEf"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/flags"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
REPOSITORY = f"arn:aws:ecr:{REGION}:210987654321:repository/backend"
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/x"


def statements(document: str) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in json.loads(document)["Statement"]}


def execution(**changes: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 # arguments of any type
    given: dict[str, Any] = {
        "region": REGION,
        "repository_arn": REPOSITORY,
        "log_group_arn": LOG_GROUP,
        "secrets": [f"{SECRET}:password::", PARAMETER],
        "key_arns": [KEY],
    }
    return statements(execution_role_policy(**(given | changes)))


def test_execution_role_pulls_from_its_repository_only_even_in_another_account() -> None:
    pull = execution()["PullTheImage"]
    assert pull["Resource"] == [REPOSITORY]
    assert pull["Action"] == [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    ]


def test_execution_role_names_a_resource_everywhere_but_for_the_registry_token() -> None:
    unbounded = [sid for sid, each in execution().items() if ANY in each["Resource"]]
    assert unbounded == ["RegistryToken"]


def test_execution_role_reads_each_secret_by_its_own_arn_without_the_json_key() -> None:
    found = execution()
    assert found["ReadSecrets"]["Resource"] == [SECRET]
    assert found["ReadParameters"]["Resource"] == [PARAMETER]


def test_execution_role_decrypts_with_given_keys_and_only_through_the_secret_stores() -> None:
    decrypt = execution()["DecryptSecrets"]
    assert decrypt["Action"] == ["kms:Decrypt"]
    assert decrypt["Resource"] == [KEY]
    assert decrypt["Condition"] == {
        "StringEquals": {"kms:ViaService": [f"secretsmanager.{REGION}.amazonaws.com", f"ssm.{REGION}.amazonaws.com"]}
    }


def test_execution_role_has_no_secret_statement_when_there_is_no_secret() -> None:
    assert set(execution(secrets=[], key_arns=[])) == {"RegistryToken", "PullTheImage", "WriteLogs"}


def test_execution_role_writes_streams_of_its_log_group_and_creates_no_group() -> None:
    write = execution()["WriteLogs"]
    assert write["Resource"] == [f"{LOG_GROUP}:*"]
    assert write["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]


def test_policy_is_the_same_text_in_whatever_order_the_parts_come() -> None:
    one = Statement(sid="A", actions=["s3:GetObject", "s3:PutObject"], resources=["b", "a"])
    other = Statement(sid="A", actions=["s3:PutObject", "s3:GetObject"], resources=["a", "b"])
    assert policy_document([one]) == policy_document([other])


def test_task_trust_is_for_this_account_and_region() -> None:
    trust = json.loads(task_trust(ACCOUNT, REGION))["Statement"][0]
    assert trust["Principal"] == {"Service": ["ecs-tasks.amazonaws.com"]}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"]},
    }


def test_service_trust_names_the_account_when_no_source_is_known() -> None:
    trust = json.loads(service_trust("backup.amazonaws.com", ACCOUNT))["Statement"][0]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_key_policy_keeps_the_account_in_charge_and_lets_only_its_log_groups_in() -> None:
    policy = statements(
        key_policy(ACCOUNT, REGION, [log_groups_may_use_key(ACCOUNT, REGION, "/ecs/runlayer-staging/*")])
    )
    assert policy["AccountDecidesByIam"]["Principal"] == {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}
    logs = policy["LogGroupsUseTheKey"]
    assert logs["Principal"] == {"Service": [f"logs.{REGION}.amazonaws.com"]}
    assert logs["Condition"]["ArnLike"] == {
        "kms:EncryptionContext:aws:logs:arn": (f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/runlayer-staging/*")
    }
    assert "kms:*" not in logs["Action"]


def test_exec_allows_session_channels_and_nothing_else() -> None:
    actions = statements(exec_policy())["SessionChannels"]["Action"]
    assert all(each.startswith("ssmmessages:") for each in actions)


def test_database_monitoring_touches_its_one_log_group() -> None:
    resources = [
        each for found in statements(database_monitoring_policy(REGION, ACCOUNT)).values() for each in found["Resource"]
    ]
    assert all(f"{REGION}:{ACCOUNT}:log-group:RDSOSMetrics" in each for each in resources)


@pytest.mark.parametrize(
    ("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_partition_follows_the_region(region: str, partition: str) -> None:
    assert partition_of(region) == partition


@pytest.mark.parametrize("value_from", [SECRET, f"{SECRET}:password::", f"{SECRET}:password:AWSCURRENT:"])
def test_secret_arn_drops_json_key_stage_and_version(value_from: str) -> None:
    assert secret_arn(value_from) == SECRET
