"""Aurora PostgreSQL: encrypted, reachable by nobody but whom a rule names, and hard to lose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components import permissions
from components.arguments import typed_args
from components.checks import name_prefix_faults
from components.errors import ComponentError
from settings.retention import PERFORMANCE_INSIGHTS_DAYS
from settings.windows import daily, weekly

SERVERLESS = "db.serverless"
PORT = 5432
_VERSION = re.compile(r"\d{2}(\.\d{1,2})?")
_BACKUP_DAYS = range(1, 36)
_INSTANCES = range(1, 16)
# RDS API, CreateDBInstance, MonitoringInterval.
_MONITORING_SECONDS = (0, 1, 5, 10, 15, 30, 60)


def cluster_identifier(name_prefix: str) -> str:
    """Identifier of the cluster, at most 29 characters; its instances add `-1` to `-15`."""
    return f"{name_prefix}-database"


@dataclass(kw_only=True)
class RestoreArgs:
    """What a new cluster starts from. Exactly one of the two ways; without effect once the cluster exists."""

    snapshot_identifier: str | None = None
    """Snapshot to start from."""
    source_cluster_identifier: str | None = None
    """Cluster to copy at a point in time."""
    to_time: str | None = None
    """Point in time, RFC 3339 in UTC; none: the latest restorable time of the source cluster."""


@dataclass(kw_only=True)
class AuroraClusterArgs:
    """Arguments of AuroraCluster."""

    name_prefix: str
    """First part of every name, at most 20 characters."""
    account_id: str
    """AWS account of the cluster."""
    region: str
    """AWS Region of the cluster."""
    vpc_id: pulumi.Input[str]
    """VPC of the subnets."""
    subnet_ids: pulumi.Input[list[str]]
    """Two or more subnets, each in its own zone."""
    availability_zones: list[str] = field(default_factory=list[str])
    """Zones that instances are spread over, in turn; empty: AWS chooses."""

    engine_version: str = "16"
    """PostgreSQL version. The major alone lets AWS choose the minor when the cluster is made; write the exact one for a
    cluster that is to stay below, or go above, what AWS later takes for current."""
    major_upgrade_allowed: bool = False
    """Let a change of engine_version move to another major version."""
    database_name: str = "runlayer"
    """Name of the database that is created in the cluster."""
    master_username: str = "runlayer"
    """Name of the master user; its password is made, kept and rotated by Secrets Manager."""
    instance_class: str = SERVERLESS
    """db.serverless, or a provisioned class such as db.r7g.large."""
    instances: int = 1
    """Instances in the cluster, spread over the zones; two or more survive the loss of one."""
    min_acu: float = 0.5
    """Serverless floor in Aurora capacity units of about 2 GiB; 0 pauses when idle."""
    max_acu: float = 4
    """Serverless ceiling in Aurora capacity units."""
    backup_retention_days: int = 7
    """Days that can be gone back to, to the second; 1 to 35."""
    backup_window: str = "03:00-04:00"
    """Daily, UTC, hh:mm-hh:mm; must not overlap the maintenance window."""
    maintenance_window: str = "sun:05:00-sun:06:00"
    """Weekly, UTC, ddd:hh:mm-ddd:hh:mm."""
    deletion_protected: bool = True
    """AWS and Pulumi refuse to delete the cluster and its key; lift it in one `up` before a destroy in the next."""
    final_snapshot: bool = True
    """Take a last snapshot when the cluster is deleted, and keep the key that it is encrypted with."""
    minor_upgrades: bool = False
    """Let AWS install minor versions in the maintenance window."""
    apply_immediately: bool = False
    """Make changes that need a restart now; false: in the next maintenance window."""
    performance_insights_retention_days: int = 7
    """7, a multiple of 31 up to 713, or 731."""
    enhanced_monitoring_seconds: int = 60
    """Period of the operating system metrics: 1, 5, 10, 15, 30 or 60; 0 is off."""
    log_retention_days: int = 30
    """Days that the PostgreSQL log is kept in CloudWatch."""
    restore: RestoreArgs | None = None
    """What a new cluster starts from; none: empty."""

    iam_path: str = "/"
    """IAM path of the monitoring role."""
    permissions_boundary_arn: str | None = None
    """Permissions boundary of the monitoring role."""


class AuroraCluster(pulumi.ComponentResource):
    """An Aurora PostgreSQL cluster with its own key, whose security group lets nobody in until a rule does.

    TLS is forced, the master password lives in Secrets Manager only, and deleting the cluster takes two steps and
    leaves a snapshot.
    """

    TYPE = "runlayer:index:AuroraCluster"

    cluster_identifier: pulumi.Output[str]
    """Identifier of the cluster."""
    cluster_arn: pulumi.Output[str]
    """ARN of the cluster."""
    cluster_resource_id: pulumi.Output[str]
    """Resource id, for IAM authentication."""
    endpoint: pulumi.Output[str]
    """Host name of the writer."""
    reader_endpoint: pulumi.Output[str]
    """Host name of the readers."""
    port: pulumi.Output[int]
    """TCP port."""
    database_name: pulumi.Output[str]
    """Name of the database."""
    master_username: pulumi.Output[str]
    """Name of the master user."""
    secret_arn: pulumi.Output[str]
    """Secret with the keys username and password."""
    secret_key_arn: pulumi.Output[str]
    """KMS key of the secret."""
    security_group_id: pulumi.Output[str]
    """Security group of the cluster; add an ingress rule for whoever may connect."""
    instance_identifiers: pulumi.Output[list[str]]
    """Identifiers of the instances."""
    key_arn: pulumi.Output[str]
    """KMS key of the storage, the secret and the log."""

    def __init__(self, name: str, args: AuroraClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Check the arguments and register the cluster.

        Raises:
            ComponentError: COMP201 when RDS would refuse the arguments; nothing has been registered then.
        """
        args = typed_args(AuroraClusterArgs, args)
        if faults := list(cluster_faults(args)):
            raise ComponentError(
                "COMP201",
                f"database of {args.name_prefix}: " + "; ".join(faults),
                "Amazon RDS would refuse it",
                "change the arguments named above; nothing was created",
            )
        super().__init__(self.TYPE, name, None, opts)
        self._name = name
        self._args = args
        self._identifier = cluster_identifier(args.name_prefix)
        self._opts = pulumi.ResourceOptions(parent=self)

        key = self._key()
        log_group = aws.cloudwatch.LogGroup(
            name,
            name=f"/aws/rds/cluster/{self._identifier}/postgresql",
            retention_in_days=args.log_retention_days,
            kms_key_id=key.arn,
            opts=self._opts,
        )
        security_group = aws.ec2.SecurityGroup(
            name,
            name_prefix=f"{self._identifier}-",
            description=f"Database of {args.name_prefix}",
            vpc_id=args.vpc_id,
            tags={"Name": self._identifier},
            opts=self._opts,
        )
        cluster = self._cluster(key, security_group, log_group)
        instances = self._instances(cluster, key)

        self.cluster_identifier = cluster.cluster_identifier
        self.cluster_arn = cluster.arn
        self.cluster_resource_id = cluster.cluster_resource_id
        self.endpoint = cluster.endpoint
        self.reader_endpoint = cluster.reader_endpoint
        self.port = cluster.port
        self.database_name = cluster.database_name
        self.master_username = cluster.master_username
        self.secret_arn = cluster.master_user_secrets[0].secret_arn
        self.secret_key_arn = key.arn
        self.security_group_id = security_group.id
        self.instance_identifiers = pulumi.Output.all(*(each.identifier for each in instances)).apply(list)
        self.key_arn = key.arn
        self.register_outputs(
            {
                "cluster_identifier": self.cluster_identifier,
                "endpoint": self.endpoint,
                "secret_arn": self.secret_arn,
                "security_group_id": self.security_group_id,
            }
        )

    def _key(self) -> aws.kms.Key:
        args = self._args
        logs = permissions.log_groups_may_use_key(
            args.account_id, args.region, f"/aws/rds/cluster/{self._identifier}/*"
        )
        key = aws.kms.Key(
            self._name,
            description=f"Database of {args.name_prefix}: storage, secret, log and snapshots",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=permissions.key_policy(args.account_id, args.region, [logs]),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.deletion_protected,
                # A snapshot outlives the cluster, and without this key nobody could ever read it.
                retain_on_delete=args.final_snapshot,
            ),
        )
        aws.kms.Alias(self._name, name=f"alias/{self._identifier}", target_key_id=key.key_id, opts=self._opts)
        return key

    def _cluster(
        self, key: aws.kms.Key, security_group: aws.ec2.SecurityGroup, log_group: aws.cloudwatch.LogGroup
    ) -> aws.rds.Cluster:
        args = self._args
        subnets = aws.rds.SubnetGroup(
            self._name,
            name=self._identifier,
            description=f"Database of {args.name_prefix}",
            subnet_ids=args.subnet_ids,
            opts=self._opts,
        )
        parameters = aws.rds.ClusterParameterGroup(
            self._name,
            # A prefix: the group of another major version must exist before the cluster lets go of this one.
            name_prefix=f"{self._identifier}-",
            family=f"aurora-postgresql{major_version(args.engine_version)}",
            description=f"Database of {args.name_prefix}",
            parameters=[
                aws.rds.ClusterParameterGroupParameterArgs(name="rds.force_ssl", value="1", apply_method="immediate")
            ],
            opts=self._opts,
        )
        restore = args.restore
        return aws.rds.Cluster(
            self._name,
            cluster_identifier=self._identifier,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            engine_mode=aws.rds.EngineMode.PROVISIONED,
            engine_version=args.engine_version,
            allow_major_version_upgrade=args.major_upgrade_allowed,
            database_name=args.database_name,
            master_username=args.master_username,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=key.arn,
            iam_database_authentication_enabled=True,
            port=PORT,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[security_group.id],
            db_cluster_parameter_group_name=parameters.name,
            storage_encrypted=True,
            kms_key_id=key.arn,
            serverlessv2_scaling_configuration=aws.rds.ClusterServerlessv2ScalingConfigurationArgs(
                min_capacity=args.min_acu, max_capacity=args.max_acu
            )
            if args.instance_class == SERVERLESS
            else None,
            backup_retention_period=args.backup_retention_days,
            preferred_backup_window=args.backup_window,
            preferred_maintenance_window=args.maintenance_window,
            apply_immediately=args.apply_immediately,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=["postgresql"],
            deletion_protection=args.deletion_protected,
            # What can be gone back to goes with the cluster only where its data may.
            delete_automated_backups=not args.final_snapshot,
            skip_final_snapshot=not args.final_snapshot,
            final_snapshot_identifier=self._final_snapshot(key) if args.final_snapshot else None,
            snapshot_identifier=restore.snapshot_identifier if restore else None,
            restore_to_point_in_time=_point_in_time(restore) if restore else None,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.deletion_protected,
                # RDS would make the log group by itself, without key and without an end.
                depends_on=[log_group],
                ignore_changes=_settled_at_creation(restore),
            ),
        )

    def _final_snapshot(self, key: aws.kms.Key) -> pulumi.Output[str]:
        """A name that no later deletion uses again: the key is made with the cluster, and its id never comes back."""
        return key.key_id.apply(lambda key_id: f"{self._identifier}-final-{key_id.rpartition('mrk-')[2][:8]}")

    def _instances(self, cluster: aws.rds.Cluster, key: aws.kms.Key) -> list[aws.rds.ClusterInstance]:
        args = self._args
        monitoring = self._monitoring_role() if args.enhanced_monitoring_seconds else None
        return [
            aws.rds.ClusterInstance(
                f"{self._name}-{number}",
                identifier=f"{self._identifier}-{number}",
                cluster_identifier=cluster.id,
                engine=aws.rds.EngineType.AURORA_POSTGRESQL,
                instance_class=args.instance_class,
                availability_zone=_in_turn(args.availability_zones, number),
                # Readers of tier 1 scale with the writer, so that each of them can take over.
                promotion_tier=0 if number == 1 else 1,
                publicly_accessible=False,
                auto_minor_version_upgrade=args.minor_upgrades,
                apply_immediately=args.apply_immediately,
                preferred_maintenance_window=args.maintenance_window,
                copy_tags_to_snapshot=True,
                performance_insights_enabled=True,
                performance_insights_kms_key_id=key.arn,
                performance_insights_retention_period=args.performance_insights_retention_days,
                monitoring_interval=args.enhanced_monitoring_seconds,
                monitoring_role_arn=monitoring[0].arn if monitoring else None,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[monitoring[1]] if monitoring else None),
            )
            for number in range(1, args.instances + 1)
        ]

    def _monitoring_role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        args = self._args
        instances = permissions.arn("rds", args.region, args.account_id, f"db:{self._identifier}-*")
        role = aws.iam.Role(
            f"{self._name}-monitoring",
            name=f"{self._identifier}-monitoring-{args.region}",
            path=args.iam_path,
            permissions_boundary=args.permissions_boundary_arn,
            assume_role_policy=permissions.service_trust("monitoring.rds.amazonaws.com", args.account_id, [instances]),
            opts=self._opts,
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-monitoring",
            name="monitoring",
            role=role.name,
            policy=permissions.database_monitoring_policy(args.region, args.account_id),
            opts=self._opts,
        )
        return role, policy


