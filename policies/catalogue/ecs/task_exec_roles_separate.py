"""The application does not have the rights with which ECS starts it."""

from policies.ecs import TASK_DEFINITION
from policies.kit import Control, Resource, Severity
from policies.values import text


def find(resource: Resource) -> str | None:
    task, execution = text(resource.props, "taskRoleArn"), text(resource.props, "executionRoleArn")
    if missing := [key for key, arn in (("taskRoleArn", task), ("executionRoleArn", execution)) if not arn]:
        return f"{' and '.join(missing)} not set"
    return "one role for both" if task == execution else None


_ROLES = "arn:aws:iam::123456789012:role/"

CONTROL = Control(
    module=__name__,
    title="Application and ECS have a role each",
    why="The execution role reads secrets and pulls images; the application needs neither.",
    severity=Severity.MEDIUM,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="taskRoleArn and executionRoleArn, set and different",
    fix="make a second role and give each only what it needs",
    good=(Resource(TASK_DEFINITION, {"taskRoleArn": f"{_ROLES}app", "executionRoleArn": f"{_ROLES}start"}),),
    bad=(
        Resource(TASK_DEFINITION, {"taskRoleArn": f"{_ROLES}app", "executionRoleArn": f"{_ROLES}app"}),
        Resource(TASK_DEFINITION, {"executionRoleArn": f"{_ROLES}start"}),
    ),
)
