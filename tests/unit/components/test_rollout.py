"""The judgement on a rollout, from what ECS says: which release serves, and whose doing it is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.rollout import Deployment, Event, ServiceView, Standing, judge, revision

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OLD, NEW = "arn:aws:ecs:us-east-1:1:task-definition/app:12", "arn:aws:ecs:us-east-1:1:task-definition/app:13"
OLD_ID, NEW_ID = "ecs-svc/1111", "ecs-svc/2222"
DONE = "(service app) (deployment {id}) deployment completed."
FAILED = "(service app) (deployment {id}) deployment failed: tasks failed to start."
BACK = "(service app) rolling back to deployment {id}."
BACK_IN_PARENTHESES = "(service app) rolling back to (deployment {id})."
STEADY = "(service app) has reached a steady state."


def deployment(
    id_: str, arn: str, status: str = "PRIMARY", *, running: int = 2, pending: int = 0, minute: int = 0
) -> Deployment:
    return Deployment(id_, status, arn, running, pending, 2, START + timedelta(minutes=minute))


def view(deployments: list[Deployment], *said: tuple[int, str]) -> ServiceView:
    """`said`: (minute, sentence), oldest first."""
    events = [Event(START + timedelta(minutes=minute), message) for minute, message in said]
    return ServiceView(tuple(deployments), tuple(reversed(events)))


def standing(seen: ServiceView | None, *, rolling: bool = True) -> Standing:
    return judge(seen, NEW, rolling=rolling).standing


def test_release_serves_when_ecs_calls_its_deployment_complete() -> None:
    seen = view([deployment(NEW_ID, NEW)], (1, STEADY), (1, DONE.format(id=NEW_ID)))
    assert judge(seen, NEW, rolling=True).standing is Standing.SERVES


def test_release_is_not_through_while_alarms_bake_though_all_its_tasks_run() -> None:
    seen = view([deployment(NEW_ID, NEW)], (1, "(service app) has started 2 tasks: (task 1) (task 2)."), (2, STEADY))
    assert standing(seen) is Standing.MOVING


def test_completed_deployment_of_the_release_before_proves_nothing() -> None:
    seen = view([deployment(NEW_ID, NEW, minute=5)], (1, DONE.format(id=OLD_ID)), (6, STEADY))
    assert standing(seen) is Standing.MOVING


@pytest.mark.parametrize("back", [BACK, BACK_IN_PARENTHESES])
def test_rolled_back_release_is_replaced_with_ecs_s_reason(back: str) -> None:
    seen = view(
        [deployment(OLD_ID, OLD)],
        (1, "(service app) (port 8080) is unhealthy in (target-group g) due to (reason Health checks failed)"),
        (2, FAILED.format(id=NEW_ID)),
        (2, back.format(id=OLD_ID)),
        (3, DONE.format(id=OLD_ID)),
    )
    found = judge(seen, NEW, rolling=True)
    assert found.standing is Standing.REPLACED
    assert found.rolled_back
    assert found.serving_arn == OLD
    assert found.reasons[0] == FAILED.format(id=NEW_ID)
    assert "unhealthy" in found.reasons[1]


def test_rollback_that_is_still_going_on_counts_as_one() -> None:
    seen = view(
        [deployment(OLD_ID, OLD, running=1), deployment(NEW_ID, NEW, "ACTIVE", running=1)],
        (2, FAILED.format(id=NEW_ID)),
        (2, BACK.format(id=OLD_ID)),
    )
    assert judge(seen, NEW, rolling=True).rolled_back


def test_rollback_is_seen_also_when_ecs_makes_a_new_deployment_of_the_old_release() -> None:
    seen = view(
        [deployment("ecs-svc/3333", OLD, minute=3)], (2, FAILED.format(id=NEW_ID)), (3, DONE.format(id="ecs-svc/3333"))
    )
    assert judge(seen, NEW, rolling=True).rolled_back


def test_rollback_that_fails_too_is_told_with_both_reasons() -> None:
    alarm = "(service app) (deployment {id}) deployment failed: alarm detected."
    seen = view(
        [deployment(OLD_ID, OLD, running=0), deployment(NEW_ID, NEW, "ACTIVE")],
        (1, DONE.format(id="ecs-svc/0")),
        (2, alarm.format(id=NEW_ID)),
        (2, BACK.format(id=OLD_ID)),
        (3, "(service app) is unable to consistently start tasks successfully."),
        (4, FAILED.format(id=OLD_ID)),
    )
    found = judge(seen, NEW, rolling=True)
    assert (found.standing, found.rolled_back, found.rollback_failed) == (Standing.REPLACED, True, True)
    assert found.serving_arn == NEW
    assert found.reasons == (
        FAILED.format(id=OLD_ID),
        alarm.format(id=NEW_ID),
        "(service app) is unable to consistently start tasks successfully.",
    )


def test_rollback_is_seen_when_both_releases_are_one_task_definition() -> None:
    seen = view(
        [deployment(OLD_ID, NEW)],
        (2, FAILED.format(id=NEW_ID)),
        (2, BACK.format(id=OLD_ID)),
        (3, DONE.format(id=OLD_ID)),
    )
    assert standing(seen) is Standing.REPLACED


def test_change_by_somebody_else_is_no_rollback() -> None:
    seen = view(
        [deployment("ecs-svc/9", OLD, minute=600)], (2, FAILED.format(id=NEW_ID)), (601, DONE.format(id="ecs-svc/9"))
    )
    found = judge(seen, NEW, rolling=True)
    assert found.standing is Standing.REPLACED
    assert not found.rolled_back
    assert found.reasons == ()


def test_failure_without_rollback_leaves_the_old_release_serving() -> None:
    seen = view(
        [deployment(NEW_ID, NEW, running=0), deployment(OLD_ID, OLD, "ACTIVE", running=2)],
        (2, FAILED.format(id=NEW_ID)),
    )
    found = judge(seen, NEW, rolling=True)
    assert found.standing is Standing.FAILED
    assert found.serving_arn == OLD


def test_first_deployment_that_fails_has_nothing_to_go_back_to() -> None:
    seen = view([deployment(NEW_ID, NEW, running=0)], (2, FAILED.format(id=NEW_ID)))
    found = judge(seen, NEW, rolling=True)
    assert found.standing is Standing.FAILED
    assert found.serving_arn is None


def test_success_after_an_earlier_failure_counts() -> None:
    seen = view(
        [deployment("ecs-svc/3", NEW, minute=4)],
        (2, FAILED.format(id=NEW_ID)),
        (2, BACK.format(id=OLD_ID)),
        (3, DONE.format(id=OLD_ID)),
        (5, DONE.format(id="ecs-svc/3")),
    )
    assert standing(seen) is Standing.SERVES


def test_traffic_moving_strategy_is_through_when_the_old_set_is_gone() -> None:
    both = [deployment(NEW_ID, NEW), deployment(OLD_ID, OLD, "ACTIVE")]
    assert standing(view(both, (1, STEADY)), rolling=False) is Standing.MOVING
    assert standing(view(both[:1], (1, STEADY)), rolling=False) is Standing.SERVES


@pytest.mark.parametrize(("running", "pending"), [(1, 0), (2, 1)])
def test_missing_or_pending_tasks_are_not_through(running: int, pending: int) -> None:
    short = deployment(NEW_ID, NEW, running=running, pending=pending)
    assert standing(view([short], (1, STEADY)), rolling=False) is Standing.MOVING


def test_service_whose_deployment_is_older_than_what_ecs_remembers_serves() -> None:
    hundred = [(10_000 + minute, STEADY) for minute in range(100)]
    assert standing(view([deployment(NEW_ID, NEW)], *hundred)) is Standing.SERVES
    assert standing(view([deployment(NEW_ID, NEW)], *hundred[:99])) is Standing.MOVING


@pytest.mark.parametrize("nothing", [None, ServiceView((), ())])
def test_service_that_does_not_exist_is_absent(nothing: ServiceView | None) -> None:
    assert standing(nothing) is Standing.ABSENT


def test_reasons_say_the_same_thing_once() -> None:
    checks = [(1, f"(service app) (task {number}) failed container health checks.") for number in range(9)]
    seen = view([deployment(OLD_ID, OLD)], *checks, (2, FAILED.format(id=NEW_ID)), (2, BACK.format(id=OLD_ID)))
    assert len(judge(seen, NEW, rolling=True).reasons) == 2


def test_reasons_are_those_of_the_last_rollout_alone() -> None:
    earlier = "(service app) was unable to place a task. Reason: Capacity is unavailable at this time."
    seen = view(
        [deployment(OLD_ID, OLD)],
        (0, earlier),
        (1, FAILED.format(id="ecs-svc/0")),
        (1, BACK.format(id=OLD_ID)),
        (2, DONE.format(id=OLD_ID)),
        (3, "(service app) (task 1) failed container health checks."),
        (4, FAILED.format(id=NEW_ID)),
        (4, BACK.format(id=OLD_ID)),
        (5, DONE.format(id=OLD_ID)),
    )
    assert judge(seen, NEW, rolling=True).reasons == (
        FAILED.format(id=NEW_ID),
        "(service app) (task 1) failed container health checks.",
    )


def test_rollout_that_goes_on_is_not_blamed_for_the_one_before() -> None:
    said = [(1, FAILED.format(id="ecs-svc/0")), (2, DONE.format(id=OLD_ID)), (3, "(service app) has started 2 tasks.")]
    assert judge(view([deployment(NEW_ID, NEW, minute=3)], *said), NEW, rolling=True).reasons == ()


def test_revision_is_what_people_say() -> None:
    assert revision(NEW) == "app:13"


rows = st.lists(
    st.builds(
        Deployment,
        st.sampled_from([OLD_ID, NEW_ID]),
        st.sampled_from(["PRIMARY", "ACTIVE", "INACTIVE"]),
        st.sampled_from([OLD, NEW]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(0, 3),
        st.just(START),
    ),
    max_size=3,
)
said = st.lists(
    st.builds(
        lambda minute, text, id_: Event(START + timedelta(minutes=minute), text.format(id=id_)),
        st.integers(-100, 100),
        st.sampled_from([DONE, FAILED, BACK, STEADY, "anything"]),
        st.sampled_from([OLD_ID, NEW_ID]),
    ),
    max_size=8,
)


@given(rows, said, st.booleans())
def test_nothing_but_the_intended_release_as_ecs_s_own_aim_ever_counts_as_serving(
    deployments: list[Deployment],
    events: list[Event],
    rolling: bool,
) -> None:
    seen = ServiceView(tuple(deployments), tuple(sorted(events, key=lambda each: each.at, reverse=True)))
    found = judge(seen, NEW, rolling=rolling)
    if found.standing is Standing.SERVES:
        assert seen.primary is not None
        assert seen.primary.task_definition_arn == found.serving_arn == NEW
        assert not any(
            each.message in (FAILED.format(id=seen.primary.id), BACK.format(id=seen.primary.id)) for each in events
        )
