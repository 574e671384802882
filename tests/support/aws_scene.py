"""What a test of ECS needs around a service: network, load balancer, cluster, registry, made through the AWS API."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from localaws.registry.push import Release
from localaws.registry.script import Behaviour, Script
from localaws.server import Running

REPOSITORY = "app"
IMAGE = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{REPOSITORY}"
GUARDED: dict[str, Any] = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


class Scene:
    """Makes things in an embedded AWS, each at most once."""

    def __init__(self, aws: Running) -> None:
        self.aws = aws
        self.ecs = aws.boto("ecs")
        self.elbv2 = aws.boto("elbv2")
        self.ecs.create_cluster(clusterName="main")
        aws.boto("ecr").create_repository(repositoryName=REPOSITORY)

    @cached_property
    def vpc(self) -> str:
        return str(self.aws.boto("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"])

    @cached_property
    def subnets(self) -> list[str]:
        ec2 = self.aws.boto("ec2")
        return [
            str(
                ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.1.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")[
                    "Subnet"
                ]["SubnetId"]
            )
            for n, zone in enumerate("ab")
        ]

    @cached_property
    def balancer(self) -> str:
        made = self.elbv2.create_load_balancer(Name="front", Subnets=self.subnets)
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def target_group(self, name: str = "first", **changes: Any) -> str:  # noqa: ANN401 - arguments of the API
        given = {
            "Protocol": "HTTP",
            "Port": 8080,
            "VpcId": self.vpc,
            "TargetType": "ip",
            "HealthCheckIntervalSeconds": 10,
            "HealthyThresholdCount": 2,
        }
        made = self.elbv2.create_target_group(Name=name, **(given | changes))
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        attribute = {"Key": "deregistration_delay.timeout_seconds", "Value": "30"}
        self.elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[attribute])
        return arn

    @cached_property
    def group(self) -> str:
        """A target group with a listener in front."""
        arn = self.target_group()
        self.elbv2.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
        )
        return arn

    def push(self, tag: str, behaviour: Behaviour = "healthy", **script: Any) -> str:  # noqa: ANN401
        """Push an image; its reference by digest."""
        release = Release(f"{REPOSITORY}:{tag}", Script(behaviour, **script), created=datetime(2026, 1, 1, tzinfo=UTC))
        return f"{IMAGE}@{self.aws.client.push(REPOSITORY, [tag], release, datetime.now(tz=UTC))}"

    def define(self, image: str, **changes: Any) -> str:  # noqa: ANN401
        """Register a task definition of one container; its ARN."""
        container = {"name": "app", "image": image, "essential": True, "portMappings": [{"containerPort": 8080}]}
        given: dict[str, Any] = {
            "family": "app",
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": [container],
        }
        return str(self.ecs.register_task_definition(**(given | changes))["taskDefinition"]["taskDefinitionArn"])

    @property
    def network(self) -> dict[str, Any]:
        return {"awsvpcConfiguration": {"subnets": self.subnets}}

    def service(self, image: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        """Create the service `web` behind the load balancer; what CreateService answers."""
        given: dict[str, Any] = {
            "cluster": "main",
            "serviceName": "web",
            "taskDefinition": self.define(image),
            "desiredCount": 2,
            "launchType": "FARGATE",
            "networkConfiguration": self.network,
            "loadBalancers": [{"targetGroupArn": self.group, "containerName": "app", "containerPort": 8080}],
            "deploymentConfiguration": GUARDED,
        }
        service: dict[str, Any] = self.ecs.create_service(**(given | changes))["service"]
        return service

    def serving(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        """A service whose first release was deployed."""
        self.service(self.push("v1.0.0"), **changes)
        self.aws.advance(3600)
        service = self.look()
        assert service["deployments"][0]["rolloutState"] == "COMPLETED"
        return service

    def update(self, image: str | None = None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        given = {"taskDefinition": self.define(image)} if image else {}
        service: dict[str, Any] = self.ecs.update_service(cluster="main", service="web", **(given | changes))["service"]
        return service

    def look(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        service: dict[str, Any] = self.ecs.describe_services(cluster="main", services=["web"], **changes)["services"][0]
        return service

    def rollouts(self) -> list[dict[str, Any]]:
        """Service deployments in full, newest first."""
        listed = self.ecs.list_service_deployments(cluster="main", service="web")["serviceDeployments"]
        arns = [item["serviceDeploymentArn"] for item in listed]
        found = {
            item["serviceDeploymentArn"]: item
            for item in self.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"]
        }
        return [found[arn] for arn in arns]

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self.ecs.list_tasks(cluster="main", desiredStatus=status)["taskArns"]
        return self.ecs.describe_tasks(cluster="main", tasks=arns)["tasks"] if arns else []
