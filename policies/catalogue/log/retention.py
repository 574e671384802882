"""Logs end at a date that someone has chosen."""

from policies.kit import Control, Resource, Severity
from policies.values import number

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


def find(resource: Resource) -> str | None:
    days = number(resource.props, "retentionInDays")
    return None if days else "retentionInDays not set, which is for ever"


CONTROL = Control(
    module=__name__,
    title="Every log group says how long it keeps",
    why="Logs that are kept for ever cost for ever, and keep personal data longer than anyone may.",
    severity=Severity.MEDIUM,
    types=(LOG_GROUP,),
    find=find,
    demanded="retentionInDays set",
    fix="set log_retention_days in the stack file",
    good=(Resource(LOG_GROUP, {"retentionInDays": 365}),),
    bad=(Resource(LOG_GROUP, {}), Resource(LOG_GROUP, {"retentionInDays": 0})),
    not_checked="That logs of production are kept for a year.",
)
