"""Nobody knows the master password."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import flag, text


def find(resource: Resource) -> str | None:
    if resource.props.get("masterPassword") is not None:
        return "masterPassword set in the program"
    if not flag(resource.props, "manageMasterUserPassword"):
        return "manageMasterUserPassword not true"
    return None if text(resource.props, "masterUserSecretKmsKeyId") else "masterUserSecretKmsKeyId not set"


_KEY = "arn:aws:kms:us-east-1:123456789012:key/1"

CONTROL = Control(
    module=__name__,
    title="RDS makes and rotates the master password",
    why="A password in a program is in its state, in its history and in the heads of those who left.",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    find=find,
    demanded="manageMasterUserPassword true, with a key of the account's own, and no masterPassword",
    fix="set manage_master_user_password=True and master_user_secret_kms_key_id, and take master_password out",
    good=(Resource(CLUSTER, {"manageMasterUserPassword": True, "masterUserSecretKmsKeyId": _KEY}),),
    bad=(
        Resource(CLUSTER, {"masterPassword": "never-shown"}),
        Resource(CLUSTER, {}),
        Resource(CLUSTER, {"manageMasterUserPassword": True}),
    ),
)
