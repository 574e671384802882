"""What EcsService registers: the inputs that only a real account would complain about, and the names that must stay."""

import json
from typing import Any

import pytest

from components.deployment import DeploymentArgs, DeploymentStrategy
from components.ecs_service import AutoscalingArgs, EcsService
from components.errors import ComponentError
from tests.support.recorder import Recorded, Recording, record, record_refusal
from tests.support.service import DIGEST, KEY_ARN, REPOSITORY_ARN, SECRET_ARN, service_args

SERVICE = "aws:ecs/service:Service"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
BLUE_GREEN = {
    "deployment": DeploymentArgs(strategy=DeploymentStrategy.BLUE_GREEN, bake_minutes=5),
    "alternate_target_group_arn": "arn:alternate",
    "test_listener_rule_arn": "arn:test-rule",
}


def recorded(**changes: object) -> Recording[EcsService]:
    return record(lambda: EcsService("service", service_args(**changes)))


def service(**changes: object) -> Recorded:
    return recorded(**changes).one(SERVICE)


def container(recording: Recording[EcsService]) -> dict[str, Any]:
    (only,) = json.loads(recording.one(TASK_DEFINITION).inputs["containerDefinitions"])
    return only


def statements(recording: Recording[EcsService], policy: str) -> dict[str, dict[str, Any]]:
    (found,) = [each for each in recording.all("aws:iam/rolePolicy:RolePolicy") if each.name == policy]
    return {each["Sid"]: each for each in json.loads(found.inputs["policy"])["Statement"]}


def test_children_keep_their_names() -> None:
    assert recorded().shape() == [
        ("aws:cloudwatch/logGroup:LogGroup", "service"),
        ("aws:ec2/securityGroup:SecurityGroup", "service"),
        ("aws:ecs/cluster:Cluster", "service"),
        (SERVICE, "service"),
        (TASK_DEFINITION, "service"),
        ("aws:iam/role:Role", "service-execution"),
        ("aws:iam/role:Role", "service-task"),
        ("aws:iam/rolePolicy:RolePolicy", "service-database-secret"),
        ("aws:iam/rolePolicy:RolePolicy", "service-execution"),
        ("aws:kms/alias:Alias", "service-logs"),
        ("aws:kms/key:Key", "service-logs"),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "service-database"),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "service-https"),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "service-load-balancer"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "service-database"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "service-load-balancer"),
        ("runlayer:index:EcsService", "service"),
    ]


def test_more_comes_with_blue_green_exec_and_autoscaling_and_nothing_else_is_renamed() -> None:
    scaling = AutoscalingArgs(min_count=2, max_count=6)
    more = set(recorded(**BLUE_GREEN, exec_enabled=True, autoscaling=scaling).shape()) - set(recorded().shape())
    assert more == {
        ("aws:iam/role:Role", "service-infrastructure"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "service-infrastructure"),
        ("aws:iam/rolePolicy:RolePolicy", "service-exec"),
        ("aws:appautoscaling/target:Target", "service"),
        ("aws:appautoscaling/policy:Policy", "service-cpu"),
    }


def test_every_child_has_the_component_as_its_parent() -> None:
    assert {each.parent for each in recorded().resources if each.custom} == {"service"}


def test_cluster_service_and_family_have_the_prefix_as_their_name() -> None:
    found = recorded()
    assert found.one("aws:ecs/cluster:Cluster").inputs["name"] == "runlayer-staging"
    assert found.one(SERVICE).inputs["name"] == "runlayer-staging"
    assert found.one(TASK_DEFINITION).inputs["family"] == "runlayer-staging"


def test_names_fit_with_the_longest_prefix_and_the_longest_region() -> None:
    found = recorded(name_prefix="p" * 20, region="ap-southeast-1", **BLUE_GREEN)
    assert max(len(each.inputs["name"]) for each in found.all("aws:iam/role:Role")) <= 64
    assert len(found.one("aws:kms/alias:Alias").inputs["name"]) <= 256


def test_role_names_differ_between_regions_since_iam_is_global() -> None:
    one = {each.inputs["name"] for each in recorded(region="us-east-1").all("aws:iam/role:Role")}
    other = {each.inputs["name"] for each in recorded(region="eu-central-1").all("aws:iam/role:Role")}
    assert not one & other


