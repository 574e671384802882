"""Who is told when something is wrong, and what may take a rollout back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components import permissions
from components.alarm_rules import DEPLOYMENT_ROLES, AlarmRule, Metric, Thresholds, alarm_name, alarm_rules
from components.arguments import typed_args
from components.dashboard import Watched, dashboard_body
from components.errors import ComponentError
from components.keys import encryption_key
from components.names import check_name_prefix

_CLOUDWATCH = "cloudwatch.amazonaws.com"
_PERCENT_MAX = 100
_EMAIL_KEY_LENGTH = 8


@dataclass(kw_only=True)
class AlarmsArgs:
    """Arguments of Alarms."""

    name_prefix: str
    """First part of every alarm's name, at most 20 characters."""
    account_id: str
    """AWS account of the alarms."""
    region: str
    """AWS Region of the alarms."""
    load_balancer_arn_suffix: pulumi.Input[str]
    """The load balancer as CloudWatch names it."""
    target_group_arn_suffix: pulumi.Input[str]
    """Target group of the tasks as CloudWatch names it."""
    alternate_target_group_arn_suffix: pulumi.Input[str] | None = None
    """Second target group as CloudWatch names it, if there is one."""
    cluster_name: pulumi.Input[str]
    """Name of the ECS cluster; it need not exist yet. Its Container Insights must be on for the tasks' alarm."""
    service_name: pulumi.Input[str]
    """Name of the ECS service; it need not exist yet."""
    database_cluster_identifier: pulumi.Input[str]
    """Identifier of the Aurora cluster."""
    database_serverless: bool = True
    """Whether the database has a largest capacity that can be used up (Serverless v2)."""
    emails: list[str] = field(default_factory=list[str])
    """Addresses that are told; each must confirm a mail from AWS first."""
    error_rate_percent: float = 5
    """Share of requests that end in a 5xx."""
    latency_p95_seconds: float = 2
    """Slowest answer of the fastest 95 of 100 requests."""
    cpu_percent: int = 85
    """CPU of the service, and of the database."""
    memory_percent: int = 85
    """Memory of the service."""
    database_connections: int = 400
    """Open connections to an instance of the database."""
    database_free_memory_mib: int = 256
    """Free memory of a database instance."""
    database_replica_lag_milliseconds: int = 1000
    """How far a reader may be behind the writer."""
    database_capacity_percent: int = 90
    """Share of the largest Serverless v2 capacity."""


def deployment_alarm_names(name_prefix: str) -> list[str]:
    """Names of the alarms that may take a rollout back, before they exist."""
    return [alarm_name(name_prefix, role) for role in DEPLOYMENT_ROLES]


