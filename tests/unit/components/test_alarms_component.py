import json
import math
from dataclasses import replace
from typing import Any

import pytest

from components.alarm_rules import AlarmRule, Thresholds, alarm_rules
from components.alarms import Alarms, AlarmsArgs, deployment_alarm_names
from components.errors import ComponentError
from tests.support.recorder import ACCOUNT_ID, REGION, Recording, record, record_refusal

ARGS = AlarmsArgs(
    name_prefix="runlayer-staging",
    account_id=ACCOUNT_ID,
    region=REGION,
    load_balancer_arn_suffix="app/runlayer-staging-public/1",
    target_group_arn_suffix="targetgroup/one/1",
    cluster_name="runlayer-staging",
    service_name="runlayer-staging",
    database_cluster_identifier="runlayer-staging-db",
    emails=["oncall@example.com"],
)
TWO = replace(ARGS, alternate_target_group_arn_suffix="targetgroup/two/1")

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ROLES = [
    "database-capacity",
    "database-connections",
    "database-cpu",
    "database-memory",
    "database-replica-lag",
    "latency",
    "load-balancer-errors",
    "service-cpu",
    "service-memory",
    "service-tasks",
    "target-errors",
    "unhealthy-hosts",
]
SHAPE = sorted(
    [
        *((ALARM, f"alarms-{role}") for role in ROLES),
        ("aws:cloudwatch/dashboard:Dashboard", "alarms"),
        ("aws:kms/alias:Alias", "alarms"),
        ("aws:kms/key:Key", "alarms"),
        ("aws:sns/topic:Topic", "alarms"),
        ("aws:sns/topicPolicy:TopicPolicy", "alarms"),
        ("aws:sns/topicSubscription:TopicSubscription", "alarms-email-d876c66b"),
        ("runlayer:index:Alarms", "alarms"),
    ]
)


def alarms(args: AlarmsArgs = ARGS) -> Recording[Alarms]:
    return record(lambda: Alarms("alarms", args))


def inputs_of(role: str, args: AlarmsArgs = ARGS) -> dict[str, Any]:
    return alarms(args).named_of(ALARM, f"alarms-{role}").inputs


def rule(role: str, *, second_target_group: bool = False) -> AlarmRule:
    limits = Thresholds(
        error_rate_percent=5,
        latency_p95_seconds=2,
        cpu_percent=85,
        memory_percent=85,
        database_connections=400,
        database_free_memory_mib=256,
        database_replica_lag_milliseconds=1000,
        database_capacity_percent=90,
    )
    rules = alarm_rules(limits, second_target_group=second_target_group, database_serverless=True)
    return next(each for each in rules if each.role == role)


class Number(float):
    """A data point; a division by zero is no data, as in CloudWatch."""

    def __add__(self, other: float) -> "Number":
        return Number(float(self) + other)

    def __rmul__(self, other: float) -> "Number":
        return Number(float(self) * other)

    def __truediv__(self, other: float) -> "Number":
        return Number(float(self) / other) if other else Number(math.nan)


def at_one_minute(expression: str, **data: float | None) -> float:
    """Metric math over one data point of each metric; None: no data; the result is NaN when there is none."""
    points = {name: Number(math.nan if value is None else value) for name, value in data.items()}

    def choose(condition: bool, then: float, otherwise: float) -> float:
        return then if condition else otherwise

    def fill(value: Number, other: float) -> Number:
        return Number(other) if math.isnan(value) else value

    return float(eval(expression, {"IF": choose, "FILL": fill}, points))  # noqa: S307 # our own text


def test_types_and_names_stay_as_they_are() -> None:
    assert alarms().shape() == SHAPE
    assert alarms(TWO).shape() == SHAPE


def test_every_child_has_the_component_as_its_parent() -> None:
    assert {each.parent for each in alarms().resources if each.custom} == {"alarms"}


def test_names_of_alarms_are_known_before_they_exist() -> None:
    run = alarms()

    assert run.value(run.result.deployment_alarm_names) == deployment_alarm_names("runlayer-staging")
    assert deployment_alarm_names("runlayer-staging") == ["runlayer-staging-target-errors", "runlayer-staging-latency"]
    assert sorted(run.value(run.result.alarm_names)) == [f"runlayer-staging-{role}" for role in ROLES]


def test_service_that_names_the_deployment_alarms_waits_for_them() -> None:
    import pulumi_aws as aws  # noqa: PLC0415  only here a resource is registered by hand

    def build() -> None:
        made = Alarms("alarms", ARGS)
        aws.ssm.Parameter("user", type="StringList", value=made.deployment_alarm_names.apply(",".join))

    run = record(build)

    for role in ("target-errors", "latency"):
        assert run.named("user").waits_for(run.named_of(ALARM, f"alarms-{role}"))


@pytest.mark.parametrize("role", ROLES)
def test_every_alarm_tells_the_topic_and_is_quiet_without_data(role: str) -> None:
    inputs = inputs_of(role)
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:topic/alarms"

    assert inputs["alarmActions"] == [topic]
    assert inputs["okActions"] == [topic]
    assert inputs["treatMissingData"] == "notBreaching"
    assert inputs["datapointsToAlarm"] <= inputs["evaluationPeriods"]
    assert inputs["alarmDescription"]