def cluster_faults(args: AuroraClusterArgs) -> Iterator[str]:
    """Everything about the arguments that RDS would refuse, a sentence each."""
    yield from name_prefix_faults(args.name_prefix)
    if not _VERSION.fullmatch(args.engine_version):
        yield f"engine_version {args.engine_version!r} is not a PostgreSQL version such as 16 or 16.4"
    if args.instances not in _INSTANCES:
        yield f"instances {args.instances} is not {_INSTANCES[0]} to {_INSTANCES[-1]}"
    if args.min_acu > args.max_acu:
        yield f"min_acu {args.min_acu} is above max_acu {args.max_acu}"
    if args.backup_retention_days not in _BACKUP_DAYS:
        yield f"backup_retention_days {args.backup_retention_days} is not {_BACKUP_DAYS[0]} to {_BACKUP_DAYS[-1]}"
    if args.performance_insights_retention_days not in PERFORMANCE_INSIGHTS_DAYS:
        yield (
            f"performance_insights_retention_days {args.performance_insights_retention_days} is not 7, a multiple of "
            "31 up to 713, or 731"
        )
    if args.enhanced_monitoring_seconds not in _MONITORING_SECONDS:
        yield f"enhanced_monitoring_seconds {args.enhanced_monitoring_seconds} is none of {_MONITORING_SECONDS}"
    yield from _window_faults(args)
    if restore := args.restore:
        if (restore.snapshot_identifier is None) == (restore.source_cluster_identifier is None):
            yield "restore needs exactly one of snapshot_identifier and source_cluster_identifier"
        if restore.to_time is not None and restore.source_cluster_identifier is None:
            yield "restore.to_time goes with source_cluster_identifier: a snapshot has one time, its own"


