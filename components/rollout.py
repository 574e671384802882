"""Which release an ECS service really serves, judged from what ECS says about the service. Pure.

The rule, and why it is sound, is in docs/honest-up.md.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# ECS writes the same fact with and without parentheses around "deployment ID", depending on the event.
_COMPLETED = re.compile(r"\(deployment (?P<id>[^)\s]+)\) deployment completed", re.IGNORECASE)
_FAILED = re.compile(r"\(deployment (?P<id>[^)\s]+)\) deployment failed:? *(?P<why>.*)", re.IGNORECASE)
_ROLLING_BACK = re.compile(r"rolling back to \(?deployment (?P<id>[^)\s]+?)[).]*(\s|$)", re.IGNORECASE)
_TROUBLE = re.compile(r"unhealthy|failed|unable to|unavailable|cannot", re.IGNORECASE)

# A rollback follows the failure that caused it; an older failure belongs to a rollout of the past.
_SAME_STORY = timedelta(minutes=15)
_REASONS_SHOWN = 3
# Events that ECS keeps of a service (ECS API, Service).
_KEPT_EVENTS = 100


class Standing(StrEnum):
    """How the intended release stands."""

    SERVES = "serves"
    """It serves, and ECS calls its rollout complete."""
    MOVING = "moving"
    """Its rollout is under way; nothing is decided."""
    FAILED = "failed"
    """Its rollout failed and nothing was rolled back: the old release, or nothing, serves beside it."""
    REPLACED = "replaced"
    """Another release is what ECS keeps running: rolled back, or changed by somebody else."""
    ABSENT = "absent"
    """There is no such service."""


@dataclass(frozen=True)
class Deployment:
    """One row of a service's `deployments`."""

    id: str
    status: str
    """PRIMARY, ACTIVE or INACTIVE."""
    task_definition_arn: str
    running: int
    pending: int
    desired: int
    created_at: datetime
    """By the clock of AWS, as everything here."""


@dataclass(frozen=True)
class Event:
    """One row of a service's `events`."""

    at: datetime
    message: str


@dataclass(frozen=True)
class ServiceView:
    """A service as ECS describes it (ECS API, DescribeServices)."""

    deployments: tuple[Deployment, ...]
    events: tuple[Event, ...]
    """Newest first; ECS keeps the last hundred."""

    @property
    def primary(self) -> Deployment | None:
        """The deployment that ECS works towards; after a rollback, that of the old release."""
        return next((each for each in self.deployments if each.status == "PRIMARY"), None)

    @property
    def serving(self) -> Deployment | None:
        """The deployment whose tasks serve: the primary one when it has all it wants, else the one with the most."""
        running = [each for each in self.deployments if each.running]
        complete = [each for each in running if each is self.primary and each.running >= each.desired]
        return max(complete or running, key=lambda each: each.running, default=None)


@dataclass(frozen=True)
class Judgement:
    """What `judge` found."""

    standing: Standing
    serving_arn: str | None
    """Task definition whose tasks serve; None: nothing does."""
    reasons: tuple[str, ...] = ()
    """ECS's own sentences, newest first."""
    rolled_back: bool = False
    """ECS went back by itself, rather than somebody changing the service."""
    rollback_failed: bool = False
    """ECS went back, and the old release did not come up either."""


def judge(view: ServiceView | None, intended_arn: str, *, rolling: bool) -> Judgement:
    """Compare what ECS keeps running with what was asked for.

    Args:
        view: the service; None: there is none.
        intended_arn: task definition that the service was told to run.
        rolling: whether the strategy replaces tasks in place, so that only ECS's own event says that a rollout is
            through; the others keep the old deployment in the list until they are.
    """
    primary = view.primary if view else None
    if view is None or primary is None:
        return Judgement(Standing.ABSENT, None)
    serving = view.serving.task_definition_arn if view.serving else None
    back_to_primary = _named(_ROLLING_BACK, view.events, primary.id)
    primary_failed = _named(_FAILED, view.events, primary.id)
    if primary.task_definition_arn != intended_arn:
        rolled_back = back_to_primary or _failure_before(view, primary)
        reasons = _reasons(view) if rolled_back else ()
        return Judgement(Standing.REPLACED, serving, reasons, rolled_back, rolled_back and primary_failed)
    if back_to_primary:
        # The same task definition before and after, as when only subnets changed: taken back all the same.
        return Judgement(Standing.REPLACED, serving, _reasons(view), rolled_back=True, rollback_failed=primary_failed)
    if primary_failed:
        return Judgement(Standing.FAILED, serving, _reasons(view))
    if _is_through(view, primary, rolling=rolling):
        return Judgement(Standing.SERVES, primary.task_definition_arn)
    return Judgement(Standing.MOVING, serving, _sentences(_until_the_one_before(view.events)))


def revision(task_definition_arn: str) -> str:
    """`family:revision` of a task definition's ARN, as people say it."""
    return task_definition_arn.rpartition("/")[2]


def _is_through(view: ServiceView, primary: Deployment, *, rolling: bool) -> bool:
    alone = len([each for each in view.deployments if each.status != "INACTIVE"]) == 1
    if _named(_COMPLETED, view.events, primary.id):
        return True
    if not alone or primary.running < primary.desired or primary.pending:
        return False
    # All tasks run. While alarms bake that is not the end, and only the event says when it is. A deployment that is
    # older than the oldest event that ECS kept has had that event.
    forgotten = len(view.events) >= _KEPT_EVENTS and view.events[-1].at > primary.created_at
    return not rolling or not view.events or forgotten


def _failure_before(view: ServiceView, primary: Deployment) -> bool:
    """Whether ECS gave up a rollout at the time when it made `primary` the deployment to keep."""
    return any(
        each.at >= primary.created_at - _SAME_STORY
        for each in view.events
        if _FAILED.search(each.message) or _ROLLING_BACK.search(each.message)
    )


def _named(pattern: re.Pattern[str], events: Iterable[Event], deployment_id: str) -> bool:
    return any((found := pattern.search(each.message)) and found["id"] == deployment_id for each in events)


def _reasons(view: ServiceView) -> tuple[str, ...]:
    """What ECS says about the rollout that failed last, and about its rollback where that failed too."""
    failed = next((at for at, each in enumerate(view.events) if _FAILED.search(each.message)), 0)
    verdict = list(view.events[failed : failed + 1])
    story = _until_the_one_before(view.events[failed + 1 :])
    if any(_ROLLING_BACK.search(each.message) for each in story):
        # The failure is that of the rollback; the one that it was for comes before.
        return _sentences([*verdict, *_failures(view.events[failed + 1 + len(story) :]), *story])
    return _sentences([*verdict, *story])


def _failures(events: Sequence[Event]) -> Sequence[Event]:
    return events[:1] if events and _FAILED.search(events[0].message) else ()


def _until_the_one_before(events: Sequence[Event]) -> list[Event]:
    """The newest events, back to where an earlier rollout had come to its end."""
    ends = (at for at, each in enumerate(events) if _COMPLETED.search(each.message) or _FAILED.search(each.message))
    return list(events[: next(ends, None)])


def _sentences(events: Iterable[Event]) -> tuple[str, ...]:
    """What went wrong, without repeats."""
    return tuple(_unrepeated(each.message for each in events if _TROUBLE.search(each.message))[:_REASONS_SHOWN])


def _unrepeated(messages: Iterable[str]) -> list[str]:
    """Each sentence once, where sentences that differ only in the task they are about count as the same."""
    shown: dict[str, str] = {}
    for message in messages:
        shown.setdefault(re.sub(r"\(task [^)]+\)", "(task)", message), message)
    return list(shown.values())
