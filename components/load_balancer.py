"""The load balancer: the one way in, over TLS, with the target groups that a deployment strategy needs."""

import pulumi
import pulumi_aws as aws

from components.access_logs import access_log_bucket
from components.arguments import typed_args
from components.certificate import validated_certificate
from components.load_balancer_args import ApplicationLoadBalancerArgs, HealthCheckArgs, check_load_balancer_args
from components.ordering import once_there

__all__ = ["ApplicationLoadBalancer", "ApplicationLoadBalancerArgs", "HealthCheckArgs"]

HTTP_PORT, HTTPS_PORT, TEST_PORT = 80, 443, 8443
"""Ports of the redirect, of the users, and of the test traffic of a deployment."""

# The lower number wins. Two numbers, so that the rule of a new strategy can exist beside that of the old one.
_SHIFTED_PRIORITY, _STEADY_PRIORITY = 10, 20


class ApplicationLoadBalancer(pulumi.ComponentResource):
    """An Application Load Balancer that serves one host name over TLS and nothing else.

    Its security group lets in `allowed_cidrs` on 443 and 80 and lets nothing out: whoever owns the targets adds the one
    rule to them.
    """

    TYPE = "runlayer:index:ApplicationLoadBalancer"

    arn: pulumi.Output[str]
    """The load balancer."""
    arn_suffix: pulumi.Output[str]
    """The load balancer as CloudWatch names it."""
    dns_name: pulumi.Output[str]
    """AWS's own name of the load balancer."""
    url: pulumi.Output[str]
    """Where users reach the service."""
    security_group_id: pulumi.Output[str]
    """Security group of the load balancer."""
    target_group_arn: pulumi.Output[str]
    """Target group of the tasks; known once the load balancer forwards to it, which a service needs."""
    target_group_arn_suffix: pulumi.Output[str]
    """Target group of the tasks as CloudWatch names it."""
    alternate_target_group_arn: pulumi.Output[str] | None
    """Second target group; none unless asked for."""
    alternate_target_group_arn_suffix: pulumi.Output[str] | None
    """Second target group as CloudWatch names it."""
    production_listener_rule_arn: pulumi.Output[str]
    """Rule that forwards the users' requests."""
    test_listener_rule_arn: pulumi.Output[str] | None
    """Rule that forwards test requests; none without a second target group."""
    access_log_bucket: pulumi.Output[str]
    """Bucket of the access logs."""

    def __init__(
        self, name: str, args: ApplicationLoadBalancerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Check the arguments and register the load balancer.

        Raises:
            ComponentError: COMP001, COMP501 to COMP506, before anything is registered.
        """
        args = typed_args(ApplicationLoadBalancerArgs, args)
        check_load_balancer_args(name, args)
        super().__init__(self.TYPE, name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        bucket, logs_can_come = access_log_bucket(
            f"{name}-logs",
            name_prefix=args.name_prefix,
            account_id=args.account_id,
            region=args.region,
            retention_days=args.access_log_retention_days,
            kept=args.deletion_protected,
            parent=self,
        )
        group = self._security_group()
        balancer = aws.lb.LoadBalancer(
            name,
            # The scheme cannot be changed in place; with it in the name, old and new can exist at once.
            name=f"{args.name_prefix}-{'public' if args.public else 'private'}",
            load_balancer_type="application",
            internal=not args.public,
            ip_address_type="ipv4",
            subnets=args.subnet_ids,
            security_groups=[group.id],
            idle_timeout=args.idle_timeout_seconds,
            enable_deletion_protection=args.deletion_protected,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            access_logs=aws.lb.LoadBalancerAccessLogsArgs(bucket=bucket.bucket, enabled=True),
            opts=pulumi.ResourceOptions(parent=self, protect=args.deletion_protected, depends_on=logs_can_come),
        )
        certificate_arn = self._certificate_arn()
        self._redirect(balancer)
        self.listener = self._https_listener(f"{name}-https", balancer, HTTPS_PORT, certificate_arn)
        """For those who must wait until users can come in; not an output of the component."""
        first = self._target_group("one")
        second = self._target_group("two") if args.second_target_group else None
        rule = self._forward(self.listener, first, second)
        test_rule = self._test_rule(balancer, certificate_arn, first, second) if second else None
        if args.web_acl_arn:
            aws.wafv2.WebAclAssociation(name, resource_arn=balancer.arn, web_acl_arn=args.web_acl_arn, opts=self._child)
        if args.hosted_zone_id:
            self._host_name(balancer, args.hosted_zone_id)

        rules = [each for each in (rule, test_rule) if each]
        self.arn = balancer.arn
        self.arn_suffix = balancer.arn_suffix
        self.dns_name = balancer.dns_name
        self.url = pulumi.Output.from_input(f"https://{args.domain}")
        self.security_group_id = group.id
        self.target_group_arn = once_there(first.arn, rules)
        self.target_group_arn_suffix = first.arn_suffix
        self.alternate_target_group_arn = once_there(second.arn, rules) if second else None
        self.alternate_target_group_arn_suffix = second.arn_suffix if second else None
        self.production_listener_rule_arn = rule.arn
        self.test_listener_rule_arn = test_rule.arn if test_rule else None
        self.access_log_bucket = bucket.bucket
        self.register_outputs({"arn": self.arn, "dns_name": self.dns_name, "url": self.url})

    def _security_group(self) -> aws.ec2.SecurityGroup:
        args = self._args
        group = aws.ec2.SecurityGroup(
            self._name,
            name_prefix=f"{args.name_prefix}-load-balancer-",
            description="Load balancer: HTTPS, and HTTP to be redirected, from the allowed ranges",
            vpc_id=args.vpc_id,
            tags={"Name": f"{args.name_prefix}-load-balancer"},
            opts=self._child,
        )
        for cidr in args.allowed_cidrs:
            self._let_in(group, "https", HTTPS_PORT, cidr)
            self._let_in(group, "http", HTTP_PORT, cidr)
        if args.second_target_group:
            for cidr in args.test_allowed_cidrs:
                self._let_in(group, "test", TEST_PORT, cidr)
        return group

    def _let_in(self, group: aws.ec2.SecurityGroup, role: str, port: int, cidr: str) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-{role}-{cidr.replace('/', '-')}",
            security_group_id=group.id,
            description=f"{role} from {cidr}",
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self._child,
        )

    def _certificate_arn(self) -> pulumi.Input[str]:
        args = self._args
        if args.certificate_arn:
            return args.certificate_arn
        assert args.hosted_zone_id, "checked before anything was registered"  # noqa: S101 # narrows the type
        return validated_certificate(
            f"{self._name}-certificate", domain=args.domain, hosted_zone_id=args.hosted_zone_id, parent=self
        )

    def _redirect(self, balancer: aws.lb.LoadBalancer) -> None:
        aws.lb.Listener(
            f"{self._name}-http",
            load_balancer_arn=balancer.arn,
            port=HTTP_PORT,
            protocol="HTTP",
            default_actions=[
                aws.lb.ListenerDefaultActionArgs(
                    type="redirect",
                    redirect=aws.lb.ListenerDefaultActionRedirectArgs(
                        protocol="HTTPS", port=str(HTTPS_PORT), status_code="HTTP_301"
                    ),
                )
            ],
            opts=self._child,
        )

    def _https_listener(
        self, name: str, balancer: aws.lb.LoadBalancer, port: int, certificate_arn: pulumi.Input[str]
    ) -> aws.lb.Listener:
        return aws.lb.Listener(
            name,
            load_balancer_arn=balancer.arn,
            port=port,
            protocol="HTTPS",
            ssl_policy=self._args.tls_policy,
            certificate_arn=certificate_arn,
            # Whatever no rule asks for is answered here and never reaches a task.
            default_actions=[
                aws.lb.ListenerDefaultActionArgs(
                    type="fixed-response",
                    fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(
                        content_type="text/plain", message_body="Not found", status_code="404"
                    ),
                )
            ],
            opts=self._child,
        )

    def _target_group(self, role: str) -> aws.lb.TargetGroup:
        args = self._args
        check = args.health_check
        return aws.lb.TargetGroup(
            # No name of its own: a replacement needs a new one, as long as a rule still holds the old group.
            f"{self._name}-{role}",
            vpc_id=args.vpc_id,
            target_type="ip",
            port=args.target_port,
            protocol="HTTP",
            deregistration_delay=args.drain_seconds,
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                enabled=True,
                path=check.path,
                matcher=check.success_codes,
                interval=check.interval_seconds,
                timeout=check.timeout_seconds,
                healthy_threshold=check.healthy_count,
                unhealthy_threshold=check.unhealthy_count,
                port="traffic-port",
                protocol="HTTP",
            ),
            tags={"Name": f"{args.name_prefix}-{role}"},
            opts=self._child,
        )

    def _forward(
        self, listener: aws.lb.Listener, first: aws.lb.TargetGroup, second: aws.lb.TargetGroup | None
    ) -> aws.lb.ListenerRule:
        """The users' rule. One that ECS shifts is another resource than one that nobody does.

        So a change of strategy makes the new rule, then moves the service, then removes the old rule, and never leaves
        weights behind that ECS set.
        """
        if second:
            return self._shifted_rule("shifting", listener, first, second)
        return aws.lb.ListenerRule(
            f"{self._name}-forward",
            listener_arn=listener.arn,
            priority=_STEADY_PRIORITY,
            conditions=self._conditions(),
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=first.arn)],
            opts=self._child,
        )

    def _test_rule(
        self,
        balancer: aws.lb.LoadBalancer,
        certificate_arn: pulumi.Input[str],
        first: aws.lb.TargetGroup,
        second: aws.lb.TargetGroup,
    ) -> aws.lb.ListenerRule:
        listener = self._https_listener(f"{self._name}-test", balancer, TEST_PORT, certificate_arn)
        return self._shifted_rule("test", listener, first, second)

    def _shifted_rule(
        self, role: str, listener: aws.lb.Listener, first: aws.lb.TargetGroup, second: aws.lb.TargetGroup
    ) -> aws.lb.ListenerRule:
        weights = [
            aws.lb.ListenerRuleActionForwardTargetGroupArgs(arn=first.arn, weight=100),
            aws.lb.ListenerRuleActionForwardTargetGroupArgs(arn=second.arn, weight=0),
        ]
        return aws.lb.ListenerRule(
            f"{self._name}-{role}",
            listener_arn=listener.arn,
            priority=_SHIFTED_PRIORITY,
            conditions=self._conditions(),
            actions=[
                aws.lb.ListenerRuleActionArgs(
                    type="forward", forward=aws.lb.ListenerRuleActionForwardArgs(target_groups=weights)
                )
            ],
            # ECS owns the weights from the first deployment on; writing ours back would send users to old tasks.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["actions"]),
        )

    def _conditions(self) -> list[aws.lb.ListenerRuleConditionArgs]:
        host = aws.lb.ListenerRuleConditionHostHeaderArgs(values=[self._args.domain])
        return [aws.lb.ListenerRuleConditionArgs(host_header=host)]

    def _host_name(self, balancer: aws.lb.LoadBalancer, hosted_zone_id: pulumi.Input[str]) -> None:
        aws.route53.Record(
            self._name,
            zone_id=hosted_zone_id,
            name=self._args.domain,
            type="A",
            aliases=[
                aws.route53.RecordAliasArgs(
                    name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=True
                )
            ],
            opts=self._child,
        )
