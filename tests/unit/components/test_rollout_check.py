"""The check within the program: an `up` fails, a preview warns, and a good release costs one look."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import grpc
import pulumi
import pytest

from components import rollout_check
from components.ecs_service import EcsService
from components.rollout_check import Look, RolloutError, Target, look_at_service, rollout_hooks
from tests.support.recorder import Recording, record
from tests.support.service import DIGEST, service_args

GET_SERVICE = "aws:ecs/getService:getService"
GET_CONTAINER = "aws:ecs/getContainerDefinition:getContainerDefinition"
INTENDED = "arn:aws:ecs:us-east-1:123456789012:taskdefinition/service"
OTHER = "arn:aws:ecs:us-east-1:123456789012:task-definition/runlayer-staging:12"
NOON = "2026-11-23T12:00:00Z"
TARGET = Target(
    cluster_name="runlayer-staging",
    service_name="runlayer-staging",
    container_name="backend",
    version="v1.5.0",
    digest=DIGEST,
    rolling=True,
    wait_minutes=1,
)


def described(arn: str, *messages: str, id_: str = "ecs-svc/1") -> dict[str, Any]:
    row = {
        "id": id_,
        "status": "PRIMARY",
        "taskDefinition": arn,
        "runningCount": 2,
        "pendingCount": 0,
        "desiredCount": 2,
        "createdAt": NOON,
        "updatedAt": NOON,
    }
    events = [{"id": "1", "createdAt": NOON, "message": each} for each in messages]
    return {"deployments": [row], "events": events, "taskDefinition": arn}


SERVES = described(INTENDED, "(service runlayer-staging) (deployment ecs-svc/1) deployment completed.")
MOVES = described(INTENDED, "(service runlayer-staging) has started 2 tasks: (task a) (task b).")
ROLLED_BACK = described(
    OTHER,
    "(service runlayer-staging) (deployment ecs-svc/2) deployment failed: tasks failed to start.",
    "(service runlayer-staging) rolling back to deployment ecs-svc/1.",
)
CHANGED = described(OTHER, "(service runlayer-staging) (deployment ecs-svc/1) deployment completed.")
OLD_CONTAINER = {
    "image": f"repository@sha256:{'1' * 64}",
    "environment": {"RUNLAYER_VERSION": "v1.4.2"},
    "containerName": "backend",
}


class Refused(grpc.RpcError):
    """How the engine hands over a provider's error."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return f"invocation of aws:ecs/getService:getService returned an error: {self.why}"


class Answers(dict[str, Any]):
    """What AWS answers: a dictionary, an error to raise, or a list of them in turn (the last one repeats)."""

    def __getitem__(self, token: str) -> Any:  # noqa: ANN401 # an answer
        answer = super().__getitem__(token)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Refused):
            raise answer
        return answer


def up(service: object, *, preview: bool = False, **changes: object) -> Recording[EcsService]:
    answers = Answers({GET_SERVICE: service, GET_CONTAINER: OLD_CONTAINER})
    return record(
        lambda: EcsService("service", service_args(verify_rollout=True, release_version="v1.5.0", **changes)),
        call_results=answers,
        preview=preview,
    )


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout_check, "_PAUSES", (0.0,))


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[int], str]:
    caplog.set_level(logging.DEBUG)
    return lambda level: "\n".join(each.message for each in caplog.records if each.levelno == level)


def test_up_goes_through_with_one_look_when_the_release_serves() -> None:
    found = up(SERVES)
    assert [each.token for each in found.calls] == [GET_SERVICE]
    assert found.value(found.result.task_definition_arn) == INTENDED


def test_up_fails_when_ecs_rolled_back_and_names_both_releases_and_the_reason() -> None:
    with pytest.raises(RolloutError) as failure:
        up(ROLLED_BACK)
    text = str(failure.value)
    assert failure.value.code == "ROLL001"
    assert "asked:  v1.5.0" in text
    assert DIGEST in text
    assert f"serves: v1.4.2 (runlayer-staging:12, sha256:{'1' * 64})" in text
    assert "deployment failed: tasks failed to start" in text
    assert "runlayer:release (follow: pinned" in text


def test_up_fails_when_somebody_else_changed_the_service() -> None:
    with pytest.raises(RolloutError) as failure:
        up(CHANGED)
    assert failure.value.code == "ROLL003"


def test_up_fails_when_the_service_is_gone() -> None:
    with pytest.raises(RolloutError) as failure:
        up(Refused("reading ECS Service: no matching ECS Service found"))
    assert failure.value.code == "ROLL005"


def test_up_fails_when_nobody_may_look() -> None:
    with pytest.raises(RolloutError) as failure:
        up(Refused("reading ECS Service: AccessDeniedException: not authorized to perform: ecs:DescribeServices"))
    assert failure.value.code == "ROLL006"
    assert "ecs:DescribeServices" in str(failure.value)
    assert "verify_rollout" in str(failure.value)


def test_up_looks_again_until_ecs_has_decided() -> None:
    found = up([MOVES, MOVES, SERVES])
    assert [each.token for each in found.calls] == [GET_SERVICE] * 3
    with pytest.raises(RolloutError) as failure:
        up([MOVES, ROLLED_BACK])
    assert failure.value.code == "ROLL001"


def test_up_fails_when_there_is_no_verdict_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout_check, "_MINUTE_SECONDS", 0.0)
    with pytest.raises(RolloutError) as failure:
        up(MOVES)
    assert failure.value.code == "ROLL004"


