"""The one-off task that changes the database schema before a release."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from settings.section import Problem, Section, rule
from settings.sections.task_size import size_problem
from settings.types import Command, FargateCpu, LogRetentionDays


class MigrationSettings(Section):
    """`runlayer:migration`"""

    command: Command
    """Command in the release's own image that migrates the schema."""
    cpu: FargateCpu = 512
    """CPU units of the task."""
    memory_mib: int = 1024
    """Memory of the task in MiB; what Fargate offers depends on cpu."""
    timeout_minutes: Annotated[int, Field(ge=1, le=720)] = 30
    """A migration that takes longer is stopped and counts as failed."""
    log_retention_days: LogRetentionDays = 365
    """Days that migration logs are kept."""

    @rule
    def _fargate_offers_the_size(self) -> Iterator[Problem]:
        yield from size_problem(self.cpu, self.memory_mib)
