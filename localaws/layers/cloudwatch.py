"""CloudWatch: alarms begin without data, composite alarms follow their rule, the history is kept."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from localaws import moto_state
from localaws.errors import ApiError
from localaws.moto_state import Untyped

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

COMPOSITE = "composite-alarms"
UNCHECKED = "alarms-unchecked"
TAGS = "composite-alarm-tags"
FIRST_CHECK_SECONDS = 60.0
_TERM = re.compile(
    r"""\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*["']?([^"')]+?)["']?\s*\)|\b(AND|OR|NOT|TRUE|FALSE)\b|[()]"""
)


def put_metric_alarm(world: World, call: Call) -> Params:
    """A new alarm is INSUFFICIENT_DATA until it is first evaluated; a changed one keeps its state."""
    name = str(call.params.get("AlarmName"))
    alarms = _backend(call).alarms
    before = alarms.get(name)
    kept = None if before is None else (before.state_value, before.state_reason, list(before.history))
    output = call.forward()
    alarm = alarms[name]
    if kept is None:
        alarm.state_value, alarm.state_reason = "INSUFFICIENT_DATA", "Unchecked: Initial alarm creation"
        world.table(UNCHECKED)[f"{call.account}:{call.region}:{name}"] = world.clock.sim() + FIRST_CHECK_SECONDS
    else:
        alarm.state_value, alarm.state_reason, alarm.history = kept
    return output


def put_composite_alarm(world: World, call: Call) -> Params:
    params = call.params
    name, rule = str(params["AlarmName"]), str(params["AlarmRule"])
    table = world.table(COMPOSITE)
    missing = [child for child in children(rule) if child not in _states(world, call)]
    if missing:
        raise ApiError(
            "ValidationError", f"Could not save the composite alarm as alarms {missing} in the rule do not exist"
        )
    now = world.clock.date()
    key = f"{call.account}:{call.region}:{name}"
    old = table.get(key, {})
    defaults = {"ActionsEnabled": True, "AlarmActions": [], "OKActions": [], "InsufficientDataActions": []}
    kept = {k: v for k, v in params.items() if k != "Tags" and v is not None}
    table[key] = (
        defaults
        | kept
        | {
            "AlarmArn": _arn(call, name),
            "AlarmConfigurationUpdatedTimestamp": now,
            "StateUpdatedTimestamp": old.get("StateUpdatedTimestamp", now),
            "StateValue": old.get("StateValue", "INSUFFICIENT_DATA"),
            "StateReason": old.get("StateReason", "Unchecked: Initial alarm creation"),
        }
    )
    if params.get("Tags"):
        world.table(TAGS)[_arn(call, name)] = {t["Key"]: t["Value"] for t in params["Tags"]}
    _evaluate(world, call, key)
    return {}


def describe_alarms(world: World, call: Call) -> Params:
    tick(world)
    params = call.params
    output = call.forward()
    types = params.get("AlarmTypes") or ["MetricAlarm"]
    if "MetricAlarm" not in types:
        output["MetricAlarms"] = []
    composite: list[Any] = []
    if "CompositeAlarm" in types:
        prefix = f"{call.account}:{call.region}:"
        for key in sorted(k for k in world.table(COMPOSITE) if k.startswith(prefix)):
            _evaluate(world, call, key)
            alarm = world.table(COMPOSITE)[key]
            if _wanted(alarm["AlarmName"], alarm["StateValue"], params):
                composite.append(alarm)
    output["CompositeAlarms"] = composite
    return output


def delete_alarms(world: World, call: Call) -> Params:
    names: list[str] = call.params.get("AlarmNames") or []
    gone = [n for n in names if world.table(COMPOSITE).pop(f"{call.account}:{call.region}:{n}", None) is not None]
    rest = [n for n in names if n not in gone]
    return call.forward({"AlarmNames": rest}) if rest else {}


def describe_alarm_history(world: World, call: Call) -> Params:
    del world
    params = call.params
    items: list[dict[str, Any]] = []
    for name, alarm in _backend(call).alarms.items():
        if params.get("AlarmName") not in (None, name):
            continue
        states = [*((entry[3], entry[4], entry[1]) for entry in alarm.history)]
        states.append((alarm.state_value, alarm.state_updated_timestamp, alarm.state_reason))
        for (old, _, _), (new, at, reason) in pairwise(states):
            items.append(
                {
                    "AlarmName": name,
                    "AlarmType": "MetricAlarm",
                    "Timestamp": at,
                    "HistoryItemType": "StateUpdate",
                    "HistorySummary": f"Alarm updated from {old} to {new}",
                    "HistoryData": reason,
                }
            )
    items = [item for item in items if _in_span(item["Timestamp"], params)]
    items.sort(key=lambda item: item["Timestamp"], reverse=params.get("ScanBy") != "TimestampAscending")
    if params.get("HistoryItemType") not in (None, "StateUpdate"):
        items = []
    return {"AlarmHistoryItems": items[: int(params.get("MaxRecords") or 100)]}


def list_tags(world: World, call: Call) -> Params:
    tags = world.table(TAGS).get(str(call.params.get("ResourceARN")))
    if tags is not None or _is_composite(world, call):
        return {"Tags": [{"Key": k, "Value": v} for k, v in (tags or {}).items()]}
    return call.forward()


def tag(world: World, call: Call) -> Params:
    if not _is_composite(world, call):
        return call.forward()
    tags = world.table(TAGS).setdefault(str(call.params["ResourceARN"]), {})
    tags |= {t["Key"]: t["Value"] for t in call.params.get("Tags") or []}
    return {}


def untag(world: World, call: Call) -> Params:
    if not _is_composite(world, call):
        return call.forward()
    tags = world.table(TAGS).setdefault(str(call.params["ResourceARN"]), {})
    for key in call.params.get("TagKeys") or []:
        tags.pop(key, None)
    return {}


def tick(world: World) -> None:
    """Alarms are first evaluated a minute after they were made: no traffic, so only missing data."""
    table = world.table(UNCHECKED)
    now = world.clock.sim()
    for key in [k for k, at in table.items() if at <= now]:
        del table[key]
        account, region, name = key.split(":", 2)
        alarm = moto_state.backend("cloudwatch", account, region).alarms.get(name)
        if alarm is None or alarm.state_value != "INSUFFICIENT_DATA":
            continue
        calm = alarm.treat_missing_data in ("notBreaching", "ignore")
        loud = alarm.treat_missing_data == "breaching"
        if calm or loud:
            alarm.update_state(
                f"Threshold {'Not ' if calm else ''}Crossed: no datapoints were received and missing data are treated "
                f"as {alarm.treat_missing_data} (simulated).",
                "{}",
                "OK" if calm else "ALARM",
            )


def children(rule: str) -> list[str]:
    """Names of the alarms in a composite alarm's rule."""
    return [match[2].strip() for match in _TERM.finditer(rule) if match[1]]


