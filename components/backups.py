"""Copies of the database that outlive it, in AWS Backup."""

import re
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import permissions
from components.arguments import typed_args
from components.errors import ComponentError
from components.keys import encryption_key
from components.names import check_name_prefix
from settings.partition import partition_of

_BACKUP = "backup.amazonaws.com"
_MANAGED_POLICIES = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")
_ALARM_PERIOD_SECONDS = 3600
_RETENTION_DAYS_MAX = 36500
_START_WITHIN_MINUTES, _DONE_WITHIN_MINUTES = 60, 480
_VAULT = re.compile(r"arn:aws(-cn|-us-gov)?:backup:[a-z0-9-]+:\d{12}:backup-vault:[A-Za-z0-9_-]{2,50}")
_CRON = re.compile(r"cron\(\S+( \S+){5}\)")


@dataclass(kw_only=True)
class BackupsArgs:
    """Arguments of Backups."""

    name_prefix: str
    """First part of every name, at most 20 characters; vault and plan have this name."""
    account_id: str
    """AWS account of the backups."""
    region: str
    """AWS Region of the backups."""
    cluster_arn: pulumi.Input[str]
    """The database cluster to back up."""
    schedule: str = "cron(0 2 * * ? *)"
    """When, as an AWS cron expression in UTC."""
    retention_days: int = 35
    """Days that a recovery point is kept."""
    copy_to_vault_arn: str | None = None
    """Vault in another Region or account that gets a copy; none: no copy."""
    copy_retention_days: int = 35
    """Days that the copy is kept."""
    failure_topic_arn: pulumi.Input[str] | None = None
    """Topic of the alarms for failed backups and copies; none: no such alarms."""
    deletion_protected: bool = True
    """Protect vault and key, and refuse to delete a vault with recovery points in it."""
    iam_path: str = "/"
    """IAM path of the role."""
    permissions_boundary_arn: str | None = None
    """Permissions boundary of the role."""


