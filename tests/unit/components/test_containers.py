"""The container of a task: locked down, and the same text for the same container."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.containers import (
    EXEC_PATHS,
    Container,
    ContainerHealthCheck,
    container_definitions,
    database_environment,
    redeploy_labels,
)


def definition(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 # fields of Container
    given_fields: dict[str, Any] = {
        "name": "backend",
        "image": "repository@sha256:1",
        "region": "eu-central-1",
        "log_group_name": "/ecs/x",
        "user": "1000:1000",
    }
    (only,) = json.loads(container_definitions(Container(**(given_fields | changes))))
    return only


def test_container_cannot_write_anywhere_but_tmp() -> None:
    container = definition(tmp_mib=128)
    assert container["readonlyRootFilesystem"] is True
    assert [(each["containerPath"], each["size"]) for each in container["linuxParameters"]["tmpfs"]] == [("/tmp", 128)]


def test_tmp_is_open_to_a_process_that_is_not_root() -> None:
    # A bind mount would be root's, with 0755; the default mode of a tmpfs is 1777.
    assert "volumes" not in json.dumps(definition())
    assert "mountPoints" not in definition()
    assert not any("mode" in option for option in definition()["linuxParameters"]["tmpfs"][0]["mountOptions"])


def test_container_has_no_root_no_capabilities_and_an_init_process() -> None:
    container = definition()
    assert container["user"] == "1000:1000"
    assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert container["linuxParameters"]["initProcessEnabled"] is True


def test_shell_gets_the_paths_that_its_agent_writes_to_and_only_when_it_is_allowed() -> None:
    paths = [each["containerPath"] for each in definition(exec_enabled=True)["linuxParameters"]["tmpfs"]]
    assert paths == ["/tmp", *EXEC_PATHS]
    assert not any(path in json.dumps(definition()) for path in EXEC_PATHS)


def test_logs_go_to_the_given_group_and_never_block_the_application() -> None:
    assert definition()["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/ecs/x",
            "awslogs-region": "eu-central-1",
            "awslogs-stream-prefix": "backend",
            "max-buffer-size": "25m",
            "mode": "non-blocking",
        },
    }


def test_secrets_are_references_and_variables_are_sorted() -> None:
    container = definition(environment={"B": "2", "A": "1"}, secrets={"Z": "arn:z:password::", "Y": "arn:y"})
    assert container["environment"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert container["secrets"] == [
        {"name": "Y", "valueFrom": "arn:y"},
        {"name": "Z", "valueFrom": "arn:z:password::"},
    ]


def test_host_port_equals_container_port_as_awsvpc_wants_it() -> None:
    assert definition(port=8080)["portMappings"] == [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]
    assert "portMappings" not in definition()


def test_health_check_runs_without_a_shell() -> None:
    check = definition(health_check=ContainerHealthCheck(command=["/app", "check"]))["healthCheck"]
    assert check["command"] == ["CMD", "/app", "check"]
    assert "healthCheck" not in definition()


def test_command_is_the_image_s_own_unless_one_is_given() -> None:
    assert "command" not in definition()
    assert definition(command=["migrate"])["command"] == ["migrate"]


def test_redeploy_token_is_a_label_that_no_application_sees() -> None:
    assert "dockerLabels" not in definition(labels=redeploy_labels(""))
    assert definition(labels=redeploy_labels("now"))["dockerLabels"] == {"runlayer.redeploy-token": "now"}


def test_database_port_is_a_whole_number_also_when_the_wire_made_a_float_of_it() -> None:
    assert database_environment("db", 5432.0, "n", "u", "arn")["DATABASE_PORT"] == "5432"


def test_database_variables_hold_no_password() -> None:
    assert not any("PASSWORD" in name for name in database_environment("db", 5432, "n", "u", "arn"))


def definition_text(variables: dict[str, str]) -> str:
    container = Container(
        name="c",
        image="i",
        region="r",
        log_group_name="g",
        user="1",
        environment=variables,
        secrets=variables,
        labels=variables,
    )
    return container_definitions(container)


names = st.dictionaries(st.from_regex(r"[A-Z]{1,8}", fullmatch=True), st.text(max_size=5), max_size=8)


@given(names, st.randoms(use_true_random=False))
def test_order_of_variables_never_changes_the_text(variables: dict[str, str], random: Any) -> None:  # noqa: ANN401
    shuffled = list(variables.items())
    random.shuffle(shuffled)
    other = dict(shuffled)
    assert definition_text(variables) == definition_text(other)
