"""One-off tasks and task definitions through boto3."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.aws_scene import Scene


def run(scene: Scene, image: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - arguments of the API
    given: dict[str, Any] = {
        "cluster": "main",
        "taskDefinition": scene.define(image),
        "launchType": "FARGATE",
        "networkConfiguration": scene.network,
    }
    answer: dict[str, Any] = scene.ecs.run_task(**(given | changes))
    return answer


def after(scene: Scene, task: dict[str, Any], seconds: float) -> dict[str, Any]:
    scene.aws.advance(seconds)
    found: dict[str, Any] = scene.ecs.describe_tasks(cluster="main", tasks=[task["taskArn"]])["tasks"][0]
    return found


def test_task_goes_through_its_states_and_ends_with_the_scripted_code(scene: Scene) -> None:
    (task,) = run(scene, scene.push("v1.0.0", exit_code=3))["tasks"]
    assert (task["lastStatus"], task["desiredStatus"]) == ("PROVISIONING", "RUNNING")
    assert after(scene, task, 10)["lastStatus"] == "PENDING"
    assert after(scene, task, 15)["lastStatus"] == "RUNNING"
    ended = after(scene, task, 60)
    assert (ended["lastStatus"], ended["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert ended["containers"][0]["exitCode"] == 3


def test_every_container_has_its_own_exit_code(scene: Scene) -> None:
    image = scene.push("v1.0.0", container_exits=(("sidecar", 137),))
    containers = [
        {"name": "migrate", "image": image, "essential": True},
        {"name": "sidecar", "image": image, "essential": False},
    ]
    definition = scene.define(image, containerDefinitions=containers)
    (task,) = run(scene, image, taskDefinition=definition)["tasks"]
    ended = after(scene, task, 120)
    assert {c["name"]: c["exitCode"] for c in ended["containers"]} == {"migrate": 0, "sidecar": 137}


def test_task_that_never_started_has_no_exit_code(scene: Scene) -> None:
    (task,) = run(scene, scene.push("v1.0.0", "unpullable"))["tasks"]
    ended = after(scene, task, 120)
    assert ended["stopCode"] == "TaskFailedToStart"
    assert "exitCode" not in ended["containers"][0]
    assert "CannotPullContainerError" in ended["containers"][0]["reason"]


def test_no_capacity_is_a_failure_in_an_answer_that_succeeds(scene: Scene) -> None:
    answer = run(scene, scene.push("v1.0.0", "no-capacity"))
    assert answer["tasks"] == []
    assert "Capacity is unavailable" in answer["failures"][0]["detail"]


def test_stopped_task_says_who_stopped_it_and_why(scene: Scene) -> None:
    (task,) = run(scene, scene.push("v1.0.0", run_seconds=1e6))["tasks"]
    scene.aws.advance(60)
    scene.ecs.stop_task(cluster="main", task=task["taskArn"], reason="rehearsal")
    ended = after(scene, task, 60)
    assert (ended["lastStatus"], ended["stopCode"], ended["stoppedReason"]) == ("STOPPED", "UserInitiated", "rehearsal")
    assert ended["containers"][0]["exitCode"] == 143


def test_the_same_client_token_runs_one_task(scene: Scene) -> None:
    image = scene.push("v1.0.0")
    definition = scene.define(image)
    first = run(scene, image, taskDefinition=definition, clientToken="migrate-7")["tasks"][0]["taskArn"]
    again = run(scene, image, taskDefinition=definition, clientToken="migrate-7")["tasks"][0]["taskArn"]
    assert first == again


def test_tasks_have_an_interface_in_their_subnet(scene: Scene) -> None:
    (task,) = run(scene, scene.push("v1.0.0"))["tasks"]
    details = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}
    assert details["subnetId"] in scene.subnets
    assert details["networkInterfaceId"].startswith("eni-")
    assert details["privateIPv4Address"].startswith("10.1.")


def test_tasks_are_listed_by_family_starter_and_state(scene: Scene) -> None:
    (task,) = run(scene, scene.push("v1.0.0"), startedBy="ops/migrate")["tasks"]
    for matching in ({"family": "app"}, {"startedBy": "ops/migrate"}, {"launchType": "FARGATE"}):
        assert scene.ecs.list_tasks(cluster="main", **matching)["taskArns"] == [task["taskArn"]]
    for other in ({"family": "other"}, {"startedBy": "me"}, {"desiredStatus": "STOPPED"}):
        assert scene.ecs.list_tasks(cluster="main", **other)["taskArns"] == []


def test_unknown_task_is_a_failure_not_an_error(scene: Scene) -> None:
    answer = scene.ecs.describe_tasks(cluster="main", tasks=["0" * 32])
    assert answer["tasks"] == []
    assert answer["failures"][0]["reason"] == "MISSING"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cpu": "256", "memory": "4096"}, "No Fargate configuration"),
        ({"cpu": "300", "memory": "512"}, "No Fargate configuration"),
        ({"networkMode": "bridge"}, "network mode"),
    ],
)
def test_task_definition_that_fargate_cannot_run_is_refused(scene: Scene, change: dict[str, str], said: str) -> None:
    with pytest.raises(ClientError, match=said):
        scene.define("nginx", **change)
    assert scene.ecs.list_task_definitions()["taskDefinitionArns"] == []


def test_deregistered_task_definition_is_inactive_still_described_and_not_to_be_used(scene: Scene) -> None:
    service = scene.serving()
    arn = service["taskDefinition"]
    gone = scene.ecs.deregister_task_definition(taskDefinition=arn)["taskDefinition"]
    assert gone["status"] == "INACTIVE"
    assert "deregisteredAt" in scene.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    with pytest.raises(ClientError, match="inactive"):
        run(scene, "x", taskDefinition=arn)
    scene.ecs.stop_task(cluster="main", task=scene.tasks()[0]["taskArn"])
    scene.aws.advance(600)
    assert scene.look()["runningCount"] == 2, "a service goes on with what it has"


def test_task_of_a_service_carries_the_tags_that_are_propagated(scene: Scene) -> None:
    scene.serving(propagateTags="SERVICE", tags=[{"key": "team", "value": "web"}])
    arn = scene.tasks()[0]["taskArn"]
    tagged = scene.ecs.describe_tasks(cluster="main", tasks=[arn], include=["TAGS"])["tasks"][0]
    assert tagged["tags"] == [{"key": "team", "value": "web"}]
    assert tagged["group"] == "service:web"
    assert tagged["startedBy"].startswith("ecs-svc/")


def test_cluster_counts_what_runs_in_it(scene: Scene) -> None:
    scene.serving()
    cluster = scene.ecs.describe_clusters(clusters=["main"])["clusters"][0]
    assert (cluster["runningTasksCount"], cluster["pendingTasksCount"], cluster["activeServicesCount"]) == (2, 0, 1)
