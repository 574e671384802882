"""Recovery points have a key of the account's own."""

from policies.backup import VAULT
from policies.kit import Control, Resource, Severity
from policies.values import text


def find(resource: Resource) -> str | None:
    return None if text(resource.props, "kmsKeyArn") else "kmsKeyArn not set"


CONTROL = Control(
    module=__name__,
    title="Recovery points are encrypted with a key of the account's own",
    why="Use of the key that AWS manages can be neither limited nor withdrawn.",
    severity=Severity.MEDIUM,
    types=(VAULT,),
    find=find,
    demanded="kmsKeyArn set",
    fix="give the vault a kms_key_arn",
    good=(Resource(VAULT, {"kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1"}),),
    bad=(Resource(VAULT, {}),),
)
