"""Changes to a right stack config that AWS takes, and changes that it refuses."""

from collections.abc import Mapping

from tests.support.stack_config import ACCOUNT, DIGEST, LEFT_OUT

CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/{'1' * 8}-1111-1111-1111-{'1' * 12}"
WEB_ACL = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:regional/webacl/front/{'1' * 8}-1111-1111-1111-{'1' * 12}"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{'1' * 8}-1111-1111-1111-{'1' * 12}"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:app/key-AbCdEf"
PARAMETER = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/app/key"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pull"
VAULT = f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:far"
VENDOR = "999999999999.dkr.ecr.us-east-1.amazonaws.com"
EXISTING = {
    "vpc_id": "vpc-0123456789abcdef0",
    "public_subnet_ids": ["subnet-00000001", "subnet-00000002"],
    "private_subnet_ids": ["subnet-00000003", "subnet-00000004"],
    "database_subnet_ids": ["subnet-00000005", "subnet-00000006"],
}
RELEASE = {"version": "v1.4.2", "digest": DIGEST}
SNAPSHOT = {"snapshot_identifier": "before-upgrade"}
PULL = {"prefix": "vendor", "upstream_registry_url": VENDOR, "role_arn": ROLE}


def pinned(**more: object) -> dict[str, object]:
    return {"release.follow": "pinned", "release.version": "v1.4.2", "release.digest": DIGEST} | more