@pytest.mark.parametrize("role", ROLES)
def test_alarm_is_one_metric_or_metric_math_and_never_both(role: str) -> None:
    inputs = inputs_of(role)
    single = {"metricName", "namespace", "period", "dimensions"} & set(inputs)

    assert bool(single) != ("metricQueries" in inputs)
    if single:
        assert len(single) == 4
        assert ("statistic" in inputs) != ("extendedStatistic" in inputs)
    else:
        returned = [each for each in inputs["metricQueries"] if each.get("returnData")]
        assert [("expression" in each) for each in returned] == [True]


@pytest.mark.parametrize("role", ["target-errors", "latency", "load-balancer-errors"])
def test_what_users_get_is_watched_by_load_balancer_since_tasks_change_their_target_group(role: str) -> None:
    inputs = inputs_of(role, TWO)
    watched = [each["metric"] for each in inputs.get("metricQueries", []) if "metric" in each] or [inputs]

    assert all(each["dimensions"] == {"LoadBalancer": "app/runlayer-staging-public/1"} for each in watched)


def test_latency_is_a_percentile_that_ignores_a_handful_of_requests() -> None:
    inputs = inputs_of("latency", replace(ARGS, latency_p95_seconds=1.5))

    assert inputs["extendedStatistic"] == "p95"
    assert inputs["metricName"] == "TargetResponseTime"
    assert inputs["evaluateLowSampleCountPercentiles"] == "ignore"
    assert inputs["threshold"] == 1.5


def test_deployment_alarms_are_quick() -> None:
    for role in ("target-errors", "latency"):
        inputs = inputs_of(role)
        assert inputs["evaluationPeriods"] * inputs.get("period", 60) <= 180


@pytest.mark.parametrize(
    ("requests", "errors", "percent"),
    [(100, 6, 6), (100, 5, 5), (100, None, 0), (0, None, 0), (1, 1, 100)],
)
def test_target_errors_are_a_share_of_the_requests(requests: float, errors: float | None, percent: float) -> None:
    expression = rule("target-errors").expression

    assert expression
    assert at_one_minute(expression, requests=requests, errors=errors) == percent


def test_target_errors_say_nothing_without_traffic() -> None:
    expression = rule("target-errors").expression

    assert expression
    result = at_one_minute(expression, requests=None, errors=None)
    assert math.isnan(result) or result == 0


@pytest.mark.parametrize(
    ("requests", "errors", "breaches"),
    [(100, 0, False), (100, None, False), (95, 5, False), (90, 10, True), (None, 10, True), (0, 10, True)],
)
def test_load_balancer_errors_count_also_when_no_request_found_a_task(
    requests: float | None, errors: float | None, breaches: bool
) -> None:
    expression = rule("load-balancer-errors").expression

    assert expression
    assert (at_one_minute(expression, requests=requests, errors=errors) > 5) is breaches


@pytest.mark.parametrize(
    ("desired", "running", "breaches"), [(2, 2, False), (2, 1, True), (2, None, True), (1, 2, False)]
)
def test_missing_tasks_are_those_that_are_wanted_and_do_not_run(
    desired: float, running: float | None, breaches: bool
) -> None:
    expression = rule("service-tasks").expression

    assert expression
    assert (at_one_minute(expression, desired=desired, running=running) > 0) is breaches


def test_unhealthy_hosts_are_looked_for_in_both_target_groups() -> None:
    one = inputs_of("unhealthy-hosts")
    queries = inputs_of("unhealthy-hosts", TWO)["metricQueries"]

    assert one["dimensions"] == {
        "LoadBalancer": "app/runlayer-staging-public/1",
        "TargetGroup": "targetgroup/one/1",
    }
    assert [each["metric"]["dimensions"]["TargetGroup"] for each in queries if "metric" in each] == [
        "targetgroup/one/1",
        "targetgroup/two/1",
    ]
    expression = rule("unhealthy-hosts", second_target_group=True).expression
    assert expression
    assert at_one_minute(expression, one=1, two=None) == 1


def test_service_and_database_alarms_have_the_thresholds_asked_for() -> None:
    args = replace(
        ARGS,
        cpu_percent=70,
        memory_percent=75,
        database_connections=99,
        database_free_memory_mib=512,
        database_replica_lag_milliseconds=250,
        database_capacity_percent=80,
    )
    thresholds = {
        role: inputs_of(role, args)["threshold"] for role in ROLES if role.startswith(("service", "database"))
    }

    assert thresholds == {
        "service-cpu": 70,
        "service-memory": 75,
        "service-tasks": 0,
        "database-cpu": 70,
        "database-connections": 99,
        "database-memory": 512 * 1024 * 1024,
        "database-replica-lag": 250,
        "database-capacity": 80,
    }
    assert inputs_of("database-memory")["comparisonOperator"] == "LessThanThreshold"
    assert inputs_of("database-memory")["statistic"] == "Minimum"
    assert inputs_of("database-cpu")["dimensions"] == {"DBClusterIdentifier": "runlayer-staging-db"}
    assert inputs_of("service-cpu")["dimensions"] == {
        "ClusterName": "runlayer-staging",
        "ServiceName": "runlayer-staging",
    }