class Alarms(pulumi.ComponentResource):
    """Alarms of service, load balancer and database, one encrypted topic for all, and a dashboard.

    No alarm fires for missing data. Those in `deployment_alarm_names` watch what a new release does to users, whatever
    target group it is in, and are silent without traffic.
    """

    TYPE = "runlayer:index:Alarms"

    topic_arn: pulumi.Output[str]
    """Topic that every alarm goes to."""
    alarm_names: pulumi.Output[list[str]]
    """All alarms."""
    deployment_alarm_names: pulumi.Output[list[str]]
    """Alarms that may take a rollout back; known once they exist, as ECS demands."""
    dashboard_name: pulumi.Output[str]
    """Dashboard of the stack."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Check the arguments and register the alarms.

        Raises:
            ComponentError: COMP001, COMP601, COMP602, before anything is registered.
        """
        args = typed_args(AlarmsArgs, args)
        _check(args)
        super().__init__(self.TYPE, name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        topic = self._topic()
        rules = alarm_rules(
            Thresholds(
                error_rate_percent=args.error_rate_percent,
                latency_p95_seconds=args.latency_p95_seconds,
                cpu_percent=args.cpu_percent,
                memory_percent=args.memory_percent,
                database_connections=args.database_connections,
                database_free_memory_mib=args.database_free_memory_mib,
                database_replica_lag_milliseconds=args.database_replica_lag_milliseconds,
                database_capacity_percent=args.database_capacity_percent,
            ),
            second_target_group=args.alternate_target_group_arn_suffix is not None,
            database_serverless=args.database_serverless,
        )
        alarms = [self._alarm(rule, topic) for rule in rules]
        dashboard = self._dashboard(alarms)

        self.topic_arn = topic.arn
        self.alarm_names = _names(alarms)
        self.deployment_alarm_names = _names(
            [alarm for rule, alarm in zip(rules, alarms, strict=True) if rule.rolls_back]
        )
        self.dashboard_name = dashboard.dashboard_name
        self.register_outputs({"topic_arn": self.topic_arn, "alarm_names": self.alarm_names})

    def _topic(self) -> aws.sns.Topic:
        args = self._args
        key = encryption_key(
            self._name,
            alias=f"{args.name_prefix}-alarms",
            description=f"Alarm messages of {args.name_prefix}",
            policy=permissions.key_policy(args.account_id, args.region, [_alarms_may_encrypt(args.account_id)]),
            parent=self,
        )
        topic = aws.sns.Topic(
            self._name, name=f"{args.name_prefix}-alarms", kms_master_key_id=key.arn, opts=self._child
        )
        aws.sns.TopicPolicy(
            self._name,
            arn=topic.arn,
            policy=topic.arn.apply(lambda arn: topic_policy(arn, args.account_id, args.region)),
            opts=self._child,
        )
        for email in args.emails:
            # A short hash: taking one address out must not move the subscriptions of the others.
            key_of_email = hashlib.sha256(email.casefold().encode()).hexdigest()[:_EMAIL_KEY_LENGTH]
            aws.sns.TopicSubscription(
                f"{self._name}-email-{key_of_email}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                opts=self._child,
            )
        return topic

    def _alarm(self, rule: AlarmRule, topic: aws.sns.Topic) -> aws.cloudwatch.MetricAlarm:
        name = alarm_name(self._args.name_prefix, rule.role)
        single = rule.metrics[0] if rule.expression is None else None
        percentile = single is not None and single.statistic.startswith("p")
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-{rule.role}",
            name=name,
            alarm_description=rule.description,
            namespace=single.namespace if single else None,
            metric_name=single.name if single else None,
            dimensions=self._dimensions(single) if single else None,
            period=rule.period_seconds if single else None,
            statistic=single.statistic if single and not percentile else None,
            extended_statistic=single.statistic if single and percentile else None,
            # A percentile of a handful of requests says nothing.
            evaluate_low_sample_count_percentiles="ignore" if percentile else None,
            metric_queries=None if single else self._queries(rule),
            threshold=rule.threshold,
            comparison_operator=rule.comparison,
            evaluation_periods=rule.periods,
            datapoints_to_alarm=rule.datapoints,
            treat_missing_data="notBreaching",
            alarm_actions=[topic.arn],
            ok_actions=[topic.arn],
            opts=self._child,
        )

    def _queries(self, rule: AlarmRule) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
        inputs = [
            aws.cloudwatch.MetricAlarmMetricQueryArgs(
                id=metric.id,
                metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                    namespace=metric.namespace,
                    metric_name=metric.name,
                    dimensions=self._dimensions(metric),
                    stat=metric.statistic,
                    period=rule.period_seconds,
                ),
            )
            for metric in rule.metrics
        ]
        result = aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id="result", expression=rule.expression, label=rule.role, return_data=True
        )
        return [*inputs, result]

    def _dimensions(self, metric: Metric) -> dict[str, pulumi.Input[str]]:
        args = self._args
        values: Mapping[str, tuple[str, pulumi.Input[str] | None]] = {
            "LoadBalancer": ("LoadBalancer", args.load_balancer_arn_suffix),
            "TargetGroup": ("TargetGroup", args.target_group_arn_suffix),
            "AlternateTargetGroup": ("TargetGroup", args.alternate_target_group_arn_suffix),
            "ClusterName": ("ClusterName", args.cluster_name),
            "ServiceName": ("ServiceName", args.service_name),
            "DBClusterIdentifier": ("DBClusterIdentifier", args.database_cluster_identifier),
        }
        named = [values[role] for role in metric.dimensions]
        return {dimension: value for dimension, value in named if value is not None}

    def _dashboard(self, alarms: list[aws.cloudwatch.MetricAlarm]) -> aws.cloudwatch.Dashboard:
        args = self._args
        groups = [args.target_group_arn_suffix, args.alternate_target_group_arn_suffix]
        body = pulumi.Output.all(
            load_balancer=args.load_balancer_arn_suffix,
            target_groups=[group for group in groups if group is not None],
            cluster_name=args.cluster_name,
            service_name=args.service_name,
            database=args.database_cluster_identifier,
            alarms=[alarm.arn for alarm in alarms],
        ).apply(
            lambda known: dashboard_body(
                Watched(
                    region=args.region,
                    load_balancer=known["load_balancer"],
                    target_groups=tuple(known["target_groups"]),
                    cluster_name=known["cluster_name"],
                    service_name=known["service_name"],
                    database_cluster_identifier=known["database"],
                    alarm_arns=tuple(known["alarms"]),
                )
            )
        )
        return aws.cloudwatch.Dashboard(
            self._name, dashboard_name=args.name_prefix, dashboard_body=body, opts=self._child
        )


