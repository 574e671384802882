"""AWS Backup: vaults, policies, locks, plans with versions, selections, jobs, recovery points: all the layer's own."""

from __future__ import annotations

import uuid
from copy import deepcopy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from localaws.errors import ApiError

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

VAULTS, PLANS, SELECTIONS, JOBS, POINTS, TAGS = (
    "backup-vaults",
    "backup-plans",
    "backup-selections",
    "backup-jobs",
    "backup-points",
    "backup-tags",
)
JOB_SECONDS = 120.0
RULE_DEFAULTS = {
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "StartWindowMinutes": 480,
    "CompletionWindowMinutes": 10080,
    "ScheduleExpressionTimezone": "Etc/UTC",
    "EnableContinuousBackup": False,
}
RESOURCE_TYPES = {"rds": "Aurora", "dynamodb": "DynamoDB", "s3": "S3", "ec2": "EBS", "elasticfilesystem": "EFS"}


def create_vault(world: World, call: Call) -> Params:
    name = str(call.params["BackupVaultName"])
    table, key = world.table(VAULTS), _key(call, name)
    if key in table:
        raise ApiError("AlreadyExistsException", "Backup vault with the same name already exists")
    arn = f"arn:aws:backup:{call.region}:{call.account}:backup-vault:{name}"
    table[key] = {
        "BackupVaultName": name,
        "BackupVaultArn": arn,
        "VaultType": "BACKUP_VAULT",
        "EncryptionKeyArn": call.params.get("EncryptionKeyArn")
        or f"arn:aws:kms:{call.region}:{call.account}:key/aws-backup",
        "CreationDate": world.clock.date(),
        "CreatorRequestId": call.params.get("CreatorRequestId"),
        "Locked": False,
    }
    _set_tags(world, arn, call.params.get("BackupVaultTags"))
    return _pick(table[key], "BackupVaultName", "BackupVaultArn", "CreationDate")


def describe_vault(world: World, call: Call) -> Params:
    vault = _vault(world, call)
    return vault | {"NumberOfRecoveryPoints": len(_points(world, vault["BackupVaultArn"]))}


def list_vaults(world: World, call: Call) -> Params:
    vaults = [v for k, v in world.table(VAULTS).items() if k.startswith(_key(call, ""))]
    return {
        "BackupVaultList": [v | {"NumberOfRecoveryPoints": len(_points(world, v["BackupVaultArn"]))} for v in vaults]
    }


def delete_vault(world: World, call: Call) -> Params:
    vault = _vault(world, call)
    if _points(world, vault["BackupVaultArn"]):
        raise ApiError("InvalidRequestException", "Backup vault cannot be deleted because it contains recovery points.")
    del world.table(VAULTS)[_key(call, vault["BackupVaultName"])]
    world.table(TAGS).pop(vault["BackupVaultArn"], None)
    return {}


def put_policy(world: World, call: Call) -> Params:
    _vault(world, call)["Policy"] = call.params.get("Policy")
    return {}


def get_policy(world: World, call: Call) -> Params:
    vault = _vault(world, call)
    if not vault.get("Policy"):
        raise ApiError("ResourceNotFoundException", "Backup vault has no access policy", 400)
    return _pick(vault, "BackupVaultName", "BackupVaultArn", "Policy")


def delete_policy(world: World, call: Call) -> Params:
    _vault(world, call).pop("Policy", None)
    return {}


def put_lock(world: World, call: Call) -> Params:
    vault, params = _vault(world, call), call.params
    low, high = params.get("MinRetentionDays"), params.get("MaxRetentionDays")
    if low is not None and high is not None and low > high:
        raise ApiError("InvalidParameterValueException", "MinRetentionDays must not be above MaxRetentionDays")
    vault |= {"Locked": True, "MinRetentionDays": low, "MaxRetentionDays": high}
    if params.get("ChangeableForDays") is not None:
        vault["LockDate"] = world.clock.date() + timedelta(days=int(params["ChangeableForDays"]))
    return {}


def delete_lock(world: World, call: Call) -> Params:
    vault = _vault(world, call)
    if vault.get("LockDate") and vault["LockDate"] <= world.clock.date():
        raise ApiError("InvalidRequestException", "Vault lock is in compliance mode and cannot be removed")
    vault["Locked"] = False
    for key in ("MinRetentionDays", "MaxRetentionDays", "LockDate"):
        vault.pop(key, None)
    return {}


def put_notifications(world: World, call: Call) -> Params:
    _vault(world, call)["Notifications"] = _pick(call.params, "SNSTopicArn", "BackupVaultEvents")
    return {}