def test_task_runs_the_digest_and_old_definitions_stay() -> None:
    found = recorded()
    assert container(found)["image"].endswith(f"@{DIGEST}")
    assert found.one(TASK_DEFINITION).inputs["skipDestroy"] is True
    assert found.one(TASK_DEFINITION).inputs["networkMode"] == "awsvpc"
    assert found.one(TASK_DEFINITION).inputs["requiresCompatibilities"] == ["FARGATE"]
    assert found.one(TASK_DEFINITION).inputs["runtimePlatform"] == {
        "cpuArchitecture": "X86_64",
        "operatingSystemFamily": "LINUX",
    }


def test_task_knows_its_release_and_its_database_but_the_password_only_by_reference() -> None:
    found = container(recorded(environment={"LOG_LEVEL": "info"}))
    assert {each["name"]: each["value"] for each in found["environment"]} == {
        "DATABASE_HOST": "db.internal",
        "DATABASE_NAME": "runlayer",
        "DATABASE_PORT": "5432",
        "DATABASE_SECRET_ARN": SECRET_ARN,
        "DATABASE_SSLMODE": "require",
        "DATABASE_USER": "runlayer",
        "LOG_LEVEL": "info",
        "PORT": "8080",
        "RUNLAYER_RELEASE_DIGEST": DIGEST,
        "RUNLAYER_VERSION": "v1.4.2",
    }
    assert found["secrets"] == [{"name": "DATABASE_PASSWORD", "valueFrom": f"{SECRET_ARN}:password::"}]


def test_what_people_set_goes_before_what_the_component_knows() -> None:
    found = container(recorded(environment={"DATABASE_SSLMODE": "verify-full"}))
    assert {"name": "DATABASE_SSLMODE", "value": "verify-full"} in found["environment"]


def test_execution_role_has_the_image_s_repository_and_every_secret_and_key() -> None:
    other = "arn:aws:ssm:us-east-1:123456789012:parameter/flags"
    found = statements(recorded(secrets={"FLAGS": other}, secret_key_arns=["arn:key:2"]), "service-execution")
    assert found["PullTheImage"]["Resource"] == [REPOSITORY_ARN]
    assert found["ReadSecrets"]["Resource"] == [SECRET_ARN]
    assert found["ReadParameters"]["Resource"] == [other]
    assert found["DecryptSecrets"]["Resource"] == sorted(["arn:key:2", KEY_ARN])


def test_task_role_may_read_the_database_secret_and_nothing_else() -> None:
    found = statements(recorded(), "service-database-secret")
    assert {sid: each["Resource"] for sid, each in found.items()} == {
        "ReadTheSecret": [SECRET_ARN],
        "DecryptSecrets": [KEY_ARN],
    }


def test_roles_carry_path_and_boundary() -> None:
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    for role in recorded(iam_path="/apps/", permissions_boundary_arn=boundary).all("aws:iam/role:Role"):
        assert role.inputs["path"] == "/apps/"
        assert role.inputs["permissionsBoundary"] == boundary


def test_log_group_is_encrypted_and_its_key_lets_the_log_service_in() -> None:
    found = recorded(log_retention_days=90)
    group, key = found.one("aws:cloudwatch/logGroup:LogGroup"), found.one("aws:kms/key:Key")
    assert group.inputs["name"] == "/ecs/runlayer-staging/backend"
    assert group.inputs["retentionInDays"] == 90
    assert group.waits_for(key)
    assert key.inputs["enableKeyRotation"] is True
    assert key.inputs["deletionWindowInDays"] == 30
    assert "log-group:/ecs/runlayer-staging/*" in key.inputs["policy"]


def test_rollout_is_guarded_by_default() -> None:
    inputs = service().inputs
    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert inputs["deploymentMinimumHealthyPercent"] == 100
    assert inputs["deploymentMaximumPercent"] == 200
    assert inputs["deploymentConfiguration"] == {"strategy": "ROLLING"}
    assert inputs["waitForSteadyState"] is True
    assert inputs["sigintRollback"] is False
    assert inputs["availabilityZoneRebalancing"] == "ENABLED"
    assert inputs["enableExecuteCommand"] is False
    assert inputs["networkConfiguration"]["assignPublicIp"] is False
    assert "forceNewDeployment" not in inputs


def test_service_waits_for_whatever_its_first_task_needs() -> None:
    found = recorded(exec_enabled=True, **BLUE_GREEN)
    needed = [
        each
        for each in found.resources
        if each.custom
        and each.type.split(":")[1].split("/")[0] in ("iam", "vpc", "kms", "cloudwatch")
        and not each.type.endswith(":Alias")
    ]
    waiting = found.one(SERVICE)
    reached: set[str] = set(waiting.depends_on)
    for _ in found.resources:
        reached |= {urn for each in found.resources if each.urn in reached for urn in each.depends_on}
    assert [each.name for each in needed if each.urn not in reached] == []


