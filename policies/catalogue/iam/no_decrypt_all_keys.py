"""Nobody may decrypt with every key."""

from policies.iam import POLICY, ROLE, ROLE_POLICY, allows, label
from policies.iam import resource as example
from policies.kit import Control, Resource, Severity
from policies.values import words

_DECRYPTS = {"*", "kms:*", "kms:decrypt", "kms:decrypt*", "kms:reencryptfrom", "kms:reencrypt*"}


def find(resource: Resource) -> str | None:
    for each in allows(resource.props):
        decrypts = _DECRYPTS & {action.lower() for action in words(each, "Action")}
        if decrypts and any(_every_key(arn) for arn in words(each, "Resource")):
            return f"{label(each)} allows decryption with every key"
    return None


def _every_key(arn: str) -> bool:
    return arn == "*" or (":kms:" in arn and arn.endswith((":*", ":key/*")))


CONTROL = Control(
    module=__name__,
    title="No policy allows decryption with every key",
    why="It opens whatever the account encrypts, now and later.",
    severity=Severity.MEDIUM,
    types=(POLICY, ROLE_POLICY, ROLE),
    find=find,
    demanded="kms:Decrypt and kms:ReEncryptFrom on named keys",
    fix="name the keys",
    good=(
        example(
            ROLE_POLICY,
            "policy",
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:123456789012:key/1"},
        ),
    ),
    bad=(
        example(ROLE_POLICY, "policy", {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}),
        example(
            POLICY,
            "policy",
            {"Effect": "Allow", "Action": ["kms:ReEncryptFrom"], "Resource": "arn:aws:kms:*:123456789012:key/*"},
        ),
    ),
)
