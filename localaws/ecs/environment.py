"""What the ECS state machine sees of the rest of the embedded AWS: target groups, alarms, subnets, images."""

from __future__ import annotations

import re
from typing import Any

from localaws import moto_state
from localaws.clock import Clock
from localaws.ecs.initialization import start_failure
from localaws.ecs.model import Effect, SetAlarm, SetWeights, Subnet, TargetGroup, Timings, Wire
from localaws.moto_state import Untyped
from localaws.registry.images import Images
from localaws.registry.script import Script

LEAST_BAKE_SECONDS, MOST_BAKE_SECONDS = 60.0, 600.0
_ECR_IMAGE = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<repository>[^:@]+)"
    r"(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?$"
)


class MotoEnvironment:
    """`Environment` over moto's backends of one account and region."""

    def __init__(self, account: str, region: str, images: Images, clock: Clock) -> None:
        self.account = account
        self.region = region
        self.images = images
        self.clock = clock

    def target_group(self, arn: str) -> TargetGroup:
        group = self._elbv2().target_groups.get(arn)
        if group is None:
            return TargetGroup()
        drain = group.attributes.get("deregistration_delay.timeout_seconds", "300")
        return TargetGroup(
            interval_seconds=float(group.health_check_interval_seconds or 30),
            healthy_threshold=int(group.healthy_threshold_count or 5),
            unhealthy_threshold=int(group.unhealthy_threshold_count or 2),
            drain_seconds=float(drain),
            matcher=str((group.matcher or {}).get("HttpCode", "200")),
        )

    def alarms_firing(self, names: list[str]) -> list[str]:
        if not names:
            return []
        alarms: Any = moto_state.backend("cloudwatch", self.account, self.region).alarms
        return [name for name in names if name in alarms and alarms[name].state_value == "ALARM"]

    def alarm_bake_seconds(self, names: list[str]) -> float:
        """The longest window of the alarms: ECS computes a rolling deployment's bake time from them."""
        alarms: Any = moto_state.backend("cloudwatch", self.account, self.region).alarms
        windows = [
            float(alarms[n].period or 60) * float(alarms[n].evaluation_periods or 1) for n in names if n in alarms
        ]
        return min(MOST_BAKE_SECONDS, max([LEAST_BAKE_SECONDS, *windows]))

    def script(self, image: str) -> Script:
        """The script of an image; one that is named in this registry and is not there cannot be pulled."""
        named = self.images.script_of(image)
        if named is not None:
            return named
        match = _ECR_IMAGE.match(image)
        if match is None:
            return Script()
        digest = self.digest(image)
        return Script("unpullable") if digest is None else self.images.script_of(digest) or Script()

    def digest(self, image: str) -> str | None:
        """The digest that an image reference of this AWS's registries resolves to."""
        if _ECR_IMAGE.match(image) is None:
            return image.partition("@")[2] or None
        found = self._image(image)
        return None if found is None else str(found.get_image_digest())

    def manifest(self, image: str) -> str | None:
        """The manifest of an image of this AWS's registries."""
        found = self._image(image)
        return None if found is None else str(found.image_manifest)

    def _image(self, reference: str) -> Untyped:
        match = _ECR_IMAGE.match(reference)
        if match is None:
            return None
        repository = moto_state.backend("ecr", match["account"], match["region"]).repositories.get(match["repository"])
        for candidate in repository.images if repository is not None else ():
            wanted = match["digest"]
            if candidate.get_image_digest() == wanted if wanted else (match["tag"] or "latest") in candidate.image_tags:
                return candidate
        return None

    def start_failure(self, containers: list[Wire], task_definition: str) -> str:
        """Why a task of these containers cannot start here (a secret, log group or platform is missing), or nothing."""
        return start_failure(self, containers, task_definition)

    def subnet(self, subnet_id: str) -> Subnet:
        ec2 = moto_state.backend("ec2", self.account, self.region)
        for subnets in ec2.subnets.values():
            if subnet_id in subnets:
                return Subnet(str(subnets[subnet_id].cidr_block), str(subnets[subnet_id].availability_zone))
        return Subnet()

    def timings(self) -> Timings:
        return Timings()

    def apply(self, effects: list[Effect]) -> None:
        """Carry out what the state machine asks of other services."""
        for effect in effects:
            if isinstance(effect, SetWeights):
                self._set_weights(effect)
            else:
                self._set_alarms(effect)

    def _elbv2(self) -> Untyped:
        return moto_state.backend("elbv2", self.account, self.region)

    def _set_weights(self, effect: SetWeights) -> None:
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in effect.weights]
        for balancer in self._elbv2().load_balancers.values():
            for listener in balancer.listeners.values():
                for rule in listener.rules.values():
                    if rule.arn != effect.rule:
                        continue
                    for action in rule.actions:
                        if action.type == "forward":
                            _forward(action, groups)

    def _set_alarms(self, effect: SetAlarm) -> None:
        backend = moto_state.backend("cloudwatch", self.account, self.region)
        for name in effect.names:
            if name in backend.alarms:
                backend.alarms[name].update_state(effect.reason, "{}", "ALARM" if effect.firing else "OK")


def _forward(action: Untyped, groups: list[dict[str, Any]]) -> None:
    sticky = (action.data.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {"Enabled": False}
    action.data.pop("TargetGroupArn", None)
    action.__dict__.pop("TargetGroupArn", None)
    action.data["ForwardConfig"] = {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}
    action.ForwardConfig = action.data["ForwardConfig"]
