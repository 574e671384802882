"""Aurora PostgreSQL: size, safety and recovery."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from settings.retention import PERFORMANCE_INSIGHTS_DAYS
from settings.section import Check, Problem, Section, matches, rule
from settings.windows import DAILY, WEEKLY, daily, weekly

SERVERLESS = "db.serverless"
_CLUSTER = r"(?=.{1,63}$)[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z0-9]+)*"
_UTC_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z", re.ASCII)
_WINDOW_MINUTES_MIN = 30
_MAJOR_MIN = 13
# Aurora User Guide, "Scaling to Zero ACUs": the first minor version of each major that can pause.
_PAUSES_FROM_MINOR = {13: 15, 14: 12, 15: 7, 16: 3}
_DATABASES_THAT_EXIST = ("postgres", "template0", "template1", "rdsadmin")
_RESERVED_USERS = ("admin", "rdsadmin", "postgres_admin", "public", "user", "all", "none", "default", "session_user")


def _is_half_step(acu: float) -> bool:
    return (acu * 2).is_integer()


def _is_utc_time(text: str) -> bool:
    if not _UTC_TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


_HALF_STEPS = Check("CFG026", "steps of 0.5", "write for example 0.5, 1 or 1.5", _is_half_step)


class RestoreSettings(Section):
    """`runlayer:database.restore`: what a new cluster starts from. Exactly one of the two ways."""

    snapshot_identifier: (
        Annotated[
            str,
            matches(
                "CFG036",
                r"(rds:|awsbackup:)?[A-Za-z][A-Za-z0-9-]{0,254}|arn:aws(-cn|-us-gov)?:rds:[a-z0-9-]+:\d{12}:cluster-snapshot:[A-Za-z0-9:-]{1,255}",
                "the name or ARN of a cluster snapshot",
                "copy it from `aws rds describe-db-cluster-snapshots`",
            ),
        ]
        | None
    ) = None
    """Snapshot to start from."""
    source_cluster_identifier: (
        Annotated[
            str,
            matches(
                "CFG036",
                _CLUSTER,
                "the identifier of a cluster: letters, digits and single hyphens",
                "copy it from `aws rds describe-db-clusters`",
            ),
        ]
        | None
    ) = None
    """Cluster to copy at a point in time."""
    to_time: (
        Annotated[
            str,
            Check(
                "CFG036",
                "a time in UTC such as 2024-12-13T15:24:30Z, in quotes",
                "write the time with a Z at the end, in quotes",
                _is_utc_time,
            ),
        ]
        | None
    ) = None
    """Point in time, RFC 3339 in UTC; null: the latest restorable time of the source cluster."""

    @rule
    def _exactly_one_way(self) -> Iterator[Problem]:
        if (self.snapshot_identifier is None) == (self.source_cluster_identifier is None):
            yield Problem(
                "CFG036",
                ("snapshot_identifier",),
                "exactly one of snapshot_identifier and source_cluster_identifier",
                "keep one and set the other to null; for an empty database write restore: null",
            )

    @rule
    def _time_goes_with_source(self) -> Iterator[Problem]:
        if self.to_time is not None and self.source_cluster_identifier is None:
            yield Problem(
                "CFG036",
                ("to_time",),
                "a time only together with source_cluster_identifier",
                "set it to null: a snapshot has one time, its own",
            )


class DatabaseSettings(Section):
    """`runlayer:database`"""

    engine_version: Annotated[
        str,
        Check(
            "CFG026",
            f'a PostgreSQL version in quotes, {_MAJOR_MIN} or later: "16", or "16.4"',
            "write the major version, so that AWS chooses the current minor",
            lambda text: re.fullmatch(r"\d{2}(\.\d{1,2})?", text, re.ASCII) is not None and int(text[:2]) >= _MAJOR_MIN,
            r"^\d{2}(\.\d{1,2})?$",
        ),
    ] = "16"
    """PostgreSQL version; the major alone lets AWS choose the current minor."""
    database_name: Annotated[
        str,
        matches(
            "CFG020", r"[a-z][a-z0-9_]{0,62}", "1 to 63 lower-case letters, digits and _", "write for example runlayer"
        ),
        Check(
            "CFG020",
            f"any name but {', '.join(_DATABASES_THAT_EXIST)}",
            "choose another name: every cluster has these already",
            lambda name: name not in _DATABASES_THAT_EXIST,
        ),
    ] = "runlayer"
    """Name of the database that is created in the cluster."""
    master_username: Annotated[
        str,
        matches(
            "CFG020", r"[a-z][a-z0-9_]{0,15}", "1 to 16 lower-case letters, digits and _", "write for example runlayer"
        ),
        Check(
            "CFG020",
            f"any name but {', '.join(_RESERVED_USERS)}, and none that begins with pg_ or rds",
            "choose another name: the engine keeps these for itself",
            lambda name: name not in _RESERVED_USERS and not name.startswith(("pg_", "rds")),
        ),
    ] = "runlayer"
    """Name of the master user; its password is made, kept and rotated by Secrets Manager."""
    instance_class: Annotated[
        str,
        matches(
            "CFG026",
            r"db\.(serverless|(r|x|t)\d[a-z]*\.(medium|large|(\d{1,2})?xlarge))",
            "db.serverless, or a class of the r, x or t families such as db.r7g.large",
            "write db.serverless, or a class that Aurora PostgreSQL offers in the Region",
        ),
    ] = SERVERLESS
    """db.serverless, or a provisioned class such as db.r7g.large."""
    instances: Annotated[int, Field(ge=1, le=15)] = 1
    """Instances in the cluster, spread over the zones; two or more survive the loss of one."""
    min_acu: Annotated[float, Field(ge=0, le=256), _HALF_STEPS] = 0.5
    """Serverless floor in Aurora capacity units of about 2 GiB; 0 pauses when idle."""
    max_acu: Annotated[float, Field(ge=1, le=256), _HALF_STEPS] = 4
    """Serverless ceiling in Aurora capacity units."""
    backup_retention_days: Annotated[int, Field(ge=1, le=35)] = 7
    """Days that can be gone back to, to the second."""
    backup_window: Annotated[
        str, matches("CFG025", DAILY, "hh:mm-hh:mm in UTC", "write for example 03:00-04:00 in quotes")
    ] = "03:00-04:00"
    """Daily, UTC, hh:mm-hh:mm, 30 minutes or longer; must not overlap the maintenance window."""
    maintenance_window: Annotated[
        str,
        matches(
            "CFG025", WEEKLY, "ddd:hh:mm-ddd:hh:mm in UTC, days mon to sun", "write for example sun:05:00-sun:06:00"
        ),
    ] = "sun:05:00-sun:06:00"
    """Weekly, UTC, ddd:hh:mm-ddd:hh:mm, 30 minutes to 24 hours."""
    deletion_protected: bool = True
    """AWS refuses to delete the cluster; lift it in one `up` before a destroy in the next."""
    final_snapshot: bool = True
    """Take a last snapshot when the cluster is deleted."""
    minor_upgrades: bool = False
    """Let AWS install minor versions in the maintenance window."""
    apply_immediately: bool = False
    """Make changes that need a restart now; false: in the next maintenance window."""
    performance_insights_retention_days: Annotated[
        int,
        Check(
            "CFG024",
            "7, a multiple of 31 from 31 to 713, or 731",
            "take 7, which is free of charge, or one of the others",
            lambda days: days in PERFORMANCE_INSIGHTS_DAYS,
            choices=PERFORMANCE_INSIGHTS_DAYS,
        ),
    ] = 7
    """7, a multiple of 31 up to 713, or 731."""
    enhanced_monitoring_seconds: Literal[0, 1, 5, 10, 15, 30, 60] = 60
    """Period of the operating system metrics; 0 is off."""
    restore: RestoreSettings | None = None
    """What a new cluster starts from; null: empty."""

    @property
    def serverless(self) -> bool:
        """Whether the instances scale by themselves between min_acu and max_acu."""
        return self.instance_class == SERVERLESS

    @property
    def major_version(self) -> int:
        """Major version of PostgreSQL; the parameter group's family follows it."""
        return int(self.engine_version.partition(".")[0])

    @rule
    def _floor_below_ceiling(self) -> Iterator[Problem]:
        if self.min_acu > self.max_acu:
            yield Problem(
                "CFG026",
                ("min_acu",),
                f"at most max_acu, which is {self.max_acu:g}",
                "lower min_acu or raise max_acu",
            )

    @rule
    def _version_can_pause(self) -> Iterator[Problem]:
        minor = self.engine_version.partition(".")[2]
        first = _PAUSES_FROM_MINOR.get(self.major_version)
        if self.serverless and self.min_acu == 0 and minor and first is not None and int(minor) < first:
            yield Problem(
                "CFG026",
                ("min_acu",),
                f"0.5 or more before version {self.major_version}.{first}",
                f'write min_acu: 0.5, or engine_version: "{self.major_version}"',
            )

    @rule
    def _windows_are_long_enough(self) -> Iterator[Problem]:
        lengths = (
            ("backup_window", daily(self.backup_window)[0].minutes),
            ("maintenance_window", weekly(self.maintenance_window).minutes),
        )
        for key, minutes in lengths:
            if not _WINDOW_MINUTES_MIN <= minutes <= 24 * 60:
                yield Problem(
                    "CFG025",
                    (key,),
                    f"{_WINDOW_MINUTES_MIN} minutes to 24 hours",
                    f"move the end: it is {minutes} minutes long" if minutes else "move the end away from the start",
                )

    @rule
    def _windows_do_not_overlap(self) -> Iterator[Problem]:
        maintenance = weekly(self.maintenance_window)
        if any(window.overlaps(maintenance) for window in daily(self.backup_window)):
            yield Problem(
                "CFG025",
                ("backup_window",),
                f"a time outside of the maintenance window, {self.maintenance_window}",
                "move one of the two windows; the backup runs every day",
            )
