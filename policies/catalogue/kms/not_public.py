"""Not everyone can use a key."""

from policies.iam import public_statement
from policies.iam import resource as example
from policies.keys import KEY, KEY_POLICY
from policies.kit import Control, Resource, Severity


def find(resource: Resource) -> str | None:
    return public_statement(resource.props, "policy")


_ALLOW = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}

CONTROL = Control(
    module=__name__,
    title="No key is open to everyone",
    why="Anyone with an AWS account could read what it encrypts.",
    severity=Severity.CRITICAL,
    types=(KEY, KEY_POLICY),
    find=find,
    demanded="no statement that allows the principal * without a condition on the account",
    fix="name the account, and services with a condition",
    good=(
        example(KEY, "policy", {**_ALLOW, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}),
        example(
            KEY,
            "policy",
            {**_ALLOW, "Principal": "*", "Condition": {"StringEquals": {"kms:CallerAccount": "123456789012"}}},
        ),
    ),
    bad=(
        example(KEY, "policy", {**_ALLOW, "Principal": "*"}),
        example(KEY_POLICY, "policy", {**_ALLOW, "Principal": {"AWS": "*"}}),
    ),
)
