"""IAM: the policies that AWS manages are there when they are named (moto has them, but loads all or none)."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from localaws import moto_state

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

PREFIX = "arn:aws:iam::aws:policy"


def with_managed_policy(world: World, call: Call) -> Params:
    """Add the policy that the call names to moto's backend, then let moto answer."""
    del world
    arn = str(call.params.get("PolicyArn") or "")
    backend = moto_state.backend("iam", call.account, "aws")
    if arn.startswith(PREFIX) and arn not in backend.managed_policies:
        from moto.iam.models import AWSManagedPolicy  # noqa: PLC0415

        name = arn.rsplit("/", 1)[-1]
        data = _catalogue().get(name)
        if data is not None:
            policy = AWSManagedPolicy.from_data(name, call.account, "aws", data)
            if policy.arn == arn:
                backend.managed_policies[arn] = policy
    return call.forward()


@cache
def _catalogue() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415

    catalogue: dict[str, Any] = json.loads(aws_managed_policies_data)
    return catalogue


HANDLERS: dict[str, Handler] = {
    "AttachRolePolicy": with_managed_policy,
    "DetachRolePolicy": with_managed_policy,
    "GetPolicy": with_managed_policy,
    "GetPolicyVersion": with_managed_policy,
    "ListPolicyVersions": with_managed_policy,
}
