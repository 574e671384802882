"""IAM documents as JSON text: trust, identity, resource and key policies. Pure.

Every document has sorted keys and sorted lists, so that the same permissions are always the same text and no preview
shows a difference that is none.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from settings.partition import partition_of

Condition = Mapping[str, Mapping[str, str | Sequence[str]]]
"""Operator -> condition key -> value or values, as IAM writes it."""

ANY = "*"
"""Every resource; only for actions that know no resource, and in key policies, where it means the key itself."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy.

    Attributes:
        sid: letters and digits; says what the statement is for.
        actions: `service:Action`.
        resources: ARNs, `*` where the API has none; empty in a trust policy.
        services: service principals that the statement is about (resource and trust policies).
        principals: ARNs of AWS principals that the statement is about (resource policies).
        conditions: when it holds.
        effect: Allow or Deny.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = ()
    services: Sequence[str] = ()
    principals: Sequence[str] = ()
    conditions: Condition = field(default_factory=dict[str, Mapping[str, str | Sequence[str]]])
    effect: str = "Allow"


def policy_document(statements: Iterable[Statement]) -> str:
    """The JSON text of a policy (grammar: IAM User Guide, "Grammar of the IAM JSON policy language")."""
    body = {"Version": "2012-10-17", "Statement": [_statement(each) for each in statements]}
    return json.dumps(body, sort_keys=True)


def arn(service: str, region: str, account_id: str, resource: str) -> str:
    """An ARN in the partition of the Region."""
    return f"arn:{partition_of(region)}:{service}:{region}:{account_id}:{resource}"


def service_trust(service: str, account_id: str, source_arns: Sequence[str] = ()) -> str:
    """Trust policy of a role that an AWS service assumes for this account, and for nobody else's resources.

    Args:
        service: service principal, such as `ecs-tasks.amazonaws.com`.
        account_id: the account whose resources the service may act for (`aws:SourceAccount`).
        source_arns: patterns of the resources it may act for (`aws:SourceArn`); empty: any in the account.
    """
    return policy_document(
        [
            Statement(
                sid="AssumedByTheService",
                actions=["sts:AssumeRole"],
                services=[service],
                conditions=from_account(account_id, source_arns),
            )
        ]
    )


def from_account(account_id: str, source_arns: Sequence[str] = ()) -> Condition:
    """The condition that closes the confused-deputy hole of a service principal."""
    conditions: dict[str, Mapping[str, str | Sequence[str]]] = {"StringEquals": {"aws:SourceAccount": account_id}}
    if source_arns:
        conditions["ArnLike"] = {"aws:SourceArn": list(source_arns)}
    return conditions


def key_policy(account_id: str, region: str, statements: Iterable[Statement] = ()) -> str:
    """Policy of a KMS key: the account's own IAM policies decide, plus what services need.

    Without the first statement nobody could ever change the key again (KMS Developer Guide, "Default key policy").
    """
    root = f"arn:{partition_of(region)}:iam::{account_id}:root"
    owner = Statement(sid="AccountDecidesByIam", actions=["kms:*"], resources=[ANY], principals=[root])
    return policy_document([owner, *statements])


def log_groups_may_use_key(account_id: str, region: str, log_group_pattern: str) -> Statement:
    """Key policy statement without which CloudWatch Logs refuses to create an encrypted log group.

    Args:
        account_id: owner of the log groups.
        region: Region of the log groups; the service principal is a regional one.
        log_group_pattern: name of the log groups, `*` allowed; compared with the encryption context.
    """
    return Statement(
        sid="LogGroupsUseTheKey",
        actions=["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        resources=[ANY],
        services=[f"logs.{region}.amazonaws.com"],
        conditions={
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": arn("logs", region, account_id, f"log-group:{log_group_pattern}")
            }
        },
    )


def task_trust(account_id: str, region: str) -> str:
    """Trust policy of execution and task roles: ECS tasks of this account and Region."""
    return service_trust("ecs-tasks.amazonaws.com", account_id, [arn("ecs", region, account_id, "*")])


