"""The one-off task that changes the database schema before a release."""

from typing import Annotated

from pydantic import Field

from settings.section import Section


class MigrationSettings(Section):
    """`runlayer:migration`"""

    command: Annotated[list[str], Field(min_length=1)]
    """Command in the release's own image that migrates the schema."""
    cpu: int = 512
    """CPU units of the task."""
    memory_mib: int = 1024
    """Memory of the task in MiB."""
    timeout_minutes: Annotated[int, Field(ge=1, le=720)] = 30
    """A migration that takes longer is stopped and counts as failed."""
    log_retention_days: int = 365
    """Days that migration logs are kept."""
