"""Nobody gets AWS's policies for administrators."""

from policies.kit import Control, Resource, Severity
from policies.values import text, words

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE = "aws:iam/role:Role"
_ADMIN = {"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"}


def find(resource: Resource) -> str | None:
    arns = [text(resource.props, "policyArn"), *words(resource.props, "managedPolicyArns")]
    named = sorted(_ADMIN & {arn.rpartition("/")[2] for arn in arns if ":iam::aws:policy/" in arn})
    return f"attaches {', '.join(named)}" if named else None


_AWS = "arn:aws:iam::aws:policy/"

CONTROL = Control(
    module=__name__,
    title="No role is an administrator",
    why="Whoever gets hold of such a role owns the account.",
    severity=Severity.HIGH,
    types=(ATTACHMENT, ROLE),
    find=find,
    demanded="none of AdministratorAccess, IAMFullAccess and PowerUserAccess",
    fix="write a policy with the actions that are used",
    good=(Resource(ATTACHMENT, {"policyArn": f"{_AWS}service-role/AWSBackupServiceRolePolicyForBackup"}),),
    bad=(
        Resource(ATTACHMENT, {"policyArn": f"{_AWS}AdministratorAccess"}),
        Resource(ROLE, {"managedPolicyArns": [f"{_AWS}IAMFullAccess"]}),
    ),
)
