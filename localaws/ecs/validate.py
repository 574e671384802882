"""What ECS refuses when a service is created or updated, in its own words."""

from __future__ import annotations

from typing import Any

from localaws import moto_state
from localaws.ecs.model import Wire
from localaws.errors import ApiError
from localaws.moto_state import Untyped

INVALID = "InvalidParameterException"


def service(params: Wire, definition: Untyped, account: str, region: str) -> None:
    """Raise the error that ECS would answer with; `definition` is moto's task definition."""
    balancers: list[Wire] = params.get("loadBalancers") or []
    kind = (params.get("deploymentController") or {}).get("type", "ECS")
    if kind != "ECS" or (params.get("schedulingStrategy") or "REPLICA") != "REPLICA":
        raise ApiError(
            "UnsupportedFeatureException",
            f"The embedded AWS has the ECS controller and REPLICA services only, not {kind}.",
        )
    _percents(params.get("deploymentConfiguration") or {})
    containers = {str(c["name"]): c for c in definition.container_definitions}
    awsvpc = definition.network_mode == "awsvpc"
    if awsvpc and not (params.get("networkConfiguration") or {}).get("awsvpcConfiguration"):
        raise ApiError(INVALID, "Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    if params.get("launchType") and params.get("capacityProviderStrategy"):
        raise ApiError(INVALID, "Specifying both a launch type and capacity provider strategy is not supported.")
    if params.get("launchType") == "FARGATE" and "FARGATE" not in (definition.compatibilities or ["FARGATE"]):
        raise ApiError(INVALID, "Task definition does not support launch_type FARGATE.")
    if not balancers and int(params.get("healthCheckGracePeriodSeconds") or 0) > 0:
        raise ApiError(INVALID, "Health check grace period is only valid for services configured to use load balancers")
    for balancer in balancers:
        _balancer(balancer, containers, awsvpc, account, region)
    _strategy(params.get("deploymentConfiguration") or {}, balancers)


def _percents(config: Wire) -> None:
    most, fewest = config.get("maximumPercent"), config.get("minimumHealthyPercent")
    if most is not None and not 100 <= int(most) <= 10_000:  # noqa: PLR2004 - a REPLICA service
        raise ApiError(INVALID, "maximumPercent must be at least 100 for REPLICA services.")
    if fewest is not None and not 0 <= int(fewest) <= 100:  # noqa: PLR2004
        raise ApiError(INVALID, "minimumHealthyPercent must be between 0 and 100.")
    if most is not None and fewest is not None and int(most) == int(fewest) == 100:  # noqa: PLR2004
        raise ApiError(
            INVALID, "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
        )


def _balancer(balancer: Wire, containers: dict[str, Any], awsvpc: bool, account: str, region: str) -> None:
    groups = moto_state.backend("elbv2", account, region).target_groups
    arn = balancer.get("targetGroupArn")
    if not arn:
        return
    group = groups.get(arn)
    if group is None:
        raise ApiError(INVALID, f"The target group with targetGroupArn {arn} does not exist.")
    advanced = balancer.get("advancedConfiguration")
    if not advanced and not group.load_balancer_arns:
        raise ApiError(
            INVALID, f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )
    if awsvpc and group.target_type != "ip":
        raise ApiError(
            INVALID,
            f"The provided target group {arn} has target type {group.target_type}, which is incompatible with the "
            "awsvpc network mode specified in the task definition.",
        )
    name = str(balancer.get("containerName") or "")
    if name not in containers:
        raise ApiError(INVALID, f"The container {name} does not exist in the task definition.")
    port = balancer.get("containerPort")
    ports = [m.get("containerPort") for m in containers[name].get("portMappings") or []]
    if port is not None and port not in ports:
        raise ApiError(INVALID, f"The container {name} did not have a container port {port} defined.")


def _strategy(config: Wire, balancers: list[Wire]) -> None:
    strategy = config.get("strategy") or "ROLLING"
    advanced = [b.get("advancedConfiguration") for b in balancers]
    if any(advanced) and not all(advanced):
        raise ApiError(
            INVALID, "Either all or none of the provided loadBalancers must have advancedConfiguration defined"
        )
    for entry in advanced:
        production = (entry or {}).get("productionListenerRule")
        if production and ":listener-rule/app/" not in production and ":listener/net/" not in production:
            raise ApiError(
                INVALID,
                "productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. "
                f"Got: {production}",
            )
        if production and production == (entry or {}).get("testListenerRule"):
            raise ApiError(
                INVALID, f"The following rules cannot be used as both production and test listener rules: {production}"
            )
    if strategy != "ROLLING" and balancers and not all(advanced):
        raise ApiError(
            INVALID,
            "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment "
            "strategy",
        )
