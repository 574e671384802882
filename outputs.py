"""Every export of a stack with its type: the one seam between the program and the operations CLI."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import pulumi


class StackOutputs(BaseModel):
    """What `pulumi stack output --json` holds for a stack of this project."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    account_id: str
    """AWS account of the stack."""
    region: str
    """AWS Region of the stack."""
    release_repository: str
    """Image repository that the release comes from, without tag."""
    release_version: str
    """Version that the stack asks for."""
    release_digest: str
    """Digest that the stack asks for; what really serves is a question to AWS, not to this file."""
    url: str
    """Where users reach the service."""
    load_balancer_dns_name: str
    """AWS's own name of the load balancer."""
    load_balancer_arn: str
    target_group_arn: str
    """Target group of the tasks."""
    alternate_target_group_arn: str | None = None
    """Second target group, where the deployment strategy moves traffic between two; else null."""
    cluster_name: str
    service_name: str
    service_arn: str
    task_definition_arn: str
    """Task definition of the release that the stack asks for."""
    service_security_group_id: str
    task_subnet_ids: list[str]
    """Subnets that tasks run in."""
    log_group_name: str
    """Log group of the service."""
    migration_task_definition_arn: str
    migration_log_group_name: str
    migration_security_group_id: str
    database_cluster_identifier: str
    database_endpoint: str
    """Host name of the writer."""
    database_port: int
    database_name: str
    database_secret_arn: str
    """Secret with the master user's name and password; its value is never exported."""
    registry_url: str
    """The stack's own image repository."""
    alarm_topic_arn: str
    deployment_alarm_names: list[str]
    """Alarms that take a rollout back."""
    dashboard_name: str
    backup_vault_name: str | None = None
    """AWS Backup vault, or null when backups are off."""


def export(values: "Mapping[str, pulumi.Input[object]]") -> None:
    """Publish the stack's exports.

    Raises:
        KeyError: a name is missing or not a field of `StackOutputs`.
    """
    import pulumi  # noqa: PLC0415  the operations CLI reads outputs without loading the engine's SDK

    if differing := set(values) ^ set(StackOutputs.model_fields):
        raise KeyError(f"outputs and StackOutputs differ in: {', '.join(sorted(differing))}")
    for name, value in values.items():
        pulumi.export(name, value)