def test_service_is_made_after_the_listener_rule_because_the_target_group_comes_through_it() -> None:
    import pulumi  # noqa: PLC0415 # the rule is a resource of this test alone
    import pulumi_aws as aws  # noqa: PLC0415

    def build() -> EcsService:
        rule = aws.ssm.Parameter("rule", type="String", value="arn:rule")
        arn: pulumi.Output[str] = rule.value
        return EcsService("service", service_args(production_listener_rule_arn=arn))

    found = record(build)
    assert found.one(SERVICE).waits_for(found.one("aws:ssm/parameter:Parameter"))
    assert found.one(SERVICE).inputs["loadBalancers"][0]["targetGroupArn"] == "arn:target-group"


def test_alarms_take_a_rollout_back_unless_switched_off() -> None:
    names = ["runlayer-staging-errors"]
    assert service(deployment_alarm_names=names).inputs["alarms"] == {
        "alarmNames": names,
        "enable": True,
        "rollback": True,
    }
    off = DeploymentArgs(rollback_on_alarms=False)
    assert "alarms" not in service(deployment_alarm_names=names, deployment=off).inputs
    assert "alarms" not in service().inputs


def test_grace_period_needs_a_load_balancer() -> None:
    alone = service(
        target_group_arn=None, production_listener_rule_arn=None, load_balancer_security_group_id=None
    ).inputs
    assert "healthCheckGracePeriodSeconds" not in alone
    assert "loadBalancers" not in alone
    assert service().inputs["healthCheckGracePeriodSeconds"] == 60


def test_blue_green_has_two_target_groups_both_rules_and_the_role_that_moves_traffic() -> None:
    found = recorded(**BLUE_GREEN)
    (target,) = found.one(SERVICE).inputs["loadBalancers"]
    role = found.all("aws:iam/role:Role")[1]
    assert target == {
        "targetGroupArn": "arn:target-group",
        "containerName": "backend",
        "containerPort": 8080,
        "advancedConfiguration": {
            "alternateTargetGroupArn": "arn:alternate",
            "productionListenerRule": "arn:rule",
            "testListenerRule": "arn:test-rule",
            "roleArn": f"arn:aws:iam:us-east-1:123456789012:role/{role.name}",
        },
    }
    assert role.name == "service-infrastructure"
    assert json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]["Principal"] == {
        "Service": ["ecs.amazonaws.com"]
    }
    attachment = found.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert attachment.inputs["policyArn"].endswith(":policy/AmazonECSInfrastructureRolePolicyForLoadBalancers")


def test_desired_count_belongs_to_autoscaling_once_it_is_on() -> None:
    assert service().ignore_changes == ()
    found = recorded(autoscaling=AutoscalingArgs(min_count=2, max_count=6, cpu_percent=50))
    assert found.one(SERVICE).ignore_changes == ("desiredCount",)
    target = found.one("aws:appautoscaling/target:Target").inputs
    assert (target["minCapacity"], target["maxCapacity"]) == (2, 6)
    assert target["resourceId"] == "service/runlayer-staging/runlayer-staging"
    (policy,) = found.all("aws:appautoscaling/policy:Policy")
    tracking = policy.inputs["targetTrackingScalingPolicyConfiguration"]
    assert tracking["targetValue"] == 50
    assert tracking["predefinedMetricSpecification"] == {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}


def test_scaling_by_requests_names_load_balancer_and_target_group() -> None:
    found = recorded(
        autoscaling=AutoscalingArgs(min_count=2, max_count=6, requests_per_task=1000),
        load_balancer_arn_suffix="app/x/1",
        target_group_arn_suffix="targetgroup/y/2",
    )
    (policy,) = [each for each in found.all("aws:appautoscaling/policy:Policy") if each.name == "service-requests"]
    metric = policy.inputs["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]
    assert metric == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": "app/x/1/targetgroup/y/2",
    }


def changed(**changes: object) -> list[tuple[str, str]]:
    """What another `up` with these changes would touch, beside what depends on it."""
    old = {(each.type, each.name): each.inputs for each in recorded().resources}
    new = {(each.type, each.name): each.inputs for each in recorded(**changes).resources}
    assert old.keys() == new.keys()
    return [key for key in old if old[key] != new[key]]


