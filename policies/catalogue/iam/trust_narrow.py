"""Not everyone can take on a role."""

from policies.iam import ROLE, public_statement
from policies.iam import resource as example
from policies.kit import Control, Resource, Severity


def find(resource: Resource) -> str | None:
    return public_statement(resource.props, "assumeRolePolicy")


_ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole"}
_KEY = "assumeRolePolicy"

CONTROL = Control(
    module=__name__,
    title="No role can be taken on by everyone",
    why="Anyone with an AWS account would have the role's rights.",
    severity=Severity.CRITICAL,
    types=(ROLE,),
    find=find,
    demanded="no statement of the trust policy that allows the principal * without a condition that says who",
    fix="name the service or the account",
    good=(example(ROLE, _KEY, {**_ASSUME, "Principal": {"Service": "ecs-tasks.amazonaws.com"}}),),
    bad=(
        example(ROLE, _KEY, {**_ASSUME, "Principal": "*"}),
        example(ROLE, _KEY, {**_ASSUME, "Principal": {"AWS": "*"}}),
        example(ROLE, _KEY, {**_ASSUME, "Principal": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "*"}}}),
        example(ROLE, _KEY, {**_ASSUME, "NotPrincipal": {"AWS": "arn:aws:iam::210987654321:root"}}),
    ),
)
