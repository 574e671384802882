"""The packs and their controls, by name: a control that comes or goes shows here."""

from pathlib import Path

from policies.kit import Severity
from policies.listing import ALL, PACKS, configured, demands, levels, not_yet

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "policies" / "catalogue"

BASELINE = [
    "alarm-has-action",
    "alb-access-logs",
    "alb-deletion-protection",
    "alb-desync",
    "alb-drop-invalid-headers",
    "alb-http-redirect",
    "alb-https-only",
    "alb-multi-az",
    "alb-tls-policy",
    "backup-vault-cmk",
    "ecr-immutable-tags",
    "ecr-policy-not-public",
    "ecr-scan-on-push",
    "ecs-circuit-breaker-enabled",
    "ecs-container-insights",
    "ecs-container-logging",
    "ecs-container-non-root",
    "ecs-container-not-privileged",
    "ecs-container-readonly-rootfs",
    "ecs-deployment-alarms",
    "ecs-efs-transit-encryption",
    "ecs-fargate-platform-latest",
    "ecs-image-no-latest",
    "ecs-image-pinned",
    "ecs-min-healthy-100",
    "ecs-no-secrets-in-env",
    "ecs-service-no-public-ip",
    "ecs-task-exec-roles-separate",
    "ecs-task-network-awsvpc",
    "ecs-task-no-host-pid-ipc",
    "ecs-version-consistency",
    "ecs-wait-steady-state",
    "iam-confused-deputy",
    "iam-no-admin-managed-policy",
    "iam-no-admin-star",
    "iam-no-decrypt-all-keys",
    "iam-no-service-wildcard",
    "iam-no-users",
    "iam-trust-narrow",
    "kms-deletion-window",
    "kms-no-lockout-bypass",
    "kms-not-public",
    "kms-rotation",
    "log-retention",
    "rds-auto-minor-upgrade",
    "rds-backup-retention-7",
    "rds-cmk",
    "rds-deletion-protection",
    "rds-final-snapshot",
    "rds-force-ssl",
    "rds-iam-auth",
    "rds-ingress-app-only",
    "rds-keep-automated-backups",
    "rds-log-exports",
    "rds-managed-master-password",
    "rds-not-public",
    "rds-storage-encrypted",
    "s3-block-public",
    "s3-tls-only",
    "sg-no-open-admin-ports",
    "sg-open-ingress-authorized-only",
    "subnet-no-auto-public-ip",
    "tg-health-check",
]

PRODUCTION = [
    "backup-copy-offsite",
    "backup-retention-35",
    "ecr-no-force-delete-prod",
    "ecs-desired-count-prod",
    "ecs-exec-disabled-prod",
    "rds-no-unplanned-change",
    "rds-pulumi-protect",
]


def test_baseline_pack_holds_exactly_these_controls() -> None:
    assert [control.id for control in PACKS["baseline"]] == BASELINE


def test_production_pack_holds_exactly_these_controls() -> None:
    assert [control.id for control in PACKS["production"]] == PRODUCTION


def test_every_file_of_the_catalogue_is_in_exactly_one_pack() -> None:
    files = {path.relative_to(CATALOGUE).with_suffix("") for path in CATALOGUE.rglob("*.py")}
    ids = sorted("-".join(path.parts).replace("_", "-") for path in files if path.name != "__init__")

    assert sorted(control.id for control in ALL) == ids


def test_every_demand_is_built_or_named_as_not_built_with_a_reason() -> None:
    built, missing = {control.id for control in ALL}, not_yet()

    assert sorted([*built, *missing]) == sorted(demand.id for demand in demands())
    assert all(reason.startswith("not built yet") for reason in missing.values())


def test_severity_of_a_control_is_that_of_its_demand() -> None:
    listed = {demand.id: demand.severity for demand in demands()}

    assert {control.id: control.severity.value for control in ALL} == {
        control.id: listed[control.id] for control in ALL
    }


def test_mapping_of_a_framework_names_the_check_that_it_was_read_from() -> None:
    own_numbers = {"AWS Security Hub", "Checkov"}

    assert not [each.id for each in demands() if set(each.mappings) - own_numbers and not each.mapped_by]


def test_levels_name_only_controls_of_their_pack_and_switch_none_off() -> None:
    for pack, stack in configured():
        found = levels(pack, stack)

        assert set(found) - {"all"} <= {control.id for control in PACKS[pack]}
        assert found["all"] == "mandatory"
        assert set(found.values()) <= {"mandatory", "advisory"}


def test_no_critical_control_is_advisory_anywhere() -> None:
    critical = {control.id for control in ALL if control.severity is Severity.CRITICAL}

    assert not [name for pack, stack in configured() for name in levels(pack, stack) if name in critical]


def test_baseline_has_levels_for_every_stack_file_and_production_for_prod() -> None:
    stacks = {path.stem.removeprefix("Pulumi.") for path in ROOT.glob("Pulumi.*.yaml")}

    assert set(configured()) == {*(("baseline", stack) for stack in stacks), ("production", "prod")}
