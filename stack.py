"""Where the components of a stack meet: settings in, outputs out.

A section of the settings and the arguments of its component have the same field names, so a section is handed over
whole; what is written out here is what only the stack knows: how the components are wired.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import TypeVar

import pulumi
import pulumi_aws as aws

from components.alarms import Alarms, AlarmsArgs
from components.arguments import typed_args
from components.aurora_cluster import AuroraCluster, AuroraClusterArgs
from components.backups import Backups, BackupsArgs
from components.ecr_repository import EcrRepository, EcrRepositoryArgs
from components.ecs_service import CONTAINER_NAME, EcsService
from components.ecs_service_args import EcsServiceArgs
from components.load_balancer import ApplicationLoadBalancer, ApplicationLoadBalancerArgs
from components.migration_task import MigrationTask, MigrationTaskArgs
from components.move_report import say_move
from components.network import Network, NetworkArgs
from components.registry_images import Repository, resolve_release
from components.rollout_check import look_at_service
from settings.model import StackSettings
from settings.section import Section

ArgsT = TypeVar("ArgsT")
# Settings that say what the stack has, or what ops does with it, and not how a component is made.
OPERATIONS_ONLY = {"enabled", "timeout_minutes"}
Exports = Mapping[str, pulumi.Input[object]]


def build(settings: StackSettings) -> Exports:
    """Build every component of the stack and return its exports (`outputs.StackOutputs`)."""
    provider = aws_provider(settings)
    opts = pulumi.ResourceOptions(provider=provider)
    looking = pulumi.InvokeOptions(provider=provider)
    release = resolve_release(settings.release, looking)
    prefix = settings.name_prefix
    look_at_service(prefix, prefix, CONTAINER_NAME, looking).apply(lambda look: say_move(look, release))
    repository = Repository.parse(settings.release.repository)
    image = {
        "image": f"{settings.release.repository}@{release.digest}",
        "image_repository_arn": repository.arn,
        "release_version": release.version,
        "release_digest": release.digest,
    }

    network = Network(prefix, arguments(NetworkArgs, settings, settings.network), opts)
    registry = EcrRepository(prefix, arguments(EcrRepositoryArgs, settings, settings.registry), opts)
    load_balancer = ApplicationLoadBalancer(
        prefix,
        arguments(
            ApplicationLoadBalancerArgs,
            settings,
            settings.load_balancer,
            vpc_id=network.vpc_id,
            subnet_ids=network.public_subnet_ids if settings.load_balancer.public else network.private_subnet_ids,
            target_port=settings.service.port,
            second_target_group=settings.service.deployment.strategy != "rolling",
        ),
        opts,
    )
    database = AuroraCluster(
        prefix,
        arguments(
            AuroraClusterArgs,
            settings,
            settings.database,
            vpc_id=network.vpc_id,
            subnet_ids=network.database_subnet_ids,
            availability_zones=settings.network.availability_zones,
        ),
        opts,
    )
    alarms = Alarms(
        prefix,
        arguments(
            AlarmsArgs,
            settings,
            settings.alarms,
            load_balancer_arn_suffix=load_balancer.arn_suffix,
            target_group_arn_suffix=load_balancer.target_group_arn_suffix,
            alternate_target_group_arn_suffix=load_balancer.alternate_target_group_arn_suffix,
            cluster_name=prefix,
            service_name=prefix,
            database_cluster_identifier=database.cluster_identifier,
            database_serverless=settings.database.instance_class == "db.serverless",
        ),
        opts,
    )
    to_database = {
        "database_endpoint": database.endpoint,
        "database_port": database.port,
        "database_name": database.database_name,
        "database_username": database.master_username,
        "database_secret_arn": database.secret_arn,
        "database_secret_key_arn": database.secret_key_arn,
        "database_security_group_id": database.security_group_id,
    }
    check = settings.load_balancer.health_check
    service = EcsService(
        prefix,
        arguments(
            EcsServiceArgs,
            settings,
            settings.service,
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            **image,
            **to_database,
            deployment_alarm_names=alarms.deployment_alarm_names,
            target_group_arn=load_balancer.target_group_arn,
            target_group_arn_suffix=load_balancer.target_group_arn_suffix,
            alternate_target_group_arn=load_balancer.alternate_target_group_arn,
            production_listener_rule_arn=load_balancer.production_listener_rule_arn,
            test_listener_rule_arn=load_balancer.test_listener_rule_arn,
            load_balancer_arn_suffix=load_balancer.arn_suffix,
            load_balancer_security_group_id=load_balancer.security_group_id,
            drain_seconds=settings.load_balancer.drain_seconds,
            health_check_healthy_seconds=check.interval_seconds * check.healthy_count,
        ),
        opts,
    )
    migration = MigrationTask(
        prefix,
        arguments(
            MigrationTaskArgs,
            settings,
            settings.migration,
            vpc_id=network.vpc_id,
            architecture=settings.service.architecture,
            user=settings.service.user,
            environment=settings.service.environment,
            secrets=settings.service.secrets,
            secret_key_arns=settings.service.secret_key_arns,
            log_key_arn=service.log_key_arn,
            **image,
            **to_database,
        ),
        opts,
    )
    backups = (
        Backups(
            prefix,
            arguments(
                BackupsArgs,
                settings,
                settings.backups,
                cluster_arn=database.cluster_arn,
                failure_topic_arn=alarms.topic_arn,
            ),
            opts,
        )
        if settings.backups.enabled
        else None
    )
    return {
        "account_id": settings.aws.account_id,
        "region": settings.aws.region,
        "release_repository": settings.release.repository,
        "release_version": release.version,
        "release_digest": release.digest,
        "url": load_balancer.url,
        "load_balancer_dns_name": load_balancer.dns_name,
        "load_balancer_arn": load_balancer.arn,
        "target_group_arn": load_balancer.target_group_arn,
        "alternate_target_group_arn": load_balancer.alternate_target_group_arn,
        "cluster_name": service.cluster_name,
        "service_name": service.service_name,
        "service_arn": service.service_arn,
        "task_definition_arn": service.task_definition_arn,
        "service_security_group_id": service.security_group_id,
        "task_subnet_ids": network.private_subnet_ids,
        "log_group_name": service.log_group_name,
        "migration_task_definition_arn": migration.task_definition_arn,
        "migration_log_group_name": migration.log_group_name,
        "migration_security_group_id": migration.security_group_id,
        "database_cluster_identifier": database.cluster_identifier,
        "database_endpoint": database.endpoint,
        "database_port": database.port,
        "database_name": database.database_name,
        "database_secret_arn": database.secret_arn,
        "registry_url": registry.repository_url,
        "alarm_topic_arn": alarms.topic_arn,
        "deployment_alarm_names": alarms.deployment_alarm_names,
        "dashboard_name": alarms.dashboard_name,
        "backup_vault_name": backups.vault_name if backups else None,
    }


def arguments(args_type: type[ArgsT], settings: StackSettings, section: Section, **wiring: object) -> ArgsT:
    """The arguments of a component: where the stack is, its section of the settings, and how it is wired."""
    place = {
        "name_prefix": settings.name_prefix,
        "account_id": settings.aws.account_id,
        "region": settings.aws.region,
        "iam_path": settings.aws.iam_path,
        "permissions_boundary_arn": settings.aws.permissions_boundary_arn,
    }
    known = {field.name for field in fields(args_type)}  # pyright: ignore[reportArgumentType]  a dataclass
    given = {name: value for name, value in place.items() if name in known}
    return typed_args(args_type, {**given, **section.model_dump(exclude=OPERATIONS_ONLY), **wiring})


def aws_provider(settings: StackSettings) -> aws.Provider:
    """The stack's only AWS provider: one Region, one account, the same tags on everything."""
    own = {"project": settings.project, "stack": settings.stack, "managed-by": "pulumi"}
    return aws.Provider(
        "aws",
        region=settings.aws.region,
        allowed_account_ids=[settings.aws.account_id],
        default_tags=aws.ProviderDefaultTagsArgs(tags={**settings.aws.tags, **own}),
    )
