"""Someone is told."""

from policies.kit import Control, Resource, Severity
from policies.values import count, flag

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def find(resource: Resource) -> str | None:
    if flag(resource.props, "actionsEnabled") is False:
        return "actionsEnabled false"
    return None if count(resource.props, "alarmActions") else "alarmActions empty"


_TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"

CONTROL = Control(
    module=__name__,
    title="Every alarm tells someone",
    why="An alarm that nobody hears is a colour on a page.",
    severity=Severity.MEDIUM,
    types=(ALARM,),
    find=find,
    demanded="alarmActions not empty and actionsEnabled not false",
    fix="name the alarm topic in alarm_actions",
    good=(Resource(ALARM, {"alarmActions": [_TOPIC]}),),
    bad=(Resource(ALARM, {}), Resource(ALARM, {"alarmActions": [_TOPIC], "actionsEnabled": False})),
    not_checked="That someone listens to the topic.",
)
