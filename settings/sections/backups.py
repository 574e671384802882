"""AWS Backup on top of the database's own backups."""

from typing import Annotated

from pydantic import Field

from settings.section import Section


class BackupSettings(Section):
    """`runlayer:backups`"""

    enabled: bool = True
    """Keep a vault with its own key, plan and role."""
    schedule: str = "cron(0 2 * * ? *)"
    """When, as an AWS cron expression in UTC."""
    retention_days: Annotated[int, Field(ge=1, le=36500)] = 35
    """Days that a recovery point is kept."""
    copy_to_vault_arn: str | None = None
    """Vault in another Region or account that gets a copy, or null."""
    copy_retention_days: Annotated[int, Field(ge=1, le=36500)] = 35
    """Days that the copy is kept."""
