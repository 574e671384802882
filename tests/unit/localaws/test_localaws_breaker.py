"""The numbers of the deployment circuit breaker and of the percentages."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localaws.ecs.breaker import resets_on_healthy, start_delay, threshold
from localaws.ecs.percent import fewest_healthy, most_tasks


@pytest.mark.parametrize(
    ("desired", "expected"), [(1, 3), (5, 3), (6, 3), (7, 4), (10, 5), (25, 13), (400, 200), (800, 200)]
)
def test_threshold_is_half_of_the_desired_count_between_3_and_200(desired: int, expected: int) -> None:
    assert threshold(desired, {}) == expected


@given(desired=st.integers(0, 5000))
def test_threshold_follows_the_documented_formula_for_every_desired_count(desired: int) -> None:
    assert threshold(desired, {}) == min(200, max(3, math.ceil(desired / 2)))


@pytest.mark.parametrize(
    ("kind", "value", "desired", "expected"),
    [("COUNT", 1, 50, 1), ("COUNT", 250, 2, 250), ("UNBOUNDED_PERCENT", 50, 2, 1), ("BOUNDED_PERCENT", 10, 2, 3)],
)
def test_threshold_configuration_replaces_the_default(kind: str, value: int, desired: int, expected: int) -> None:
    assert threshold(desired, {"thresholdConfiguration": {"type": kind, "value": value}}) == expected


def test_count_resets_on_a_healthy_task_unless_it_is_told_not_to() -> None:
    assert resets_on_healthy({})
    assert not resets_on_healthy({"resetOnHealthyTask": False})


@given(desired=st.integers(0, 1000), percent=st.integers(0, 400))
def test_maximum_rounds_down_and_minimum_rounds_up(desired: int, percent: int) -> None:
    assert most_tasks(desired, percent) == desired * percent // 100
    assert fewest_healthy(desired, percent) == -(-desired * percent // 100)


def test_starts_that_fail_are_held_back_longer_each_time_up_to_27_minutes() -> None:
    delays = [start_delay(n) for n in range(20)]
    assert delays[0] == 0
    assert delays == sorted(delays)
    assert delays[-1] == 27 * 60