def test_failure_is_a_clean_end_without_a_stack_trace() -> None:
    assert issubclass(RolloutError, pulumi.RunError)


def test_preview_warns_that_the_pin_is_not_what_runs(logged: Callable[[int], str]) -> None:
    up(ROLLED_BACK, preview=True)
    assert "ROLL001" in logged(logging.WARNING)
    assert logged(logging.ERROR) == ""


def test_preview_is_silent_when_the_pin_runs(logged: Callable[[int], str]) -> None:
    up(SERVES, preview=True)
    assert logged(logging.WARNING) == ""


def test_preview_of_somebody_who_may_not_look_goes_through(logged: Callable[[int], str]) -> None:
    up(Refused("AccessDeniedException"), preview=True)
    assert "could not be looked up" in logged(logging.WARNING)


def test_answer_in_an_unknown_shape_is_an_error_and_no_stack_trace() -> None:
    strange = described(INTENDED)
    strange["deployments"][0]["createdAt"] = "yesterday"
    with pytest.raises(RolloutError) as failure:
        up(strange)
    assert failure.value.code == "ROLL006"


def test_check_is_switched_off_by_name() -> None:
    found = record(lambda: EcsService("service", service_args(verify_rollout=False)))
    assert found.calls == []


def look(service: object) -> Look:
    answers = Answers({GET_SERVICE: service, GET_CONTAINER: OLD_CONTAINER})
    found = record(
        lambda: look_at_service("runlayer-staging", "runlayer-staging", "backend", pulumi.InvokeOptions()),
        call_results=answers,
    )
    assert len(found.calls) <= 2
    return found.value(found.result)


def test_look_before_a_change_names_what_serves() -> None:
    release = look(CHANGED).release
    assert release is not None
    assert (release.version, release.digest) == ("v1.4.2", f"sha256:{'1' * 64}")
    assert release.task_definition_arn == OTHER


def test_look_before_the_first_deployment_finds_nothing_and_goes_on() -> None:
    assert look(Refused("no matching ECS Service found")) == Look()


def test_look_that_fails_says_why_and_goes_on() -> None:
    found = look(Refused("AccessDeniedException: no"))
    assert found.release is None
    assert found.failure == "AccessDeniedException: no"


def explained(service: object, **args: object) -> bool:
    answers = Answers({GET_SERVICE: service, GET_CONTAINER: OLD_CONTAINER})
    failed = pulumi.ErrorHookArgs(
        urn="u",
        id="i",
        name="n",
        type="t",
        **({"failed_operation": "update", "new_inputs": {"taskDefinition": INTENDED}, "errors": ["e"]} | args),  # pyright: ignore[reportArgumentType]
    )

    async def call() -> bool:
        hooks = rollout_hooks("hook", TARGET, pulumi.InvokeOptions())
        assert hooks.on_error is not None
        answer = hooks.on_error[0](failed)
        assert not isinstance(answer, bool)
        return await asyncio.ensure_future(answer)

    found = record(lambda: pulumi.Output.from_input(call()), call_results=answers)
    return found.value(found.result)


def announced(old: str | None, new: str) -> None:
    changing = pulumi.ResourceHookArgs(
        urn="u",
        id="i",
        name="n",
        type="t",
        old_inputs={"taskDefinition": old} if old else None,
        new_inputs={"taskDefinition": new},
    )

    def call() -> None:
        hooks = rollout_hooks("hook", TARGET, pulumi.InvokeOptions())
        assert hooks.before_create == hooks.before_update
        assert hooks.before_create is not None
        hooks.before_create[0](changing)

    record(call)


def test_rollout_is_announced_with_what_an_interruption_means(logged: Callable[[int], str]) -> None:
    announced(None, INTENDED)
    assert "ECS rolls out v1.5.0" in logged(logging.INFO)
    assert "Ctrl-C ends the waiting, not the rollout" in logged(logging.INFO)


def test_update_that_rolls_nothing_out_is_not_announced(logged: Callable[[int], str]) -> None:
    announced(INTENDED, INTENDED)
    assert logged(logging.INFO) == ""


def test_provider_s_failure_is_explained_and_never_retried(logged: Callable[[int], str]) -> None:
    assert explained(ROLLED_BACK) is False
    assert "ROLL001" in logged(logging.ERROR)
    assert "v1.4.2 (runlayer-staging:12" in logged(logging.ERROR)


def test_interrupted_wait_says_that_ecs_goes_on(logged: Callable[[int], str]) -> None:
    explained(MOVES)
    assert "ECS goes on with the rollout by itself" in logged(logging.ERROR)
    assert "pulumi preview -s staging" in logged(logging.ERROR)


def test_change_that_was_refused_is_not_blamed_on_somebody_else(logged: Callable[[int], str]) -> None:
    explained(CHANGED)
    assert "ROLL007" in logged(logging.ERROR)
    assert "somebody else" not in logged(logging.ERROR)


def test_failed_delete_is_left_to_the_provider(logged: Callable[[int], str]) -> None:
    explained(ROLLED_BACK, failed_operation="delete", new_inputs=None)
    assert logged(logging.ERROR) == ""


def test_service_that_was_never_made_needs_no_explanation(logged: Callable[[int], str]) -> None:
    explained(Refused("no matching ECS Service found"), failed_operation="create")
    assert logged(logging.ERROR) == ""
