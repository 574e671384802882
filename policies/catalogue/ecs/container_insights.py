"""Clusters report what their tasks use."""

from policies.ecs import CLUSTER
from policies.kit import Control, Resource, Severity
from policies.values import many, text


def find(resource: Resource) -> str | None:
    insights = [each for each in many(resource.props, "settings") if text(each, "name") == "containerInsights"]
    values = [text(each, "value") for each in insights]
    on = any(value in ("enabled", "enhanced") for value in values)
    return None if on else f"containerInsights {values[0] if values else 'not set'}"


CONTROL = Control(
    module=__name__,
    title="Container Insights is on",
    why="Without it there are no figures for tasks, and alarms on them have nothing to look at.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    find=find,
    demanded="the setting containerInsights enabled or enhanced",
    fix='add settings=[{"name": "containerInsights", "value": "enabled"}] to the cluster',
    good=(Resource(CLUSTER, {"settings": [{"name": "containerInsights", "value": "enabled"}]}),),
    bad=(Resource(CLUSTER, {}), Resource(CLUSTER, {"settings": [{"name": "containerInsights", "value": "disabled"}]})),
)
