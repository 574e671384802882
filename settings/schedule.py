"""AWS cron expressions: `cron(minute hour day-of-month month day-of-week year)` in UTC.

Source: Amazon EventBridge User Guide, "Cron-based schedules", which AWS Backup follows.
"""

import re

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = ((0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (1, 7, _WEEKDAYS), (1970, 2199, ()))
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4
_ITEM = re.compile(r"(\*|\w+)(?:-(\w+))?(?:/(\d{1,4}))?", re.ASCII)
_LAST_OR_WEEKDAY = re.compile(r"L|LW|([1-9]|[12]\d|3[01])W", re.ASCII)
_NTH_WEEKDAY = re.compile(r"([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])|L", re.ASCII)


def is_cron(text: str) -> bool:
    """Whether AWS takes the text as a schedule."""
    if not (text.startswith("cron(") and text.endswith(")")):
        return False
    fields = text.removeprefix("cron(").removesuffix(")").split(" ")
    if len(fields) != len(_FIELDS):
        return False
    if (fields[_DAY_OF_MONTH] == "?") == (fields[_DAY_OF_WEEK] == "?"):
        return False
    return all(_fits(position, field) for position, field in enumerate(fields))


def _fits(position: int, field: str) -> bool:
    if field == "?":
        return position in (_DAY_OF_MONTH, _DAY_OF_WEEK)
    if position == _DAY_OF_MONTH and _LAST_OR_WEEKDAY.fullmatch(field):
        return True
    if position == _DAY_OF_WEEK and _NTH_WEEKDAY.fullmatch(field):
        return True
    return all(_item_fits(position, item) for item in field.split(","))


def _item_fits(position: int, item: str) -> bool:
    found = _ITEM.fullmatch(item)
    if not found:
        return False
    first, last, step = found.groups()
    if first == "*":
        return last is None and (step is None or int(step) > 0)
    low = _number(position, first)
    high = _number(position, last) if last else low
    return low is not None and high is not None and (step is None or int(step) > 0)


def _number(position: int, text: str) -> int | None:
    low, high, names = _FIELDS[position]
    if text in names:
        return names.index(text) + low
    if not text.isdecimal() or len(text) > len(str(high)):
        return None
    return int(text) if low <= int(text) <= high else None
