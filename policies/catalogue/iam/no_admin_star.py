"""Nobody may do everything."""

from policies.iam import POLICY, ROLE, ROLE_POLICY, allows, label
from policies.iam import resource as example
from policies.kit import Control, Resource, Severity
from policies.values import words


def find(resource: Resource) -> str | None:
    for each in allows(resource.props):
        if "*" in words(each, "Resource") and {"*", "*:*"} & set(words(each, "Action")):
            return f"{label(each)} allows every action on every resource"
        if "NotAction" in each and "*" in words(each, "Resource"):
            return f"{label(each)} allows every action but some, on every resource"
    return None


CONTROL = Control(
    module=__name__,
    title="No policy allows everything",
    why="Whoever gets hold of such a role owns the account.",
    severity=Severity.CRITICAL,
    types=(POLICY, ROLE_POLICY, ROLE),
    find=find,
    demanded="no statement that allows Action * on Resource *",
    fix="name the actions and the resources",
    good=(example(ROLE_POLICY, "policy", {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}),),
    bad=(
        example(ROLE_POLICY, "policy", {"Effect": "Allow", "Action": "*", "Resource": "*"}),
        example(POLICY, "policy", {"Effect": "Allow", "Action": ["*:*"], "Resource": ["*"]}),
        example(ROLE_POLICY, "policy", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
    ),
)
