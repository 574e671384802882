"""Tables and calculations that AWS documents: Fargate sizes, retention, windows, schedules, rollouts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.fargate import MEMORY_MIB, memory_range, nearest, offered
from settings.retention import LOG_DAYS, PERFORMANCE_INSIGHTS_DAYS
from settings.rollout import may_start_to, may_stop_to, stuck_at
from settings.schedule import is_cron
from settings.windows import Window, daily, weekly

WEEK = 7 * 24 * 60


@pytest.mark.parametrize(
    ("cpu", "smallest", "largest", "count"),
    [
        (256, 512, 2048, 3),
        (512, 1024, 4096, 4),
        (1024, 2048, 8192, 7),
        (2048, 4096, 16384, 13),
        (4096, 8192, 30720, 23),
        (8192, 16384, 61440, 12),
        (16384, 32768, 122880, 12),
    ],
)
def test_fargate_offers_the_documented_sizes(cpu: int, smallest: int, largest: int, count: int) -> None:
    sizes = MEMORY_MIB[cpu]

    assert (sizes[0], sizes[-1], len(sizes)) == (smallest, largest, count)
    assert all(offered(cpu, size) for size in sizes)
    assert not offered(cpu, smallest - 1)
    assert not offered(cpu, largest + 1024)


@given(st.integers(1, 40_000), st.integers(1, 200_000))
def test_nearest_pairs_are_on_offer_and_begin_with_one_that_is_large_enough(cpu: int, memory_mib: int) -> None:
    pairs = nearest(cpu, memory_mib)

    assert len(pairs) == 3
    assert all(offered(*pair) for pair in pairs)
    if cpu <= 16384 and memory_mib <= 122880:
        assert pairs[0][0] >= cpu
        assert pairs[0][1] >= memory_mib
    if offered(cpu, memory_mib):
        assert pairs[0] == (cpu, memory_mib)


def test_memory_range_says_steps_where_the_list_is_long() -> None:
    assert memory_range(256) == "512, 1024, 2048"
    assert memory_range(8192) == "16384 to 61440 in steps of 4096"
    assert memory_range(700) == ""


def test_retention_is_what_the_services_offer() -> None:
    assert {7, 30, 365, 400, 545, 3653} <= set(LOG_DAYS)
    assert {2, 10, 28, 180 + 1, 3650}.isdisjoint(LOG_DAYS)
    assert {7, 31, 93, 341, 589, 713, 731} <= set(PERFORMANCE_INSIGHTS_DAYS)
    assert {0, 14, 30, 94, 744}.isdisjoint(PERFORMANCE_INSIGHTS_DAYS)


MINUTE = st.integers(0, WEEK - 1)
LENGTH = st.integers(1, 24 * 60)
WINDOW = st.builds(Window, MINUTE, LENGTH)


@given(WINDOW, WINDOW)
def test_windows_overlap_when_they_share_a_minute_of_the_week(one: Window, other: Window) -> None:
    def minutes(window: Window) -> set[int]:
        return {(window.start + minute) % WEEK for minute in range(window.minutes)}

    assert one.overlaps(other) == bool(minutes(one) & minutes(other))
    assert one.overlaps(other) == other.overlaps(one)


def test_daily_window_runs_over_midnight() -> None:
    assert daily("23:30-00:15")[6] == Window(WEEK - 30, 45)


def test_weekly_window_runs_over_the_end_of_the_week() -> None:
    assert weekly("sun:23:30-mon:00:15") == Window(WEEK - 30, 45)


@pytest.mark.parametrize(
    "text", ["", "3:00-4:00", "24:00-25:00", "03:60-04:00", "03:00", "03:00-04:00 ", "٠٣:00-04:00"]
)
def test_other_texts_are_no_daily_window(text: str) -> None:
    with pytest.raises(ValueError, match="hh:mm"):
        daily(text)


@pytest.mark.parametrize("text", ["sun:05:00-06:00", "Sun:05:00-sun:06:00", "sonntag:05:00-sun:06:00", "05:00-06:00"])
def test_other_texts_are_no_weekly_window(text: str) -> None:
    with pytest.raises(ValueError, match="ddd"):
        weekly(text)


@pytest.mark.parametrize(
    "text",
    [
        "cron(0 2 * * ? *)",
        "cron(0/15 8-17 ? * MON-FRI *)",
        "cron(0 2 1,15 * ? *)",
        "cron(0 2 L * ? *)",
        "cron(0 2 15W * ? 2025-2030)",
        "cron(0 2 ? JAN,JUL 2#1 *)",
        "cron(0 2 ? * 6L *)",
    ],
)
def test_schedule_that_aws_takes_is_taken(text: str) -> None:
    assert is_cron(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rate(1 day)",
        "0 2 * * ? *",
        "cron(0 2 * * ?)",
        "cron(0 2 * * * *)",
        "cron(0 2 ? * ? *)",
        "cron(60 2 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 2 0 * ? *)",
        "cron(0 2 32 * ? *)",
        "cron(0 2 * 13 ? *)",
        "cron(0 2 ? * 8 *)",
        "cron(0 2 * * ? 1969)",
        "cron(0/0 2 * * ? *)",
        "cron(? 2 * * ? *)",
        "cron(0  2 * * ? *)",
        "cron(0 2 * * ? *",
        "cron(0 2 ? * 2#6 *)",
        "cron(0 2 ? MONDAY * *)",
        "cron(, 2 * * ? *)",
        "cron(٣ 2 * * ? *)",
    ],
)
def test_schedule_that_aws_refuses_is_refused(text: str) -> None:
    assert not is_cron(text)


@given(st.text(max_size=60))
def test_any_text_is_judged_as_a_schedule(text: str) -> None:
    assert is_cron(f"cron({text})") in (True, False)


@pytest.mark.parametrize(
    ("desired", "minimum", "maximum", "stop_to", "start_to"),
    [(3, 50, 150, 2, 4), (1, 50, 200, 1, 2), (4, 100, 110, 4, 4), (10, 90, 110, 9, 11), (1, 0, 100, 0, 1)],
)
def test_rounding_is_that_of_ecs(desired: int, minimum: int, maximum: int, stop_to: int, start_to: int) -> None:
    assert may_stop_to(desired, minimum) == stop_to
    assert may_start_to(desired, maximum) == start_to


@given(st.integers(1, 60), st.integers(0, 100), st.integers(100, 200))
def test_rollout_is_stuck_only_when_no_task_can_be_replaced(desired: int, minimum: int, maximum: int) -> None:
    stuck = stuck_at(range(desired, desired + 1), minimum, maximum)

    old, new, lowest, highest = desired, 0, may_stop_to(desired, minimum), may_start_to(desired, maximum)
    for _ in range(4 * desired):
        new += min(desired - new, highest - old - new)
        old -= min(old, old + new - lowest) if new < desired else old
    assert (stuck is None) == (new == desired)


def test_first_count_that_is_stuck_is_named() -> None:
    assert stuck_at(range(2, 20), 90, 110) == 2
    assert stuck_at(range(10, 20), 90, 110) is None
    assert stuck_at(range(10, 30), 95, 105) == 10
