"""All settings of one stack."""

from typing import Annotated, Any, ClassVar

from settings.across import RULES
from settings.names import PROJECT, STACK
from settings.section import Rule, Section
from settings.sections import (
    AlarmSettings,
    AwsSettings,
    BackupSettings,
    DatabaseSettings,
    LoadBalancerSettings,
    MigrationSettings,
    NetworkSettings,
    RegistrySettings,
    ReleaseSettings,
    ServiceSettings,
)

NAMESPACE = "runlayer"
"""Namespace of the config keys: the section `aws` is the key `runlayer:aws`."""


class StackSettings(Section):
    """The `config:` of a stack file; every section is the key `runlayer:<section>`."""

    project: Annotated[str, PROJECT]
    """Name of the project; not a config key, Pulumi says it."""
    stack: Annotated[str, STACK]
    """Name of the stack; not a config key, Pulumi says it."""
    aws: AwsSettings
    """Account, Region and tags."""
    release: ReleaseSettings
    """Which release runs."""
    network: NetworkSettings
    """VPC and subnets."""
    registry: RegistrySettings
    """The stack's own image repository."""
    database: DatabaseSettings
    """Aurora PostgreSQL."""
    load_balancer: LoadBalancerSettings
    """The way in."""
    service: ServiceSettings
    """The containers."""
    migration: MigrationSettings
    """Schema changes."""
    alarms: AlarmSettings
    """Who is told, and when."""
    backups: BackupSettings
    """Copies that outlive the database."""

    @property
    def name_prefix(self) -> str:
        """`<project>-<stack>`, at most 20 characters: what the names of all resources begin with."""
        return f"{self.project}-{self.stack}"

    @classmethod
    def sections(cls) -> dict[str, type[Section]]:
        """Section name to model, in the order of the stack file."""
        kinds = {name: field.annotation for name, field in cls.model_fields.items()}
        return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Section)}

    rules: ClassVar[tuple[Rule[Any], ...]] = RULES
    """The rules between sections."""
