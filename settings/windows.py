"""Daily and weekly windows in UTC, as Amazon RDS writes them, on the circle of a week's minutes."""

import re
from dataclasses import dataclass

_DAY = 24 * 60
_WEEK = 7 * _DAY
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
DAILY = rf"{_TIME}-{_TIME}"
WEEKLY = rf"(mon|tue|wed|thu|fri|sat|sun):{_TIME}-(mon|tue|wed|thu|fri|sat|sun):{_TIME}"
_DAILY, _WEEKLY = re.compile(DAILY, re.ASCII), re.compile(WEEKLY, re.ASCII)


@dataclass(frozen=True)
class Window:
    """A stretch of minutes within a week that starts on Monday at 00:00 UTC; it may run over the end of the week."""

    start: int
    minutes: int

    def overlaps(self, other: "Window") -> bool:
        """Whether the two have a minute in common, in any week."""
        ahead = (other.start - self.start) % _WEEK
        behind = (self.start - other.start) % _WEEK
        return ahead < self.minutes or behind < other.minutes


def daily(text: str) -> list[Window]:
    """The seven windows of `hh:mm-hh:mm`; an end before the start is on the next day.

    Raises:
        ValueError: the text has another form.
    """
    found = _DAILY.fullmatch(text)
    if not found:
        raise ValueError("not hh:mm-hh:mm")
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    return [Window(day * _DAY + start, (end - start) % _DAY) for day in range(7)]


def weekly(text: str) -> Window:
    """The window of `ddd:hh:mm-ddd:hh:mm`; an end before the start is in the next week.

    Raises:
        ValueError: the text has another form.
    """
    found = _WEEKLY.fullmatch(text)
    if not found:
        raise ValueError("not ddd:hh:mm-ddd:hh:mm")
    from_day, from_hour, from_minute, to_day, to_hour, to_minute = found.groups()
    start = _DAYS.index(from_day) * _DAY + int(from_hour) * 60 + int(from_minute)
    end = _DAYS.index(to_day) * _DAY + int(to_hour) * 60 + int(to_minute)
    return Window(start, (end - start) % _WEEK)
