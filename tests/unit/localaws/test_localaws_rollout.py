"""Rolling deployments: one situation a test."""

from typing import Any

import pytest

from localaws.ecs import engine, wording
from localaws.ecs.model import Service, TargetGroup
from localaws.registry.script import Behaviour, Script
from tests.support.rollout_story import ALARM, HOUR, World, deploy, play, service

GUARDED: dict[str, Any] = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
ALARMED: dict[str, Any] = {"alarms": {"enable": True, "rollback": True, "alarmNames": [ALARM]}}


def serving(world: World, deployment: dict[str, Any] | None = None, desired: int = 2) -> Service:
    """A service whose first release was deployed."""
    svc = service(deployment or GUARDED, desired, healthCheckGracePeriodSeconds=0)
    deploy(svc, world, "good")
    play(svc, world, HOUR)
    assert svc.rollouts[-1].status == "SUCCESSFUL"
    return svc


def world(**scripts: Script) -> World:
    return World(scripts=dict(scripts))


def messages(svc: Service) -> list[str]:
    return [event.message for event in svc.events]


def test_deployment_completes_when_the_new_tasks_are_healthy_and_the_old_have_drained() -> None:
    here = world()
    svc = serving(here)
    deploy(svc, here, "better")
    assert [d.status for d in svc.deployments] == ["PRIMARY", "ACTIVE"]
    play(svc, here, 2 * HOUR)
    assert [d.rollout_state for d in svc.deployments] == ["COMPLETED"]
    assert svc.rollouts[-1].status == "SUCCESSFUL"
    assert messages(svc)[-2:] == [wording.completed("web", svc.deployments[0].id), wording.steady("web")]


@pytest.mark.parametrize(
    ("behaviour", "code", "reason"),
    [
        ("exits", "EssentialContainerExited", "Essential container in task exited"),
        ("unhealthy", "ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group tg-first)"),
        ("unpullable", "TaskFailedToStart", "CannotPullContainerError"),
    ],
)
def test_breaker_rolls_back_when_tasks_fail(behaviour: Behaviour, code: str, reason: str) -> None:
    here = world(bad=Script(behaviour))
    svc = serving(here)
    deploy(svc, here, "bad")
    play(svc, here, 2 * HOUR)
    last = svc.rollouts[-1]
    assert (last.status, last.reason) == ("ROLLBACK_SUCCESSFUL", wording.ROLLED_BACK_BREAKER)
    assert (last.breaker_status, last.failure_count) == ("TRIGGERED", 4)  # both tasks of the second pair failed at once
    assert svc.primary is not None
    assert svc.primary.revision.task_definition == "web:good"
    failed = [t for t in svc.tasks.values() if t.task_definition == "web:bad" and t.stop_code == code]
    assert len(failed) == 4
    assert all(t.stopped_reason.startswith(reason) for t in failed)


def test_breaker_trips_without_a_single_task_when_there_is_no_capacity() -> None:
    here = world(bad=Script("no-capacity"))
    svc = serving(here)
    deploy(svc, here, "bad")
    play(svc, here, 2 * HOUR)
    assert svc.rollouts[-1].status == "ROLLBACK_SUCCESSFUL"
    assert not [t for t in svc.tasks.values() if t.task_definition == "web:bad"]
    assert wording.unplaced("web") in messages(svc)


def test_first_deployment_that_fails_has_no_rollback_candidate_and_stalls() -> None:
    here = world(bad=Script("exits"))
    svc = service(GUARDED)
    deploy(svc, here, "bad")
    play(svc, here, HOUR)
    last = svc.rollouts[-1]
    assert (last.status, last.reason) == ("ROLLBACK_FAILED", wording.NO_CANDIDATE)
    assert last.rollback_reason == wording.ROLLED_BACK_BREAKER
    started = len(svc.tasks)
    play(svc, here, 20 * HOUR)
    assert len(svc.tasks) == started, "a stalled deployment launches nothing"
    assert svc.primary is not None
    assert (svc.primary.rollout_state, svc.primary.rollout_reason) == ("FAILED", wording.BREAKER)


def test_breaker_without_rollback_stops_the_deployment_and_leaves_the_old_tasks() -> None:
    here = world(bad=Script("exits"))
    svc = serving(here, {"deploymentCircuitBreaker": {"enable": True, "rollback": False}})
    deploy(svc, here, "bad")
    play(svc, here, 2 * HOUR)
    assert (svc.rollouts[-1].status, svc.rollouts[-1].reason) == ("STOPPED", wording.STOPPED_BREAKER)
    assert [d.rollout_state for d in svc.deployments] == ["FAILED", "COMPLETED"]
    assert sum(t.live and t.healthy for t in svc.tasks.values()) == 2


def test_without_a_breaker_a_failing_release_is_tried_for_ever() -> None:
    here = world(bad=Script("unpullable"))
    svc = serving(here, {"deploymentCircuitBreaker": {"enable": False, "rollback": False}})
    deploy(svc, here, "bad")
    play(svc, here, 30 * HOUR)
    assert svc.rollouts[-1].status == "IN_PROGRESS"
    assert svc.primary is not None
    assert svc.primary.failed_tasks > 10
    assert wording.inconsistent("web") in messages(svc)
    assert sum(t.live and t.healthy for t in svc.tasks.values()) == 2


def test_rollback_target_is_the_last_completed_deployment_not_the_last_one() -> None:
    here = world(bad=Script("exits"), worse=Script("unpullable"))
    svc = serving(here)
    deploy(svc, here, "bad")
    svc.at += 20.0
    deploy(svc, here, "worse")
    assert svc.rollouts[-2].status == "STOPPED"
    play(svc, here, 3 * HOUR)
    assert svc.rollouts[-1].status == "ROLLBACK_SUCCESSFUL"
    assert svc.rollouts[-1].rollback_target == svc.rollouts[0].target.arn


