"""Shapes of the ARNs that a stack file may name, and the parts that have to agree with the stack's own."""

from dataclasses import dataclass

from settings.section import Check, matches

PARTITION = r"aws(-cn|-us-gov)?"
REGION = r"[a-z]{2}(-[a-z]+)+-\d"
ACCOUNT = r"\d{12}"


@dataclass(frozen=True)
class Arn:
    """`arn:partition:service:region:account:resource`"""

    partition: str
    service: str
    region: str
    account_id: str
    resource: str


def parse_arn(text: str) -> Arn:
    """Take an ARN apart.

    Raises:
        ValueError: it has fewer than six parts.
    """
    _, partition, service, region, account_id, resource = text.split(":", 5)
    return Arn(partition, service, region, account_id, resource)


def arn_check(service: str, resource: str, example: str, *, region: str = REGION, account: str = ACCOUNT) -> Check:
    """A check for the ARN of one kind of resource.

    Args:
        service: the service's name within ARNs.
        resource: pattern of the last part.
        example: the shape, for people.
        region: pattern of the Region; empty for global services.
        account: pattern of the account.
    """
    pattern = rf"arn:{PARTITION}:{service}:{region}:{account}:{resource}"
    return matches("CFG033", pattern, f"an ARN of the form {example}", "copy the ARN from the console or the aws CLI")


CERTIFICATE = arn_check("acm", r"certificate/[0-9a-f-]{36}", "arn:aws:acm:REGION:ACCOUNT:certificate/ID")
WEB_ACL = arn_check(
    "wafv2",
    r"regional/webacl/[A-Za-z0-9_-]{1,128}/[0-9a-f-]{36}",
    "arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID",
)
KMS_KEY = arn_check("kms", r"key/(mrk-)?[0-9a-f-]{32,36}", "arn:aws:kms:REGION:ACCOUNT:key/ID (not an alias)")
BACKUP_VAULT = arn_check(
    "backup", r"backup-vault:[A-Za-z0-9_-]{2,50}", "arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME"
)
ROLE = arn_check("iam", r"role/[\w+=,.@/-]{1,512}", "arn:aws:iam::ACCOUNT:role/NAME", region="")
POLICY = arn_check(
    "iam", r"policy/[\w+=,.@/-]{1,512}", "arn:aws:iam::ACCOUNT:policy/NAME", region="", account=rf"({ACCOUNT}|aws)"
)
SECRET = matches(
    "CFG033",
    rf"arn:{PARTITION}:(secretsmanager:{REGION}:{ACCOUNT}:secret:[\w/+=.@-]{{1,505}}-[A-Za-z0-9]{{6}}"
    rf"(:[\w./+=@-]*:[\w./+=@-]*:[\w-]*)?|ssm:{REGION}:{ACCOUNT}:parameter/[\w./-]{{1,1011}})",
    "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf, the same with :KEY:: for one JSON key, "
    "or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME",
    "put the value into Secrets Manager and write the full ARN that `aws secretsmanager create-secret` prints",
)