def holds(rule: str, states: dict[str, str]) -> bool:
    """Whether a composite alarm's rule is true for these alarm states."""
    tokens = list(_TERM.finditer(rule))
    position = 0

    def peek() -> str:
        return tokens[position][0].upper() if position < len(tokens) else ""

    def take() -> re.Match[str]:
        nonlocal position
        position += 1
        return tokens[position - 1]

    def term() -> bool:
        match = take()
        if match[1]:
            return states.get(match[2].strip()) == match[1]
        word = match[0].upper()
        if word == "NOT":
            return not term()
        if word == "(":
            value = either()
            take()
            return value
        return word == "TRUE"

    def both() -> bool:
        value = term()
        while peek() == "AND":
            take()
            value = term() and value
        return value

    def either() -> bool:
        value = both()
        while peek() == "OR":
            take()
            value = both() or value
        return value

    return either()


def _evaluate(world: World, call: Call, key: str) -> None:
    alarm = world.table(COMPOSITE)[key]
    state = "ALARM" if holds(alarm["AlarmRule"], _states(world, call)) else "OK"
    if state != alarm["StateValue"]:
        now = world.clock.date()
        alarm |= {"StateValue": state, "StateUpdatedTimestamp": now, "StateTransitionedTimestamp": now}
        alarm["StateReason"] = f"{alarm['AlarmRule']} is {'true' if state == 'ALARM' else 'false'} (simulated)"


def _states(world: World, call: Call) -> dict[str, str]:
    states = {name: alarm.state_value for name, alarm in _backend(call).alarms.items()}
    prefix = f"{call.account}:{call.region}:"
    states |= {
        k.removeprefix(prefix): a["StateValue"] for k, a in world.table(COMPOSITE).items() if k.startswith(prefix)
    }
    return states


def _wanted(name: str, state: str, params: Params) -> bool:
    names = params.get("AlarmNames")
    return (
        (not names or name in names)
        and name.startswith(params.get("AlarmNamePrefix") or "")
        and params.get("StateValue") in (None, state)
    )


def _in_span(at: datetime, params: Params) -> bool:
    start, end = params.get("StartDate"), params.get("EndDate")
    naive = at.replace(tzinfo=None)
    return (start is None or naive >= start.replace(tzinfo=None)) and (end is None or naive <= end.replace(tzinfo=None))


def _is_composite(world: World, call: Call) -> bool:
    name = str(call.params.get("ResourceARN")).rpartition(":alarm:")[2]
    return f"{call.account}:{call.region}:{name}" in world.table(COMPOSITE)


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm:{name}"


def _backend(call: Call) -> Untyped:
    return moto_state.backend("cloudwatch", call.account, call.region)


HANDLERS: dict[str, Handler] = {
    "PutMetricAlarm": put_metric_alarm,
    "PutCompositeAlarm": put_composite_alarm,
    "DescribeAlarms": describe_alarms,
    "DeleteAlarms": delete_alarms,
    "DescribeAlarmHistory": describe_alarm_history,
    "ListTagsForResource": list_tags,
    "TagResource": tag,
    "UntagResource": untag,
}
