"""A key's policy cannot lock everyone out."""

from policies.keys import KEY
from policies.kit import Control, Resource, Severity
from policies.values import flag


def find(resource: Resource) -> str | None:
    return "bypassPolicyLockoutSafetyCheck true" if flag(resource.props, "bypassPolicyLockoutSafetyCheck") else None


CONTROL = Control(
    module=__name__,
    title="KMS checks that a key stays manageable",
    why="A policy that names nobody who may change it makes the key, and what it encrypts, unmanageable for ever.",
    severity=Severity.MEDIUM,
    types=(KEY,),
    find=find,
    demanded="bypassPolicyLockoutSafetyCheck not true",
    fix="take bypass_policy_lockout_safety_check out",
    good=(
        Resource(KEY, {"bypassPolicyLockoutSafetyCheck": False}),
        Resource(KEY, {}),
    ),
    bad=(Resource(KEY, {"bypassPolicyLockoutSafetyCheck": True}),),
)
