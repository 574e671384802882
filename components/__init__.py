"""Building blocks of the stack: one ComponentResource a file, with its pure builders beside it.

`from components import Network, NetworkArgs` loads the network and nothing else: every AWS service that a component
touches costs start-up time, so each is loaded when it is first named.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from components.alarms import Alarms, AlarmsArgs
    from components.aurora_cluster import AuroraCluster, AuroraClusterArgs
    from components.backups import Backups, BackupsArgs
    from components.ecr_repository import EcrRepository, EcrRepositoryArgs
    from components.ecs_service import EcsService, EcsServiceArgs
    from components.load_balancer import ApplicationLoadBalancer, ApplicationLoadBalancerArgs
    from components.migration_task import MigrationTask, MigrationTaskArgs
    from components.network import Network, NetworkArgs

__all__ = [
    "Alarms",
    "AlarmsArgs",
    "ApplicationLoadBalancer",
    "ApplicationLoadBalancerArgs",
    "AuroraCluster",
    "AuroraClusterArgs",
    "Backups",
    "BackupsArgs",
    "EcrRepository",
    "EcrRepositoryArgs",
    "EcsService",
    "EcsServiceArgs",
    "MigrationTask",
    "MigrationTaskArgs",
    "Network",
    "NetworkArgs",
]

_MODULES = {
    "Alarms": "alarms",
    "ApplicationLoadBalancer": "load_balancer",
    "AuroraCluster": "aurora_cluster",
    "Backups": "backups",
    "EcrRepository": "ecr_repository",
    "EcsService": "ecs_service",
    "MigrationTask": "migration_task",
    "Network": "network",
}


def __getattr__(name: str) -> object:
    """Load the module of a public name, the first time that it is asked for."""
    module = _MODULES.get(name.removesuffix("Args"))
    if module is None or name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