class Backups(pulumi.ComponentResource):
    """A vault with a key of its own, a plan, and a role; the vault is never locked, since that cannot be undone."""

    TYPE = "runlayer:index:Backups"

    vault_name: pulumi.Output[str]
    """Vault of the recovery points."""
    vault_arn: pulumi.Output[str]
    """The vault as IAM names it."""
    plan_id: pulumi.Output[str]
    """Plan that makes them."""
    role_arn: pulumi.Output[str]
    """Role that AWS Backup works with; restoring takes it too."""

    def __init__(self, name: str, args: BackupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Check the arguments and register the backups.

        Raises:
            ComponentError: COMP001, COMP701 to COMP703, before anything is registered.
        """
        args = typed_args(BackupsArgs, args)
        _check(args)
        super().__init__(self.TYPE, name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        kept = args.deletion_protected
        key = encryption_key(
            name,
            alias=f"{args.name_prefix}-backups",
            description=f"Recovery points of {args.name_prefix}",
            # AWS Backup works with the key through its role, so the account's own IAM decides.
            policy=permissions.key_policy(args.account_id, args.region),
            parent=self,
            kept=kept,
        )
        vault = aws.backup.Vault(
            name,
            name=args.name_prefix,
            kms_key_arn=key.arn,
            force_destroy=not kept,
            opts=pulumi.ResourceOptions(parent=self, protect=kept, retain_on_delete=kept),
        )
        role, may_work = self._role()
        plan = aws.backup.Plan(name, name=args.name_prefix, rules=[self._rule(vault)], opts=self._child)
        aws.backup.Selection(
            name,
            name=f"{args.name_prefix}-database",
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=[args.cluster_arn],
            opts=pulumi.ResourceOptions(parent=self, depends_on=may_work),
        )
        if args.failure_topic_arn:
            self._tell(args.failure_topic_arn)
        self.vault_name = vault.name
        self.vault_arn = vault.arn
        self.plan_id = plan.id
        self.role_arn = role.arn
        self.register_outputs({"vault_name": self.vault_name, "plan_id": self.plan_id})

    def _rule(self, vault: aws.backup.Vault) -> aws.backup.PlanRuleArgs:
        args = self._args
        copies = (
            [
                aws.backup.PlanRuleCopyActionArgs(
                    destination_vault_arn=args.copy_to_vault_arn,
                    lifecycle=aws.backup.PlanRuleCopyActionLifecycleArgs(delete_after=args.copy_retention_days),
                )
            ]
            if args.copy_to_vault_arn
            else None
        )
        return aws.backup.PlanRuleArgs(
            rule_name="scheduled",
            target_vault_name=vault.name,
            schedule=args.schedule,
            start_window=_START_WITHIN_MINUTES,
            completion_window=_DONE_WITHIN_MINUTES,
            # No cold storage: Aurora has none, and it would need 90 more days of retention.
            lifecycle=aws.backup.PlanRuleLifecycleArgs(delete_after=args.retention_days),
            copy_actions=copies,
        )

    def _tell(self, topic_arn: pulumi.Input[str]) -> None:
        """Alarms rather than notifications of the vault: of those AWS Backup has none for failed backups alone."""
        metrics = {"backup-failed": "NumberOfBackupJobsFailed"}
        if self._args.copy_to_vault_arn:
            metrics["backup-copy-failed"] = "NumberOfCopyJobsFailed"
        for role, metric in metrics.items():
            aws.cloudwatch.MetricAlarm(
                f"{self._name}-{role}",
                name=f"{self._args.name_prefix}-{role}",
                alarm_description=f"A job of the backup vault {self._args.name_prefix} has failed",
                namespace="AWS/Backup",
                metric_name=metric,
                dimensions={"BackupVaultName": self._args.name_prefix},
                statistic="Sum",
                period=_ALARM_PERIOD_SECONDS,
                evaluation_periods=1,
                threshold=0,
                comparison_operator="GreaterThanThreshold",
                treat_missing_data="notBreaching",
                alarm_actions=[topic_arn],
                opts=self._child,
            )

    def _role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        args = self._args
        role = aws.iam.Role(
            self._name,
            name_prefix=f"{args.name_prefix}-backup-",
            path=args.iam_path,
            permissions_boundary=args.permissions_boundary_arn,
            assume_role_policy=permissions.service_trust(_BACKUP, args.account_id),
            opts=self._child,
        )
        partition = partition_of(args.region)
        attachments = [
            aws.iam.RolePolicyAttachment(
                f"{self._name}-{'backup' if policy.endswith('Backup') else 'restore'}",
                role=role.name,
                policy_arn=f"arn:{partition}:iam::aws:policy/service-role/{policy}",
                opts=self._child,
            )
            for policy in _MANAGED_POLICIES
        ]
        return role, [*attachments]


def _check(args: BackupsArgs) -> None:
    check_name_prefix(args.name_prefix)
    if not _CRON.fullmatch(args.schedule):
        raise ComponentError(
            "COMP701",
            f"schedule is {args.schedule!r}; allowed: cron(MINUTE HOUR DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR) in UTC",
            "AWS Backup takes six fields, and no rate",
            "write for example cron(0 2 * * ? *)",
        )
    for key, days in (("retention_days", args.retention_days), ("copy_retention_days", args.copy_retention_days)):
        if not 1 <= days <= _RETENTION_DAYS_MAX:
            raise ComponentError(
                "COMP702",
                f"{key} is {days}; allowed: 1 to {_RETENTION_DAYS_MAX}",
                "a recovery point lives a day at least",
                f"set {key} to 35",
            )
    if args.copy_to_vault_arn is None:
        return
    ours = permissions.arn("backup", args.region, args.account_id, f"backup-vault:{args.name_prefix}")
    if not _VAULT.fullmatch(args.copy_to_vault_arn) or args.copy_to_vault_arn == ours:
        raise ComponentError(
            "COMP703",
            f"copy_to_vault_arn is {args.copy_to_vault_arn!r}; allowed: the ARN of another backup vault",
            "a copy beside the original is lost with it",
            "write arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME of another Region or account",
        )
