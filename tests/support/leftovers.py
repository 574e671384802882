"""What there is in an embedded AWS that costs money or holds data, by kind."""

from __future__ import annotations

from localaws.client import Client

# (service, operation, key of the list, key of the name)
LISTS = (
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupName"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("backup", "list_backup_vaults", "BackupVaultList", "BackupVaultName"),
    ("backup", "list_backup_plans", "BackupPlansList", "BackupPlanName"),
    ("acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    ("kms", "list_aliases", "Aliases", "AliasName"),
    ("application-autoscaling", "describe_scalable_targets", "ScalableTargets", "ResourceId"),
)
GONE = {"deleted", "deleting"}


def leftovers(client: Client) -> dict[str, list[str]]:
    """Sorted names of what is there, by kind; keys that wait for their deletion are not counted."""
    found: dict[str, list[str]] = {}
    for service, operation, rows, name in LISTS:
        given = {"ServiceNamespace": "ecs"} if service == "application-autoscaling" else {}
        api = client.boto(service)
        listed = [row for row in getattr(api, operation)(**given)[rows] if not _gone(row)]
        found[f"{service}:{operation}"] = sorted(row[name] for row in listed)
    ecs = client.boto("ecs")
    clusters = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    # A deleted cluster stays discoverable for a while, as INACTIVE.
    found["ecs:clusters"] = sorted(cluster["clusterName"] for cluster in clusters if cluster["status"] == "ACTIVE")
    kms = client.boto("kms")
    keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    found["kms:keys"] = sorted(key["Arn"] for key in keys if key["KeyState"] != "PendingDeletion")
    rds = client.boto("rds")
    snapshots = rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
    found["rds:snapshot keys"] = sorted(each["KmsKeyId"] for each in snapshots)
    return found


def _gone(row: dict[str, object]) -> bool:
    return row.get("State") in GONE