def test_provisioned_database_has_no_capacity_to_run_out_of() -> None:
    names = [each.name for each in alarms(replace(ARGS, database_serverless=False)).all(ALARM)]

    assert "alarms-database-capacity" not in names
    assert len(names) == len(ROLES) - 1


def test_topic_is_encrypted_with_a_key_that_cloudwatch_of_this_account_may_use() -> None:
    run = alarms()
    key = run.one("aws:kms/key:Key")
    statements = {each["Sid"]: each for each in json.loads(key.inputs["policy"])["Statement"]}

    assert run.one("aws:sns/topic:Topic").inputs["kmsMasterKeyId"] == f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/alarms"
    assert statements["AlarmsUseTheKey"]["Principal"] == {"Service": ["cloudwatch.amazonaws.com"]}
    assert statements["AlarmsUseTheKey"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statements["AlarmsUseTheKey"]["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
    assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, 30)


def test_only_alarms_of_this_account_may_publish() -> None:
    statements = json.loads(alarms().one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"])["Statement"]
    allowed = {each["Principal"]["Service"][0]: each for each in statements if each["Effect"] == "Allow"}

    assert set(allowed) == {"cloudwatch.amazonaws.com"}
    assert {action for each in allowed.values() for action in each["Action"]} == {"sns:Publish"}
    assert allowed["cloudwatch.amazonaws.com"]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
        "ArnLike": {"aws:SourceArn": [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT_ID}:alarm:*"]},
    }
    assert [each["Condition"] for each in statements if each["Effect"] == "Deny"] == [
        {"Bool": {"aws:SecureTransport": "false"}}
    ]


def test_taking_an_address_out_leaves_the_other_subscriptions_alone() -> None:
    both = alarms(replace(ARGS, emails=["first@example.com", "oncall@example.com"]))
    one = alarms()
    subscription = "aws:sns/topicSubscription:TopicSubscription"

    assert {each.inputs["endpoint"] for each in both.all(subscription)} == {"first@example.com", "oncall@example.com"}
    assert one.one(subscription).name in [each.name for each in both.all(subscription)]
    assert "@" not in one.one(subscription).name
    assert one.one(subscription).inputs["protocol"] == "email"


def test_dashboard_shows_service_load_balancer_database_rollouts_and_every_alarm() -> None:
    run = alarms(TWO)
    made = run.one("aws:cloudwatch/dashboard:Dashboard")
    widgets = json.loads(made.inputs["dashboardBody"])["widgets"]
    metrics = {(metric[0], metric[1]) for each in widgets[1:] for metric in each["properties"]["metrics"]}

    assert made.inputs["dashboardName"] == "runlayer-staging"
    assert len(widgets[0]["properties"]["alarms"]) == len(ROLES)
    assert {namespace for namespace, _ in metrics} == {
        "AWS/ApplicationELB",
        "AWS/ECS",
        "AWS/RDS",
        "ECS/ContainerInsights",
    }
    assert ("ECS/ContainerInsights", "DeploymentCount") in metrics
    assert {each["properties"]["region"] for each in widgets[1:]} == {REGION}
    assert "targetgroup/two/1" in made.inputs["dashboardBody"]


def test_dashboard_widgets_lie_on_the_grid_and_do_not_overlap() -> None:
    body = alarms().one("aws:cloudwatch/dashboard:Dashboard").inputs["dashboardBody"]
    cells = [
        (x, y)
        for each in json.loads(body)["widgets"]
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]

    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_dashboard_is_the_same_text_every_time() -> None:
    first, second = (alarms().one("aws:cloudwatch/dashboard:Dashboard").inputs for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (replace(ARGS, name_prefix="Runlayer"), "COMP001"),
        (replace(ARGS, error_rate_percent=0), "COMP601"),
        (replace(ARGS, cpu_percent=101), "COMP601"),
        (replace(ARGS, memory_percent=0), "COMP601"),
        (replace(ARGS, database_capacity_percent=101), "COMP601"),
        (replace(ARGS, latency_p95_seconds=0), "COMP601"),
        (replace(ARGS, database_connections=0), "COMP601"),
        (replace(ARGS, database_free_memory_mib=0), "COMP601"),
        (replace(ARGS, database_replica_lag_milliseconds=0), "COMP601"),
        (replace(ARGS, emails=["oncall"]), "COMP602"),
        (replace(ARGS, emails=["oncall@example.com", "OnCall@example.com"]), "COMP602"),
    ],
)
def test_alarms_are_refused_before_anything_is_registered(args: AlarmsArgs, code: str) -> None:
    refusal, registered = record_refusal(lambda: Alarms("alarms", args), ComponentError)

    assert isinstance(refusal, ComponentError)
    assert refusal.code == code
    assert "allowed" in refusal.problem
    assert not registered
