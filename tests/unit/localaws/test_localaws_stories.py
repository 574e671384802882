"""Two thousand random lives of a service: what must hold in every one of them. A seed reproduces its story."""

import pytest

from localaws.ecs.model import LIVE, Service
from localaws.ecs.rolling import limits
from tests.support import rollout_story as story

CHUNKS, PER_CHUNK = 20, 100
FINAL = {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}
STATUSES = FINAL | {"PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_REQUESTED", "STOP_REQUESTED"}


def stuck(svc: Service) -> bool:
    """ECS said that the percentages let it replace nothing."""
    return any("unable to stop or start tasks" in event.message for event in svc.events)


def seeds(chunk: int) -> range:
    return range(chunk * PER_CHUNK, (chunk + 1) * PER_CHUNK)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_story_leaves_the_documented_states(chunk: int) -> None:
    for seed in seeds(chunk):
        tale = story.make(seed)
        svc = tale.svc

        def look(what: str, tale: story.Story = tale, seed: int = seed) -> None:
            del what
            svc = tale.svc
            live = [t for t in svc.tasks.values() if t.live]
            assert all(t.status in LIVE for t in live), seed
            _, most = limits(svc)
            ceiling = most if svc.strategy == "ROLLING" else max(most, 2 * svc.desired_count)
            assert len(live) <= max(ceiling, svc.desired_count), f"seed {seed}: {len(live)} tasks, allowed {ceiling}"
            assert sum(d.status == "PRIMARY" for d in svc.deployments) <= 1, seed
            assert all(r.status in STATUSES for r in svc.rollouts), seed
            assert [r for r in svc.rollouts if not r.over] in ([], svc.rollouts[-1:]), f"seed {seed}: two at once"
            addresses = [t.address for t in svc.tasks.values() if t.status != "STOPPED"]
            assert len(set(addresses)) == len(addresses), f"seed {seed}: two tasks have one address"

        tale.run(look)
        ended = svc.rollouts[-1]
        fails = any(s.behaviour != "healthy" for s in tale.world.scripts.values())
        guarded = svc.deployment_config["deploymentCircuitBreaker"]["enable"]
        # Without a breaker ECS tries a failing release for ever; a rollout that cannot move waits for a person.
        if not ended.over:
            assert (fails and not guarded) or stuck(svc), f"seed {seed}: {ended.status} for ever"
        if svc.status == "INACTIVE":
            assert all(t.status == "STOPPED" for t in svc.tasks.values()), seed


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_finished_rollout_runs_what_its_status_says(chunk: int) -> None:
    for seed in seeds(chunk):
        tale = story.make(seed, gentle=True)
        svc, world = tale.svc, tale.world
        before: list[str] = []

        def look(what: str, tale: story.Story = tale, before: list[str] = before) -> None:
            if what == "deploy" and len(tale.svc.rollouts) == 2 and not before:
                before.append(tale.svc.rollouts[0].status)

        tale.run(look)
        last, primary = svc.rollouts[-1], svc.primary
        assert primary is not None
        live = [t for t in svc.tasks.values() if t.live]
        if last.status == "SUCCESSFUL":
            assert primary.revision.arn == last.target.arn, seed
        if last.status == "ROLLBACK_SUCCESSFUL":
            assert before == ["SUCCESSFUL"], f"seed {seed}: rolled back to a deployment that was never completed"
            assert primary.revision.arn == svc.rollouts[0].target.arn, seed
            assert last.rollback_target == primary.revision.arn, seed
        if last.status in ("SUCCESSFUL", "ROLLBACK_SUCCESSFUL"):
            assert len(live) == svc.desired_count, seed
            assert all(t.healthy and t.deployment_id == primary.id for t in live), seed
            assert len(svc.deployments) == 1, seed
            assert primary.rollout_state == "COMPLETED", seed
        if world.scripts["image-2"].behaviour == "healthy" and not stuck(svc):
            assert last.status == "SUCCESSFUL", f"seed {seed}: a good release was not deployed: {last.status} {last.reason}"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_old_release_keeps_the_minimum_of_healthy_tasks(chunk: int) -> None:
    for seed in seeds(chunk):
        tale = story.make(seed, gentle=True)

        def look(what: str, tale: story.Story = tale, seed: int = seed) -> None:
            del what
            svc = tale.svc
            fewest, most = limits(svc)
            live = [t for t in svc.tasks.values() if t.live]
            assert len(live) <= most, f"seed {seed}: above the maximum"
            if len(svc.rollouts) == 2 and svc.rollouts[0].status == "SUCCESSFUL":
                healthy = sum(t.healthy for t in live)
                assert healthy >= fewest, f"seed {seed}: {healthy} healthy, at least {fewest} wanted"

        tale.run(look)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_same_seed_tells_the_same_story_however_often_it_is_looked_at(chunk: int) -> None:
    for seed in seeds(chunk)[::3]:
        once, again, watched = (story.make(seed) for _ in range(3))
        once.run()
        again.run()
        watched.run(step=97.3)
        assert story.told(once.svc) == story.told(again.svc), f"seed {seed}: not reproducible"
        assert story.told(once.svc) == story.told(watched.svc), f"seed {seed}: watching changed the story"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_traffic_ends_where_the_release_that_serves_is(chunk: int) -> None:
    for seed in seeds(chunk):
        tale = story.make(seed)
        tale.run()
        last, primary = tale.svc.rollouts[-1], tale.svc.primary
        moved = last.config.get("strategy") != "ROLLING" and tale.world.weights
        if not moved or primary is None or last.status not in ("SUCCESSFUL", "ROLLBACK_SUCCESSFUL"):
            continue
        own = story.FIRST if primary.colour == "first" else story.SECOND
        assert tale.world.weights[own] == 100, f"seed {seed}: {tale.world.weights}, serving on {own}"
        assert sum(tale.world.weights.values()) == 100, seed
