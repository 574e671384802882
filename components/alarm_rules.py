"""What is an alarm of the stack: metric, threshold, patience. Pure."""

from dataclasses import dataclass

_MIB = 1024 * 1024

LOAD_BALANCER = ("LoadBalancer",)
TARGET_GROUP = ("LoadBalancer", "TargetGroup")
ALTERNATE_TARGET_GROUP = ("LoadBalancer", "AlternateTargetGroup")
"""Dimensions by role; `AlternateTargetGroup` is the CloudWatch dimension `TargetGroup` of the second group."""
SERVICE = ("ClusterName", "ServiceName")
DATABASE = ("DBClusterIdentifier",)

DEPLOYMENT_ROLES = ("target-errors", "latency")
"""Alarms that may take a rollout back: they watch what users get, are quick, and are silent without traffic."""

ABOVE = "GreaterThanThreshold"
BELOW = "LessThanThreshold"


@dataclass(frozen=True)
class Metric:
    """One metric of CloudWatch.

    `statistic` is one of CloudWatch's (`Average`, `Sum` ...) or a percentile such as `p95`. `id` names it within an
    expression.
    """

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[str, ...]
    id: str = "m"


@dataclass(frozen=True)
class AlarmRule:
    """When an alarm fires: `datapoints` of the last `periods` periods are beyond the threshold.

    Missing data never breaches: no traffic, a paused database and a service that does not exist yet are no incidents.
    """

    role: str
    """Last part of the alarm's name."""
    description: str
    metrics: tuple[Metric, ...]
    threshold: float
    expression: str | None = None
    """Metric math over the ids of the metrics; None: the only metric itself."""
    comparison: str = ABOVE
    period_seconds: int = 60
    periods: int = 5
    datapoints: int = 3

    @property
    def rolls_back(self) -> bool:
        """Whether it may take a rollout back."""
        return self.role in DEPLOYMENT_ROLES


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Units are in the names."""

    error_rate_percent: float
    latency_p95_seconds: float
    cpu_percent: int
    memory_percent: int
    database_connections: int
    database_free_memory_mib: int
    database_replica_lag_milliseconds: int
    database_capacity_percent: int


def alarm_rules(limits: Thresholds, *, second_target_group: bool, database_serverless: bool) -> list[AlarmRule]:
    """Every alarm of the stack, in a fixed order."""
    rules = [*_deployment(limits), *_load_balancer(limits, second_target_group), *_service(limits), *_database(limits)]
    if database_serverless:
        rules.append(_capacity(limits))
    return rules


def alarm_name(name_prefix: str, role: str) -> str:
    """Name of an alarm: known before it exists."""
    return f"{name_prefix}-{role}"


def _balancer(name: str, statistic: str, metric_id: str) -> Metric:
    # By load balancer, not by target group: a deployment moves the tasks from one group to the other.
    return Metric("AWS/ApplicationELB", name, statistic, LOAD_BALANCER, metric_id)


def _deployment(limits: Thresholds) -> list[AlarmRule]:
    requests = _balancer("RequestCount", "Sum", "requests")
    return [
        AlarmRule(
            "target-errors",
            f"Tasks answer more than {limits.error_rate_percent:g} % of the requests with a 5xx",
            (requests, _balancer("HTTPCode_Target_5XX_Count", "Sum", "errors")),
            limits.error_rate_percent,
            expression="IF(requests > 0, 100 * FILL(errors, 0) / requests, 0)",
            periods=3,
            datapoints=2,
        ),
        AlarmRule(
            "latency",
            f"5 % of the requests take longer than {limits.latency_p95_seconds:g} s",
            (_balancer("TargetResponseTime", "p95", "latency"),),
            limits.latency_p95_seconds,
            periods=3,
            datapoints=2,
        ),
    ]


def _load_balancer(limits: Thresholds, second_target_group: bool) -> list[AlarmRule]:
    requests = _balancer("RequestCount", "Sum", "requests")
    unhealthy = Metric("AWS/ApplicationELB", "UnHealthyHostCount", "Maximum", TARGET_GROUP, "one")
    second = Metric("AWS/ApplicationELB", "UnHealthyHostCount", "Maximum", ALTERNATE_TARGET_GROUP, "two")
    return [
        AlarmRule(
            "load-balancer-errors",
            f"The load balancer itself answers more than {limits.error_rate_percent:g} % of the requests with a 5xx",
            (requests, _balancer("HTTPCode_ELB_5XX_Count", "Sum", "errors")),
            limits.error_rate_percent,
            # RequestCount leaves out what found no task at all; those are the worst minutes.
            expression=(
                "IF(FILL(requests, 0) + FILL(errors, 0) > 0, "
                "100 * FILL(errors, 0) / (FILL(requests, 0) + FILL(errors, 0)), 0)"
            ),
        ),
        AlarmRule(
            "unhealthy-hosts",
            "A task has not answered the load balancer's health check for 5 minutes",
            (unhealthy, second) if second_target_group else (unhealthy,),
            0,
            expression="FILL(one, 0) + FILL(two, 0)" if second_target_group else None,
            datapoints=5,
        ),
    ]


def _service(limits: Thresholds) -> list[AlarmRule]:
    return [
        AlarmRule(
            "service-cpu",
            f"Tasks use more than {limits.cpu_percent} % of their CPU",
            (Metric("AWS/ECS", "CPUUtilization", "Average", SERVICE),),
            limits.cpu_percent,
            periods=10,
            datapoints=10,
        ),
        AlarmRule(
            "service-memory",
            f"Tasks use more than {limits.memory_percent} % of their memory",
            (Metric("AWS/ECS", "MemoryUtilization", "Average", SERVICE),),
            limits.memory_percent,
            periods=10,
            datapoints=10,
        ),
        AlarmRule(
            "service-tasks",
            "Fewer tasks run than are wanted, for 10 minutes",
            (
                Metric("ECS/ContainerInsights", "DesiredTaskCount", "Average", SERVICE, "desired"),
                Metric("ECS/ContainerInsights", "RunningTaskCount", "Average", SERVICE, "running"),
            ),
            0,
            # Without a single running task there may be no metric of running tasks either.
            expression="desired - FILL(running, 0)",
            periods=10,
            datapoints=10,
        ),
    ]


def _database(limits: Thresholds) -> list[AlarmRule]:
    return [
        _of_database(
            "database-cpu",
            f"The database uses more than {limits.cpu_percent} % of its CPU",
            "CPUUtilization",
            "Average",
            limits.cpu_percent,
            periods=10,
        ),
        _of_database(
            "database-connections",
            f"An instance of the database has more than {limits.database_connections} connections",
            "DatabaseConnections",
            "Maximum",
            limits.database_connections,
        ),
        _of_database(
            "database-memory",
            f"An instance of the database has less than {limits.database_free_memory_mib} MiB of free memory",
            "FreeableMemory",
            "Minimum",
            limits.database_free_memory_mib * _MIB,
            comparison=BELOW,
            periods=10,
        ),
        _of_database(
            "database-replica-lag",
            f"A reader of the database is more than {limits.database_replica_lag_milliseconds} ms behind",
            "AuroraReplicaLag",
            "Maximum",
            limits.database_replica_lag_milliseconds,
        ),
    ]


def _capacity(limits: Thresholds) -> AlarmRule:
    return _of_database(
        "database-capacity",
        f"The database uses more than {limits.database_capacity_percent} % of its largest capacity",
        "ACUUtilization",
        "Average",
        limits.database_capacity_percent,
        periods=10,
    )


def _of_database(
    role: str,
    description: str,
    metric: str,
    statistic: str,
    threshold: float,
    *,
    comparison: str = ABOVE,
    periods: int = 5,
) -> AlarmRule:
    return AlarmRule(
        role,
        description,
        (Metric("AWS/RDS", metric, statistic, DATABASE),),
        threshold,
        comparison=comparison,
        periods=periods,
        datapoints=periods,
    )
