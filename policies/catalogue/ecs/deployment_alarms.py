"""A release that runs but does not serve well is put back too."""

from policies.ecs import SERVICE
from policies.kit import Control, Resource, Severity
from policies.values import flag, nested, words


def find(resource: Resource) -> str | None:
    alarms = nested(resource.props, "alarms")
    missing = [key for key in ("enable", "rollback") if not flag(alarms, key)]
    if missing:
        return f"alarms without {' and '.join(missing)}"
    return None if words(alarms, "alarmNames") else "alarms.alarmNames empty"


CONTROL = Control(
    module=__name__,
    title="Alarms put a bad release back",
    why="The circuit breaker sees tasks that die, not a release that answers with errors.",
    severity=Severity.HIGH,
    types=(SERVICE,),
    find=find,
    demanded="alarms.enable and .rollback true, and at least one alarm name",
    fix="name the alarms for errors and latency in the service's alarms",
    good=(Resource(SERVICE, {"alarms": {"enable": True, "rollback": True, "alarmNames": ["errors"]}}),),
    bad=(
        Resource(SERVICE, {}),
        Resource(SERVICE, {"alarms": {"enable": True, "rollback": False, "alarmNames": ["errors"]}}),
        Resource(SERVICE, {"alarms": {"enable": True, "rollback": True, "alarmNames": []}}),
    ),
)
