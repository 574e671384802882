"""Nobody may do everything in a service."""

from policies.iam import POLICY, ROLE, ROLE_POLICY, allows, label
from policies.iam import resource as example
from policies.kit import Control, Resource, Severity
from policies.values import words


def find(resource: Resource) -> str | None:
    for each in allows(resource.props):
        if whole := [action for action in words(each, "Action") if action == "*" or action.endswith(":*")]:
            return f"{label(each)} allows {', '.join(whole)}"
    return None


CONTROL = Control(
    module=__name__,
    title="No policy allows a whole service",
    why="It includes what nobody thought of: deleting, sharing, changing permissions.",
    severity=Severity.MEDIUM,
    types=(POLICY, ROLE_POLICY, ROLE),
    find=find,
    demanded="no action of the form service:*",
    fix="name the actions that are used",
    good=(example(ROLE_POLICY, "policy", {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}),),
    bad=(
        example(ROLE_POLICY, "policy", {"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}),
        example(ROLE_POLICY, "policy", {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::logs"}),
    ),
)
