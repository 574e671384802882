"""RDS: exact engine versions, the restorable window, snapshots that take a while, managed passwords."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from localaws import moto_state
from localaws.errors import ApiError
from localaws.layers import rds_catalogue as catalogue
from localaws.layers import rds_offers, rds_pending
from localaws.layers.rds_pending import PENDING, hold
from localaws.moto_state import Untyped

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

SNAPSHOTS, INSIGHTS = "rds-snapshots", "rds-insights"
SNAPSHOT_SECONDS = 60.0
RESTORE_LAG = timedelta(minutes=5)  # RDS user guide: the latest restorable time is typically within the last 5 minutes


def create_cluster(world: World, call: Call) -> Params:
    params = dict(call.params)
    params["EngineVersion"] = _version(params)
    made = call.forward(params)["DBCluster"]
    _name_the_user(call, made)
    return {"DBCluster": _cluster(world, call, made)}


def _name_the_user(call: Call, cluster: Params) -> None:
    """The secret that RDS makes holds the cluster's own master user and a password of its own (moto's is fixed)."""
    arn = (cluster.get("MasterUserSecret") or {}).get("SecretArn")
    secrets = moto_state.backend("secretsmanager", call.account, call.region).secrets
    secret = next((s for s in secrets.values() if s.arn == arn), None)
    if secret is not None:
        value = {"username": cluster.get("MasterUsername"), "password": uuid.uuid4().hex}
        for version in secret.versions.values():
            version["secret_string"] = json.dumps(value)


def describe_clusters(world: World, call: Call) -> Params:
    output = call.forward()
    output["DBClusters"] = [_cluster(world, call, item) for item in output.get("DBClusters") or []]
    return output


def modify_cluster(world: World, call: Call) -> Params:
    params = dict(call.params)
    identifier = str(params["DBClusterIdentifier"])
    before = _backend(call).clusters.get(identifier)
    if before is None:
        raise ApiError("DBClusterNotFoundFault", f"DBCluster {identifier} not found.", 404)
    if params.get("EngineVersion"):
        params["EngineVersion"] = _upgrade(before.engine_version, params)
    held = hold(world, call, identifier, params, before)
    output = call.forward({key: value for key, value in params.items() if key not in held})
    return {"DBCluster": _cluster(world, call, output["DBCluster"])}


def delete_cluster(world: World, call: Call) -> Params:
    params = call.params
    identifier = str(params["DBClusterIdentifier"])
    backend = _backend(call)
    cluster = backend.clusters.get(identifier)
    if cluster is not None and cluster._members:
        raise ApiError(
            "InvalidDBClusterStateFault",
            "Cluster cannot be deleted, it still contains DB instances in non-deleting state.",
        )
    final = params.get("FinalDBSnapshotIdentifier")
    if cluster is not None and not params.get("SkipFinalSnapshot") and not final:
        raise ApiError(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )
    if final and final in backend.cluster_snapshots:
        raise ApiError(
            "DBClusterSnapshotAlreadyExistsFault",
            f"Cannot create the cluster snapshot because one with {final} exists.",
        )
    output = call.forward()
    world.table(PENDING).pop(_key(call, identifier), None)
    return {"DBCluster": _cluster(world, call, output["DBCluster"]) | {"Status": "deleting"}}


def restore_to_time(world: World, call: Call) -> Params:
    params = dict(call.params)
    source = _backend(call).clusters.get(str(params["SourceDBClusterIdentifier"]).rsplit(":", 1)[-1])
    if source is not None and params.get("RestoreToTime") is not None:
        earliest, latest = _window(world, source)
        wanted = _aware(params["RestoreToTime"])
        if not earliest <= wanted <= latest:
            raise ApiError(
                "InvalidRestoreFault",
                f"The specified restore time {wanted.isoformat()} is not within the restorable window of the source: "
                f"{earliest.isoformat()} to {latest.isoformat()}",
            )
    elif source is not None and not params.get("UseLatestRestorableTime"):
        raise ApiError(
            "InvalidParameterCombination", "Either RestoreToTime or UseLatestRestorableTime must be specified."
        )
    return {"DBCluster": _cluster(world, call, call.forward()["DBCluster"])}


def restore_from_snapshot(world: World, call: Call) -> Params:
    params = dict(call.params)
    name = str(params["SnapshotIdentifier"]).rsplit(":", 1)[-1]
    if _snapshot_status(world, call, name)[0] != "available":
        raise ApiError("InvalidDBClusterSnapshotStateFault", f"DB cluster snapshot {name} is not available.")
    if params.get("EngineVersion"):
        params["EngineVersion"] = _version(params)
    snapshot = _backend(call).cluster_snapshots.get(name)
    if snapshot is not None and not hasattr(snapshot.cluster, "_master_user_password"):
        snapshot.cluster._master_user_password = None  # moto expects one even where Secrets Manager keeps it
    return {"DBCluster": _cluster(world, call, call.forward(params)["DBCluster"])}


def create_snapshot(world: World, call: Call) -> Params:
    output = call.forward()
    name = str(call.params["DBClusterSnapshotIdentifier"])
    world.table(SNAPSHOTS)[_key(call, name)] = world.clock.sim()
    return {"DBClusterSnapshot": _snapshot(world, call, output["DBClusterSnapshot"])}


def describe_snapshots(world: World, call: Call) -> Params:
    output = call.forward()
    output["DBClusterSnapshots"] = [_snapshot(world, call, item) for item in output.get("DBClusterSnapshots") or []]
    return output


def create_instance(world: World, call: Call) -> Params:
    params = dict(call.params)
    cluster = _backend(call).clusters.get(str(params.get("DBClusterIdentifier")))
    if cluster is not None:
        params["EngineVersion"] = cluster.engine_version
        if params.get("DBInstanceClass") == "db.serverless" and not cluster.serverless_v2_scaling_configuration:
            raise ApiError(
                "InvalidParameterCombination",
                "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 "
                "DB instance.",
            )
    if params.get("DBInstanceClass") not in catalogue.CLASSES and str(params.get("Engine")) == catalogue.ENGINE:
        raise ApiError(
            "InvalidParameterCombination",
            f"RDS does not support creating a DB instance with the following combination: "
            f"DBInstanceClass={params.get('DBInstanceClass')}, Engine={params.get('Engine')}",
        )
    output = call.forward(params)
    _note_insights(world, call, str(params["DBInstanceIdentifier"]), params)
    return {"DBInstance": _instance(world, call, output["DBInstance"])}


def describe_instances(world: World, call: Call) -> Params:
    output = call.forward()
    output["DBInstances"] = [_instance(world, call, item) for item in output.get("DBInstances") or []]
    return output


def modify_instance(world: World, call: Call) -> Params:
    params = dict(call.params)
    identifier = str(params["DBInstanceIdentifier"])
    before = _backend(call).databases.get(identifier)
    held = hold(world, call, identifier, params, before)
    params = {key: value for key, value in params.items() if key not in held} | {"ApplyImmediately": True}
    output = call.forward(params)
    _note_insights(world, call, identifier, params)
    return {"DBInstance": _instance(world, call, output["DBInstance"])}


def delete_instance(world: World, call: Call) -> Params:
    output = call.forward()
    for table in (PENDING, INSIGHTS):
        world.table(table).pop(_key(call, str(call.params["DBInstanceIdentifier"])), None)
    return {"DBInstance": _instance(world, call, output["DBInstance"])}


def _version(params: Params) -> str | None:
    if params.get("Engine") not in (None, catalogue.ENGINE):
        return params.get("EngineVersion")
    version = catalogue.resolve(params.get("EngineVersion"))
    if version is None:
        raise ApiError(
            "InvalidParameterCombination", f"Cannot find version {params.get('EngineVersion')} for {catalogue.ENGINE}"
        )
    return version


def _upgrade(current: str, params: Params) -> str:
    version = catalogue.resolve(params["EngineVersion"])
    if "." not in params["EngineVersion"] and current.partition(".")[0] == params["EngineVersion"]:
        return current
    targets = dict(catalogue.upgrade_targets(current))
    if version is None or (version != current and version not in targets):
        raise ApiError(
            "InvalidParameterCombination",
            f"Cannot upgrade {catalogue.ENGINE} from {current} to {params['EngineVersion']}",
        )
    if targets.get(version) and not params.get("AllowMajorVersionUpgrade"):
        raise ApiError(
            "InvalidParameterCombination",
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
        )
    return version


def _cluster(world: World, call: Call, item: Params) -> Params:
    cluster = _backend(call).clusters.get(item.get("DBClusterIdentifier"))
    if item.get("EngineMode", "provisioned") != "serverless":
        item.pop("ScalingConfigurationInfo", None)
    if not item.get("ServerlessV2ScalingConfiguration"):
        item.pop("ServerlessV2ScalingConfiguration", None)
    pending = world.table(PENDING).get(_key(call, str(item.get("DBClusterIdentifier"))), {}).get("values")
    if pending:
        item["PendingModifiedValues"] = dict(pending)
    if cluster is not None:
        item["EarliestRestorableTime"], item["LatestRestorableTime"] = _window(world, cluster)
    return item


def _instance(world: World, call: Call, item: Params) -> Params:
    pending = world.table(PENDING).get(_key(call, str(item.get("DBInstanceIdentifier"))), {}).get("values")
    item["PendingModifiedValues"] = dict(pending or {})
    item |= world.table(INSIGHTS).get(_key(call, str(item.get("DBInstanceIdentifier"))), {})
    return item


def _note_insights(world: World, call: Call, identifier: str, params: Params) -> None:
    """Moto does not know Performance Insights."""
    entry = world.table(INSIGHTS).setdefault(_key(call, identifier), {"PerformanceInsightsEnabled": False})
    if params.get("EnablePerformanceInsights") is not None:
        entry["PerformanceInsightsEnabled"] = bool(params["EnablePerformanceInsights"])
    for key in ("PerformanceInsightsKMSKeyId", "PerformanceInsightsRetentionPeriod", "DatabaseInsightsMode"):
        if params.get(key) is not None:
            entry[key] = params[key]
    if entry["PerformanceInsightsEnabled"]:
        entry.setdefault("PerformanceInsightsRetentionPeriod", 7)
        entry.setdefault("PerformanceInsightsKMSKeyId", f"arn:aws:kms:{call.region}:{call.account}:key/aws-rds")
    else:
        entry.pop("PerformanceInsightsRetentionPeriod", None)
        entry.pop("PerformanceInsightsKMSKeyId", None)


def parameters(world: World, call: Call) -> Params:
    """Whatever is in moto's parameter groups was set by the user."""
    del world
    output = call.forward()
    if call.params.get("Source") not in (None, "user"):
        return {"Parameters": []}
    for parameter in output.get("Parameters") or []:
        parameter |= {"Source": "user", "ApplyType": "dynamic", "DataType": "string", "IsModifiable": True}
    return output