def test_rollback_fails_when_the_old_release_fails_as_well() -> None:
    here = world(bad=Script("exits"))
    svc = serving(here, GUARDED | {"minimumHealthyPercent": 0, "maximumPercent": 100})
    deploy(svc, here, "bad")
    here.scripts["good"] = Script("unpullable")
    play(svc, here, 5 * HOUR)
    assert (svc.rollouts[-1].status, svc.rollouts[-1].reason) == ("ROLLBACK_FAILED", wording.ROLLBACK_TRIPPED)


def test_alarm_during_the_bake_rolls_a_healthy_release_back() -> None:
    here = world(bad=Script("degrades"))
    svc = serving(here, GUARDED | ALARMED)
    deploy(svc, here, "bad")
    play(svc, here, 2 * HOUR)
    last = svc.rollouts[-1]
    assert (last.status, last.reason) == ("ROLLBACK_SUCCESSFUL", wording.ROLLED_BACK_ALARM)
    assert (last.alarm_status, last.triggered_alarms) == ("TRIGGERED", [ALARM])
    assert here.firing == set(), "the alarm calms down once the bad release is gone"


def test_deployment_stays_in_progress_until_the_bake_is_over() -> None:
    here = world()
    here.bake = 300.0
    svc = serving(here, GUARDED | ALARMED)
    deploy(svc, here, "better")
    steady = svc.at + 47.0 + 30.0  # the new tasks are healthy after 47 s, the old ones have drained 30 s later
    play(svc, here, steady + 299.0)
    assert svc.rollouts[-1].status == "IN_PROGRESS"
    play(svc, here, steady + 301.0)
    assert svc.rollouts[-1].status == "SUCCESSFUL"


def test_alarm_that_fires_already_does_not_stop_the_deployment_that_mends_it() -> None:
    here = world()
    svc = serving(here, GUARDED | ALARMED)
    here.firing = {ALARM}
    deploy(svc, here, "better")
    play(svc, here, 2 * HOUR)
    assert svc.rollouts[-1].status == "SUCCESSFUL"


def test_slow_release_is_deployed_when_the_grace_period_is_long_enough() -> None:
    here = world(slow=Script("slow"))
    svc = serving(here)
    svc.config["healthCheckGracePeriodSeconds"] = 200
    deploy(svc, here, "slow")
    play(svc, here, 2 * HOUR)
    assert svc.rollouts[-1].status == "SUCCESSFUL"


def test_slow_release_trips_the_breaker_when_the_grace_period_is_too_short() -> None:
    here = world(slow=Script("slow"))
    svc = serving(here)
    deploy(svc, here, "slow")
    play(svc, here, 2 * HOUR)
    assert svc.rollouts[-1].status == "ROLLBACK_SUCCESSFUL"


def test_task_that_dies_after_it_was_healthy_is_replaced_and_not_counted() -> None:
    here = world()
    svc = serving(here)
    victim = next(t for t in svc.tasks.values() if t.live)
    engine_stop(svc, here, victim.id)
    play(svc, here, 2 * HOUR)
    assert sum(t.live and t.healthy for t in svc.tasks.values()) == 2
    assert svc.primary is not None
    assert svc.primary.failed_tasks == 0


def test_percentages_that_leave_no_room_are_told_and_nothing_moves() -> None:
    here = world()
    svc = serving(here, GUARDED | {"maximumPercent": 150, "minimumHealthyPercent": 100}, desired=1)
    deploy(svc, here, "better")
    play(svc, here, 5 * HOUR)
    assert svc.rollouts[-1].status == "IN_PROGRESS"
    assert wording.stuck("web") in messages(svc)


def test_request_to_roll_back_works_without_a_breaker() -> None:
    here = world()
    svc = serving(here, {"deploymentCircuitBreaker": {"enable": False, "rollback": False}})
    deploy(svc, here, "better")
    svc.rollouts[-1].stop_requested = "ROLLBACK"
    engine.advance(svc, svc.at, here, here.apply)
    assert svc.rollouts[-1].status == "ROLLBACK_IN_PROGRESS"
    play(svc, here, 2 * HOUR)
    assert (svc.rollouts[-1].status, svc.rollouts[-1].reason) == ("ROLLBACK_SUCCESSFUL", wording.ROLLED_BACK_REQUEST)


def test_deleted_service_drains_its_tasks_before_it_is_inactive() -> None:
    here = world()
    here.group = TargetGroup(10, 2, 3, 300)
    svc = serving(here)
    engine.delete(svc, svc.at, here)
    assert svc.status == "DRAINING"
    assert {t.status for t in svc.tasks.values()} == {"DEACTIVATING"}
    play(svc, here, svc.at + 400.0)
    assert svc.status == "INACTIVE"
    assert {t.status for t in svc.tasks.values()} == {"STOPPED"}


def test_target_is_registered_then_healthy_then_draining() -> None:
    here = world()
    svc = service(GUARDED, 1)
    deploy(svc, here, "good")
    task = next(iter(svc.tasks.values()))
    play(svc, here, 24.0)
    assert [(t.group, t.port, t.state) for t in task.targets] == [("tg-first", 8080, "initial")]
    play(svc, here, HOUR)
    assert [t.state for t in task.targets] == ["healthy"]
    engine_stop(svc, here, task.id)
    assert [t.state for t in task.targets] == ["draining"]


def engine_stop(svc: Service, here: World, task: str) -> None:
    from localaws.ecs.tasks import stop  # noqa: PLC0415

    stop(svc, svc.tasks[task], svc.at, here, code="UserInitiated", reason="Task stopped by user")
    engine.advance(svc, svc.at, here, here.apply)
