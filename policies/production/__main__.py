"""Roster of the pack for production. The engine runs this file."""

from policies.catalogue.backup import copy_offsite as backup_copy_offsite
from policies.catalogue.backup import retention_35 as backup_retention_35
from policies.catalogue.ecr import no_force_delete_prod as ecr_no_force_delete_prod
from policies.catalogue.ecs import desired_count_prod as ecs_desired_count_prod
from policies.catalogue.ecs import exec_disabled_prod as ecs_exec_disabled_prod
from policies.catalogue.rds import no_unplanned_change as rds_no_unplanned_change
from policies.catalogue.rds import pulumi_protect as rds_pulumi_protect
from policies.engine import run_pack
from policies.kit import Control

ROSTER: tuple[Control, ...] = (
    backup_copy_offsite.CONTROL,
    backup_retention_35.CONTROL,
    ecr_no_force_delete_prod.CONTROL,
    ecs_desired_count_prod.CONTROL,
    ecs_exec_disabled_prod.CONTROL,
    rds_no_unplanned_change.CONTROL,
    rds_pulumi_protect.CONTROL,
)

if __name__ == "__main__":
    run_pack("production", "What production has to keep, on top of the baseline.", ROSTER)
