"""The service itself: Fargate tasks of one release behind a load balancer, and the verdict on every rollout."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components import containers, permissions
from components.arguments import typed_args
from components.deployment import deployment_configuration, moves_traffic
from components.ecs_service_args import Architecture, AutoscalingArgs, EcsServiceArgs, service_faults
from components.errors import ComponentError
from components.keys import encryption_key
from components.rollout_check import Target, rollout_hooks, verify_rollout
from components.task_parts import TaskOwner, TaskRoles, allow, database_access, task_roles, task_security_group
from settings.partition import partition_of

__all__ = ["CONTAINER_NAME", "Architecture", "AutoscalingArgs", "EcsService", "EcsServiceArgs"]

CONTAINER_NAME = "backend"
"""The container of a task of the service."""

_LOAD_BALANCER_POLICY = "AmazonECSInfrastructureRolePolicyForLoadBalancers"


class EcsService(pulumi.ComponentResource):
    """Fargate tasks of one release, by digest, read-only and without root, behind a load balancer.

    A rollout that fails is rolled back by ECS and fails the run, which says what serves. Task definitions of earlier
    releases stay, since they are what ECS and people go back to.
    """

    TYPE = "runlayer:index:EcsService"

    cluster_name: pulumi.Output[str]
    """Name of the ECS cluster."""
    cluster_arn: pulumi.Output[str]
    """ARN of the ECS cluster."""
    service_name: pulumi.Output[str]
    """Name of the ECS service."""
    service_arn: pulumi.Output[str]
    """ARN of the ECS service."""
    task_definition_arn: pulumi.Output[str]
    """Task definition of the release; where the rollout is verified, it is known to serve."""
    security_group_id: pulumi.Output[str]
    """Security group of the tasks."""
    execution_role_arn: pulumi.Output[str]
    """Role that ECS starts tasks with."""
    task_role_arn: pulumi.Output[str]
    """Role of the application."""
    log_group_name: pulumi.Output[str]
    """Log group of the tasks."""
    log_key_arn: pulumi.Output[str]
    """KMS key of the log group; it also encrypts others below /ecs/PREFIX/."""

    def __init__(self, name: str, args: EcsServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Check the arguments and register the service.

        Raises:
            ComponentError: COMP301 when ECS would refuse the arguments; nothing has been registered then.
        """
        args = typed_args(EcsServiceArgs, args)
        if faults := list(service_faults(args)):
            raise ComponentError(
                "COMP301",
                f"service {args.name_prefix}: " + "; ".join(faults),
                "ECS would refuse it, or the rollout could not work",
                "change the arguments named above; nothing was created",
            )
        super().__init__(self.TYPE, name, None, opts)
        self._name = name
        self._args = args
        self._opts = pulumi.ResourceOptions(parent=self)
        self._owner = TaskOwner(
            parent=self,
            name=name,
            name_prefix=args.name_prefix,
            account_id=args.account_id,
            region=args.region,
            iam_path=args.iam_path,
            permissions_boundary_arn=args.permissions_boundary_arn,
        )

        key = self._log_key()
        log_group = aws.cloudwatch.LogGroup(
            name,
            name=f"/ecs/{args.name_prefix}/{CONTAINER_NAME}",
            retention_in_days=args.log_retention_days,
            kms_key_id=key.arn,
            opts=self._opts,
        )
        cluster = aws.ecs.Cluster(
            name,
            name=args.name_prefix,
            settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value="enabled")],
            opts=self._opts,
        )
        self._database = database_access(args)
        roles = task_roles(
            self._owner,
            repository_arn=args.image_repository_arn,
            log_group_arn=log_group.arn,
            secrets=args.secrets,
            key_arns=args.secret_key_arns,
            database=self._database,
            exec_enabled=args.exec_enabled,
        )
        security_group, rules = self._security_group()
        task_definition = self._task_definition(log_group, roles)
        service = self._service(cluster, task_definition, security_group, [*roles.policies, *rules])
        if args.autoscaling:
            self._autoscale(args.autoscaling, service)

        self.cluster_name = cluster.name
        self.cluster_arn = cluster.arn
        self.service_name = service.name
        self.service_arn = service.id
        self.task_definition_arn = task_definition.arn
        if args.verify_rollout:
            look = pulumi.InvokeOptions(parent=self)
            self.task_definition_arn = verify_rollout(self._target(), service, task_definition.arn, look)
        self.security_group_id = security_group.id
        self.execution_role_arn = roles.execution.arn
        self.task_role_arn = roles.task.arn
        self.log_group_name = log_group.name
        self.log_key_arn = key.arn
        self.register_outputs(
            {
                "cluster_name": self.cluster_name,
                "service_name": self.service_name,
                "task_definition_arn": self.task_definition_arn,
                "log_group_name": self.log_group_name,
            }
        )

    def _target(self) -> Target:
        args = self._args
        return Target(
            cluster_name=args.name_prefix,
            service_name=args.name_prefix,
            container_name=CONTAINER_NAME,
            version=args.release_version,
            digest=args.release_digest,
            rolling=not moves_traffic(args.deployment),
            wait_minutes=args.deployment.wait_minutes,
        )

    def _log_key(self) -> aws.kms.Key:
        args = self._args
        logs = permissions.log_groups_may_use_key(args.account_id, args.region, f"/ecs/{args.name_prefix}/*")
        return encryption_key(
            f"{self._name}-logs",
            alias=f"{args.name_prefix}-logs",
            description=f"Container logs of {args.name_prefix}",
            policy=permissions.key_policy(args.account_id, args.region, [logs]),
            parent=self,
        )

    def _security_group(self) -> tuple[aws.ec2.SecurityGroup, list[pulumi.Resource]]:
        args = self._args
        group, rules = task_security_group(
            self._owner,
            what="service",
            vpc_id=args.vpc_id,
            database=self._database,
        )
        if args.load_balancer_security_group_id is not None:
            rules += allow(
                self._owner,
                f"{self._name}-load-balancer",
                source=args.load_balancer_security_group_id,
                target=group.id,
                port=args.port,
                description=f"{args.name_prefix} load balancer to its tasks",
            )
        return group, rules

    def _task_definition(self, log_group: aws.cloudwatch.LogGroup, roles: TaskRoles) -> aws.ecs.TaskDefinition:
        args = self._args
        definitions = pulumi.Output.all(
            image=args.image, log_group_name=log_group.name, environment=self._environment(), secrets=self._secrets()
        ).apply(lambda known: self._container(**known))
        return aws.ecs.TaskDefinition(
            self._name,
            family=args.name_prefix,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(args.cpu),
            memory=str(args.memory_mib),
            runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
                cpu_architecture=Architecture(args.architecture).value, operating_system_family="LINUX"
            ),
            execution_role_arn=roles.execution.arn,
            task_role_arn=roles.task.arn,
            container_definitions=definitions,
            # A revision that is deregistered cannot be rolled back to.
            skip_destroy=True,
            opts=self._opts,
        )

    def _environment(self) -> Mapping[str, pulumi.Input[str]]:
        """Variables; what people set goes before what this component knows by itself."""
        args = self._args
        release = containers.release_environment(args.release_version, args.release_digest)
        database = self._database.environment() if self._database else {}
        return {"PORT": str(args.port), **database, **args.environment, **release}

    def _secrets(self) -> Mapping[str, pulumi.Input[str]]:
        return {**(self._database.secrets() if self._database else {}), **self._args.secrets}

    def _container(
        self, image: str, log_group_name: str, environment: Mapping[str, str], secrets: Mapping[str, str]
    ) -> str:
        args = self._args
        check = args.health_check_command
        return containers.container_definitions(
            containers.Container(
                name=CONTAINER_NAME,
                image=image,
                region=args.region,
                log_group_name=log_group_name,
                user=args.user,
                environment=environment,
                secrets=secrets,
                command=args.command,
                port=args.port,
                stop_timeout_seconds=args.stop_timeout_seconds,
                tmp_mib=args.tmp_mib,
                exec_enabled=args.exec_enabled,
                health_check=containers.ContainerHealthCheck(command=check) if check else None,
                labels=containers.redeploy_labels(args.redeploy_token),
            )
        )

    def _service(
        self,
        cluster: aws.ecs.Cluster,
        task_definition: aws.ecs.TaskDefinition,
        security_group: aws.ec2.SecurityGroup,
        first: list[pulumi.Resource],
    ) -> aws.ecs.Service:
        args = self._args
        rollout = args.deployment
        load_balancers, infrastructure = self._load_balancers()
        hooks = None
        if args.verify_rollout:
            hooks = rollout_hooks(f"{self._name}-rollout", self._target(), pulumi.InvokeOptions(parent=self))
        wait = f"{rollout.wait_minutes}m"
        return aws.ecs.Service(
            self._name,
            name=args.name_prefix,
            cluster=cluster.arn,
            task_definition=task_definition.arn,
            launch_type="FARGATE",
            desired_count=args.desired_count,
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=args.exec_enabled,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(
                enable=True, rollback=rollout.rollback_on_failure
            ),
            deployment_configuration=deployment_configuration(rollout),
            deployment_minimum_healthy_percent=rollout.minimum_healthy_percent,
            deployment_maximum_percent=rollout.maximum_percent,
            alarms=aws.ecs.ServiceAlarmsArgs(alarm_names=args.deployment_alarm_names, enable=True, rollback=True)
            if args.deployment_alarm_names is not None and rollout.rollback_on_alarms
            else None,
            # ECS refuses a grace period for a service without a load balancer.
            health_check_grace_period_seconds=args.health_check_grace_seconds if load_balancers else None,
            load_balancers=load_balancers,
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=args.subnet_ids, security_groups=[security_group.id], assign_public_ip=False
            ),
            wait_for_steady_state=True,
            # Ctrl-C stops the waiting. Going back is a decision, and has its own command.
            sigint_rollback=False,
            opts=pulumi.ResourceOptions(
                parent=self,
                # Tasks need roles and rules from their first second; no argument of the service says so.
                depends_on=[*first, *infrastructure],
                # Autoscaling owns the number of tasks once it is on.
                ignore_changes=["desired_count"] if args.autoscaling else None,
                custom_timeouts=pulumi.CustomTimeouts(create=wait, update=wait),
                hooks=hooks,
            ),
        )

    def _load_balancers(self) -> tuple[list[aws.ecs.ServiceLoadBalancerArgs] | None, list[pulumi.Resource]]:
        """Where the tasks are registered, and what must be there before."""
        args = self._args
        if args.target_group_arn is None:
            return None, []
        # ECS refuses a target group that no listener uses yet: taking the value through the rule makes the rule first.
        target_group = pulumi.Output.all(args.target_group_arn, args.production_listener_rule_arn).apply(
            lambda known: str(known[0])
        )
        if not moves_traffic(args.deployment):
            return [self._target_group(target_group, None)], []
        role = self._owner.role("infrastructure", permissions.load_balancer_infrastructure_trust())
        attachment = aws.iam.RolePolicyAttachment(
            f"{self._name}-infrastructure",
            role=role.name,
            policy_arn=f"arn:{partition_of(args.region)}:iam::aws:policy/{_LOAD_BALANCER_POLICY}",
            opts=self._opts,
        )
        assert args.alternate_target_group_arn is not None  # noqa: S101 # service_faults
        assert args.production_listener_rule_arn is not None  # noqa: S101 # service_faults
        traffic = aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgs(
            alternate_target_group_arn=args.alternate_target_group_arn,
            production_listener_rule=args.production_listener_rule_arn,
            test_listener_rule=args.test_listener_rule_arn,
            role_arn=role.arn,
        )
        return [self._target_group(target_group, traffic)], [attachment]

    def _target_group(
        self, arn: pulumi.Input[str], traffic: aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgs | None
    ) -> aws.ecs.ServiceLoadBalancerArgs:
        return aws.ecs.ServiceLoadBalancerArgs(
            target_group_arn=arn,
            container_name=CONTAINER_NAME,
            container_port=self._args.port,
            advanced_configuration=traffic,
        )

    def _autoscale(self, scaling: AutoscalingArgs, service: aws.ecs.Service) -> None:
        args = self._args
        target = aws.appautoscaling.Target(
            self._name,
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=service.name.apply(lambda known: f"service/{args.name_prefix}/{known}"),
            min_capacity=scaling.min_count,
            max_capacity=scaling.max_count,
            opts=self._opts,
        )
        self._scale_by(target, "cpu", "ECSServiceAverageCPUUtilization", scaling.cpu_percent, None)
        if scaling.requests_per_task is not None:
            assert args.load_balancer_arn_suffix is not None  # noqa: S101 # service_faults
            assert args.target_group_arn_suffix is not None  # noqa: S101 # service_faults
            label = pulumi.Output.concat(args.load_balancer_arn_suffix, "/", args.target_group_arn_suffix)
            self._scale_by(target, "requests", "ALBRequestCountPerTarget", scaling.requests_per_task, label)

    def _scale_by(
        self,
        target: aws.appautoscaling.Target,
        what: str,
        metric: str,
        value: float,
        label: pulumi.Input[str] | None,
    ) -> None:
        aws.appautoscaling.Policy(
            f"{self._name}-{what}",
            name=f"{self._args.name_prefix}-{what}",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                target_value=value,
                predefined_metric_specification=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                    predefined_metric_type=metric, resource_label=label
                ),
                # Out at once, in slowly: a task too many costs cents, one too few costs requests.
                scale_out_cooldown=60,
                scale_in_cooldown=300,
            ),
            opts=self._opts,
        )