def topic_policy(topic_arn: str, account_id: str, region: str) -> str:
    """Topic policy: CloudWatch alarms of this account publish, and nobody without TLS."""
    return permissions.policy_document(
        [
            permissions.Statement(
                sid="AlarmsPublish",
                actions=["sns:Publish"],
                resources=[topic_arn],
                services=[_CLOUDWATCH],
                conditions=permissions.from_account(
                    account_id, [permissions.arn("cloudwatch", region, account_id, "alarm:*")]
                ),
            ),
            permissions.Statement(
                sid="NobodyWithoutTls",
                effect="Deny",
                actions=["sns:Publish"],
                resources=[topic_arn],
                principals=["*"],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            ),
        ]
    )


def _alarms_may_encrypt(account_id: str) -> permissions.Statement:
    """Without this a message to the encrypted topic is lost, and nothing says so."""
    return permissions.Statement(
        sid="AlarmsUseTheKey",
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=[permissions.ANY],
        services=[_CLOUDWATCH],
        conditions=permissions.from_account(account_id),
    )


def _names(alarms: list[aws.cloudwatch.MetricAlarm]) -> pulumi.Output[list[str]]:
    return pulumi.Output.all(*[alarm.name for alarm in alarms]).apply(lambda names: [str(each) for each in names])


def _check(args: AlarmsArgs) -> None:
    check_name_prefix(args.name_prefix)
    percents = {
        "error_rate_percent": args.error_rate_percent,
        "cpu_percent": args.cpu_percent,
        "memory_percent": args.memory_percent,
        "database_capacity_percent": args.database_capacity_percent,
    }
    for key, value in percents.items():
        if not 0 < value <= _PERCENT_MAX:
            raise ComponentError(
                "COMP601",
                f"{key} is {value}; allowed: more than 0, at most {_PERCENT_MAX}",
                "such an alarm would always fire, or never",
                f"set {key} to a percentage, for example 85",
            )
    above_zero = {
        "latency_p95_seconds": args.latency_p95_seconds,
        "database_connections": args.database_connections,
        "database_free_memory_mib": args.database_free_memory_mib,
        "database_replica_lag_milliseconds": args.database_replica_lag_milliseconds,
    }
    for key, value in above_zero.items():
        if value <= 0:
            raise ComponentError(
                "COMP601",
                f"{key} is {value}; allowed: more than 0",
                "such an alarm would always fire, or never",
                f"set {key} above 0",
            )
    folded = [email.casefold() for email in args.emails]
    if len(set(folded)) != len(folded) or not all("@" in email for email in folded):
        raise ComponentError(
            "COMP602",
            f"emails has {len(folded)} entries that are not all addresses, or not all different; allowed: each address "
            "once",
            "each gets a subscription that it has to confirm",
            "write bare addresses such as oncall@example.com, each once",
        )
