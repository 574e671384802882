"""What AuroraCluster registers: safe by default, and nothing that a second run would change."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.aurora_cluster import AuroraCluster, AuroraClusterArgs, RestoreArgs
from components.errors import ComponentError
from tests.support.recorder import ACCOUNT_ID, REGION, Recorded, Recording, record, record_refusal

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
KEY = "aws:kms/key:Key"
KEY_ID = "1a2b3c4d-1111-2222-3333-444444444444"
OUTPUTS = {
    KEY: lambda _name, _inputs: {"keyId": KEY_ID},
    CLUSTER: lambda _name, inputs: {
        "masterUserSecrets": [{"secretArn": "arn:secret", "kmsKeyId": inputs["masterUserSecretKmsKeyId"]}],
        "endpoint": "writer",
        "readerEndpoint": "reader",
        "clusterResourceId": "cluster-ABC",
    },
}


def arguments(**changes: object) -> AuroraClusterArgs:
    args = AuroraClusterArgs(
        name_prefix="runlayer-staging",
        account_id=ACCOUNT_ID,
        region=REGION,
        vpc_id="vpc-1",
        subnet_ids=["subnet-1", "subnet-2"],
    )
    return replace(args, **changes)


def recorded(**changes: object) -> Recording[AuroraCluster]:
    return record(lambda: AuroraCluster("database", arguments(**changes)), outputs=OUTPUTS)


def cluster(**changes: object) -> Recorded:
    return recorded(**changes).one(CLUSTER)


def instances(**changes: object) -> list[dict[str, Any]]:
    return [each.inputs for each in recorded(**changes).all(INSTANCE)]


def test_children_keep_their_names() -> None:
    assert recorded(instances=2).shape() == [
        ("aws:cloudwatch/logGroup:LogGroup", "database"),
        ("aws:ec2/securityGroup:SecurityGroup", "database"),
        ("aws:iam/role:Role", "database-monitoring"),
        ("aws:iam/rolePolicy:RolePolicy", "database-monitoring"),
        ("aws:kms/alias:Alias", "database"),
        (KEY, "database"),
        (CLUSTER, "database"),
        (INSTANCE, "database-1"),
        (INSTANCE, "database-2"),
        ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "database"),
        ("aws:rds/subnetGroup:SubnetGroup", "database"),
        ("runlayer:index:AuroraCluster", "database"),
    ]


def test_another_instance_leaves_the_others_alone() -> None:
    two, three = recorded(instances=2), recorded(instances=3)
    assert set(three.shape()) - set(two.shape()) == {(INSTANCE, "database-3")}
    assert [each.inputs for each in three.all(INSTANCE)][:2] == [each.inputs for each in two.all(INSTANCE)]


def test_data_is_encrypted_with_the_cluster_s_own_key_everywhere() -> None:
    found = recorded()
    key = f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/database"
    inputs = found.one(CLUSTER).inputs
    assert inputs["storageEncrypted"] is True
    assert (inputs["kmsKeyId"], inputs["masterUserSecretKmsKeyId"]) == (key, key)
    assert found.one(INSTANCE).inputs["performanceInsightsKmsKeyId"] == key
    assert found.one("aws:cloudwatch/logGroup:LogGroup").inputs["kmsKeyId"] == key
    assert found.one(KEY).inputs["enableKeyRotation"] is True
    assert found.one(KEY).inputs["deletionWindowInDays"] == 30
    assert "log-group:/aws/rds/cluster/runlayer-staging-database/*" in found.one(KEY).inputs["policy"]


def test_password_is_managed_and_never_an_input() -> None:
    inputs = cluster().inputs
    assert inputs["manageMasterUserPassword"] is True
    assert not {"masterPassword", "masterPasswordWo"} & inputs.keys()
    found = recorded()
    assert found.value(found.result.secret_arn) == "arn:secret"


def test_connections_are_forced_to_tls_in_the_family_of_the_major_version() -> None:
    group = recorded(engine_version="17.2").one("aws:rds/clusterParameterGroup:ClusterParameterGroup").inputs
    assert group["family"] == "aurora-postgresql17"
    assert group["parameters"] == [{"name": "rds.force_ssl", "value": "1", "applyMethod": "immediate"}]


def test_parameter_group_gets_a_new_name_when_it_is_replaced() -> None:
    group = recorded().one("aws:rds/clusterParameterGroup:ClusterParameterGroup")
    assert group.inputs["namePrefix"] == "runlayer-staging-database-"
    assert not group.delete_before_replace


def test_nobody_may_connect_until_a_rule_says_so() -> None:
    found = recorded()
    assert not any("Rule" in each.type for each in found.resources)
    group = found.one("aws:ec2/securityGroup:SecurityGroup").inputs
    assert not {"ingress", "egress"} & group.keys()
    assert not any(each["publiclyAccessible"] for each in instances(instances=3))


def test_backups_and_deletion_are_safe_by_default() -> None:
    found = cluster()
    assert found.inputs["backupRetentionPeriod"] == 7
    assert found.inputs["deletionProtection"] is True
    assert found.inputs["skipFinalSnapshot"] is False
    assert found.inputs["deleteAutomatedBackups"] is False
    assert found.inputs["copyTagsToSnapshot"] is True
    assert found.protect


def test_stack_for_practising_can_be_destroyed_in_one_go() -> None:
    found = recorded(deletion_protected=False, final_snapshot=False)
    assert found.one(CLUSTER).inputs["deletionProtection"] is False
    assert found.one(CLUSTER).inputs["skipFinalSnapshot"] is True
    assert found.one(CLUSTER).inputs["deleteAutomatedBackups"] is True
    assert not any(each.protect or each.retain_on_delete for each in found.resources)


def test_key_stays_as_long_as_a_snapshot_needs_it() -> None:
    assert recorded(deletion_protected=False).one(KEY).retain_on_delete
    assert not recorded(deletion_protected=False, final_snapshot=False).one(KEY).retain_on_delete


def test_final_snapshot_is_named_after_the_key_so_that_no_later_cluster_uses_the_name_again() -> None:
    name = cluster().inputs["finalSnapshotIdentifier"]
    assert name == "runlayer-staging-database-final-1a2b3c4d"
    assert cluster().inputs["finalSnapshotIdentifier"] == name
    multi_region = {**OUTPUTS, KEY: lambda _name, _inputs: {"keyId": f"mrk-{KEY_ID.replace('-', '')}"}}
    found = record(lambda: AuroraCluster("database", arguments()), outputs=multi_region)
    assert found.one(CLUSTER).inputs["finalSnapshotIdentifier"] == name


def test_identifiers_fit_with_the_longest_prefix() -> None:
    found = recorded(name_prefix="p" * 20, instances=15)
    identifiers = [each.inputs["identifier"] for each in found.all(INSTANCE)]
    identifiers += [found.one(CLUSTER).inputs[key] for key in ("clusterIdentifier", "finalSnapshotIdentifier")]
    assert all(len(each) <= 63 and "--" not in each for each in identifiers)
    assert len(found.one("aws:iam/role:Role").inputs["name"]) <= 64


def test_log_group_is_there_before_rds_would_make_one_without_key_and_end() -> None:
    found = recorded(log_retention_days=90)
    group = found.one("aws:cloudwatch/logGroup:LogGroup")
    assert group.inputs["name"] == "/aws/rds/cluster/runlayer-staging-database/postgresql"
    assert group.inputs["retentionInDays"] == 90
    assert found.one(CLUSTER).inputs["enabledCloudwatchLogsExports"] == ["postgresql"]
    assert found.one(CLUSTER).waits_for(group)


def test_serverless_has_a_scaling_block_and_provisioned_has_none() -> None:
    assert cluster(min_acu=1, max_acu=8).inputs["serverlessv2ScalingConfiguration"] == {
        "minCapacity": 1,
        "maxCapacity": 8,
    }
    assert "serverlessv2ScalingConfiguration" not in cluster(instance_class="db.r7g.large").inputs
    assert {each["instanceClass"] for each in instances()} == {"db.serverless"}


def test_instances_take_the_zones_in_turn_and_any_of_them_can_become_the_writer() -> None:
    found = instances(instances=3, availability_zones=["a", "b"])
    assert [each["availabilityZone"] for each in found] == ["a", "b", "a"]
    assert [each["promotionTier"] for each in found] == [0, 1, 1]
    assert all("availabilityZone" not in each for each in instances())


def test_minor_upgrades_are_said_either_way() -> None:
    assert [each["autoMinorVersionUpgrade"] for each in instances()] == [False]
    assert [each["autoMinorVersionUpgrade"] for each in instances(minor_upgrades=True)] == [True]


def test_major_upgrade_needs_a_word() -> None:
    assert cluster().inputs["allowMajorVersionUpgrade"] is False
    assert cluster(major_upgrade_allowed=True).inputs["allowMajorVersionUpgrade"] is True


def test_changes_wait_for_the_window_unless_told_otherwise() -> None:
    assert cluster().inputs["applyImmediately"] is False
    assert [each["applyImmediately"] for each in instances(apply_immediately=True)] == [True]


def test_insights_and_monitoring_are_on_and_monitoring_can_be_off() -> None:
    (found,) = instances(performance_insights_retention_days=93)
    assert found["performanceInsightsEnabled"] is True
    assert found["performanceInsightsRetentionPeriod"] == 93
    assert found["monitoringInterval"] == 60
    assert found["monitoringRoleArn"].endswith("role/database-monitoring")
    off = recorded(enhanced_monitoring_seconds=0)
    assert off.all("aws:iam/role:Role") == []
    assert "monitoringRoleArn" not in off.one(INSTANCE).inputs


def test_monitoring_role_is_for_this_cluster_s_instances_and_ready_before_they_are() -> None:
    found = recorded()
    trust = json.loads(found.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": ["monitoring.rds.amazonaws.com"]}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
        "ArnLike": {"aws:SourceArn": [f"arn:aws:rds:{REGION}:{ACCOUNT_ID}:db:runlayer-staging-database-*"]},
    }
    assert found.one(INSTANCE).waits_for(found.one("aws:iam/rolePolicy:RolePolicy"))


def test_restore_says_what_a_cluster_starts_from_and_never_makes_another_of_it() -> None:
    found = cluster(restore=RestoreArgs(snapshot_identifier="before"))
    assert found.inputs["snapshotIdentifier"] == "before"
    assert set(found.ignore_changes) == {
        "snapshotIdentifier",
        "restoreToPointInTime",
        "databaseName",
        "masterUsername",
    }
    assert set(cluster().ignore_changes) == {"snapshotIdentifier", "restoreToPointInTime"}


@pytest.mark.parametrize(
    ("to_time", "expected"),
    [
        (None, {"sourceClusterIdentifier": "old", "useLatestRestorableTime": True}),
        ("2024-12-13T15:24:30Z", {"sourceClusterIdentifier": "old", "restoreToTime": "2024-12-13T15:24:30Z"}),
    ],
)
def test_restore_to_a_point_in_time_is_a_time_or_the_latest(to_time: str | None, expected: dict[str, Any]) -> None:
    restore = RestoreArgs(source_cluster_identifier="old", to_time=to_time)
    assert cluster(restore=restore).inputs["restoreToPointInTime"] == expected


def test_outputs_name_what_others_need() -> None:
    found = recorded(instances=2)
    result = found.result
    assert found.value(result.cluster_identifier) == "runlayer-staging-database"
    assert found.value(result.endpoint) == "writer"
    assert found.value(result.reader_endpoint) == "reader"
    assert found.value(result.port) == 5432
    assert found.value(result.instance_identifiers) == ["runlayer-staging-database-1", "runlayer-staging-database-2"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"name_prefix": "UPPER"}, "name_prefix"),
        ({"engine_version": "sixteen"}, "engine_version"),
        ({"instances": 16}, "instances"),
        ({"min_acu": 8, "max_acu": 4}, "min_acu"),
        ({"backup_retention_days": 0}, "backup_retention_days"),
        ({"backup_retention_days": 36}, "backup_retention_days"),
        ({"performance_insights_retention_days": 30}, "performance_insights_retention_days"),
        ({"enhanced_monitoring_seconds": 2}, "enhanced_monitoring_seconds"),
        ({"backup_window": "05:30-06:30"}, "overlaps"),
        ({"backup_window": "5:30"}, "backup_window"),
        ({"restore": RestoreArgs()}, "exactly one"),
        ({"restore": RestoreArgs(snapshot_identifier="a", source_cluster_identifier="b")}, "exactly one"),
        ({"restore": RestoreArgs(snapshot_identifier="a", to_time="2024-12-13T15:24:30Z")}, "to_time"),
    ],
)
def test_what_rds_would_refuse_is_refused_before_anything_is_registered(changes: dict[str, Any], word: str) -> None:
    error, registered = record_refusal(lambda: AuroraCluster("database", arguments(**changes)), ComponentError)
    assert word in str(error)
    assert "COMP201" in str(error)
    assert registered == []