ACCEPTED: list[Mapping[str, object]] = [
    {},
    {"aws.permissions_boundary_arn": BOUNDARY},
    {"aws.permissions_boundary_arn": "arn:aws:iam::aws:policy/PowerUserAccess", "aws.iam_path": "/platform/team/"},
    {"aws.tags": {"owner": "Équipe + Co", "cost:center": "42"}},
    pinned(),
    {"release.follow": "staging", "release.version": "20241213-152430", "release.digest": DIGEST},
    {"release.follow": "~1.4", "release.version": "v1.4.2-20241213-152430-a1b2c3d4", "release.digest": DIGEST},
    {"release.repository": "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/back__end-x.y"},
    {"network.existing": EXISTING},
    {"network.existing": EXISTING | {"public_subnet_ids": []}, "load_balancer.public": False},
    {"network.vpc_cidr": "100.64.16.0/20"},
    {"network.nat": "none"},
    {"network.nat": "none", "network.interface_endpoints": False, "network.existing": EXISTING},
    {"registry.pull_account_ids": ["999999999999"], "registry.replicate_to_regions": ["eu-west-1"]},
    {"registry.name": "vendor/backend", "registry.pull_through": PULL},
    {
        "registry.name": "vendor/backend",
        "registry.pull_through": PULL
        | {"upstream_registry_url": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com", "role_arn": None},
    },
    {"database.min_acu": 0, "database.max_acu": 256, "database.engine_version": "16.3"},
    {"database.min_acu": 0, "database.instance_class": "db.r7g.2xlarge", "database.engine_version": "16.1"},
    {"database.backup_window": "23:45-00:15", "database.maintenance_window": "sun:23:15-sun:23:45"},
    {"database.maintenance_window": "sun:23:30-mon:00:30"},
    {"database.performance_insights_retention_days": 713},
    pinned(**{"database.restore": SNAPSHOT}),
    pinned(**{"database.restore": {"source_cluster_identifier": "old", "to_time": "2024-12-13T15:24:30Z"}}),
    pinned(
        **{"database.restore": {"snapshot_identifier": f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster-snapshot:rds:old-1"}}
    ),
    {"load_balancer.certificate_arn": CERTIFICATE, "load_balancer.hosted_zone_id": None},
    {"load_balancer.web_acl_arn": WEB_ACL},
    {"load_balancer.tls_policy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"},
    {"load_balancer.health_check": {"success_codes": "200,204-299,401"}},
    {"load_balancer.drain_seconds": 60, "service.stop_timeout_seconds": 60},
    {"service.cpu": 16384, "service.memory_mib": 122880},
    {"service.secrets": {"A": SECRET, "B": f"{SECRET}:password::", "C": PARAMETER}, "service.secret_key_arns": [KEY]},
    {"service.environment": {"PASSWORD_MIN_LENGTH": "12", "TOKEN_TTL": "60", "API_TOKEN": "", "COMMIT": "a1" * 20}},
    {"service.deployment": {"minimum_healthy_percent": 50, "maximum_percent": 100}},
    {"service.deployment": {"strategy": "blue_green", "maximum_percent": 100, "bake_minutes": 10}},
    {"service.deployment": {"strategy": "canary", "canary_percent": 12.5, "pause_before": ["POST_SCALE_UP"]}},
    {"service.autoscaling": {"min_count": 2, "max_count": 2}},
    {"alarms.emails": ["on.call+night@example.co.uk"]},
    {"backups.copy_to_vault_arn": VAULT, "backups.schedule": "cron(0/30 8-17 ? * MON-FRI *)"},
]

# The change, the key that is at fault, and the code.
REFUSED: list[tuple[Mapping[str, object], str, str]] = [
    # names, accounts, Regions, tags
    ({"aws.region": "us-east"}, "aws.region", "CFG033"),
    ({"aws.account_id": "12345678901"}, "aws.account_id", "CFG033"),
    ({"aws.account_id": 123456789012}, "aws.account_id", "CFG014"),
    ({"aws.iam_path": "platform"}, "aws.iam_path", "CFG020"),
    ({"aws.iam_path": "//"}, "aws.iam_path", "CFG020"),
    ({"aws.permissions_boundary_arn": ROLE}, "aws.permissions_boundary_arn", "CFG033"),
    (
        {"aws.permissions_boundary_arn": "arn:aws:iam::999999999999:policy/b"},
        "aws.permissions_boundary_arn",
        "CFG033",
    ),
    ({"aws.tags": {"Stack": "x"}}, "aws.tags.Stack", "CFG038"),
    ({"aws.tags": {"aws:x": "x"}}, "aws.tags.aws:x", "CFG038"),
    ({"aws.tags": {"Owner": "x", "owner": "y"}}, "aws.tags.owner", "CFG038"),
    ({"aws.tags": {"owner": "x" * 257}}, "aws.tags.owner", "CFG038"),
    ({"aws.tags": {"owner": "<x>"}}, "aws.tags.owner", "CFG038"),
    ({"aws.tags": {f"t{at}": "x" for at in range(47)}}, "aws.tags", "CFG038"),
    # release
    ({"release.repository": f"{VENDOR}/backend:v1.0.0"}, "release.repository", "CFG034"),
    ({"release.repository": f"{VENDOR}/backend@{DIGEST}"}, "release.repository", "CFG034"),
    ({"release.repository": f"https://{VENDOR}/backend"}, "release.repository", "CFG034"),
    ({"release.repository": f"{VENDOR}/Backend"}, "release.repository", "CFG034"),
    ({"release.repository": "docker.io/library/nginx"}, "release.repository", "CFG034"),
    ({"release.repository": f"{VENDOR}/{'a' * 257}"}, "release.repository", "CFG034"),
    ({"release.follow": "newest"}, "release.follow", "CFG035"),
    ({"release.follow": 1.4}, "release.follow", "CFG014"),
    ({"release.follow": "pinned"}, "release.version", "CFG035"),
    ({"release.follow": "staging", "release.version": "v1.0.0"}, "release.digest", "CFG035"),
    ({"release.digest": DIGEST}, "release.version", "CFG035"),
    (pinned(**{"release.version": "latest"}), "release.version", "CFG035"),
    (pinned(**{"release.version": "1.4.2"}), "release.version", "CFG035"),
    (pinned(**{"release.digest": "sha256:abc"}), "release.digest", "CFG035"),
    # network
    ({"network.vpc_cidr": "10.0.0.0/15"}, "network.vpc_cidr", "CFG022"),
    ({"network.vpc_cidr": "10.0.0.0/21"}, "network.vpc_cidr", "CFG022"),
    ({"network.vpc_cidr": "10.0.0.1/16"}, "network.vpc_cidr", "CFG022"),
    ({"network.vpc_cidr": "8.8.0.0/16"}, "network.vpc_cidr", "CFG022"),
    ({"network.vpc_cidr": "10.0.0.0"}, "network.vpc_cidr", "CFG022"),
    ({"network.availability_zones": ["us-east-1a"]}, "network.availability_zones", "CFG023"),
    ({"network.availability_zones": ["us-east-1a"] * 2}, "network.availability_zones[1]", "CFG023"),
    ({"network.availability_zones": ["us-east-1a", "us-west-2a"]}, "network.availability_zones[1]", "CFG023"),
    ({"network.availability_zones": ["us-east-1a", "us-east-1-bos-1a"]}, "network.availability_zones[1]", "CFG023"),
    ({"network.availability_zones": ["us-east-1a", "use1-az2"]}, "network.availability_zones[1]", "CFG023"),
    ({"network.nat": "none", "network.interface_endpoints": False}, "network.interface_endpoints", "CFG023"),
    ({"network.nat": "two"}, "network.nat", "CFG015"),
    ({"network.flow_log_retention_days": 10}, "network.flow_log_retention_days", "CFG024"),
    (
        {"network.existing": EXISTING | {"public_subnet_ids": ["subnet-00000001", "vpc-00000002"]}},
        "network.existing.public_subnet_ids[1]",
        "CFG023",
    ),
    ({"network.existing": EXISTING | {"vpc_id": "subnet-1"}}, "network.existing.vpc_id", "CFG023"),
    (
        {"network.existing": EXISTING | {"public_subnet_ids": ["subnet-00000001"]}},
        "network.existing.public_subnet_ids",
        "CFG023",
    ),
    (
        {"network.existing": EXISTING | {"database_subnet_ids": ["subnet-00000001"]}},
        "network.existing.database_subnet_ids",
        "CFG023",
    ),
    (
        {"network.existing": EXISTING | {"private_subnet_ids": ["subnet-00000001"] * 2}},
        "network.existing.private_subnet_ids[1]",
        "CFG023",
    ),
    # registry
    ({"registry.name": "Backend"}, "registry.name", "CFG034"),
    ({"registry.name": "a"}, "registry.name", "CFG034"),
    ({"registry.pull_account_ids": [ACCOUNT]}, "registry.pull_account_ids[0]", "CFG033"),
    ({"registry.pull_account_ids": ["999999999999"] * 2}, "registry.pull_account_ids[1]", "CFG033"),
    ({"registry.replicate_to_regions": ["us-east-1"]}, "registry.replicate_to_regions[0]", "CFG033"),
    ({"registry.pull_through": PULL}, "registry.name", "CFG034"),
    (
        {"registry.pull_through": PULL | {"prefix": "Vendor"}},
        "registry.pull_through.prefix",
        "CFG034",
    ),
    (
        {
            "registry.name": "vendor/backend",
            "registry.pull_through": PULL | {"upstream_registry_url": f"https://{VENDOR}"},
        },
        "registry.pull_through.upstream_registry_url",
        "CFG034",
    ),
    (
        {"registry.name": "vendor/backend", "registry.pull_through": PULL | {"role_arn": BOUNDARY}},
        "registry.pull_through.role_arn",
        "CFG033",
    ),
    (
        {"registry.name": "vendor/backend", "registry.pull_through": PULL | {"role_arn": None}},
        "registry.pull_through.role_arn",
        "CFG033",
    ),
    (
        {
            "registry.name": "vendor/backend",
            "registry.pull_through": PULL | {"upstream_registry_url": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"},
        },
        "registry.pull_through.upstream_registry_url",
        "CFG034",
    ),
    # database
    ({"database.engine_version": "12"}, "database.engine_version", "CFG026"),
    ({"database.engine_version": 16}, "database.engine_version", "CFG014"),
    ({"database.database_name": "run-layer"}, "database.database_name", "CFG020"),
    ({"database.master_username": "1st"}, "database.master_username", "CFG020"),
    (pinned(**{"database.restore": {"snapshot_identifier": ""}}), "database.restore.snapshot_identifier", "CFG036"),
    ({"database.database_name": "postgres"}, "database.database_name", "CFG020"),
    ({"database.master_username": "admin"}, "database.master_username", "CFG020"),
    ({"database.master_username": "rds_x"}, "database.master_username", "CFG020"),
    ({"database.instance_class": "db.m5.large"}, "database.instance_class", "CFG026"),
    ({"database.min_acu": 0.75}, "database.min_acu", "CFG026"),
    ({"database.min_acu": 8}, "database.min_acu", "CFG026"),
    ({"database.max_acu": 0.5, "database.min_acu": 0.5}, "database.max_acu", "CFG015"),
    ({"database.min_acu": 0, "database.engine_version": "16.2"}, "database.min_acu", "CFG026"),
    ({"database.max_acu": float("nan")}, "database.max_acu", "CFG015"),
    ({"database.instances": 16}, "database.instances", "CFG015"),
    ({"database.instances": True}, "database.instances", "CFG014"),
    ({"database.backup_retention_days": 0}, "database.backup_retention_days", "CFG015"),
    ({"database.backup_window": "3:00-4:00"}, "database.backup_window", "CFG025"),
    ({"database.backup_window": "03:00-03:29"}, "database.backup_window", "CFG025"),
    ({"database.backup_window": "03:00-03:00"}, "database.backup_window", "CFG025"),
    ({"database.backup_window": "05:30-06:30"}, "database.backup_window", "CFG025"),
    (
        {"database.backup_window": "23:30-00:30", "database.maintenance_window": "mon:00:00-mon:01:00"},
        "database.backup_window",
        "CFG025",
    ),
    (
        {"database.backup_window": "00:00-01:00", "database.maintenance_window": "sun:23:30-mon:00:30"},
        "database.backup_window",
        "CFG025",
    ),
    ({"database.maintenance_window": "sun:05:00-mon:06:00"}, "database.maintenance_window", "CFG025"),
    ({"database.maintenance_window": "Sun:05:00-Sun:06:00"}, "database.maintenance_window", "CFG025"),
    ({"database.performance_insights_retention_days": 30}, "database.performance_insights_retention_days", "CFG024"),
    ({"database.performance_insights_retention_days": 744}, "database.performance_insights_retention_days", "CFG024"),
    ({"database.enhanced_monitoring_seconds": 20}, "database.enhanced_monitoring_seconds", "CFG015"),
    (pinned(**{"database.restore": {}}), "database.restore.snapshot_identifier", "CFG036"),
    (
        pinned(**{"database.restore": SNAPSHOT | {"source_cluster_identifier": "old"}}),
        "database.restore.snapshot_identifier",
        "CFG036",
    ),
    (
        pinned(**{"database.restore": SNAPSHOT | {"to_time": "2024-12-13T15:24:30Z"}}),
        "database.restore.to_time",
        "CFG036",
    ),
    (
        pinned(**{"database.restore": {"source_cluster_identifier": "old", "to_time": "2024-02-30T00:00:00Z"}}),
        "database.restore.to_time",
        "CFG036",
    ),
    (
        pinned(**{"database.restore": {"source_cluster_identifier": "double--hyphen"}}),
        "database.restore.source_cluster_identifier",
        "CFG036",
    ),
    ({"database.restore": SNAPSHOT}, "release.follow", "CFG035"),
    ({"database.restore": SNAPSHOT, "release.follow": "~1.4"}, "release.follow", "CFG035"),
    # load balancer
    ({"load_balancer.hosted_zone_id": None}, "load_balancer.hosted_zone_id", "CFG027"),
    ({"load_balancer.hosted_zone_id": "/hostedzone/Z1"}, "load_balancer.hosted_zone_id", "CFG027"),
    ({"load_balancer.domain": "https://app.example.com"}, "load_balancer.domain", "CFG027"),
    ({"load_balancer.domain": "*.example.com"}, "load_balancer.domain", "CFG027"),
    ({"load_balancer.domain": "localhost"}, "load_balancer.domain", "CFG027"),
    ({"load_balancer.domain": f"{'a' * 60}.example.com"}, "load_balancer.domain", "CFG027"),
    ({"load_balancer.certificate_arn": WEB_ACL}, "load_balancer.certificate_arn", "CFG033"),
    (
        {"load_balancer.certificate_arn": CERTIFICATE.replace("us-east-1", "eu-west-1")},
        "load_balancer.certificate_arn",
        "CFG033",
    ),
    (
        {"load_balancer.certificate_arn": CERTIFICATE.replace(ACCOUNT, "999999999999")},
        "load_balancer.certificate_arn",
        "CFG033",
    ),
    (
        {"load_balancer.web_acl_arn": WEB_ACL.replace("us-east-1", "eu-west-1")},
        "load_balancer.web_acl_arn",
        "CFG033",
    ),
    (
        {"load_balancer.web_acl_arn": WEB_ACL.replace("regional", "global")},
        "load_balancer.web_acl_arn",
        "CFG033",
    ),
    ({"load_balancer.tls_policy": "ELBSecurityPolicy-2016-08"}, "load_balancer.tls_policy", "CFG027"),
    ({"load_balancer.tls_policy": "ELBSecurityPolicy-TLS13-1-0-2021-06"}, "load_balancer.tls_policy", "CFG027"),
    ({"load_balancer.allowed_cidrs": ["203.0.113.7/24"]}, "load_balancer.allowed_cidrs[0]", "CFG022"),
    ({"load_balancer.allowed_cidrs": ["203.0.113.0/33"]}, "load_balancer.allowed_cidrs[0]", "CFG022"),
    ({"load_balancer.allowed_cidrs": ["::/0"]}, "load_balancer.allowed_cidrs[0]", "CFG022"),
    ({"load_balancer.allowed_cidrs": ["0.0.0.0/0"] * 2}, "load_balancer.allowed_cidrs[1]", "CFG022"),
    ({"load_balancer.drain_seconds": 61}, "load_balancer.drain_seconds", "CFG028"),
    (
        {"load_balancer.health_check": {"timeout_seconds": 10}},
        "load_balancer.health_check.timeout_seconds",
        "CFG028",
    ),
    ({"load_balancer.health_check": {"path": "health"}}, "load_balancer.health_check.path", "CFG015"),
    ({"load_balancer.health_check": {"success_codes": "500"}}, "load_balancer.health_check.success_codes", "CFG015"),
    (
        {"load_balancer.health_check": {"success_codes": "299-200"}},
        "load_balancer.health_check.success_codes",
        "CFG015",
    ),
    (
        {"load_balancer.health_check": {"success_codes": "200-250-299"}},
        "load_balancer.health_check.success_codes",
        "CFG015",
    ),
    # service
    ({"service.port": 80}, "service.port", "CFG015"),
    ({"service.cpu": 700}, "service.cpu", "CFG021"),
    ({"service.cpu": 256, "service.memory_mib": 4096}, "service.memory_mib", "CFG021"),
    ({"service.cpu": 8192, "service.memory_mib": 17408}, "service.memory_mib", "CFG021"),
    ({"service.user": "0"}, "service.user", "CFG015"),
    ({"service.user": "root"}, "service.user", "CFG015"),
    ({"service.user": "1000:0"}, "service.user", "CFG015"),
    ({"service.command": []}, "service.command", "CFG015"),
    ({"service.command": ["run", "--dsn=postgres://app:hunter2@db/x"]}, "service.command", "CFG032"),
    ({"service.environment": {"1A": "x"}}, "service.environment.1A", "CFG039"),
    ({"service.environment": {"A": "x"}, "service.secrets": {"A": SECRET}}, "service.environment.A", "CFG039"),
    ({"service.environment": {"A": "x" * 40_000}}, "service.environment", "CFG039"),
    ({"service.environment": {"DB_PASSWORD": "hunter2"}}, "service.environment.DB_PASSWORD", "CFG032"),
    ({"service.environment": {"token": "hunter2"}}, "service.environment.token", "CFG032"),
    ({"service.environment": {"STRIPE_SECRET": "hunter2"}}, "service.environment.STRIPE_SECRET", "CFG032"),
    ({"service.environment": {"OPENAI_API_KEY": "hunter2"}}, "service.environment.OPENAI_API_KEY", "CFG032"),
    ({"service.environment": {"URL": "postgres://app:hunter2@db/x"}}, "service.environment.URL", "CFG032"),
    ({"service.environment": {"ID": "AKIAIOSFODNN7EXAMPLE"}}, "service.environment.ID", "CFG032"),
    ({"service.secrets": {"A": "hunter2"}}, "service.secrets.A", "CFG033"),
    ({"service.secrets": {"A": SECRET.removesuffix("-AbCdEf")}}, "service.secrets.A", "CFG033"),
    ({"service.secrets": {"A": f"{SECRET}:password"}}, "service.secrets.A", "CFG033"),
    ({"service.secrets": {"A": SECRET.replace("arn:aws:", "arn:aws-cn:")}}, "service.secrets.A", "CFG033"),
    ({"service.secret_key_arns": [KEY.replace(":key/", ":alias/")]}, "service.secret_key_arns[0]", "CFG033"),
    ({"service.secret_key_arns": [KEY.replace("us-east-1", "eu-west-1")]}, "service.secret_key_arns[0]", "CFG033"),
    ({"service.secret_key_arns": [KEY, KEY]}, "service.secret_key_arns[1]", "CFG033"),
    ({"service.stop_timeout_seconds": 121}, "service.stop_timeout_seconds", "CFG015"),
    ({"service.health_check_grace_seconds": 24}, "service.health_check_grace_seconds", "CFG028"),
    ({"service.log_retention_days": 0}, "service.log_retention_days", "CFG024"),
    ({"service.autoscaling": {"min_count": 3, "max_count": 2}}, "service.autoscaling.min_count", "CFG031"),
    ({"service.autoscaling": {"min_count": 3, "max_count": 6}}, "service.desired_count", "CFG031"),
    (
        {"service.desired_count": 1, "service.deployment": {"maximum_percent": 199}},
        "service.deployment.maximum_percent",
        "CFG029",
    ),
    ({"service.deployment": {"maximum_percent": 100}}, "service.deployment.maximum_percent", "CFG029"),
    (
        {
            "service.autoscaling": {"min_count": 2, "max_count": 20},
            "service.deployment": {"minimum_healthy_percent": 90, "maximum_percent": 110},
        },
        "service.deployment.maximum_percent",
        "CFG029",
    ),
    ({"service.deployment": {"bake_minutes": 5}}, "service.deployment.bake_minutes", "CFG030"),
    ({"service.deployment": {"pause_before": ["POST_SCALE_UP"]}}, "service.deployment.pause_before", "CFG030"),
    (
        {"service.deployment": {"strategy": "linear", "pause_before": ["POST_SCALE_UP"] * 2}},
        "service.deployment.pause_before[1]",
        "CFG030",
    ),
    (
        {"service.deployment": {"strategy": "linear", "linear_step_percent": 10.25}},
        "service.deployment.linear_step_percent",
        "CFG030",
    ),
    (
        {"service.deployment": {"strategy": "linear", "linear_step_percent": 10, "wait_minutes": 45}},
        "service.deployment.wait_minutes",
        "CFG030",
    ),
    (
        {"service.deployment": {"strategy": "blue_green", "bake_minutes": 30}},
        "service.deployment.wait_minutes",
        "CFG030",
    ),
    # migration, alarms, backups
    ({"migration.memory_mib": 8192}, "migration.memory_mib", "CFG021"),
    ({"migration.command": []}, "migration.command", "CFG015"),
    ({"migration.log_retention_days": 366}, "migration.log_retention_days", "CFG024"),
    ({"alarms.emails": ["oncall"]}, "alarms.emails[0]", "CFG037"),
    ({"alarms.emails": ["a@example.com", "A@example.com"]}, "alarms.emails[1]", "CFG037"),
    ({"alarms.error_rate_percent": 0}, "alarms.error_rate_percent", "CFG015"),
    ({"backups.schedule": "0 2 * * *"}, "backups.schedule", "CFG025"),
    ({"backups.schedule": "cron(0 2 * * * *)"}, "backups.schedule", "CFG025"),
    ({"backups.schedule": "cron(0 24 * * ? *)"}, "backups.schedule", "CFG025"),
    ({"backups.copy_to_vault_arn": ROLE}, "backups.copy_to_vault_arn", "CFG033"),
    # shapes
    ({"alarms": LEFT_OUT}, "alarms", "CFG010"),
    ({"service": None}, "service", "CFG014"),
    ({"service": []}, "service", "CFG014"),
    ({"service.cpus": 512}, "service.cpus", "CFG012"),
    ({"migration.command": LEFT_OUT}, "migration.command", "CFG013"),
    ({"service.desired_count": "2"}, "service.desired_count", "CFG014"),
    ({"service.desired_count": None}, "service.desired_count", "CFG014"),
    ({"service.environment": {"A": 1}}, "service.environment.A", "CFG014"),
    ({"service.exec_enabled": "yes"}, "service.exec_enabled", "CFG014"),
    ({"alarms.emails": "oncall@example.com"}, "alarms.emails", "CFG014"),
]
