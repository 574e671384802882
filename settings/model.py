"""All settings of one stack."""

from settings.section import Section
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


class StackSettings(Section):
    """The `config:` of a stack file; every field is the key `runlayer:<field>`."""

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
