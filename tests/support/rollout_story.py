"""Random lives of an ECS service for the rollout state machine: a seed decides everything."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localaws.ecs import engine, rollout
from localaws.ecs.model import Effect, Revision, Service, SetWeights, Subnet, TargetGroup, Timings
from localaws.ecs.stages import continue_hook
from localaws.ecs.tasks import stop
from localaws.registry.script import Behaviour, Script

HOUR = 3600.0
FIRST, SECOND, RULE, ALARM = "tg-first", "tg-second", "rule-production", "alarm-5xx"
BEHAVIOURS: tuple[Behaviour, ...] = (
    "healthy",
    "healthy",
    "exits",
    "unhealthy",
    "unpullable",
    "slow",
    "no-capacity",
    "degrades",
)


@dataclass
class World:
    """An environment that a test controls."""

    scripts: dict[str, Script] = field(default_factory=dict[str, Script])
    group: TargetGroup = field(default_factory=lambda: TargetGroup(10, 2, 3, 30))
    firing: set[str] = field(default_factory=set[str])
    weights: dict[str, int] = field(default_factory=dict[str, int])
    bake: float = 60.0

    def target_group(self, arn: str) -> TargetGroup:
        del arn
        return self.group

    def alarms_firing(self, names: list[str]) -> list[str]:
        return [name for name in names if name in self.firing]

    def alarm_bake_seconds(self, names: list[str]) -> float:
        del names
        return self.bake

    def script(self, image: str) -> Script:
        return self.scripts.get(image, Script())

    def start_failure(self, containers: list[dict[str, Any]], task_definition: str) -> str:
        del containers, task_definition
        return ""

    def subnet(self, subnet_id: str) -> Subnet:
        return Subnet("10.0.0.0/24", f"us-east-1{subnet_id[-1]}")

    def timings(self) -> Timings:
        return Timings()

    def apply(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, SetWeights):
                self.weights = dict(effect.weights)
            elif effect.firing:
                self.firing |= set(effect.names)
            else:
                self.firing -= set(effect.names)


def service(deployment: dict[str, Any] | None = None, desired: int = 2, seed: int = 1, **config: object) -> Service:
    """A service that has no deployment yet."""
    settings: dict[str, Any] = {"maximumPercent": 200, "minimumHealthyPercent": 100} | (deployment or {})
    return Service(
        arn="arn:aws:ecs:us-east-1:123456789012:service/main/web",
        name="web",
        cluster_arn="arn:aws:ecs:us-east-1:123456789012:cluster/main",
        cluster_name="main",
        created_at=0.0,
        desired_count=desired,
        config={"deploymentConfiguration": settings, **config},
        seed=seed,
    )


def revision(svc: Service, image: str, *, balanced: bool = True, check: dict[str, Any] | None = None) -> Revision:
    """A revision of one container that runs `image`."""
    balancer = {
        "targetGroupArn": FIRST,
        "containerName": "app",
        "containerPort": 8080,
        "advancedConfiguration": {"alternateTargetGroupArn": SECOND, "productionListenerRule": RULE},
    }
    return Revision(
        arn=f"arn:aws:ecs:us-east-1:123456789012:service-revision/main/web/{svc.digits()}",
        created_at=svc.at,
        task_definition=f"web:{image}",
        containers=[{"name": "app", "image": image, "essential": True}],
        config={
            "loadBalancers": [balancer] if balanced else [],
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b"]}},
        },
        health_check=check,
    )


def deploy(
    svc: Service, world: World, image: str, *, balanced: bool = True, check: dict[str, Any] | None = None
) -> None:
    """Begin a deployment of an image now and do what can be done at once."""
    rollout.begin(svc, revision(svc, image, balanced=balanced, check=check), svc.at, world)
    engine.advance(svc, svc.at, world, world.apply)


def play(svc: Service, world: World, until: float, look: Callable[[], None] | None = None) -> None:
    """Play everything up to `until`, calling `look` after each instant at which something happened."""
    while (at := engine.due(svc)) is not None and at <= until:
        engine.advance(svc, at, world, world.apply)
        if look:
            look()
    engine.advance(svc, until, world, world.apply)


@dataclass
class Story:
    """A service, the world around it, and what is to be done to it when."""

    svc: Service
    world: World
    balanced: bool
    check: dict[str, Any] | None
    acts: list[tuple[float, str, Any]]

    def act(self, name: str, value: Any) -> None:  # noqa: ANN401 - each act has a value of its own type
        svc, world = self.svc, self.world
        if name == "deploy":
            deploy(svc, world, value, balanced=self.balanced, check=self.check)
        elif name == "scale":
            svc.desired_count = value
        elif name == "stop" and svc.rollout is not None:
            svc.rollout.stop_requested = value
        elif name == "alarm":
            world.firing ^= {ALARM}
        elif name == "continue" and svc.rollout is not None and svc.rollout.hooks:
            continue_hook(svc.rollout, svc.rollout.hooks[0].id, value)
        elif name == "kill":
            living = [t for t in svc.tasks.values() if t.live]
            if living:
                stop(
                    svc, living[value % len(living)], svc.at, world, code="UserInitiated", reason="Task stopped by user"
                )
        elif name == "delete":
            engine.delete(svc, svc.at, world)
        engine.advance(svc, svc.at, world, world.apply)

    def run(self, look: Callable[[str], None] | None = None, *, step: float | None = None) -> None:
        """Play the whole story; `step` also looks at the service every so often, which must not change anything."""

        def looked(what: str = "") -> None:
            if look:
                look(what)

        # Without a breaker a failing release is tried for ever: no need to watch it for long.
        guarded = self.svc.deployment_config["deploymentCircuitBreaker"]["enable"]
        end = self.acts[-1][0] + (12 * HOUR if guarded else HOUR)
        for at, name, value in [*self.acts, (end, "end", None)]:
            while step and self.svc.at + step < at:
                play(self.svc, self.world, self.svc.at + step, looked)
            play(self.svc, self.world, at, looked)
            self.act(name, value)
            looked(name)


def make(seed: int, *, gentle: bool = False) -> Story:
    """The story of a seed. Gentle: one good release is replaced by another of any kind, and nobody interferes."""
    rng = random.Random(seed)  # noqa: S311 - a story, not a secret
    strategy = "ROLLING" if gentle else rng.choice(["ROLLING", "ROLLING", "ROLLING", "BLUE_GREEN", "CANARY", "LINEAR"])
    breaker: dict[str, Any] = {"enable": True, "rollback": rng.random() < 0.8}
    if rng.random() < 0.3:
        breaker["thresholdConfiguration"] = rng.choice(
            [
                {"type": "COUNT", "value": 2},
                {"type": "BOUNDED_PERCENT", "value": 80},
                {"type": "UNBOUNDED_PERCENT", "value": 100},
            ]
        )
        breaker["resetOnHealthyTask"] = rng.random() < 0.5
    config: dict[str, Any] = {
        "strategy": strategy,
        "maximumPercent": rng.choice([110, 125, 150, 200, 300]),
        "minimumHealthyPercent": rng.choice([0, 34, 50, 75, 100]),
        "deploymentCircuitBreaker": breaker if rng.random() < 0.85 else {"enable": False, "rollback": False},
        "bakeTimeInMinutes": rng.choice([0, 1, 5]),
    }
    if rng.random() < 0.5:
        config["alarms"] = {"enable": True, "rollback": rng.random() < 0.8, "alarmNames": [ALARM]}
    if strategy == "CANARY":
        config["canaryConfiguration"] = {"canaryPercent": rng.choice([0.1, 5.0, 50.0]), "canaryBakeTimeInMinutes": 2}
    if strategy == "LINEAR":
        config["linearConfiguration"] = {
            "stepPercent": rng.choice([3.0, 10.0, 33.3, 100.0]),
            "stepBakeTimeInMinutes": 1,
        }
    if strategy != "ROLLING" and rng.random() < 0.4:
        stage = rng.choice(["PRE_SCALE_UP", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT"])
        timeout = {"timeoutInMinutes": 5, "action": rng.choice(["ROLLBACK", "CONTINUE"])}
        config["lifecycleHooks"] = [
            {"targetType": "PAUSE", "lifecycleStages": [stage], "timeoutConfiguration": timeout}
        ]
    svc = service(config, rng.randint(1, 8), seed, healthCheckGracePeriodSeconds=rng.choice([0, 60, 200]))
    world = World(
        scripts={f"image-{n}": Script(rng.choice(BEHAVIOURS)) for n in range(1, 6)},
        group=TargetGroup(rng.choice([5, 10, 30]), rng.randint(2, 5), rng.randint(2, 5), rng.choice([0, 30, 300])),
        bake=rng.choice([60.0, 180.0]),
    )
    balanced = strategy != "ROLLING" or rng.random() < 0.7
    check = {"interval": 10, "retries": 3} if rng.random() < 0.3 else None
    if gentle:
        world.scripts["image-1"] = Script()
        acts: list[tuple[float, str, Any]] = [(0.0, "deploy", "image-1"), (HOUR, "deploy", "image-2")]
        return Story(svc, world, balanced, check, acts)
    world.scripts["image-0"] = Script() if rng.random() < 0.8 else Script(rng.choice(BEHAVIOURS))
    acts = [(0.0, "deploy", "image-0")]
    at = rng.choice([0.0, HOUR])
    for _ in range(rng.randint(1, 6)):
        at += rng.choice([1.0, 17.0, 60.0, 400.0, HOUR])
        name = rng.choice(["deploy", "deploy", "deploy", "scale", "stop", "alarm", "continue", "kill"])
        value: Any = {
            "deploy": f"image-{rng.randint(0, 5)}",
            "scale": rng.randint(0, 8),
            "stop": rng.choice(["ROLLBACK", "ABORT"]),
            "continue": rng.choice(["CONTINUE", "ROLLBACK"]),
            "kill": rng.randint(0, 9),
        }.get(name)
        acts.append((at, name, value))
    if rng.random() < 0.1:
        acts.append((at + rng.choice([5.0, HOUR]), "delete", None))
    return Story(svc, world, balanced, check, acts)


def told(svc: Service) -> list[object]:
    """The whole story of a service as plain data, to compare two of them."""
    return [
        [(e.at, e.message) for e in svc.events],
        [(r.arn, r.status, r.reason, r.created_at, r.finished_at, r.production_weight) for r in svc.rollouts],
        [(t.id, t.status, t.stop_code, t.stopped_reason, t.started_at, t.stopped_at) for t in svc.tasks.values()],
        [(d.id, d.status, d.rollout_state, d.rollout_reason, d.failed_tasks) for d in svc.deployments],
        svc.status,
    ]