def _window(world: World, cluster: Untyped) -> tuple[datetime, datetime]:
    """(earliest, latest) time that a cluster can be restored to."""
    now = world.clock.date()
    created = _aware(cluster.cluster_create_time)
    earliest = max(created, now - timedelta(days=int(cluster.backup_retention_period or 1)))
    return earliest, max(earliest, now - RESTORE_LAG)


def _snapshot(world: World, call: Call, item: Params) -> Params:
    status, percent = _snapshot_status(world, call, str(item.get("DBClusterSnapshotIdentifier")))
    item["Status"], item["PercentProgress"] = status, percent
    return item


def _snapshot_status(world: World, call: Call, name: str) -> tuple[str, int]:
    started = world.table(SNAPSHOTS).get(_key(call, name))
    if started is None:
        return "available", 100
    share = (world.clock.sim() - started) / SNAPSHOT_SECONDS
    return ("available", 100) if share >= 1 else ("creating", int(share * 100))


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _backend(call: Call) -> Untyped:
    return moto_state.backend("rds", call.account, call.region)


def _key(call: Call, name: str) -> str:
    return f"{call.account}:{call.region}:{name}"


HANDLERS: dict[str, Handler] = {
    "CreateDBCluster": create_cluster,
    "DescribeDBClusters": describe_clusters,
    "ModifyDBCluster": modify_cluster,
    "DeleteDBCluster": delete_cluster,
    "RestoreDBClusterToPointInTime": restore_to_time,
    "RestoreDBClusterFromSnapshot": restore_from_snapshot,
    "CreateDBClusterSnapshot": create_snapshot,
    "DescribeDBClusterSnapshots": describe_snapshots,
    "CreateDBInstance": create_instance,
    "DescribeDBInstances": describe_instances,
    "ModifyDBInstance": modify_instance,
    "DeleteDBInstance": delete_instance,
    "DescribeDBParameters": parameters,
    "DescribeDBClusterParameters": parameters,
    **rds_offers.HANDLERS,
    **rds_pending.HANDLERS,
}