def major_version(engine_version: str) -> str:
    """The part that the family of the parameter group follows."""
    return engine_version.partition(".")[0]


def _window_faults(args: AuroraClusterArgs) -> Iterator[str]:
    try:
        maintenance = weekly(args.maintenance_window)
        if any(window.overlaps(maintenance) for window in daily(args.backup_window)):
            yield f"backup_window {args.backup_window} overlaps maintenance_window {args.maintenance_window}"
    except ValueError as wrong:
        yield f"backup_window {args.backup_window!r} or maintenance_window {args.maintenance_window!r}: {wrong}"


def _point_in_time(restore: RestoreArgs) -> aws.rds.ClusterRestoreToPointInTimeArgs | None:
    if restore.source_cluster_identifier is None:
        return None
    return aws.rds.ClusterRestoreToPointInTimeArgs(
        source_cluster_identifier=restore.source_cluster_identifier,
        restore_to_time=restore.to_time,
        use_latest_restorable_time=True if restore.to_time is None else None,
    )


def _settled_at_creation(restore: RestoreArgs | None) -> list[str]:
    """Arguments that say what a cluster starts from: changing them later must not make another cluster of it."""
    beginnings = ["snapshot_identifier", "restore_to_point_in_time"]
    # A restored cluster has the database and the master user of its source, whatever the arguments say.
    return [*beginnings, "database_name", "master_username"] if restore else beginnings


def _in_turn(zones: list[str], number: int) -> str | None:
    return zones[(number - 1) % len(zones)] if zones else None
