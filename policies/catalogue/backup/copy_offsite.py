"""Recovery points survive the account and the Region."""

from policies.backup import PLAN
from policies.kit import Control, Resource, Severity
from policies.values import many, text


def find(resource: Resource) -> str | None:
    for rule in many(resource.props, "rules"):
        if not any(text(copy, "destinationVaultArn") for copy in many(rule, "copyActions")):
            return f"rule {text(rule, 'ruleName')} copies nothing to another vault"
    return None


_VAULT = "arn:aws:backup:eu-west-1:210987654321:backup-vault:copies"

CONTROL = Control(
    module=__name__,
    title="Recovery points are copied to another Region or account",
    why="Whoever takes over the account, or loses the Region, has the backups along with the data.",
    severity=Severity.MEDIUM,
    types=(PLAN,),
    find=find,
    demanded="copyActions with a vault in every rule",
    fix="name a vault in copy_to_vault_arn of the backups in the stack file",
    good=(Resource(PLAN, {"rules": [{"ruleName": "daily", "copyActions": [{"destinationVaultArn": _VAULT}]}]}),),
    bad=(Resource(PLAN, {"rules": [{"ruleName": "daily"}]}),),
    not_checked="That the vault is in another Region or account.",
)