def get_notifications(world: World, call: Call) -> Params:
    vault = _vault(world, call)
    if not vault.get("Notifications"):
        raise ApiError("ResourceNotFoundException", "Backup vault has no notifications", 400)
    return _pick(vault, "BackupVaultName", "BackupVaultArn") | vault["Notifications"]


def delete_notifications(world: World, call: Call) -> Params:
    _vault(world, call).pop("Notifications", None)
    return {}


def create_plan(world: World, call: Call) -> Params:
    plan_id = str(uuid.uuid4())
    arn = f"arn:aws:backup:{call.region}:{call.account}:backup-plan:{plan_id}"
    plan = {"BackupPlanId": plan_id, "BackupPlanArn": arn, "CreatorRequestId": call.params.get("CreatorRequestId")}
    _write_plan(world, call, plan)
    world.table(PLANS)[_key(call, plan_id)] = plan
    _set_tags(world, arn, call.params.get("BackupPlanTags"))
    return _pick(plan, "BackupPlanId", "BackupPlanArn", "CreationDate", "VersionId")


def update_plan(world: World, call: Call) -> Params:
    plan = _plan(world, call)
    _write_plan(world, call, plan)
    return _pick(plan, "BackupPlanId", "BackupPlanArn", "CreationDate", "VersionId")


def get_plan(world: World, call: Call) -> Params:
    return deepcopy(_plan(world, call))


def list_plans(world: World, call: Call) -> Params:
    plans = [p for k, p in world.table(PLANS).items() if k.startswith(_key(call, ""))]
    keys = ("BackupPlanId", "BackupPlanArn", "CreationDate", "VersionId")
    return {"BackupPlansList": [_pick(p, *keys) | {"BackupPlanName": p["BackupPlan"]["BackupPlanName"]} for p in plans]}


def delete_plan(world: World, call: Call) -> Params:
    plan = _plan(world, call)
    if any(s["BackupPlanId"] == plan["BackupPlanId"] for s in world.table(SELECTIONS).values()):
        raise ApiError(
            "InvalidRequestException", "Related backup plan selections must be deleted prior to backup plan deletion"
        )
    del world.table(PLANS)[_key(call, plan["BackupPlanId"])]
    world.table(TAGS).pop(plan["BackupPlanArn"], None)
    return _pick(plan, "BackupPlanId", "BackupPlanArn", "VersionId") | {"DeletionDate": world.clock.date()}


def create_selection(world: World, call: Call) -> Params:
    plan = _plan(world, call)
    given = dict(call.params["BackupSelection"])
    names = {s["BackupSelection"]["SelectionName"] for s in _selections(world, plan["BackupPlanId"])}
    if given["SelectionName"] in names:
        raise ApiError("AlreadyExistsException", "Backup selection with the same name already exists")
    selection: dict[str, Any] = {
        "SelectionId": str(uuid.uuid4()),
        "BackupPlanId": plan["BackupPlanId"],
        "CreationDate": world.clock.date(),
        "CreatorRequestId": call.params.get("CreatorRequestId"),
        "BackupSelection": given,
    }
    world.table(SELECTIONS)[_key(call, selection["SelectionId"])] = selection
    return _pick(selection, "SelectionId", "BackupPlanId", "CreationDate")


def get_selection(world: World, call: Call) -> Params:
    return deepcopy(_selection(world, call))


def list_selections(world: World, call: Call) -> Params:
    plan = _plan(world, call)
    return {
        "BackupSelectionsList": [
            _pick(s, "SelectionId", "BackupPlanId", "CreationDate", "CreatorRequestId")
            | _pick(s["BackupSelection"], "SelectionName", "IamRoleArn")
            for s in _selections(world, plan["BackupPlanId"])
        ]
    }


def delete_selection(world: World, call: Call) -> Params:
    selection = _selection(world, call)
    del world.table(SELECTIONS)[_key(call, selection["SelectionId"])]
    return {}


