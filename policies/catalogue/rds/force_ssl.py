"""The database takes no plain connections."""

from policies.kit import Control, Resource, Severity
from policies.rds import PARAMETERS
from policies.values import many, text


def find(resource: Resource) -> str | None:
    for parameter in many(resource.props, "parameters"):
        if text(parameter, "name") == "rds.force_ssl":
            return None if text(parameter, "value") == "1" else f"rds.force_ssl {text(parameter, 'value') or 'not set'}"
    return "rds.force_ssl not set"


def _parameters(value: str) -> Resource:
    return Resource(PARAMETERS, {"parameters": [{"name": "rds.force_ssl", "value": value}]})


CONTROL = Control(
    module=__name__,
    title="The database refuses connections without TLS",
    why="A client that forgets TLS sends passwords and data as they are.",
    severity=Severity.HIGH,
    types=(PARAMETERS,),
    find=find,
    demanded="the parameter rds.force_ssl at 1",
    fix="add rds.force_ssl to the cluster's parameter group",
    good=(_parameters("1"),),
    bad=(_parameters("0"), Resource(PARAMETERS, {})),
    not_checked="That the cluster uses this parameter group.",
)
