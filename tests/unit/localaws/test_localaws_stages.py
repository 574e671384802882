"""Blue/green, canary and linear deployments: one situation a test."""

from typing import Any

import pytest

from localaws.ecs import engine
from localaws.ecs.model import Service
from localaws.ecs.stages import ORDER, continue_hook, steps
from localaws.registry.script import Script
from tests.support.rollout_story import FIRST, HOUR, SECOND, World, deploy, play, service

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def serving(world: World, **config: object) -> Service:
    svc = service(BREAKER | {"bakeTimeInMinutes": 5} | config)
    deploy(svc, world, "good")
    play(svc, world, 5 * HOUR)
    assert svc.rollouts[-1].status == "SUCCESSFUL"
    return svc


def hooked(stage: str, action: str = "ROLLBACK") -> dict[str, Any]:
    timeout = {"timeoutInMinutes": 60, "action": action}
    return {"lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": [stage], "timeoutConfiguration": timeout}]}


def test_blue_green_goes_through_its_stages_in_order_and_swaps_the_target_groups() -> None:
    world = World()
    svc = serving(world, strategy="BLUE_GREEN")
    assert world.weights == {FIRST: 100, SECOND: 0}
    deploy(svc, world, "better")
    seen: list[str] = []

    def look() -> None:
        stage = svc.rollouts[-1].stage
        if stage and (not seen or seen[-1] != stage):
            seen.append(stage)

    look()
    play(svc, world, 10 * HOUR, look)
    assert seen == [stage for stage in ORDER if stage in seen]
    assert {"SCALE_UP", "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP"} <= set(seen)
    assert world.weights == {SECOND: 100, FIRST: 0}
    assert svc.rollouts[-1].status == "SUCCESSFUL"


def test_old_tasks_stay_through_the_bake_so_that_a_rollback_is_a_switch_of_traffic() -> None:
    world = World(scripts={"bad": Script("degrades")})
    alarms = {"enable": True, "rollback": True, "alarmNames": ["alarm-5xx"]}
    svc = serving(world, strategy="BLUE_GREEN", alarms=alarms)
    old = {t.id for t in svc.tasks.values() if t.live}
    deploy(svc, world, "bad")
    play(svc, world, 10 * HOUR)
    assert svc.rollouts[-1].status == "ROLLBACK_SUCCESSFUL"
    assert {t.id for t in svc.tasks.values() if t.live} == old, "not one old task was replaced"
    assert world.weights == {FIRST: 100, SECOND: 0}


def test_release_that_never_gets_healthy_never_sees_production_traffic() -> None:
    world = World(scripts={"bad": Script("unhealthy")})
    svc = serving(world, strategy="BLUE_GREEN")
    deploy(svc, world, "bad")
    greatest = 0

    def look() -> None:
        nonlocal greatest
        greatest = max(greatest, world.weights.get(SECOND, 0))

    play(svc, world, 10 * HOUR, look)
    assert svc.rollouts[-1].status == "ROLLBACK_SUCCESSFUL"
    assert greatest == 0


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"strategy": "BLUE_GREEN"}, [100.0]),
        ({"strategy": "CANARY"}, [5.0, 100.0]),
        ({"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 25.0}}, [25.0, 100.0]),
        ({"strategy": "LINEAR"}, [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0]),
        ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 40.0}}, [40.0, 80.0, 100.0]),
    ],
)
def test_traffic_is_shifted_in_the_configured_steps(config: dict[str, Any], expected: list[float]) -> None:
    world = World()
    svc = serving(world, **config)
    assert [percent for percent, _ in steps(svc.rollouts[-1])] == expected
    deploy(svc, world, "better")
    seen: list[float] = []

    def look() -> None:
        weight = svc.rollouts[-1].production_weight
        if weight and (not seen or seen[-1] != weight):
            seen.append(weight)

    play(svc, world, 10 * HOUR, look)
    assert seen == expected


def test_canary_waits_its_bake_time_before_the_rest_follows() -> None:
    world = World()
    svc = serving(world, strategy="CANARY", canaryConfiguration={"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 30})
    deploy(svc, world, "better")
    begun = svc.at
    play(svc, world, begun + 29 * 60)
    assert world.weights == {SECOND: 10, FIRST: 90}
    play(svc, world, begun + 33 * 60)
    assert world.weights == {SECOND: 100, FIRST: 0}


def test_pause_waits_for_an_answer_and_goes_on_when_told_to() -> None:
    world = World()
    svc = service(BREAKER | {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0} | hooked("POST_TEST_TRAFFIC_SHIFT"))
    deploy(svc, world, "good")
    play(svc, world, 30 * 60)
    item = svc.rollouts[-1]
    assert (item.status, item.stage) == ("IN_PROGRESS", "POST_TEST_TRAFFIC_SHIFT")
    assert [hook.status for hook in item.hooks] == ["AWAITING_ACTION"]
    assert continue_hook(item, item.hooks[0].id, "CONTINUE")
    engine.advance(svc, svc.at, world, world.apply)
    play(svc, world, HOUR)
    assert item.status == "SUCCESSFUL"


def test_pause_rolls_back_when_told_to() -> None:
    world = World()
    svc = serving(world, strategy="BLUE_GREEN")
    svc.config["deploymentConfiguration"] |= hooked("POST_TEST_TRAFFIC_SHIFT")
    deploy(svc, world, "better")
    play(svc, world, svc.at + 600)
    item = svc.rollouts[-1]
    continue_hook(item, item.hooks[0].id, "ROLLBACK")
    engine.advance(svc, svc.at, world, world.apply)
    play(svc, world, svc.at + HOUR)
    assert item.status == "ROLLBACK_SUCCESSFUL"
    assert "POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed" in item.reason
    assert world.weights == {FIRST: 100, SECOND: 0}


@pytest.mark.parametrize(("action", "expected"), [("ROLLBACK", "ROLLBACK_SUCCESSFUL"), ("CONTINUE", "SUCCESSFUL")])
def test_pause_that_nobody_answers_does_what_its_timeout_says(action: str, expected: str) -> None:
    world = World()
    svc = serving(world, strategy="BLUE_GREEN")
    svc.config["deploymentConfiguration"] |= hooked("POST_SCALE_UP", action)
    deploy(svc, world, "better")
    play(svc, world, svc.at + 59 * 60)
    assert not svc.rollouts[-1].over
    play(svc, world, svc.at + HOUR)
    assert svc.rollouts[-1].status == expected


def test_answer_to_a_hook_that_does_not_wait_is_refused() -> None:
    world = World()
    svc = serving(world, strategy="BLUE_GREEN")
    assert not continue_hook(svc.rollouts[-1], "no-such-hook", "CONTINUE")