def start_job(world: World, call: Call) -> Params:
    vault, params = _vault(world, call), call.params
    resource = str(params["ResourceArn"])
    kind = RESOURCE_TYPES.get(resource.split(":")[2], "Aurora")
    point = f"arn:aws:backup:{call.region}:{call.account}:recovery-point:{uuid.uuid4()}"
    if kind == "Aurora":
        point = f"arn:aws:rds:{call.region}:{call.account}:cluster-snapshot:awsbackup:job-{uuid.uuid4()}"
    job: dict[str, Any] = {
        "AccountId": call.account,
        "BackupJobId": str(uuid.uuid4()),
        "BackupVaultName": vault["BackupVaultName"],
        "BackupVaultArn": vault["BackupVaultArn"],
        "RecoveryPointArn": point,
        "RecoveryPointLifecycle": params.get("Lifecycle"),
        "ResourceArn": resource,
        "ResourceType": kind,
        "ResourceName": resource.rsplit(":", 1)[-1],
        "IamRoleArn": params["IamRoleArn"],
        "CreationDate": world.clock.date(),
        "State": "RUNNING",
        "PercentDone": "0.0",
        "BackupSizeInBytes": 0,
        "started": world.clock.sim(),
    }
    world.table(JOBS)[_key(call, job["BackupJobId"])] = job
    return _pick(job, "BackupJobId", "RecoveryPointArn", "CreationDate")


def describe_job(world: World, call: Call) -> Params:
    tick(world)
    job = world.table(JOBS).get(_key(call, str(call.params["BackupJobId"])))
    if job is None:
        raise ApiError("ResourceNotFoundException", f"Backup job {call.params['BackupJobId']} does not exist")
    return _shown(job)


def list_jobs(world: World, call: Call) -> Params:
    tick(world)
    filters = {"ByState": "State", "ByBackupVaultName": "BackupVaultName", "ByResourceArn": "ResourceArn"}
    jobs = [j for k, j in world.table(JOBS).items() if k.startswith(_key(call, ""))]
    for given, field in filters.items():
        if call.params.get(given):
            jobs = [j for j in jobs if j[field] == call.params[given]]
    return {"BackupJobs": [_shown(j) for j in jobs]}


def list_points(world: World, call: Call) -> Params:
    tick(world)
    vault = _vault(world, call)
    points = _points(world, vault["BackupVaultArn"])
    if call.params.get("ByResourceArn"):
        points = [p for p in points if p["ResourceArn"] == call.params["ByResourceArn"]]
    return {"RecoveryPoints": points}


def list_points_of(world: World, call: Call) -> Params:
    tick(world)
    points = [p for p in world.table(POINTS).values() if p["ResourceArn"] == call.params["ResourceArn"]]
    keys = ("RecoveryPointArn", "CreationDate", "Status", "EncryptionKeyArn", "BackupVaultName", "ResourceName")
    return {"RecoveryPoints": [_pick(p, *keys) | {"BackupSizeBytes": p["BackupSizeInBytes"]} for p in points]}


def describe_point(world: World, call: Call) -> Params:
    tick(world)
    point = world.table(POINTS).get(str(call.params["RecoveryPointArn"]))
    if point is None:
        raise ApiError("ResourceNotFoundException", "The recovery point does not exist")
    return point


def delete_point(world: World, call: Call) -> Params:
    vault = _vault(world, call)
    if vault.get("Locked"):
        raise ApiError("InvalidRequestException", "The backup vault is locked; its recovery points cannot be deleted.")
    describe_point(world, call)
    del world.table(POINTS)[str(call.params["RecoveryPointArn"])]
    return {}


def list_tags(world: World, call: Call) -> Params:
    return {"Tags": world.table(TAGS).get(str(call.params["ResourceArn"]), {})}


def tag(world: World, call: Call) -> Params:
    _set_tags(world, str(call.params["ResourceArn"]), call.params.get("Tags"))
    return {}


def untag(world: World, call: Call) -> Params:
    tags = world.table(TAGS).get(str(call.params["ResourceArn"]), {})
    for key in call.params.get("TagKeyList") or []:
        tags.pop(key, None)
    return {}


def tick(world: World) -> None:
    """Running jobs end, and leave a recovery point."""
    for job in world.table(JOBS).values():
        if job["State"] != "RUNNING" or world.clock.sim() - job["started"] < JOB_SECONDS:
            continue
        done = world.clock.date(job["started"] + JOB_SECONDS)
        job |= {"State": "COMPLETED", "PercentDone": "100.0", "CompletionDate": done, "BackupSizeInBytes": 5 * 2**30}
        keys = ("RecoveryPointArn", "BackupVaultName", "BackupVaultArn", "ResourceArn", "ResourceType", "ResourceName")
        vault = next(
            (v for v in world.table(VAULTS).values() if v["BackupVaultArn"] == job["BackupVaultArn"]),
            {"EncryptionKeyArn": None},
        )
        world.table(POINTS)[job["RecoveryPointArn"]] = _pick(job, *keys, "IamRoleArn", "BackupSizeInBytes") | {
            "Status": "COMPLETED",
            "CreationDate": job["CreationDate"],
            "CompletionDate": done,
            "Lifecycle": job.get("RecoveryPointLifecycle"),
            "EncryptionKeyArn": vault["EncryptionKeyArn"],
            "IsEncrypted": True,
        }