def test_new_redeploy_token_changes_the_task_definition_and_nothing_else() -> None:
    assert changed(redeploy_token="again") == [(TASK_DEFINITION, "service")]


def test_new_release_changes_the_task_definition_and_nothing_else() -> None:
    digest = "sha256:" + "b" * 64
    release = {"image": f"repository@{digest}", "release_digest": digest, "release_version": "v1.5.0"}
    assert changed(**release) == [(TASK_DEFINITION, "service")]


def test_same_arguments_in_another_order_change_nothing() -> None:
    one, other = {"A": "1", "B": "2"}, {"B": "2", "A": "1"}
    texts = [container(recorded(environment=variables)) for variables in (one, other)]
    assert texts[0] == texts[1]


def test_ways_in_and_out_are_the_load_balancer_https_and_the_database() -> None:
    found = recorded()
    ways = {
        (each.type.rpartition(":")[2], each.inputs["securityGroupId"]): (
            each.inputs.get("referencedSecurityGroupId") or each.inputs.get("cidrIpv4"),
            each.inputs["fromPort"],
            each.inputs["toPort"],
            each.inputs["ipProtocol"],
        )
        for each in found.resources
        if "securityGroup" in each.type and "Rule" in each.type and each.name != "service-https"
    }
    assert ways == {
        ("SecurityGroupEgressRule", "service-id"): ("sg-database", 5432, 5432, "tcp"),
        ("SecurityGroupIngressRule", "sg-database"): ("service-id", 5432, 5432, "tcp"),
        ("SecurityGroupEgressRule", "sg-load-balancer"): ("service-id", 8080, 8080, "tcp"),
        ("SecurityGroupIngressRule", "service-id"): ("sg-load-balancer", 8080, 8080, "tcp"),
    }
    group = found.one("aws:ec2/securityGroup:SecurityGroup").inputs
    assert "ingress" not in group
    assert "egress" not in group


def test_up_waits_as_long_as_it_was_told() -> None:
    waits = service(deployment=DeploymentArgs(wait_minutes=45)).custom_timeouts
    assert waits == {"create": "45m", "update": "45m"}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"image": "repository:latest"}, "@sha256:DIGEST"),
        ({"release_digest": "sha256:" + "c" * 64}, "two images"),
        ({"cpu": 512, "memory_mib": 8192}, "Fargate"),
        ({"user": "0"}, "user"),
        ({"user": "root"}, "user"),
        ({"stop_timeout_seconds": 121}, "stop_timeout_seconds"),
        ({"drain_seconds": 61}, "drain_seconds"),
        ({"health_check_grace_seconds": 5}, "health_check_grace_seconds"),
        ({"tmp_mib": 1024}, "tmp_mib"),
        ({"name_prefix": "Runlayer"}, "name_prefix"),
        ({"name_prefix": "a" * 21}, "name_prefix"),
        ({"name_prefix": "run--layer"}, "name_prefix"),
        ({"environment": {"A": "1"}, "secrets": {"A": "arn:a"}}, "A: in environment and in secrets"),
        ({"environment": {"RUNLAYER_VERSION": "v9"}}, "RUNLAYER_VERSION"),
        ({"desired_count": 1, "deployment": DeploymentArgs(maximum_percent=100)}, "no task can ever be replaced"),
        ({"deployment": DeploymentArgs(strategy=DeploymentStrategy.CANARY)}, "alternate_target_group_arn"),
        ({"production_listener_rule_arn": None}, "production_listener_rule_arn"),
        ({"database_secret_arn": None}, "database_secret_arn"),
        ({"autoscaling": AutoscalingArgs(min_count=3, max_count=2)}, "min_count"),
        ({"autoscaling": AutoscalingArgs(min_count=1, max_count=2, requests_per_task=5)}, "target_group_arn_suffix"),
    ],
)
def test_what_ecs_would_refuse_is_refused_before_anything_is_registered(changes: dict[str, Any], word: str) -> None:
    error, registered = record_refusal(lambda: EcsService("service", service_args(**changes)), ComponentError)
    assert word in str(error)
    assert "COMP301" in str(error)
    assert registered == []


def test_all_faults_are_shown_at_once() -> None:
    error, _ = record_refusal(
        lambda: EcsService("service", service_args(cpu=1, user="0", stop_timeout_seconds=500)), ComponentError
    )
    assert all(word in str(error) for word in ("Fargate", "user", "stop_timeout_seconds"))
