"""Aurora PostgreSQL: size, safety and recovery."""

from typing import Annotated, Literal

from pydantic import Field

from settings.section import Section


class RestoreSettings(Section):
    """`runlayer:database.restore`: what a new cluster starts from. Exactly one of the two ways."""

    snapshot_identifier: str | None = None
    """Snapshot to start from."""
    source_cluster_identifier: str | None = None
    """Cluster to copy at a point in time."""
    to_time: str | None = None
    """Point in time, RFC 3339 in UTC; null: the latest restorable time of the source cluster."""


class DatabaseSettings(Section):
    """`runlayer:database`"""

    engine_version: Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")] = "16"
    """PostgreSQL version; the major alone lets AWS choose the current minor."""
    database_name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")] = "runlayer"
    """Name of the database that is created in the cluster."""
    master_username: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")] = "runlayer"
    """Name of the master user; its password is made, kept and rotated by Secrets Manager."""
    instance_class: str = "db.serverless"
    """db.serverless, or a provisioned class such as db.r7g.large."""
    instances: Annotated[int, Field(ge=1, le=15)] = 1
    """Instances in the cluster, spread over the zones; two or more survive the loss of one."""
    min_acu: Annotated[float, Field(ge=0, le=256)] = 0.5
    """Serverless floor in Aurora capacity units of about 2 GiB; 0 pauses when idle."""
    max_acu: Annotated[float, Field(ge=1, le=256)] = 4
    """Serverless ceiling in Aurora capacity units."""
    backup_retention_days: Annotated[int, Field(ge=1, le=35)] = 7
    """Days that can be gone back to, to the second."""
    backup_window: str = "03:00-04:00"
    """Daily, UTC, hh:mm-hh:mm; must not overlap the maintenance window."""
    maintenance_window: str = "sun:05:00-sun:06:00"
    """Weekly, UTC, ddd:hh:mm-ddd:hh:mm."""
    deletion_protected: bool = True
    """AWS refuses to delete the cluster; lift it in one `up` before a destroy in the next."""
    final_snapshot: bool = True
    """Take a last snapshot when the cluster is deleted."""
    minor_upgrades: bool = False
    """Let AWS install minor versions in the maintenance window."""
    apply_immediately: bool = False
    """Make changes that need a restart now; false: in the next maintenance window."""
    performance_insights_retention_days: int = 7
    """7, a multiple of 31 up to 713, or 731."""
    enhanced_monitoring_seconds: Literal[0, 1, 5, 10, 15, 30, 60] = 60
    """Period of the operating system metrics; 0 is off."""
    restore: RestoreSettings | None = None
    """What a new cluster starts from; null: empty."""
