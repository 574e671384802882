"""What the layer adds to the other services: databases, backups, alarms, certificates, security groups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import create_parser

from localaws.server import Running

CLUSTER = {
    "DBClusterIdentifier": "database",
    "Engine": "aurora-postgresql",
    "MasterUsername": "app",
    "ManageMasterUserPassword": True,
}


def cluster(aws: Running, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - arguments of the API
    made: dict[str, Any] = aws.boto("rds").create_db_cluster(**(CLUSTER | changes))["DBCluster"]
    return made


def described(aws: Running) -> dict[str, Any]:
    found: dict[str, Any] = aws.boto("rds").describe_db_clusters()["DBClusters"][0]
    return found


def test_major_engine_version_becomes_an_exact_one_and_an_unknown_one_is_refused(aws: Running) -> None:
    assert cluster(aws, EngineVersion="16")["EngineVersion"] == "16.8"
    with pytest.raises(ClientError, match="Cannot find version"):
        cluster(aws, DBClusterIdentifier="other", EngineVersion="12.1")
    assert len(aws.boto("rds").describe_db_clusters()["DBClusters"]) == 1


def test_managed_password_is_a_secret_and_its_value_is_nowhere_in_the_answer(aws: Running) -> None:
    made = cluster(aws)
    assert ":secret:rds!cluster-" in made["MasterUserSecret"]["SecretArn"]
    assert "MasterUserPassword" not in made


def test_provisioned_cluster_has_no_scaling_configuration(aws: Running) -> None:
    made = cluster(aws)
    assert "ScalingConfigurationInfo" not in made
    assert "ServerlessV2ScalingConfiguration" not in made
    scaled = {"MinCapacity": 0.5, "MaxCapacity": 4.0}
    assert cluster(aws, DBClusterIdentifier="scaled", ServerlessV2ScalingConfiguration=scaled)[
        "ServerlessV2ScalingConfiguration"
    ] == pytest.approx(scaled)


def test_upgrade_waits_for_the_window_unless_it_is_applied_immediately(aws: Running) -> None:
    rds = aws.boto("rds")
    cluster(aws, EngineVersion="16.4")
    rds.modify_db_cluster(DBClusterIdentifier="database", EngineVersion="16.8")
    assert described(aws)["EngineVersion"] == "16.4"
    assert described(aws)["PendingModifiedValues"] == {"EngineVersion": "16.8"}
    assert rds.describe_pending_maintenance_actions()["PendingMaintenanceActions"]
    aws.client.control("maintenance")
    assert described(aws)["EngineVersion"] == "16.8"
    assert rds.describe_pending_maintenance_actions()["PendingMaintenanceActions"] == []
    rds.modify_db_cluster(DBClusterIdentifier="database", EngineVersion="16.9", ApplyImmediately=True)
    assert described(aws)["EngineVersion"] == "16.9"


def test_major_upgrade_needs_its_flag_and_a_downgrade_is_refused(aws: Running) -> None:
    rds = aws.boto("rds")
    cluster(aws, EngineVersion="16.8")
    with pytest.raises(ClientError, match="AllowMajorVersionUpgrade"):
        rds.modify_db_cluster(DBClusterIdentifier="database", EngineVersion="17.4", ApplyImmediately=True)
    with pytest.raises(ClientError, match="Cannot upgrade"):
        rds.modify_db_cluster(DBClusterIdentifier="database", EngineVersion="15.12", ApplyImmediately=True)
    assert described(aws)["EngineVersion"] == "16.8"


def test_restorable_window_ends_minutes_ago_and_restores_stay_inside_it(aws: Running) -> None:
    rds = aws.boto("rds")
    cluster(aws, BackupRetentionPeriod=7)
    aws.advance(30 * 86_400)
    found = described(aws)
    window = found["LatestRestorableTime"] - found["EarliestRestorableTime"]
    assert window == pytest.approx(timedelta(days=7) - timedelta(minutes=5), abs=timedelta(minutes=1))
    given = {"DBClusterIdentifier": "copy", "SourceDBClusterIdentifier": "database"}
    for wrong in (
        found["EarliestRestorableTime"] - timedelta(hours=1),
        found["LatestRestorableTime"] + timedelta(hours=1),
    ):
        with pytest.raises(ClientError, match="not within the restorable window"):
            rds.restore_db_cluster_to_point_in_time(**given, RestoreToTime=wrong)
    assert len(rds.describe_db_clusters()["DBClusters"]) == 1
    rds.restore_db_cluster_to_point_in_time(**given, RestoreToTime=found["LatestRestorableTime"] - timedelta(hours=1))
    assert len(rds.describe_db_clusters()["DBClusters"]) == 2


def test_snapshot_takes_a_while_and_cannot_be_restored_before(aws: Running) -> None:
    rds = aws.boto("rds")
    cluster(aws)
    made = rds.create_db_cluster_snapshot(DBClusterIdentifier="database", DBClusterSnapshotIdentifier="before")
    assert made["DBClusterSnapshot"]["Status"] == "creating"
    restore = {"DBClusterIdentifier": "copy", "SnapshotIdentifier": "before", "Engine": "aurora-postgresql"}
    with pytest.raises(ClientError, match="not available"):
        rds.restore_db_cluster_from_snapshot(**restore)
    aws.advance(30)
    (halfway,) = rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier="before")["DBClusterSnapshots"]
    assert halfway["PercentProgress"] == 50
    aws.advance(60)
    assert rds.restore_db_cluster_from_snapshot(**restore)["DBCluster"]["DBClusterIdentifier"] == "copy"


def test_cluster_with_instances_is_not_deleted_and_needs_a_final_snapshot_of_a_new_name(aws: Running) -> None:
    rds = aws.boto("rds")
    cluster(aws)
    rds.create_db_instance(
        DBInstanceIdentifier="database-1",
        DBClusterIdentifier="database",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r7g.large",
    )
    with pytest.raises(ClientError, match="still contains DB instances"):
        rds.delete_db_cluster(DBClusterIdentifier="database", SkipFinalSnapshot=True)
    rds.delete_db_instance(DBInstanceIdentifier="database-1")
    with pytest.raises(ClientError, match="FinalDBSnapshotIdentifier is required"):
        rds.delete_db_cluster(DBClusterIdentifier="database")
    rds.create_db_cluster_snapshot(DBClusterIdentifier="database", DBClusterSnapshotIdentifier="last")
    with pytest.raises(ClientError, match="AlreadyExists"):
        rds.delete_db_cluster(DBClusterIdentifier="database", FinalDBSnapshotIdentifier="last")
    assert described(aws)["DBClusterIdentifier"] == "database"


def test_serverless_instance_needs_a_cluster_that_scales_and_insights_are_read_back(aws: Running) -> None:
    rds = aws.boto("rds")
    given = {"Engine": "aurora-postgresql", "DBInstanceClass": "db.serverless", "DBClusterIdentifier": "database"}
    cluster(aws)
    with pytest.raises(ClientError, match="Serverless v2 scaling configuration"):
        rds.create_db_instance(DBInstanceIdentifier="database-1", **given)
    rds.modify_db_cluster(
        DBClusterIdentifier="database",
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 2},
        ApplyImmediately=True,
    )
    rds.create_db_instance(DBInstanceIdentifier="database-1", EnablePerformanceInsights=True, **given)
    (instance,) = rds.describe_db_instances()["DBInstances"]
    assert (instance["PerformanceInsightsEnabled"], instance["PerformanceInsightsRetentionPeriod"]) == (True, 7)


def test_engine_versions_name_their_upgrade_targets(aws: Running) -> None:
    rds = aws.boto("rds")
    given = {"Engine": "aurora-postgresql", "EngineVersion": "16.6"}
    (version,) = rds.describe_db_engine_versions(**given)["DBEngineVersions"]
    targets = {t["EngineVersion"]: t["IsMajorVersionUpgrade"] for t in version["ValidUpgradeTarget"]}
    assert targets == {"16.8": False, "16.9": False, "17.4": True, "17.5": True}
    (default,) = rds.describe_db_engine_versions(Engine="aurora-postgresql", DefaultOnly=True)["DBEngineVersions"]
    assert default["EngineVersion"] == "16.8"


def test_backup_vault_plan_and_selection_are_kept_and_deleted_in_their_order(aws: Running) -> None:
    backup = aws.boto("backup")
    backup.create_backup_vault(BackupVaultName="vault", BackupVaultTags={"team": "web"})
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault", "Lifecycle": {"DeleteAfterDays": 35}}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": [rule]})
    selection = {"SelectionName": "databases", "IamRoleArn": "arn:aws:iam::123456789012:role/b", "Resources": ["arn:x"]}
    chosen = backup.create_backup_selection(BackupPlanId=plan["BackupPlanId"], BackupSelection=selection)
    kept = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]
    assert kept["Rules"][0]["ScheduleExpression"] == "cron(0 5 ? * * *)"
    with pytest.raises(ClientError, match="selections must be deleted prior"):
        backup.delete_backup_plan(BackupPlanId=plan["BackupPlanId"])
    backup.delete_backup_selection(BackupPlanId=plan["BackupPlanId"], SelectionId=chosen["SelectionId"])
    backup.delete_backup_plan(BackupPlanId=plan["BackupPlanId"])
    found = aws.boto("resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "team", "Values": ["web"]}])
    assert len(found["ResourceTagMappingList"]) == 1
    backup.delete_backup_vault(BackupVaultName="vault")
    assert backup.list_backup_vaults()["BackupVaultList"] == []


def test_backup_job_leaves_a_recovery_point_that_keeps_its_vault(aws: Running) -> None:
    backup = aws.boto("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    arn = cluster(aws)["DBClusterArn"]
    role = "arn:aws:iam::123456789012:role/backup"
    job = backup.start_backup_job(BackupVaultName="vault", ResourceArn=arn, IamRoleArn=role)["BackupJobId"]
    assert backup.describe_backup_job(BackupJobId=job)["State"] == "RUNNING"
    aws.advance(300)
    assert backup.describe_backup_job(BackupJobId=job)["State"] == "COMPLETED"
    (point,) = backup.list_recovery_points_by_backup_vault(BackupVaultName="vault")["RecoveryPoints"]
    assert point["ResourceArn"] == arn
    with pytest.raises(ClientError, match="contains recovery points"):
        backup.delete_backup_vault(BackupVaultName="vault")
    backup.delete_recovery_point(BackupVaultName="vault", RecoveryPointArn=point["RecoveryPointArn"])
    backup.delete_backup_vault(BackupVaultName="vault")


def test_cold_storage_needs_90_days_more(aws: Running) -> None:
    backup = aws.boto("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    lifecycle = {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 100}
    rule = {"RuleName": "r", "TargetBackupVaultName": "vault", "Lifecycle": lifecycle}
    with pytest.raises(ClientError, match="90 days"):
        backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": [rule]})
    assert backup.list_backup_plans()["BackupPlansList"] == []


def alarm(aws: Running, name: str, **changes: Any) -> None:  # noqa: ANN401
    given = {
        "MetricName": "Errors",
        "Namespace": "App",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    aws.boto("cloudwatch").put_metric_alarm(AlarmName=name, **(given | changes))


def states(aws: Running) -> dict[str, str]:
    answer = aws.boto("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return {a["AlarmName"]: a["StateValue"] for a in answer["MetricAlarms"] + answer["CompositeAlarms"]}


def test_new_alarm_has_no_data_until_it_was_evaluated(aws: Running) -> None:
    alarm(aws, "calm")
    alarm(aws, "unknown", TreatMissingData="missing")
    assert set(states(aws).values()) == {"INSUFFICIENT_DATA"}
    aws.advance(120)
    assert states(aws) == {"calm": "OK", "unknown": "INSUFFICIENT_DATA"}


def test_changed_alarm_keeps_its_state_and_history(aws: Running) -> None:
    cloudwatch = aws.boto("cloudwatch")
    alarm(aws, "errors")
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
    alarm(aws, "errors", Threshold=5.0)
    assert states(aws) == {"errors": "ALARM"}
    history = cloudwatch.describe_alarm_history(AlarmName="errors")["AlarmHistoryItems"]
    assert history[0]["HistorySummary"] == "Alarm updated from INSUFFICIENT_DATA to ALARM"


def test_composite_alarm_follows_its_children(aws: Running) -> None:
    cloudwatch = aws.boto("cloudwatch")
    with pytest.raises(ClientError, match="do not exist"):
        cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a)")
    alarm(aws, "a")
    alarm(aws, "b")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a) AND ALARM(b)")
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="test")
    assert states(aws)["both"] == "OK"
    cloudwatch.set_alarm_state(AlarmName="b", StateValue="ALARM", StateReason="test")
    assert states(aws)["both"] == "ALARM"
    cloudwatch.delete_alarms(AlarmNames=["both"])
    assert "both" not in states(aws)


def test_cbor_is_spoken_as_newer_sdks_do(aws: Running) -> None:
    alarm(aws, "errors")
    headers = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request",
        "Content-Type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
    }
    where = f"{aws.endpoint}/service/GraniteServiceVersion20100801/operation/DescribeAlarms"
    request = Request(where, b"\xa1jAlarmNames\x81ferrors", headers)  # noqa: S310 - loopback; the body is {"AlarmNames": ["errors"]}
    with urlopen(request) as reply:  # noqa: S310
        assert reply.headers["smithy-protocol"] == "rpc-v2-cbor"
        body = reply.read()
    model = aws.boto("cloudwatch").meta.service_model.operation_model("DescribeAlarms")
    parsed = create_parser("smithy-rpc-v2-cbor").parse(
        {"status_code": 200, "headers": {"smithy-protocol": "rpc-v2-cbor"}, "body": body}, model.output_shape
    )
    (found,) = parsed["MetricAlarms"]
    assert (found["AlarmName"], found["Threshold"]) == ("errors", 1.0)
    assert isinstance(found["StateUpdatedTimestamp"], datetime)


def test_certificate_is_issued_by_its_record_and_not_by_time(aws: Running) -> None:
    acm, route53 = aws.boto("acm"), aws.boto("route53")
    zone = route53.create_hosted_zone(Name="example.org", CallerReference="x")["HostedZone"]["Id"]
    names = {"DomainName": "example.org", "SubjectAlternativeNames": ["*.example.org"]}
    arn = acm.request_certificate(**names, ValidationMethod="DNS")["CertificateArn"]
    aws.advance(86_400)
    certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert certificate["Status"] == "PENDING_VALIDATION"
    record = certificate["DomainValidationOptions"][0]["ResourceRecord"]
    rows = [{"Value": record["Value"]}]
    change = {"Name": record["Name"], "Type": record["Type"], "TTL": 60, "ResourceRecords": rows}
    route53.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": change}]}
    )
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"


def test_security_group_rule_keeps_its_description_whatever_its_source(aws: Running) -> None:
    ec2 = aws.boto("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    one, other = (ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in ("one", "other"))
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    pair = {"UserIdGroupPairs": [{"GroupId": other, "Description": "from the load balancer"}]}
    ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=[permission | pair])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [one]}])["SecurityGroupRules"]
    assert [r.get("Description") for r in rules if not r["IsEgress"]] == ["from the load balancer"]


def test_policy_that_aws_manages_can_be_attached_and_an_invented_one_cannot(aws: Running) -> None:
    iam = aws.boto("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    real = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
    iam.attach_role_policy(RoleName="r", PolicyArn=real)
    with pytest.raises(ClientError, match="does not exist"):
        iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/MadeUp")
    attached = iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [real]


def test_action_that_is_not_there_says_so(aws: Running) -> None:
    with pytest.raises(ClientError, match="not in the embedded AWS"):
        aws.boto("rds").describe_reserved_db_instances()


def test_timestamps_are_those_of_the_simulated_clock(aws: Running) -> None:
    cluster(aws)
    aws.advance(86_400)
    assert described(aws)["LatestRestorableTime"] > datetime.now(tz=UTC)


def test_gateway_endpoint_can_be_deleted_after_its_route_table(aws: Running) -> None:
    ec2 = aws.boto("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    service = "com.amazonaws.us-east-1.s3"
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, VpcEndpointType="Gateway", RouteTableIds=[table])
    ec2.delete_route_table(RouteTableId=table)

    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpoint"]["VpcEndpointId"]])

    assert [each["State"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]] in ([], ["deleted"])
