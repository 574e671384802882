"""Thousands of random lives of a service, and what must hold in every one of them. A seed reproduces its story."""

import pytest

from localaws.ecs.model import LIVE, Service, Task
from localaws.ecs.rolling import limits
from tests.support import rollout_story as story

CHUNKS, PER_CHUNK = 10, 200
FINAL = {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}
STATUSES = FINAL | {"PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_REQUESTED", "STOP_REQUESTED"}


def seeds(chunk: int) -> range:
    return range(chunk * PER_CHUNK, (chunk + 1) * PER_CHUNK)


def living(svc: Service) -> list[Task]:
    return [task for task in svc.tasks.values() if task.live]


def stuck(svc: Service) -> bool:
    """ECS said that the percentages let it replace nothing."""
    return any("unable to stop or start tasks" in event.message for event in svc.events)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_story_stays_in_documented_states_and_comes_to_an_end(chunk: int) -> None:
    for seed in seeds(chunk):
        tale = story.make(seed)
        svc = tale.svc

        def look(_what: str, svc: Service = svc, seed: int = seed) -> None:
            live = living(svc)
            _, most = limits(svc)
            ceiling = most if svc.strategy == "ROLLING" else max(most, 2 * svc.desired_count)
            assert len(live) <= max(ceiling, svc.desired_count), f"seed {seed}: {len(live)} tasks, allowed {ceiling}"
            assert all(task.status in LIVE for task in live), seed
            assert sum(d.status == "PRIMARY" for d in svc.deployments) <= 1, seed
            assert all(r.status in STATUSES for r in svc.rollouts), seed
            assert all(r.over for r in svc.rollouts[:-1]), f"seed {seed}: two service deployments at once"
            addresses = [t.address for t in svc.tasks.values() if t.status != "STOPPED"]
            assert len(set(addresses)) == len(addresses), f"seed {seed}: two tasks have one address"

        tale.run(look)
        last = svc.rollouts[-1]
        fails = any(script.behaviour != "healthy" for script in tale.world.scripts.values())
        guarded = svc.deployment_config["deploymentCircuitBreaker"]["enable"]
        # Without a breaker ECS tries a failing release for ever; a rollout that cannot move waits for a person.
        assert last.over or (fails and not guarded) or stuck(svc), f"seed {seed}: {last.status} for ever"
        if svc.status == "INACTIVE":
            assert all(t.status == "STOPPED" for t in svc.tasks.values()), seed
        served = last.status in ("SUCCESSFUL", "ROLLBACK_SUCCESSFUL") and svc.primary is not None
        if served and last.config["strategy"] != "ROLLING" and tale.world.weights:
            assert svc.primary is not None
            own = story.FIRST if svc.primary.colour == "first" else story.SECOND
            assert tale.world.weights[own] == 100, f"seed {seed}: {tale.world.weights}, but {own} serves"
            assert sum(tale.world.weights.values()) == 100, seed


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_rollout_keeps_its_limits_and_ends_with_what_its_status_says(chunk: int) -> None:
    for seed in seeds(chunk)[::3]:
        tale = story.make(seed, gentle=True)
        svc = tale.svc
        before: list[str] = []

        def look(what: str, svc: Service = svc, before: list[str] = before, seed: int = seed) -> None:
            if what == "deploy" and len(svc.rollouts) == 2:
                before.append(svc.rollouts[0].status)
            fewest, most = limits(svc)
            live = living(svc)
            assert len(live) <= most, f"seed {seed}: above the maximum"
            if before == ["SUCCESSFUL"]:
                healthy = sum(task.healthy for task in live)
                assert healthy >= fewest, f"seed {seed}: {healthy} healthy, at least {fewest} wanted"

        tale.run(look)
        last, primary = svc.rollouts[-1], svc.primary
        assert primary is not None
        if last.status == "SUCCESSFUL":
            assert primary.revision.arn == last.target.arn, seed
        if last.status == "ROLLBACK_SUCCESSFUL":
            assert before == ["SUCCESSFUL"], f"seed {seed}: rolled back to what never completed"
            assert last.rollback_target == primary.revision.arn == svc.rollouts[0].target.arn, seed
        if last.status in ("SUCCESSFUL", "ROLLBACK_SUCCESSFUL"):
            assert len(living(svc)) == svc.desired_count, seed
            assert all(t.healthy and t.deployment_id == primary.id for t in living(svc)), seed
            assert len(svc.deployments) == 1, seed
            assert primary.rollout_state == "COMPLETED", seed
        if tale.world.scripts["image-2"].behaviour == "healthy" and not stuck(svc):
            assert last.status == "SUCCESSFUL", f"seed {seed}: a good release ended {last.status} {last.reason}"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_same_seed_tells_the_same_story_however_often_it_is_looked_at(chunk: int) -> None:
    for seed in seeds(chunk)[::10]:
        once, again, watched = (story.make(seed) for _ in range(3))
        once.run()
        again.run()
        watched.run(step=97.3)
        assert story.told(once.svc) == story.told(again.svc), f"seed {seed}: not reproducible"
        assert story.told(once.svc) == story.told(watched.svc), f"seed {seed}: watching changed the story"
