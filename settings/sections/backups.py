"""AWS Backup on top of the database's own backups."""

from typing import Annotated

from pydantic import Field

from settings.arns import BACKUP_VAULT
from settings.schedule import is_cron
from settings.section import Check, Section


class BackupSettings(Section):
    """`runlayer:backups`"""

    enabled: bool = True
    """Keep a vault with its own key, plan and role."""
    schedule: Annotated[
        str,
        Check(
            "CFG025",
            "cron(minute hour day-of-month month day-of-week year) with a ? for one of the two days",
            "write for example cron(0 2 * * ? *), every day at 02:00 UTC",
            is_cron,
        ),
    ] = "cron(0 2 * * ? *)"
    """When, as an AWS cron expression in UTC."""
    retention_days: Annotated[int, Field(ge=1, le=36500)] = 35
    """Days that a recovery point is kept."""
    copy_to_vault_arn: Annotated[str, BACKUP_VAULT] | None = None
    """Vault in another Region or account that gets a copy, or null."""
    copy_retention_days: Annotated[int, Field(ge=1, le=36500)] = 35
    """Days that the copy is kept."""
    deletion_protected: bool = True
    """The vault and its key cannot be deleted with the stack."""
