"""Flow logs of a VPC: an encrypted log group, and a role that may write to nothing else."""

import pulumi
import pulumi_aws as aws

from components import permissions
from components.keys import encryption_key


def vpc_flow_logs(
    name: str,
    *,
    vpc: aws.ec2.Vpc,
    name_prefix: str,
    account_id: str,
    region: str,
    retention_days: int,
    iam_path: str,
    permissions_boundary_arn: str | None,
    parent: pulumi.Resource,
) -> None:
    """Log every accepted and rejected connection of the VPC to the log group `/vpc/PREFIX/flow-logs`."""
    child = pulumi.ResourceOptions(parent=parent)
    group_name = f"/vpc/{name_prefix}/flow-logs"
    key = encryption_key(
        f"{name}-flow-logs",
        alias=f"{name_prefix}-flow-logs",
        description=f"VPC flow logs of {name_prefix}",
        policy=permissions.key_policy(
            account_id, region, [permissions.log_groups_may_use_key(account_id, region, group_name)]
        ),
        parent=parent,
    )
    group = aws.cloudwatch.LogGroup(
        f"{name}-flow-logs", name=group_name, retention_in_days=retention_days, kms_key_id=key.arn, opts=child
    )
    role = aws.iam.Role(
        f"{name}-flow-logs",
        name_prefix=f"{name_prefix}-flow-logs-",
        path=iam_path,
        permissions_boundary=permissions_boundary_arn,
        assume_role_policy=permissions.service_trust(
            "vpc-flow-logs.amazonaws.com",
            account_id,
            [permissions.arn("ec2", region, account_id, "vpc-flow-log/*")],
        ),
        opts=child,
    )
    policy = aws.iam.RolePolicy(
        f"{name}-flow-logs",
        name="flow-logs",
        role=role.name,
        policy=flow_log_policy(region, account_id, group_name),
        opts=child,
    )
    aws.ec2.FlowLog(
        name,
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        tags={"Name": name_prefix},
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[policy]),
    )


def flow_log_policy(region: str, account_id: str, group_name: str) -> str:
    """What flow logs need (Amazon VPC User Guide, "IAM role for publishing flow logs"), for the one log group."""
    group = permissions.arn("logs", region, account_id, f"log-group:{group_name}")
    return permissions.policy_document(
        [
            permissions.Statement(
                sid="WriteTheLogGroup",
                actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                resources=[group, f"{group}:*"],
            ),
            permissions.Statement(
                sid="FindTheLogGroup",
                actions=["logs:DescribeLogGroups"],
                resources=[permissions.arn("logs", region, account_id, "log-group:*")],
            ),
        ]
    )