def execution_role_policy(
    *,
    region: str,
    repository_arn: str,
    log_group_arn: str,
    secrets: Iterable[str],
    key_arns: Iterable[str],
) -> str:
    """What ECS itself needs to start a task: pull the image, open the log stream, read the secrets.

    Args:
        region: Region of the tasks.
        repository_arn: repository of the image, possibly in another account (its repository policy must agree).
        log_group_arn: log group of the container, without a trailing `:*`.
        secrets: `valueFrom` of the container's secrets: ARNs of secrets or parameters, with or without `:KEY::`.
        key_arns: customer-managed keys that the secrets are encrypted with.
    """
    arns = sorted({secret_arn(each) for each in secrets})
    parameters = [each for each in arns if ":ssm:" in each]
    in_manager = [each for each in arns if ":ssm:" not in each]
    statements = [
        # The API knows no resource for the token (Service Authorization Reference, Amazon ECR).
        Statement(sid="RegistryToken", actions=["ecr:GetAuthorizationToken"], resources=[ANY]),
        Statement(
            sid="PullTheImage",
            actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources=[repository_arn],
        ),
        Statement(
            sid="WriteLogs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[f"{log_group_arn}:*"],
        ),
    ]
    if in_manager:
        statements.append(Statement(sid="ReadSecrets", actions=["secretsmanager:GetSecretValue"], resources=in_manager))
    if parameters:
        statements.append(Statement(sid="ReadParameters", actions=["ssm:GetParameters"], resources=parameters))
    if keys := sorted(set(key_arns)):
        statements.append(_decrypt(keys, [f"secretsmanager.{region}.amazonaws.com", f"ssm.{region}.amazonaws.com"]))
    return policy_document(statements)


def read_secret_policy(region: str, secret: str, key_arn: str | None) -> str:
    """Read one secret of Secrets Manager, and decrypt it with its key.

    Args:
        region: Region of the secret.
        secret: its ARN.
        key_arn: its customer-managed key; None: the account's own for Secrets Manager, which needs no statement.
    """
    statements = [Statement(sid="ReadTheSecret", actions=["secretsmanager:GetSecretValue"], resources=[secret])]
    if key_arn:
        statements.append(_decrypt([key_arn], [f"secretsmanager.{region}.amazonaws.com"]))
    return policy_document(statements)


def load_balancer_infrastructure_trust() -> str:
    """Trust policy of the role with which ECS moves traffic between two target groups.

    Without a condition, unlike every other: AWS documents none for this role, and does not say that ECS sends the
    account (ECS Developer Guide, "Amazon ECS infrastructure IAM role for load balancers"). Passing the role to ECS
    takes `iam:PassRole` on it, in this account.
    """
    return policy_document([Statement(sid="AssumedByEcs", actions=["sts:AssumeRole"], services=["ecs.amazonaws.com"])])


def secret_arn(value_from: str) -> str:
    """The ARN that IAM knows, of a `valueFrom` that may go on with `:json-key:version-stage:version-id`."""
    parts = value_from.split(":")
    return ":".join(parts[:7]) if ":secretsmanager:" in value_from else value_from


def exec_policy() -> str:
    """What a task needs for ECS Exec: the channels of Session Manager, which are no resources in IAM."""
    return policy_document(
        [
            Statement(
                sid="SessionChannels",
                actions=[
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel",
                ],
                resources=[ANY],
            )
        ]
    )


def database_monitoring_policy(region: str, account_id: str) -> str:
    """What RDS enhanced monitoring writes: its one log group, in this account and Region."""
    group = arn("logs", region, account_id, "log-group:RDSOSMetrics")
    return policy_document(
        [
            Statement(
                sid="MetricsLogGroup",
                actions=["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
                resources=[group, f"{group}:*"],
            ),
            Statement(
                sid="MetricsLogStreams",
                actions=[
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:GetLogEvents",
                    "logs:PutLogEvents",
                ],
                resources=[f"{group}:log-stream:*"],
            ),
        ]
    )


def _decrypt(key_arns: Sequence[str], via: Sequence[str]) -> Statement:
    """Decrypt, but only what a secret store hands over."""
    return Statement(
        sid="DecryptSecrets",
        actions=["kms:Decrypt"],
        resources=key_arns,
        conditions={"StringEquals": {"kms:ViaService": via}},
    )


def _statement(each: Statement) -> dict[str, object]:
    body: dict[str, object] = {"Sid": each.sid, "Effect": each.effect, "Action": sorted(each.actions)}
    if each.resources:
        body["Resource"] = sorted(each.resources)
    if principal := _principal(each):
        body["Principal"] = principal
    if each.conditions:
        body["Condition"] = {
            operator: {key: value if isinstance(value, str) else sorted(value) for key, value in keys.items()}
            for operator, keys in each.conditions.items()
        }
    return body


def _principal(each: Statement) -> dict[str, list[str]]:
    named = {"Service": sorted(each.services), "AWS": sorted(each.principals)}
    return {kind: values for kind, values in named.items() if values}
