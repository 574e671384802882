import json
from dataclasses import replace

import pytest

from components.backups import Backups, BackupsArgs
from components.errors import ComponentError
from tests.support.recorder import ACCOUNT_ID, REGION, Recording, record, record_refusal

CLUSTER = f"arn:aws:rds:{REGION}:{ACCOUNT_ID}:cluster:runlayer-staging"
ELSEWHERE = f"arn:aws:backup:eu-west-1:{ACCOUNT_ID}:backup-vault:copies"
ARGS = BackupsArgs(name_prefix="runlayer-staging", account_id=ACCOUNT_ID, region=REGION, cluster_arn=CLUSTER)

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SHAPE = [
    ("aws:backup/plan:Plan", "backups"),
    ("aws:backup/selection:Selection", "backups"),
    ("aws:backup/vault:Vault", "backups"),
    ("aws:iam/role:Role", "backups"),
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "backups-backup"),
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "backups-restore"),
    ("aws:kms/alias:Alias", "backups"),
    ("aws:kms/key:Key", "backups"),
    ("runlayer:index:Backups", "backups"),
]


def backups(args: BackupsArgs = ARGS) -> Recording[Backups]:
    return record(lambda: Backups("backups", args))


def test_types_and_names_stay_as_they_are() -> None:
    notified = replace(ARGS, failure_topic_arn="arn:aws:sns:us-east-1:1:t", copy_to_vault_arn=ELSEWHERE)

    assert backups().shape() == SHAPE
    assert backups(notified).shape() == sorted(
        [*SHAPE, (ALARM, "backups-backup-failed"), (ALARM, "backups-backup-copy-failed")]
    )


def test_every_child_has_the_component_as_its_parent() -> None:
    assert {each.parent for each in backups().resources if each.custom} == {"backups"}


def test_vault_has_a_key_of_its_own_and_is_never_locked() -> None:
    run = backups()
    key = run.one("aws:kms/key:Key")

    assert run.one("aws:backup/vault:Vault").inputs["kmsKeyArn"] == f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/backups"
    assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, 30)
    assert not [each for each in run.resources if "lock" in each.type.lower()]


def test_plan_keeps_recovery_points_as_long_as_asked_without_cold_storage() -> None:
    rule = backups(replace(ARGS, schedule="cron(30 4 * * ? *)", retention_days=90)).one("aws:backup/plan:Plan").inputs

    assert rule["rules"] == [
        {
            "ruleName": "scheduled",
            "targetVaultName": "runlayer-staging",
            "schedule": "cron(30 4 * * ? *)",
            "startWindow": 60,
            "completionWindow": 480,
            "lifecycle": {"deleteAfter": 90},
        }
    ]


def test_copy_goes_to_the_other_vault_with_its_own_retention() -> None:
    args = replace(ARGS, copy_to_vault_arn=ELSEWHERE, copy_retention_days=365)
    rule = backups(args).one("aws:backup/plan:Plan").inputs["rules"][0]

    assert rule["copyActions"] == [{"destinationVaultArn": ELSEWHERE, "lifecycle": {"deleteAfter": 365}}]


def test_cluster_is_selected_by_arn_once_the_role_may_work() -> None:
    run = backups()
    selection = run.one("aws:backup/selection:Selection")

    assert selection.inputs["resources"] == [CLUSTER]
    assert all(selection.waits_for(each) for each in run.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment"))


def test_role_has_the_two_service_policies_and_is_assumed_for_this_account_alone() -> None:
    run = backups(replace(ARGS, iam_path="/platform/", permissions_boundary_arn="arn:aws:iam::1:policy/b"))
    role = run.one("aws:iam/role:Role").inputs
    trust = json.loads(role["assumeRolePolicy"])["Statement"][0]

    assert trust["Principal"] == {"Service": ["backup.amazonaws.com"]}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
    assert (role["path"], role["permissionsBoundary"]) == ("/platform/", "arn:aws:iam::1:policy/b")
    assert [
        each.inputs["policyArn"].rsplit("/", 1)[-1]
        for each in run.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    ] == ["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"]


def test_failures_are_told_to_the_topic() -> None:
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:alarms"
    run = backups(replace(ARGS, failure_topic_arn=topic, copy_to_vault_arn=ELSEWHERE))
    alarms = {each.inputs["metricName"]: each.inputs for each in run.all(ALARM)}

    assert set(alarms) == {"NumberOfBackupJobsFailed", "NumberOfCopyJobsFailed"}
    for inputs in alarms.values():
        assert inputs["alarmActions"] == [topic]
        assert inputs["dimensions"] == {"BackupVaultName": "runlayer-staging"}
        assert (inputs["comparisonOperator"], inputs["threshold"]) == ("GreaterThanThreshold", 0)
        assert inputs["treatMissingData"] == "notBreaching"


def test_vault_and_key_are_protected_and_stay_in_the_account_by_default() -> None:
    run = backups()

    for type_ in ("aws:backup/vault:Vault", "aws:kms/key:Key"):
        assert run.one(type_).protect
        assert run.one(type_).retain_on_delete
    assert run.one("aws:backup/vault:Vault").inputs["forceDestroy"] is False


def test_practice_vault_can_be_destroyed_with_its_recovery_points() -> None:
    run = backups(replace(ARGS, deletion_protected=False))

    assert not [each for each in run.resources if each.protect or each.retain_on_delete]
    assert run.one("aws:backup/vault:Vault").inputs["forceDestroy"] is True


def test_longest_prefix_fits_every_name() -> None:
    run = backups(replace(ARGS, name_prefix="a" * 20))

    assert len(run.one("aws:backup/vault:Vault").inputs["name"]) <= 50
    assert len(run.one("aws:backup/selection:Selection").inputs["name"]) <= 50
    assert len(run.one("aws:iam/role:Role").inputs["namePrefix"]) <= 38


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (replace(ARGS, name_prefix="a" * 21), "COMP001"),
        (replace(ARGS, schedule="rate(1 day)"), "COMP701"),
        (replace(ARGS, schedule="cron(0 2 * * *)"), "COMP701"),
        (replace(ARGS, retention_days=0), "COMP702"),
        (replace(ARGS, copy_retention_days=36501), "COMP702"),
        (replace(ARGS, copy_to_vault_arn="copies"), "COMP703"),
        (
            replace(ARGS, copy_to_vault_arn=f"arn:aws:backup:{REGION}:{ACCOUNT_ID}:backup-vault:runlayer-staging"),
            "COMP703",
        ),
    ],
)
def test_backups_are_refused_before_anything_is_registered(args: BackupsArgs, code: str) -> None:
    refusal, registered = record_refusal(lambda: Backups("backups", args), ComponentError)

    assert isinstance(refusal, ComponentError)
    assert refusal.code == code
    assert "allowed" in refusal.problem
    assert not registered
