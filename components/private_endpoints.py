"""Interface endpoints: AWS services inside the VPC, reachable from the private subnets alone."""

import pulumi
import pulumi_aws as aws

from components.subnets import ZoneSubnets

INTERFACE_ENDPOINTS = ("ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "sts")
"""What a task calls before and while it runs; `ssmmessages` is not among them, since exec is off."""

_HTTPS_PORT = 443


def interface_endpoints(
    name: str,
    *,
    vpc: aws.ec2.Vpc,
    subnets: list[aws.ec2.Subnet],
    plan: list[ZoneSubnets],
    name_prefix: str,
    region: str,
    parent: pulumi.Resource,
) -> list[pulumi.Resource]:
    """Make the endpoints and their closed security group; return what must be there before a task can use them."""
    child = pulumi.ResourceOptions(parent=parent)
    group = aws.ec2.SecurityGroup(
        f"{name}-endpoints",
        name_prefix=f"{name_prefix}-endpoints-",
        description="Private endpoints: HTTPS from the private subnets",
        vpc_id=vpc.id,
        tags={"Name": f"{name_prefix}-endpoints"},
        opts=child,
    )
    rules = [
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-endpoints-{each.zone}",
            security_group_id=group.id,
            description=f"HTTPS from the private subnet in {each.zone}",
            cidr_ipv4=each.private_cidr,
            ip_protocol="tcp",
            from_port=_HTTPS_PORT,
            to_port=_HTTPS_PORT,
            opts=child,
        )
        for each in plan
    ]
    endpoints = [
        aws.ec2.VpcEndpoint(
            f"{name}-endpoint-{service.replace('.', '-')}",
            vpc_id=vpc.id,
            vpc_endpoint_type="Interface",
            service_name=f"com.amazonaws.{region}.{service}",
            subnet_ids=[subnet.id for subnet in subnets],
            security_group_ids=[group.id],
            private_dns_enabled=True,
            tags={"Name": f"{name_prefix}-{service.replace('.', '-')}"},
            opts=child,
        )
        for service in INTERFACE_ENDPOINTS
    ]
    return [*rules, *endpoints]
