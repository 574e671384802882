"""All ECS services and one-off tasks of this AWS, and how they are brought up to now."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from localaws.clock import Clock
from localaws.ecs import engine, oneoff
from localaws.ecs.environment import MotoEnvironment
from localaws.ecs.model import Service, ServiceDeployment, Task
from localaws.registry.images import Images


@dataclass(slots=True)
class EcsStore:
    """Services by ARN (an INACTIVE one stays until its name is used again) and one-off tasks by ARN."""

    clock: Clock
    images: Images
    seed: int = 1
    services: dict[str, Service] = field(default_factory=dict[str, Service])
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    created: int = 0

    def environment(self, arn: str) -> MotoEnvironment:
        _, _, _, region, account, _ = arn.split(":", 5)
        return MotoEnvironment(account, region, self.images, self.clock)

    def next_seed(self, name: str) -> int:
        """A seed that depends on nothing but the store's seed and the order of creation."""
        self.created += 1
        return zlib.crc32(f"{self.seed}:{self.created}:{name}".encode())

    def tick(self) -> None:
        """Bring everything up to now."""
        now = self.clock.sim()
        for service in self.services.values():
            if service.status != "INACTIVE":
                self.advance(service, now)
        for arn, task in self.tasks.items():
            if task.due is not None:
                oneoff.advance(task, now, self.environment(arn))

    def advance(self, service: Service, now: float) -> None:
        env = self.environment(service.arn)
        engine.advance(service, now, env, env.apply)

    def find_rollout(self, arn: str) -> tuple[Service, ServiceDeployment] | None:
        for service in self.services.values():
            for rollout in service.rollouts:
                if rollout.arn == arn:
                    return service, rollout
        return None
