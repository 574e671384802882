"""A service takes on a role for this account only."""

from policies.iam import ROLE, condition_keys, label, services, statements
from policies.iam import resource as example
from policies.kit import Control, Resource, Severity
from policies.values import text

_KEY = "assumeRolePolicy"
_SOURCE = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}


def find(resource: Resource) -> str | None:
    for each in statements(resource.props, _KEY):
        if text(each, "Effect") == "Allow" and services(each) and not condition_keys(each) & _SOURCE:
            return f"{label(each)} trusts {', '.join(services(each))} for whichever account asks"
    return None


_ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "backup.amazonaws.com"}}

CONTROL = Control(
    module=__name__,
    title="Services take on a role for this account only",
    why="A service works for everyone, and another of its customers could make it use the role.",
    severity=Severity.MEDIUM,
    types=(ROLE,),
    find=find,
    demanded="a condition on aws:SourceAccount or aws:SourceArn wherever a service is trusted",
    fix="add the condition, or let an exception name the page on which AWS says that the service sends neither",
    good=(
        example(ROLE, _KEY, {**_ASSUME, "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}),
        example(ROLE, _KEY, {**_ASSUME, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}),
    ),
    bad=(example(ROLE, _KEY, _ASSUME),),
)
