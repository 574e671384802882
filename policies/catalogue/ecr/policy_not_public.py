"""Not everyone can pull or push."""

from policies.ecr import REPOSITORY_POLICY
from policies.iam import public_statement
from policies.iam import resource as example
from policies.kit import Control, Resource, Severity


def find(resource: Resource) -> str | None:
    return public_statement(resource.props, "policy")


_PULL = {"Effect": "Allow", "Action": "ecr:BatchGetImage"}

CONTROL = Control(
    module=__name__,
    title="No repository is open to everyone",
    why="Anyone with an AWS account could pull the program, or push another one.",
    severity=Severity.CRITICAL,
    types=(REPOSITORY_POLICY,),
    find=find,
    demanded="no statement that allows the principal * without a condition on the account",
    fix="name the accounts that pull",
    good=(example(REPOSITORY_POLICY, "policy", {**_PULL, "Principal": {"AWS": "arn:aws:iam::210987654321:root"}}),),
    bad=(
        example(REPOSITORY_POLICY, "policy", {**_PULL, "Principal": "*"}),
        example(REPOSITORY_POLICY, "policy", {**_PULL, "Principal": {"AWS": ["*"]}}),
    ),
)
