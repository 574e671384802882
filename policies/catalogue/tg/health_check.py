"""Only tasks that are well get requests."""

from policies.kit import Control, Resource, Severity
from policies.load_balancing import TARGET_GROUP
from policies.values import flag, nested, text


def find(resource: Resource) -> str | None:
    check = nested(resource.props, "healthCheck")
    if flag(check, "enabled") is False:
        return "healthCheck.enabled false"
    missing = [key for key in ("path", "matcher") if not text(check, key)]
    return f"healthCheck without {' and '.join(missing)}" if missing else None


CONTROL = Control(
    module=__name__,
    title="The load balancer asks a path of its own whether a task is well",
    why="The default asks /, which may be well when nothing behind it is.",
    severity=Severity.MEDIUM,
    types=(TARGET_GROUP,),
    find=find,
    demanded="healthCheck with path and matcher, and not switched off",
    fix="set path and success_codes of the health check in the stack file",
    good=(Resource(TARGET_GROUP, {"healthCheck": {"path": "/health", "matcher": "200"}}),),
    bad=(
        Resource(TARGET_GROUP, {}),
        Resource(TARGET_GROUP, {"healthCheck": {"path": "/health"}}),
        Resource(TARGET_GROUP, {"healthCheck": {"path": "/health", "matcher": "200", "enabled": False}}),
    ),
)
