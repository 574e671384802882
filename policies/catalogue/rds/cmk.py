"""The database has a key of the account's own."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import text


def find(resource: Resource) -> str | None:
    return None if text(resource.props, "kmsKeyId") else "kmsKeyId not set"


CONTROL = Control(
    module=__name__,
    title="The database is encrypted with a key of the account's own",
    why="Use of the key that AWS manages can be neither limited nor withdrawn.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    find=find,
    demanded="kmsKeyId set",
    fix="give the cluster a kms_key_id",
    good=(Resource(CLUSTER, {"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1"}),),
    bad=(Resource(CLUSTER, {}),),
)
