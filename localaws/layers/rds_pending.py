"""RDS: changes that wait for the maintenance window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localaws import moto_state
from localaws.errors import ApiError
from localaws.moto_state import Untyped

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

PENDING = "rds-pending"


def pending_maintenance(world: World, call: Call) -> Params:
    wanted = call.params.get("ResourceIdentifier")
    rows: list[Params] = []
    for key, pending in world.table(PENDING).items():
        if not key.startswith(_key(call, "")) or not pending["values"] or wanted not in (None, pending["arn"]):
            continue
        described = ", ".join(f"{name} {value}" for name, value in pending["values"].items())
        rows.append(
            {
                "ResourceIdentifier": pending["arn"],
                "PendingMaintenanceActionDetails": [
                    {
                        "Action": "db-upgrade",
                        "Description": f"Waits for the maintenance window: {described} (simulated)",
                    }
                ],
            }
        )
    return {"PendingMaintenanceActions": rows}


def apply_maintenance(world: World, call: Call) -> Params:
    arn = str(call.params["ResourceIdentifier"])
    for key, pending in list(world.table(PENDING).items()):
        if pending["arn"] == arn:
            if call.params.get("OptInType") == "immediate":
                apply_pending(world, key)
            return {"ResourcePendingMaintenanceActions": {"ResourceIdentifier": arn}}
    raise ApiError("ResourceNotFoundFault", f"{arn} has no pending maintenance action", 404)


def apply_pending(world: World, key: str) -> None:
    """What the maintenance window does to one cluster or instance."""
    pending = world.table(PENDING).pop(key)
    account, region, identifier = key.split(":", 2)
    backend = moto_state.backend("rds", account, region)
    for name, value in pending["values"].items():
        if identifier in backend.clusters and name == "EngineVersion":
            backend.clusters[identifier].engine_version = value
            for member in backend.clusters[identifier]._members:
                member.engine_version = value
        elif identifier in backend.databases:
            attribute = {"DBInstanceClass": "db_instance_class", "EngineVersion": "engine_version"}[name]
            setattr(backend.databases[identifier], attribute, value)


def hold(world: World, call: Call, identifier: str, params: Params, before: Untyped) -> set[str]:
    """Keep back what waits for the maintenance window; the names that were kept back."""
    if params.get("ApplyImmediately") or before is None:
        world.table(PENDING).pop(_key(call, identifier), None)
        return set()
    attributes = {"EngineVersion": "engine_version", "DBInstanceClass": "db_instance_class"}
    values = {k: params[k] for k, a in attributes.items() if params.get(k) and getattr(before, a, None) != params[k]}
    if values:
        entry = world.table(PENDING).setdefault(_key(call, identifier), {"arn": before.arn, "values": {}})
        entry["values"] |= values
    return set(values)


def _key(call: Call, name: str) -> str:
    return f"{call.account}:{call.region}:{name}"


HANDLERS: dict[str, Handler] = {
    "DescribePendingMaintenanceActions": pending_maintenance,
    "ApplyPendingMaintenanceAction": apply_maintenance,
}