def _write_plan(world: World, call: Call, plan: dict[str, Any]) -> None:
    document = deepcopy(dict(call.params["BackupPlan"]))
    rules: list[dict[str, Any]] = []
    for rule in document.get("Rules") or []:
        target = rule.get("TargetBackupVaultName")
        if target and _key(call, target) not in world.table(VAULTS):
            raise ApiError("ResourceNotFoundException", f"Backup vault {target} does not exist")
        _check_lifecycle(rule.get("Lifecycle") or {})
        rules.append(RULE_DEFAULTS | rule | {"RuleId": str(uuid.uuid4())})
    document["Rules"] = rules
    plan |= {
        "BackupPlan": document,
        "AdvancedBackupSettings": document.get("AdvancedBackupSettings"),
        "CreationDate": world.clock.date(),
        "VersionId": uuid.uuid4().hex,
    }


def _check_lifecycle(lifecycle: dict[str, Any]) -> None:
    cold, gone = lifecycle.get("MoveToColdStorageAfterDays"), lifecycle.get("DeleteAfterDays")
    if cold is not None and gone is not None and gone < cold + 90:
        raise ApiError(
            "InvalidParameterValueException",
            "DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays",
        )


def _vault(world: World, call: Call) -> dict[str, Any]:
    name = str(call.params.get("BackupVaultName"))
    vault = world.table(VAULTS).get(_key(call, name))
    if vault is None:
        raise ApiError("ResourceNotFoundException", f"Backup vault {name} does not exist")
    return vault


def _plan(world: World, call: Call) -> dict[str, Any]:
    plan = world.table(PLANS).get(_key(call, str(call.params.get("BackupPlanId"))))
    if plan is None:
        raise ApiError("ResourceNotFoundException", "Cannot find Backup plan with provided id")
    return plan


def _selection(world: World, call: Call) -> dict[str, Any]:
    selection = world.table(SELECTIONS).get(_key(call, str(call.params.get("SelectionId"))))
    if selection is None or selection["BackupPlanId"] != call.params.get("BackupPlanId"):
        raise ApiError("ResourceNotFoundException", "Cannot find Backup selection with provided id")
    return selection


def _selections(world: World, plan_id: str) -> list[dict[str, Any]]:
    return [s for s in world.table(SELECTIONS).values() if s["BackupPlanId"] == plan_id]


def _points(world: World, vault_arn: str) -> list[dict[str, Any]]:
    return [p for p in world.table(POINTS).values() if p["BackupVaultArn"] == vault_arn]


def _shown(job: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in job.items() if key != "started"}


def _set_tags(world: World, arn: str, tags: dict[str, str] | None) -> None:
    if tags:
        world.table(TAGS).setdefault(arn, {}).update(tags)


def _pick(given: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: given.get(key) for key in keys}


def _key(call: Call, name: str) -> str:
    return f"{call.account}:{call.region}:{name}"


HANDLERS: dict[str, Handler] = {
    "CreateBackupVault": create_vault,
    "DescribeBackupVault": describe_vault,
    "ListBackupVaults": list_vaults,
    "DeleteBackupVault": delete_vault,
    "PutBackupVaultAccessPolicy": put_policy,
    "GetBackupVaultAccessPolicy": get_policy,
    "DeleteBackupVaultAccessPolicy": delete_policy,
    "PutBackupVaultLockConfiguration": put_lock,
    "DeleteBackupVaultLockConfiguration": delete_lock,
    "PutBackupVaultNotifications": put_notifications,
    "GetBackupVaultNotifications": get_notifications,
    "DeleteBackupVaultNotifications": delete_notifications,
    "CreateBackupPlan": create_plan,
    "UpdateBackupPlan": update_plan,
    "GetBackupPlan": get_plan,
    "ListBackupPlans": list_plans,
    "DeleteBackupPlan": delete_plan,
    "CreateBackupSelection": create_selection,
    "GetBackupSelection": get_selection,
    "ListBackupSelections": list_selections,
    "DeleteBackupSelection": delete_selection,
    "StartBackupJob": start_job,
    "DescribeBackupJob": describe_job,
    "ListBackupJobs": list_jobs,
    "ListRecoveryPointsByBackupVault": list_points,
    "ListRecoveryPointsByResource": list_points_of,
    "DescribeRecoveryPoint": describe_point,
    "DeleteRecoveryPoint": delete_point,
    "ListTags": list_tags,
    "TagResource": tag,
    "UntagResource": untag,
}
