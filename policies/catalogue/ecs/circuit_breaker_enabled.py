"""ECS puts a release that does not start back by itself."""

from policies.ecs import SERVICE
from policies.kit import Control, Resource, Severity
from policies.values import flag, nested


def find(resource: Resource) -> str | None:
    breaker = nested(resource.props, "deploymentCircuitBreaker")
    missing = [key for key in ("enable", "rollback") if not flag(breaker, key)]
    return f"deploymentCircuitBreaker without {' and '.join(missing)}" if missing else None


CONTROL = Control(
    module=__name__,
    title="A failed deployment stops and rolls back by itself",
    why="Otherwise ECS goes on starting tasks that die, until someone looks.",
    severity=Severity.HIGH,
    types=(SERVICE,),
    find=find,
    demanded="deploymentCircuitBreaker.enable and .rollback true",
    fix="set deployment_circuit_breaker(enable=True, rollback=True)",
    good=(Resource(SERVICE, {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}),),
    bad=(
        Resource(SERVICE, {}),
        Resource(SERVICE, {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}),
        Resource(SERVICE, {"deploymentCircuitBreaker": {"enable": False, "rollback": True}}),
    ),
)
