"""RDS: which engine versions and instance classes are on offer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from localaws.layers import rds_catalogue as catalogue

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World


def engine_versions(world: World, call: Call) -> Params:
    del world
    params = call.params
    engine = params.get("Engine") or catalogue.ENGINE
    if engine != catalogue.ENGINE:
        return {"DBEngineVersions": []}
    wanted, family = params.get("EngineVersion"), params.get("DBParameterGroupFamily")
    rows: list[Params] = []
    for version in catalogue.versions():
        major = version.partition(".")[0]
        exact = not wanted or version == wanted or ("." not in wanted and major == wanted)
        if not exact or (family and family != f"{engine}{major}"):
            continue
        if params.get("DefaultOnly") and version != catalogue.resolve(wanted or None):
            continue
        rows.append(
            {
                "Engine": engine,
                "MajorEngineVersion": major,
                "EngineVersion": version,
                "DBParameterGroupFamily": f"{engine}{major}",
                "DBEngineDescription": "Aurora PostgreSQL",
                "DBEngineVersionDescription": f"Aurora PostgreSQL (Compatible with PostgreSQL {version})",
                "DBEngineMediaType": "AWS Provided",
                "ValidUpgradeTarget": [
                    {
                        "Engine": engine,
                        "EngineVersion": target,
                        "Description": f"Aurora PostgreSQL (Compatible with PostgreSQL {target})",
                        "AutoUpgrade": not is_major and target == catalogue.resolve(major),
                        "IsMajorVersionUpgrade": is_major,
                        "SupportedEngineModes": ["provisioned"],
                    }
                    for target, is_major in catalogue.upgrade_targets(version)
                ],
                "ExportableLogTypes": catalogue.LOG_TYPES,
                "SupportsLogExportsToCloudwatchLogs": True,
                "SupportsReadReplica": False,
                "SupportedEngineModes": ["provisioned"],
                "SupportedFeatureNames": [],
                "Status": "available",
                "SupportsParallelQuery": False,
                "SupportsGlobalDatabases": True,
                "SupportsBabelfish": False,
                "SupportedCACertificateIdentifiers": ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"],
                "ServerlessV2FeaturesSupport": {"MinCapacity": 0.0, "MaxCapacity": 256.0},
                "CreateTime": datetime(2025, 1, 1, tzinfo=UTC),
                "TagList": [],
            }
        )
    return {"DBEngineVersions": rows}


def orderable_options(world: World, call: Call) -> Params:
    del world
    params = call.params
    if params.get("Engine") != catalogue.ENGINE:
        return call.forward()
    zones = [{"Name": f"{call.region}{letter}"} for letter in "abc"]
    return {
        "OrderableDBInstanceOptions": [
            {
                "Engine": catalogue.ENGINE,
                "EngineVersion": version,
                "DBInstanceClass": kind,
                "LicenseModel": "postgresql-license",
                "AvailabilityZones": zones,
                "MultiAZCapable": False,
                "ReadReplicaCapable": False,
                "Vpc": True,
                "SupportsStorageEncryption": True,
                "StorageType": "aurora",
                "SupportsIops": False,
                "SupportsEnhancedMonitoring": True,
                "SupportsIAMDatabaseAuthentication": True,
                "SupportsPerformanceInsights": True,
                "AvailableProcessorFeatures": [],
                "SupportedEngineModes": ["provisioned"],
                "SupportsKerberosAuthentication": True,
                "SupportsGlobalDatabases": True,
                "SupportsClusters": True,
                "SupportedNetworkTypes": ["IPV4", "DUAL"],
            }
            for version in catalogue.versions()
            if params.get("EngineVersion") in (None, version)
            for kind in catalogue.CLASSES
            if params.get("DBInstanceClass") in (None, kind)
        ]
    }


HANDLERS: dict[str, Handler] = {
    "DescribeDBEngineVersions": engine_versions,
    "DescribeOrderableDBInstanceOptions": orderable_options,
}
