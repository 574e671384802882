"""A bucket is reached over TLS only."""

from policies.iam import resource as example
from policies.iam import statements
from policies.kit import Control, Props, Resource, Severity
from policies.values import nested, text, words

POLICY = "aws:s3/bucketPolicy:BucketPolicy"


def find(resource: Resource) -> str | None:
    denies = any(_denies_plain(each) for each in statements(resource.props, "policy"))
    return None if denies else "no statement that denies requests without TLS"


def _denies_plain(statement: Props) -> bool:
    condition = nested(nested(statement, "Condition"), "Bool")
    plain = words(condition, "aws:SecureTransport") == ["false"] or condition.get("aws:SecureTransport") is False
    everyone = "*" in words(statement, "Principal") + words(nested(statement, "Principal"), "AWS")
    return plain and everyone and text(statement, "Effect") == "Deny" and "s3:*" in words(statement, "Action")


_DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}

CONTROL = Control(
    module=__name__,
    title="Buckets refuse requests without TLS",
    why="A client that forgets TLS sends objects as they are.",
    severity=Severity.MEDIUM,
    types=(POLICY,),
    find=find,
    demanded="a statement that denies s3:* to everyone when aws:SecureTransport is false",
    fix="add the statement to the bucket policy",
    good=(example(POLICY, "policy", _DENY),),
    bad=(
        example(POLICY, "policy", {**_DENY, "Effect": "Allow"}),
        example(POLICY, "policy", {**_DENY, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}),
        example(POLICY, "policy"),
    ),
    not_checked="That every bucket has such a policy.",
)
