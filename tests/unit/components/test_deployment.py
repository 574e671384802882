"""Strategies as arguments of a service, and rollouts that cannot work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.deployment import (
    DeploymentArgs,
    DeploymentStrategy,
    PauseStage,
    deployment_configuration,
    deployment_faults,
    moves_traffic,
    planned_minutes,
    timing_faults,
)

TWO = range(2, 3)


def faults(tasks: int = 2, **changes: object) -> list[str]:
    return list(deployment_faults(DeploymentArgs(**changes), range(tasks, tasks + 1)))  # pyright: ignore[reportArgumentType]


def test_rolling_names_its_strategy_and_nothing_else() -> None:
    found = deployment_configuration(DeploymentArgs())
    assert found.strategy == "ROLLING"
    assert found.bake_time_in_minutes is None
    assert found.lifecycle_hooks is None


def test_canary_moves_its_share_first_and_then_bakes() -> None:
    found = deployment_configuration(
        DeploymentArgs(
            strategy=DeploymentStrategy.CANARY,
            canary_percent=12.5,
            step_bake_minutes=7,
            bake_minutes=3,
            wait_minutes=30,
        )
    )
    assert found.strategy == "CANARY"
    assert found.bake_time_in_minutes == "3"
    assert found.linear_configuration is None
    assert found.canary_configuration.canary_percent == 12.5  # pyright: ignore
    assert found.canary_configuration.canary_bake_time_in_minutes == "7"  # pyright: ignore


def test_linear_moves_in_steps() -> None:
    found = deployment_configuration(DeploymentArgs(strategy=DeploymentStrategy.LINEAR, linear_step_percent=20))
    assert found.strategy == "LINEAR"
    assert found.canary_configuration is None
    assert found.linear_configuration.step_percent == 20  # pyright: ignore
    assert found.linear_configuration.step_bake_time_in_minutes == "5"  # pyright: ignore


def test_blue_green_always_has_a_bake_time_since_ecs_asks_for_one() -> None:
    found = deployment_configuration(DeploymentArgs(strategy=DeploymentStrategy.BLUE_GREEN))
    assert found.strategy == "BLUE_GREEN"
    assert found.bake_time_in_minutes == "0"
    assert found.canary_configuration is None
    assert found.linear_configuration is None


def test_pause_waits_for_people_and_goes_back_when_nobody_comes() -> None:
    found = deployment_configuration(
        DeploymentArgs(
            strategy=DeploymentStrategy.BLUE_GREEN,
            pause_before=[PauseStage.POST_TEST_TRAFFIC_SHIFT],
            wait_minutes=45,
        )
    )
    (hook,) = found.lifecycle_hooks  # pyright: ignore
    assert hook.target_type == "PAUSE"  # pyright: ignore
    assert hook.lifecycle_stages == ["POST_TEST_TRAFFIC_SHIFT"]  # pyright: ignore
    assert hook.timeout_configuration.action == "ROLLBACK"  # pyright: ignore
    assert hook.timeout_configuration.timeout_in_minutes == "45"  # pyright: ignore


def test_strategy_may_come_as_text_from_a_stack_file() -> None:
    assert moves_traffic(DeploymentArgs(strategy="canary"))  # pyright: ignore[reportArgumentType]
    assert not moves_traffic(DeploymentArgs(strategy="rolling"))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("tasks", "minimum", "maximum", "works"),
    [
        (2, 100, 200, True),
        (1, 100, 200, True),
        (1, 100, 100, False),
        (1, 50, 100, False),  # half a task is rounded up to one
        (1, 0, 100, True),
        (3, 100, 133, False),  # 3.99 tasks are rounded down to three
        (4, 50, 100, True),
    ],
)
def test_rollout_that_may_neither_start_nor_stop_a_task_is_refused(
    tasks: int, minimum: int, maximum: int, *, works: bool
) -> None:
    found = faults(tasks, minimum_healthy_percent=minimum, maximum_percent=maximum)
    assert (found == []) is works


def test_rolling_refuses_bake_and_pauses() -> None:
    assert any("bake_minutes" in each for each in faults(bake_minutes=5))
    assert any("pause_before" in each for each in faults(pause_before=[PauseStage.PRE_SCALE_UP]))


def test_up_that_would_give_up_before_the_verdict_is_refused() -> None:
    assert faults(strategy="blue_green", bake_minutes=29, wait_minutes=30) == []
    (fault,) = faults(strategy="blue_green", bake_minutes=30, wait_minutes=30)
    assert "wait_minutes" in fault


@given(st.floats(3, 100), st.integers(0, 60), st.integers(0, 60))
def test_linear_plans_a_wait_after_every_step_but_the_last(step: float, wait: int, bake: int) -> None:
    args = DeploymentArgs(
        strategy=DeploymentStrategy.LINEAR, linear_step_percent=step, step_bake_minutes=wait, bake_minutes=bake
    )
    moved, waits = step, 0
    while moved < 100 - 1e-9:
        moved, waits = moved + step, waits + 1
    assert abs(planned_minutes(args) - (waits * wait + bake)) <= wait


def test_task_that_is_killed_while_it_drains_is_refused() -> None:
    timings = {"grace_seconds": 60, "healthy_seconds": 20}
    assert list(timing_faults(stop_seconds=60, drain_seconds=60, **timings)) == []
    (fault,) = timing_faults(stop_seconds=60, drain_seconds=61, **timings)
    assert "drain_seconds" in fault


def test_grace_that_is_shorter_than_becoming_healthy_is_refused() -> None:
    timings = {"stop_seconds": 60, "drain_seconds": 30}
    assert list(timing_faults(grace_seconds=20, healthy_seconds=20, **timings)) == []
    (fault,) = timing_faults(grace_seconds=19, healthy_seconds=20, **timings)
    assert "health_check_grace_seconds" in fault
