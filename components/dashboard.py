"""The CloudWatch dashboard of a stack, as JSON. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT, _COLUMNS = 8, 6, 24


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What the dashboard shows, by the names that CloudWatch has for it."""

    region: str
    load_balancer: str
    """`arn_suffix` of the load balancer."""
    target_groups: tuple[str, ...]
    """`arn_suffix` of one target group, or of two."""
    cluster_name: str
    service_name: str
    database_cluster_identifier: str
    alarm_arns: tuple[str, ...]


def dashboard_body(watched: Watched) -> str:
    """The body of the dashboard: alarms, what users notice, rollouts, tasks, database. Always the same text.

    Format: Amazon CloudWatch API reference, "Dashboard body structure and syntax".
    """
    balancer = ("LoadBalancer", watched.load_balancer)
    service = ("ClusterName", watched.cluster_name, "ServiceName", watched.service_name)
    database = ("DBClusterIdentifier", watched.database_cluster_identifier)
    graphs = [
        _graph(watched, "Requests", [_metric("AWS/ApplicationELB", "RequestCount", balancer, "Sum")]),
        _graph(
            watched,
            "Answers with 5xx",
            [
                _metric("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", balancer, "Sum", "by tasks"),
                _metric("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", balancer, "Sum", "by the load balancer"),
            ],
        ),
        _graph(
            watched,
            "Time to answer (s)",
            [
                _metric("AWS/ApplicationELB", "TargetResponseTime", balancer, statistic, statistic)
                for statistic in ("p50", "p95", "p99")
            ],
        ),
        _graph(
            watched,
            "Healthy and unhealthy tasks",
            [
                _metric(
                    "AWS/ApplicationELB",
                    name,
                    ("TargetGroup", group, *balancer),
                    statistic,
                    f"{label} {group.split('/')[1]}",
                )
                for group in watched.target_groups
                for name, statistic, label in (
                    ("HealthyHostCount", "Minimum", "healthy"),
                    ("UnHealthyHostCount", "Maximum", "unhealthy"),
                )
            ],
        ),
        _graph(
            watched,
            "Deployments and their tasks",
            [
                _metric("ECS/ContainerInsights", "DeploymentCount", service, "Maximum", "deployments"),
                _metric("ECS/ContainerInsights", "DesiredTaskCount", service, "Average", "desired"),
                _metric("ECS/ContainerInsights", "PendingTaskCount", service, "Average", "pending"),
                _metric("ECS/ContainerInsights", "RunningTaskCount", service, "Average", "running"),
            ],
        ),
        _graph(
            watched,
            "CPU and memory of the tasks (%)",
            [
                _metric("AWS/ECS", "CPUUtilization", service, "Average", "CPU"),
                _metric("AWS/ECS", "MemoryUtilization", service, "Average", "memory"),
            ],
        ),
        _graph(
            watched,
            "CPU and capacity of the database (%)",
            [
                _metric("AWS/RDS", "CPUUtilization", database, "Average", "CPU"),
                _metric("AWS/RDS", "ACUUtilization", database, "Average", "capacity"),
            ],
        ),
        _graph(
            watched,
            "Connections and commits of the database",
            [
                _metric("AWS/RDS", "DatabaseConnections", database, "Maximum", "connections"),
                _metric("AWS/RDS", "CommitThroughput", database, "Average", "commits a second"),
            ],
        ),
        _graph(
            watched,
            "Free memory (bytes) and replica lag (ms)",
            [
                _metric("AWS/RDS", "FreeableMemory", database, "Minimum", "free memory"),
                _metric("AWS/RDS", "AuroraReplicaLag", database, "Maximum", "replica lag", axis="right"),
            ],
        ),
    ]
    alarms: dict[str, object] = {
        "type": "alarm",
        "x": 0,
        "y": 0,
        "width": _COLUMNS,
        "height": 3,
        "properties": {"title": "Alarms", "alarms": sorted(watched.alarm_arns)},
    }
    return json.dumps({"widgets": [alarms, *_placed(graphs, top=3)]}, sort_keys=True)


def _metric(
    namespace: str,
    name: str,
    dimensions: Sequence[str],
    statistic: str,
    label: str | None = None,
    *,
    axis: str = "left",
) -> list[object]:
    options = {"stat": statistic, "yAxis": axis}
    return [namespace, name, *dimensions, options | {"label": label} if label else options]


def _graph(watched: Watched, title: str, metrics: list[list[object]]) -> dict[str, object]:
    properties = {"title": title, "region": watched.region, "view": "timeSeries", "period": 60, "metrics": metrics}
    return {"type": "metric", "width": _WIDTH, "height": _HEIGHT, "properties": properties}


def _placed(graphs: list[dict[str, object]], top: int) -> list[dict[str, object]]:
    row = _COLUMNS // _WIDTH
    return [graph | {"x": at % row * _WIDTH, "y": top + at // row * _HEIGHT} for at, graph in enumerate(graphs)]
