"""The package `runlayer`: which components it has, and how it is served to the engine."""

import sys
import tomllib
from pathlib import Path

import pulumi
import pulumi.provider

from components.alarms import Alarms
from components.aurora_cluster import AuroraCluster
from components.backups import Backups
from components.component_provider import RunlayerProvider
from components.ecr_repository import EcrRepository
from components.ecs_service import EcsService
from components.load_balancer import ApplicationLoadBalancer
from components.migration_task import MigrationTask
from components.network import Network

COMPONENTS: list[type[pulumi.ComponentResource]] = [
    Alarms,
    ApplicationLoadBalancer,
    AuroraCluster,
    Backups,
    EcrRepository,
    EcsService,
    MigrationTask,
    Network,
]


def host() -> None:
    """Serve the components to the engine that started this process."""
    pulumi.provider.main(RunlayerProvider(COMPONENTS, package_version()), sys.argv[1:])


def package_version() -> str:
    """The version of the project that the components are part of."""
    project = Path(__file__).resolve().parents[1] / "pyproject.toml"
    return tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
