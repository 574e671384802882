"""Tasks that cannot start because something that their task definition names is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.aws_scene import Scene


def failure(scene: Scene, **container: Any) -> str:  # noqa: ANN401 - members of a container definition
    """Why a task of this container did not start; empty when it ran."""
    image = scene.push("v1.0.0")
    definition = scene.define(
        image, containerDefinitions=[{"name": "app", "image": image, "essential": True} | container]
    )
    run = {"cluster": "main", "launchType": "FARGATE", "networkConfiguration": scene.network}
    (task,) = scene.ecs.run_task(taskDefinition=definition, **run)["tasks"]
    scene.aws.advance(300)
    (ended,) = scene.ecs.describe_tasks(cluster="main", tasks=[task["taskArn"]])["tasks"]
    return str(ended["stoppedReason"]) if ended["stopCode"] == "TaskFailedToStart" else ""


def logs(group: str, **options: str) -> dict[str, Any]:
    return {"logDriver": "awslogs", "options": {"awslogs-group": group, "awslogs-region": "us-east-1"} | options}


def test_task_starts_when_its_secret_and_log_group_are_there(scene: Scene) -> None:
    arn = scene.aws.boto("secretsmanager").create_secret(Name="s", SecretString='{"KEY": "value"}')["ARN"]
    scene.aws.boto("logs").create_log_group(logGroupName="app")
    scene.aws.boto("ssm").put_parameter(Name="/app/flag", Value="on", Type="String")
    secrets = [{"name": "A", "valueFrom": f"{arn}:KEY::"}, {"name": "B", "valueFrom": arn}]
    secrets.append({"name": "C", "valueFrom": "/app/flag"})
    assert failure(scene, secrets=secrets, logConfiguration=logs("app")) == ""


@pytest.mark.parametrize(
    "reference",
    ["arn:aws:secretsmanager:us-east-1:123456789012:secret:nothing-AbCdEf", "/app/nothing"],
)
def test_missing_secret_stops_the_task_before_it_starts(scene: Scene, reference: str) -> None:
    said = failure(scene, secrets=[{"name": "A", "valueFrom": reference}])
    assert said.startswith("ResourceInitializationError: unable to pull secrets")
    assert "nothing" in said


def test_missing_key_of_a_secret_is_named_and_its_value_is_not(scene: Scene) -> None:
    arn = scene.aws.boto("secretsmanager").create_secret(Name="s", SecretString='{"KEY": "planted"}')["ARN"]
    said = failure(scene, secrets=[{"name": "A", "valueFrom": f"{arn}:OTHER::"}])
    assert "did not contain json key OTHER" in said
    assert "planted" not in said


def test_missing_log_group_stops_the_task_unless_it_is_to_be_made(scene: Scene) -> None:
    said = failure(scene, logConfiguration=logs("nowhere"))
    assert "log group does not exist" in said
    assert failure(scene, logConfiguration=logs("nowhere", **{"awslogs-create-group": "true"})) == ""


def test_image_for_another_architecture_cannot_be_pulled(scene: Scene) -> None:
    image = scene.push("v1.0.0")
    arm = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    definition = scene.define(image, runtimePlatform=arm)
    run = {"cluster": "main", "launchType": "FARGATE", "networkConfiguration": scene.network}
    (task,) = scene.ecs.run_task(taskDefinition=definition, **run)["tasks"]
    scene.aws.advance(300)
    (ended,) = scene.ecs.describe_tasks(cluster="main", tasks=[task["taskArn"]])["tasks"]
    assert "descriptor matching platform 'linux/arm64'" in ended["stoppedReason"]
    assert ended["attributes"] == [{"name": "ecs.cpu-architecture", "value": "arm64"}]


def test_master_user_of_a_database_is_in_its_secret(scene: Scene) -> None:
    made = scene.aws.boto("rds").create_db_cluster(
        DBClusterIdentifier="db", Engine="aurora-postgresql", MasterUsername="app", ManageMasterUserPassword=True
    )["DBCluster"]
    arn = made["MasterUserSecret"]["SecretArn"]
    said = failure(
        scene,
        secrets=[{"name": "U", "valueFrom": f"{arn}:username::"}, {"name": "P", "valueFrom": f"{arn}:password::"}],
    )
    assert said == ""
    assert '"username": "app"' in scene.aws.boto("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]


def test_container_that_ran_leaves_its_start_and_exit_code_in_its_log_stream(scene: Scene) -> None:
    scene.aws.boto("logs").create_log_group(logGroupName="app")
    image = scene.push("v1.0.0", exit_code=3)
    container = {"name": "app", "image": image, "essential": True}
    log = {"logConfiguration": logs("app", **{"awslogs-stream-prefix": "migrate"})}
    definition = scene.define(image, containerDefinitions=[container | log])
    run = {"cluster": "main", "launchType": "FARGATE", "networkConfiguration": scene.network}
    (task,) = scene.ecs.run_task(taskDefinition=definition, **run)["tasks"]
    scene.aws.advance(300)
    stream = f"migrate/app/{task['taskArn'].rsplit('/', 1)[-1]}"
    events = scene.aws.boto("logs").get_log_events(logGroupName="app", logStreamName=stream)["events"]
    assert [("started" in e["message"], "exit code 3" in e["message"]) for e in events] == [
        (True, False),
        (False, True),
    ]
