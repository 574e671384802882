"""ECS services through boto3: what is kept, what is refused, how a rollout looks from outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import Running
from tests.support.aws_scene import GUARDED, Scene

KEPT: dict[str, Any] = {
    "deploymentConfiguration": {
        "maximumPercent": 150,
        "minimumHealthyPercent": 50,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    },
    "healthCheckGracePeriodSeconds": 77,
    "enableExecuteCommand": True,
    "enableECSManagedTags": True,
    "propagateTags": "SERVICE",
    "availabilityZoneRebalancing": "DISABLED",
    "platformVersion": "LATEST",
}


def test_what_create_service_is_given_is_read_back(scene: Scene) -> None:
    scene.service(scene.push("v1.0.0"), tags=[{"key": "team", "value": "web"}], **KEPT)
    service = scene.look(include=["TAGS"])
    for key in set(KEPT) - {"deploymentConfiguration"}:
        assert service[key] == KEPT[key], key
    for key, value in KEPT["deploymentConfiguration"].items():
        assert service["deploymentConfiguration"][key] == value
    assert service["tags"] == [{"key": "team", "value": "web"}]
    assert service["launchType"] == "FARGATE"
    assert service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "DISABLED"


def test_capacity_providers_and_service_connect_are_kept(scene: Scene) -> None:
    strategy = [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}]
    connect = {"enabled": True, "namespace": "internal"}
    given = {
        "cluster": "main",
        "serviceName": "web",
        "taskDefinition": scene.define(scene.push("v1.0.0")),
        "desiredCount": 1,
        "networkConfiguration": scene.network,
        "capacityProviderStrategy": strategy,
        "serviceConnectConfiguration": connect,
    }
    scene.ecs.create_service(**given)
    scene.aws.advance(600)
    service = scene.look()
    assert service["capacityProviderStrategy"] == strategy
    assert "launchType" not in service
    assert service["deployments"][0]["serviceConnectConfiguration"] == connect
    assert scene.tasks()[0]["capacityProviderName"] == "FARGATE"


def test_rollout_looks_like_one_from_outside(scene: Scene) -> None:
    created = scene.service(scene.push("v1.0.0"))
    first = created["deployments"][0]
    assert (first["status"], first["rolloutState"], created["runningCount"], created["pendingCount"]) == (
        "PRIMARY", "IN_PROGRESS", 0, 2,
    )  # fmt: skip
    assert first["id"].startswith("ecs-svc/")
    scene.aws.advance(3600)
    service = scene.update(scene.push("v1.1.0"))
    assert [d["status"] for d in service["deployments"]] == ["PRIMARY", "ACTIVE"]
    scene.aws.advance(3600)
    service = scene.look()
    assert [d["rolloutState"] for d in service["deployments"]] == ["COMPLETED"]
    assert service["runningCount"] == service["desiredCount"] == 2
    assert service["events"][0]["message"] == "(service web) has reached a steady state."
    assert service["events"][0]["createdAt"] >= service["events"][-1]["createdAt"]


def test_service_revision_ends_in_the_digits_of_its_deployment_and_names_the_digest(scene: Scene) -> None:
    image = scene.push("v1.0.0")
    service = scene.service(image)
    digits = service["deployments"][0]["id"].split("/")[1]
    (rollout,) = scene.rollouts()
    arn = rollout["targetServiceRevision"]["arn"]
    assert arn.endswith(f"/{digits}")
    revision = scene.ecs.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"][0]
    assert revision["containerImages"] == [
        {"containerName": "app", "image": image, "imageDigest": image.partition("@")[2]}
    ]


def test_bad_release_is_rolled_back_and_says_so_everywhere(scene: Scene) -> None:
    before = scene.serving()["taskDefinition"]
    scene.update(scene.push("v1.1.0", "exits"))
    scene.aws.advance(3600)
    assert scene.look()["taskDefinition"] == before
    latest = scene.rollouts()[0]
    assert latest["status"] == "ROLLBACK_SUCCESSFUL"
    assert "circuit breaker threshold was exceeded" in latest["statusReason"]
    assert latest["rollback"]["serviceRevisionArn"] == scene.rollouts()[1]["targetServiceRevision"]["arn"]
    assert latest["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 4, "threshold": 3}
    stopped = [t for t in scene.tasks("STOPPED") if t["stopCode"] == "EssentialContainerExited"]
    assert stopped
    assert stopped[0]["containers"][0]["exitCode"] == 1


def test_tag_that_is_not_in_the_registry_cannot_be_pulled(scene: Scene) -> None:
    scene.serving()
    image = scene.push("v1.1.0").partition("@")[0]
    scene.update(f"{image}:v9.9.9")
    scene.aws.advance(3600)
    reasons = {t["stoppedReason"] for t in scene.tasks("STOPPED") if t.get("stopCode") == "TaskFailedToStart"}
    assert reasons
    assert all("CannotPullContainerError" in reason and "v9.9.9" in reason for reason in reasons)


def test_targets_are_those_of_the_running_tasks(scene: Scene) -> None:
    scene.serving()
    health = scene.elbv2.describe_target_health(TargetGroupArn=scene.group)["TargetHealthDescriptions"]
    addresses = {t["containers"][0]["networkInterfaces"][0]["privateIpv4Address"] for t in scene.tasks()}
    assert {row["Target"]["Id"] for row in health} == addresses
    assert {row["TargetHealth"]["State"] for row in health} == {"healthy"}


def test_same_task_definition_makes_no_deployment_unless_it_is_forced(scene: Scene) -> None:
    service = scene.serving()
    first = service["deployments"][0]["id"]
    same = scene.ecs.update_service(cluster="main", service="web", taskDefinition=service["taskDefinition"])["service"]
    assert [d["id"] for d in same["deployments"]] == [first]
    forced = scene.update(forceNewDeployment=True)
    assert len(forced["deployments"]) == 2
    assert forced["deployments"][0]["id"] != first


@pytest.mark.parametrize(
    ("change", "deploys"),
    [
        ({"desiredCount": 3}, False),
        ({"healthCheckGracePeriodSeconds": 30}, False),
        ({"deploymentConfiguration": {"maximumPercent": 300}}, False),
        ({"enableExecuteCommand": True}, False),
        ({"platformVersion": "1.4.0"}, True),
        ({"loadBalancers": []}, True),
    ],
)
def test_update_makes_a_deployment_only_where_the_api_says_so(
    scene: Scene, change: dict[str, Any], deploys: bool
) -> None:
    scene.serving()
    assert len(scene.update(**change)["deployments"]) == (2 if deploys else 1)


def test_desired_count_is_followed_up_and_down(scene: Scene) -> None:
    scene.serving()
    scene.update(desiredCount=4)
    scene.aws.advance(600)
    assert scene.look()["runningCount"] == 4
    scene.update(desiredCount=1)
    scene.aws.advance(600)
    assert scene.look()["runningCount"] == 1


def test_deployment_that_is_replaced_is_stopped(scene: Scene) -> None:
    scene.serving()
    scene.update(scene.push("v1.1.0"))
    scene.update(scene.push("v1.2.0"))
    statuses = [item["status"] for item in scene.rollouts()]
    assert statuses == ["IN_PROGRESS", "STOPPED", "SUCCESSFUL"]


def test_stop_rolls_back_and_a_finished_deployment_cannot_be_stopped(scene: Scene) -> None:
    scene.serving()
    scene.update(scene.push("v1.1.0"))
    arn = scene.rollouts()[0]["serviceDeploymentArn"]
    scene.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
    scene.aws.advance(3600)
    assert scene.rollouts()[0]["status"] == "ROLLBACK_SUCCESSFUL"
    with pytest.raises(ClientError, match="cannot be stopped"):
        scene.ecs.stop_service_deployment(serviceDeploymentArn=arn)


def test_deployments_are_listed_by_time_and_status(scene: Scene) -> None:
    scene.serving()
    scene.update(scene.push("v1.1.0"))
    later = datetime.now(tz=UTC) + timedelta(days=1)
    listed = scene.ecs.list_service_deployments(cluster="main", service="web", status=["SUCCESSFUL"])
    assert len(listed["serviceDeployments"]) == 1
    nothing = scene.ecs.list_service_deployments(cluster="main", service="web", createdAt={"after": later})
    assert nothing["serviceDeployments"] == []


def test_service_is_deleted_after_it_drained_and_its_name_is_free_again(scene: Scene) -> None:
    scene.serving()
    with pytest.raises(ClientError, match="scaled above 0"):
        scene.ecs.delete_service(cluster="main", service="web")
    assert scene.ecs.delete_service(cluster="main", service="web", force=True)["service"]["status"] == "DRAINING"
    with pytest.raises(ClientError, match="still Draining"):
        scene.service(scene.push("v1.0.0"))
    with pytest.raises(ClientError, match="Services are active"):
        scene.ecs.delete_cluster(cluster="main")
    scene.aws.advance(600)
    assert scene.look()["status"] == "INACTIVE"
    assert scene.service(scene.push("v1.0.0"))["status"] == "ACTIVE"


def test_repeated_create_answers_with_the_same_service_and_another_one_is_refused(scene: Scene) -> None:
    image = scene.push("v1.0.0")
    definition = scene.define(image)
    first = scene.service(image, taskDefinition=definition)
    again = scene.service(image, taskDefinition=definition)
    assert again["deployments"][0]["id"] == first["deployments"][0]["id"]
    with pytest.raises(ClientError, match="not idempotent"):
        scene.service(image, taskDefinition=definition, desiredCount=3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"networkConfiguration": {}}, "Network Configuration must be provided"),
        ({"loadBalancers": [], "healthCheckGracePeriodSeconds": 10}, "only valid for services configured to use load"),
        ({"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 100}}, "will block deployments"),
        ({"deploymentConfiguration": {"strategy": "BLUE_GREEN"}}, "advancedConfiguration field is required"),
        ({"deploymentController": {"type": "CODE_DEPLOY"}}, "ECS controller"),
        ({"cluster": "nowhere"}, "Cluster not found"),
        ({"taskDefinition": "app:99"}, "TaskDefinition not found"),
    ],
)
def test_what_ecs_refuses_is_refused_and_nothing_is_made(scene: Scene, change: dict[str, Any], said: str) -> None:
    image = scene.push("v1.0.0")
    with pytest.raises(ClientError, match=said):
        scene.service(image, **change)
    assert scene.ecs.list_services(cluster="main")["serviceArns"] == []


def test_container_or_port_that_the_task_definition_lacks_is_refused(scene: Scene) -> None:
    image = scene.push("v1.0.0")
    for container, port, said in (
        ("web", 8080, "does not exist in the task"),
        ("app", 81, "did not have a container port"),
    ):
        balancer = {"targetGroupArn": scene.group, "containerName": container, "containerPort": port}
        with pytest.raises(ClientError, match=said):
            scene.service(image, loadBalancers=[balancer])


def test_target_group_without_listener_or_of_the_wrong_type_is_refused(scene: Scene) -> None:
    image = scene.push("v1.0.0")
    loose = scene.target_group("loose")
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        scene.service(image, loadBalancers=[{"targetGroupArn": loose, "containerName": "app", "containerPort": 8080}])


def test_alarm_state_drives_the_deployment(scene: Scene) -> None:
    cloudwatch = scene.aws.boto("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        MetricName="Errors",
        Namespace="App",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=3,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    watched = GUARDED | {"alarms": {"enable": True, "rollback": True, "alarmNames": ["errors"]}}
    scene.serving(deploymentConfiguration=watched)
    scene.update(scene.push("v1.1.0"))
    scene.aws.advance(120)
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
    scene.aws.advance(3600)
    latest = scene.rollouts()[0]
    assert latest["status"] == "ROLLBACK_SUCCESSFUL"
    assert latest["alarms"] == {"status": "TRIGGERED", "alarmNames": ["errors"], "triggeredAlarmNames": ["errors"]}


def test_autoscaling_bounds_hold_the_desired_count(scene: Scene) -> None:
    scene.serving()
    scaling = scene.aws.boto("application-autoscaling")
    scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/main/web",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=3,
        MaxCapacity=6,
    )
    scene.aws.advance(600)
    assert (scene.look()["desiredCount"], scene.look()["runningCount"]) == (3, 3)


def test_blue_green_moves_the_weights_of_the_listener_rule(scene: Scene) -> None:
    first, second = scene.group, scene.target_group("second")
    listener = scene.elbv2.create_listener(
        LoadBalancerArn=scene.balancer,
        Protocol="HTTP",
        Port=8081,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )["Listeners"][0]["ListenerArn"]
    weights = [{"TargetGroupArn": first, "Weight": 100}, {"TargetGroupArn": second, "Weight": 0}]
    rule = scene.elbv2.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": weights}}],
    )["Rules"][0]["RuleArn"]
    advanced = {
        "alternateTargetGroupArn": second,
        "productionListenerRule": rule,
        "roleArn": "arn:aws:iam::123456789012:role/infrastructure",
    }
    balancer = {
        "targetGroupArn": first,
        "containerName": "app",
        "containerPort": 8080,
        "advancedConfiguration": advanced,
    }
    config = GUARDED | {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}
    scene.serving(loadBalancers=[balancer | {"advancedConfiguration": advanced}], deploymentConfiguration=config)
    scene.update(scene.push("v1.1.0"))
    scene.aws.advance(100)
    latest = scene.rollouts()[0]
    assert latest["lifecycleStage"] in ("SCALE_UP", "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME")
    scene.aws.advance(3600)
    (action,) = scene.elbv2.describe_rules(RuleArns=[rule])["Rules"][0]["Actions"]
    after = {g["TargetGroupArn"]: g["Weight"] for g in action["ForwardConfig"]["TargetGroups"]}
    assert after == {first: 0, second: 100}
    assert scene.rollouts()[0]["status"] == "SUCCESSFUL"


def test_pause_hook_is_found_and_continued_through_the_api(scene: Scene) -> None:
    hook = {"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}
    config = GUARDED | {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0, "lifecycleHooks": [hook]}
    scene.service(scene.push("v1.0.0"), loadBalancers=[], deploymentConfiguration=config)
    scene.aws.advance(3600)
    (item,) = scene.rollouts()
    (detail,) = item["lifecycleHookDetails"]
    assert (item["lifecycleStage"], detail["targetType"], detail["status"]) == (
        "POST_SCALE_UP",
        "PAUSE",
        "AWAITING_ACTION",
    )
    with pytest.raises(ClientError, match="awaiting an action"):
        scene.ecs.continue_service_deployment(
            serviceDeploymentArn=item["serviceDeploymentArn"], hookId="nothing", action="CONTINUE"
        )
    scene.ecs.continue_service_deployment(
        serviceDeploymentArn=item["serviceDeploymentArn"], hookId=detail["hookId"], action="CONTINUE"
    )
    scene.aws.advance(3600)
    assert scene.rollouts()[0]["status"] == "SUCCESSFUL"


@pytest.mark.parametrize("offset", [-3600.0, 0.0, 3600.0])
def test_clock_of_the_client_may_be_an_hour_off(scene: Scene, offset: float) -> None:
    """The provider's waiter judges a deployment made after the operation began by its status, any other by counts."""
    scene.serving()
    began = datetime.fromisoformat(scene.aws.client.control("clock")["shown_time"])
    scene.aws.advance(2)
    scene.aws.client.control("clock", {"offset": offset})
    service = scene.update(scene.push("v1.1.0", "exits"))
    primary = service["deployments"][0]
    digits = primary["id"].split("/")[1]
    judged_by_status = primary["createdAt"] > began
    assert judged_by_status is (offset >= 0)
    listed = scene.ecs.list_service_deployments(cluster="main", service="web", createdAt={"after": began})
    matching = [d for d in listed["serviceDeployments"] if digits in d["targetServiceRevisionArn"]]
    assert bool(matching) is judged_by_status
    assert len(service["deployments"]) == 2, "the weak check must not pass before anything has happened"


def test_tags_of_a_service_are_found_by_the_tagging_api(scene: Scene, aws: Running) -> None:
    arn = scene.service(scene.push("v1.0.0"), tags=[{"key": "stack", "value": "staging"}])["serviceArn"]
    scene.ecs.tag_resource(resourceArn=arn, tags=[{"key": "owner", "value": "web"}])
    found = aws.boto("resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "owner", "Values": ["web"]}])
    assert [row["ResourceARN"] for row in found["ResourceTagMappingList"]] == [arn]
    scene.ecs.untag_resource(resourceArn=arn, tagKeys=["owner"])
    assert scene.ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "stack", "value": "staging"}]
