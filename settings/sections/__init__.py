"""One frozen model per `runlayer:<section>` of a stack file."""

from settings.sections.alarms import AlarmSettings
from settings.sections.aws import AwsSettings
from settings.sections.backups import BackupSettings
from settings.sections.database import DatabaseSettings, RestoreSettings
from settings.sections.load_balancer import HealthCheckSettings, LoadBalancerSettings
from settings.sections.migration import MigrationSettings
from settings.sections.network import ExistingNetworkSettings, NetworkSettings
from settings.sections.registry import PullThroughSettings, RegistrySettings
from settings.sections.release import ReleaseSettings
from settings.sections.service import AutoscalingSettings, DeploymentSettings, ServiceSettings

__all__ = [
    "AlarmSettings",
    "AutoscalingSettings",
    "AwsSettings",
    "BackupSettings",
    "DatabaseSettings",
    "DeploymentSettings",
    "ExistingNetworkSettings",
    "HealthCheckSettings",
    "LoadBalancerSettings",
    "MigrationSettings",
    "NetworkSettings",
    "PullThroughSettings",
    "RegistrySettings",
    "ReleaseSettings",
    "RestoreSettings",
    "ServiceSettings",
]
