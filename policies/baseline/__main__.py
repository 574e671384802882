"""Roster of the pack for every stack. The engine runs this file."""

from policies.catalogue.alarm import has_action as alarm_has_action
from policies.catalogue.alb import access_logs as alb_access_logs
from policies.catalogue.alb import deletion_protection as alb_deletion_protection
from policies.catalogue.alb import desync as alb_desync
from policies.catalogue.alb import drop_invalid_headers as alb_drop_invalid_headers
from policies.catalogue.alb import http_redirect as alb_http_redirect
from policies.catalogue.alb import https_only as alb_https_only
from policies.catalogue.alb import multi_az as alb_multi_az
from policies.catalogue.alb import tls_policy as alb_tls_policy
from policies.catalogue.backup import vault_cmk as backup_vault_cmk
from policies.catalogue.ecr import immutable_tags as ecr_immutable_tags
from policies.catalogue.ecr import policy_not_public as ecr_policy_not_public
from policies.catalogue.ecr import scan_on_push as ecr_scan_on_push
from policies.catalogue.ecs import circuit_breaker_enabled as ecs_circuit_breaker_enabled
from policies.catalogue.ecs import container_insights as ecs_container_insights
from policies.catalogue.ecs import container_logging as ecs_container_logging
from policies.catalogue.ecs import container_non_root as ecs_container_non_root
from policies.catalogue.ecs import container_not_privileged as ecs_container_not_privileged
from policies.catalogue.ecs import container_readonly_rootfs as ecs_container_readonly_rootfs
from policies.catalogue.ecs import deployment_alarms as ecs_deployment_alarms
from policies.catalogue.ecs import efs_transit_encryption as ecs_efs_transit_encryption
from policies.catalogue.ecs import fargate_platform_latest as ecs_fargate_platform_latest
from policies.catalogue.ecs import image_no_latest as ecs_image_no_latest
from policies.catalogue.ecs import image_pinned as ecs_image_pinned
from policies.catalogue.ecs import min_healthy_100 as ecs_min_healthy_100
from policies.catalogue.ecs import no_secrets_in_env as ecs_no_secrets_in_env
from policies.catalogue.ecs import service_no_public_ip as ecs_service_no_public_ip
from policies.catalogue.ecs import task_exec_roles_separate as ecs_task_exec_roles_separate
from policies.catalogue.ecs import task_network_awsvpc as ecs_task_network_awsvpc
from policies.catalogue.ecs import task_no_host_pid_ipc as ecs_task_no_host_pid_ipc
from policies.catalogue.ecs import version_consistency as ecs_version_consistency
from policies.catalogue.ecs import wait_steady_state as ecs_wait_steady_state
from policies.catalogue.iam import confused_deputy as iam_confused_deputy
from policies.catalogue.iam import no_admin_managed_policy as iam_no_admin_managed_policy
from policies.catalogue.iam import no_admin_star as iam_no_admin_star
from policies.catalogue.iam import no_decrypt_all_keys as iam_no_decrypt_all_keys
from policies.catalogue.iam import no_service_wildcard as iam_no_service_wildcard
from policies.catalogue.iam import no_users as iam_no_users
from policies.catalogue.iam import trust_narrow as iam_trust_narrow
from policies.catalogue.kms import deletion_window as kms_deletion_window
from policies.catalogue.kms import no_lockout_bypass as kms_no_lockout_bypass
from policies.catalogue.kms import not_public as kms_not_public
from policies.catalogue.kms import rotation as kms_rotation
from policies.catalogue.log import retention as log_retention
from policies.catalogue.rds import auto_minor_upgrade as rds_auto_minor_upgrade
from policies.catalogue.rds import backup_retention_7 as rds_backup_retention_7
from policies.catalogue.rds import cmk as rds_cmk
from policies.catalogue.rds import deletion_protection as rds_deletion_protection
from policies.catalogue.rds import final_snapshot as rds_final_snapshot
from policies.catalogue.rds import force_ssl as rds_force_ssl
from policies.catalogue.rds import iam_auth as rds_iam_auth
from policies.catalogue.rds import ingress_app_only as rds_ingress_app_only
from policies.catalogue.rds import keep_automated_backups as rds_keep_automated_backups
from policies.catalogue.rds import log_exports as rds_log_exports
from policies.catalogue.rds import managed_master_password as rds_managed_master_password
from policies.catalogue.rds import not_public as rds_not_public
from policies.catalogue.rds import storage_encrypted as rds_storage_encrypted
from policies.catalogue.s3 import block_public as s3_block_public
from policies.catalogue.s3 import tls_only as s3_tls_only
from policies.catalogue.sg import no_open_admin_ports as sg_no_open_admin_ports
from policies.catalogue.sg import open_ingress_authorized_only as sg_open_ingress_authorized_only
from policies.catalogue.subnet import no_auto_public_ip as subnet_no_auto_public_ip
from policies.catalogue.tg import health_check as tg_health_check
from policies.engine import run_pack
from policies.kit import Control

ROSTER: tuple[Control, ...] = (
    alarm_has_action.CONTROL,
    alb_access_logs.CONTROL,
    alb_deletion_protection.CONTROL,
    alb_desync.CONTROL,
    alb_drop_invalid_headers.CONTROL,
    alb_http_redirect.CONTROL,
    alb_https_only.CONTROL,
    alb_multi_az.CONTROL,
    alb_tls_policy.CONTROL,
    backup_vault_cmk.CONTROL,
    ecr_immutable_tags.CONTROL,
    ecr_policy_not_public.CONTROL,
    ecr_scan_on_push.CONTROL,
    ecs_circuit_breaker_enabled.CONTROL,
    ecs_container_insights.CONTROL,
    ecs_container_logging.CONTROL,
    ecs_container_non_root.CONTROL,
    ecs_container_not_privileged.CONTROL,
    ecs_container_readonly_rootfs.CONTROL,
    ecs_deployment_alarms.CONTROL,
    ecs_efs_transit_encryption.CONTROL,
    ecs_fargate_platform_latest.CONTROL,
    ecs_image_no_latest.CONTROL,
    ecs_image_pinned.CONTROL,
    ecs_min_healthy_100.CONTROL,
    ecs_no_secrets_in_env.CONTROL,
    ecs_service_no_public_ip.CONTROL,
    ecs_task_exec_roles_separate.CONTROL,
    ecs_task_network_awsvpc.CONTROL,
    ecs_task_no_host_pid_ipc.CONTROL,
    ecs_version_consistency.CONTROL,
    ecs_wait_steady_state.CONTROL,
    iam_confused_deputy.CONTROL,
    iam_no_admin_managed_policy.CONTROL,
    iam_no_admin_star.CONTROL,
    iam_no_decrypt_all_keys.CONTROL,
    iam_no_service_wildcard.CONTROL,
    iam_no_users.CONTROL,
    iam_trust_narrow.CONTROL,
    kms_deletion_window.CONTROL,
    kms_no_lockout_bypass.CONTROL,
    kms_not_public.CONTROL,
    kms_rotation.CONTROL,
    log_retention.CONTROL,
    rds_auto_minor_upgrade.CONTROL,
    rds_backup_retention_7.CONTROL,
    rds_cmk.CONTROL,
    rds_deletion_protection.CONTROL,
    rds_final_snapshot.CONTROL,
    rds_force_ssl.CONTROL,
    rds_iam_auth.CONTROL,
    rds_ingress_app_only.CONTROL,
    rds_keep_automated_backups.CONTROL,
    rds_log_exports.CONTROL,
    rds_managed_master_password.CONTROL,
    rds_not_public.CONTROL,
    rds_storage_encrypted.CONTROL,
    s3_block_public.CONTROL,
    s3_tls_only.CONTROL,
    sg_no_open_admin_ports.CONTROL,
    sg_open_ingress_authorized_only.CONTROL,
    subnet_no_auto_public_ip.CONTROL,
    tg_health_check.CONTROL,
)

if __name__ == "__main__":
    run_pack("baseline", "What every stack has to keep.", ROSTER)
