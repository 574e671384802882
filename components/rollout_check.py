"""Asks AWS, from within the program, which release a service runs, and fails the run when it is the wrong one."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TypeVar

import pulumi
import pulumi_aws as aws

from components.containers import VERSION_VARIABLE
from components.rollout import Deployment, Event, Judgement, ServiceView, Standing, judge, revision

T = TypeVar("T")

# Seconds between two looks at a rollout that the provider no longer waits for; the last one repeats.
_PAUSES = (1.0, 2.0, 3.0, 5.0)
_MINUTE_SECONDS = 60.0
_ABSENT = ("no matching ecs service found", "couldn't find resource", "empty result")


@dataclass(frozen=True)
class RunningRelease:
    """What the tasks of one task definition run."""

    task_definition_arn: str
    image: str
    digest: str | None
    """`sha256:…`; None: the task definition names a tag."""
    version: str | None
    """What the release calls itself; None: it was not deployed by this project."""

    def __str__(self) -> str:
        return f"{self.version or 'a release of unknown version'} ({revision(self.task_definition_arn)}, " + (
            f"{self.digest})" if self.digest else f"{self.image})"
        )


@dataclass(frozen=True)
class Look:
    """What a look at the running service found."""

    release: RunningRelease | None = None
    """What serves; None: there is no service yet, or it could not be looked at."""
    failure: str | None = None
    """Why it could not be looked at."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A service, and what it is meant to run."""

    cluster_name: str
    service_name: str
    container_name: str
    version: str
    digest: str
    rolling: bool
    wait_minutes: int


class RolloutError(pulumi.RunError):
    """The intended release does not serve.

    `code` is stable: ROLL001 rolled back, ROLL002 failed, ROLL003 changed by somebody else, ROLL004 no verdict in time,
    ROLL005 no such service, ROLL006 could not be looked at, ROLL007 the change was refused.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def look_at_service(
    cluster_name: str, service_name: str, container_name: str, opts: pulumi.InvokeOptions
) -> pulumi.Output[Look]:
    """What serves now, before this run changes anything. Two calls to AWS at most.

    It never fails the run: a service that does not exist yet is `Look()`, and one that may not be read says so.
    """

    async def look() -> Look:
        try:
            view = await _view(cluster_name, service_name, opts)
            serving = view.serving if view else None
            if serving is None:
                return Look()
            return Look(await _release(serving.task_definition_arn, container_name, opts))
        except _LookError as failure:
            return Look(failure=str(failure))

    return pulumi.Output.from_input(look())


def verify_rollout(
    target: Target, service: aws.ecs.Service, intended_arn: pulumi.Input[str], opts: pulumi.InvokeOptions
) -> pulumi.Output[str]:
    """Hold the run to what serves, once the step on the service is over, whatever that step was.

    A release that serves costs one call. In a preview there is a warning instead of a failure, and nothing at all when
    the task definition is about to change.

    Args:
        target: the service and the release.
        service: the resource; its step, also `unchanged`, comes first.
        intended_arn: task definition that the service is given.
        opts: the provider.

    Returns:
        The task definition that serves.

    Raises:
        RolloutError: when the run is an `up`, from within the output.
    """

    async def hold(known: Sequence[str]) -> str:
        intended = known[1]
        if pulumi.runtime.is_dry_run():
            await _warn(target, intended, opts)
        else:
            await _settle(target, intended, opts)
        return intended

    return pulumi.Output.all(service.id, intended_arn).apply(hold)


def explain_failure(name: str, target: Target, opts: pulumi.InvokeOptions) -> pulumi.ErrorHook:
    """A hook for the moment when the provider gives up waiting: it says what serves and what ECS goes on doing.

    Args:
        name: unique in the program.
        target: the service and the release.
        opts: the provider.
    """

    async def explain(args: pulumi.ErrorHookArgs) -> bool:
        if args.failed_operation not in ("create", "update"):
            return False
        try:
            view = await _view(target.cluster_name, target.service_name, opts)
            # The task definition is an input of the service, so that it is known when the service fails.
            intended = str((args.new_inputs or {}).get("taskDefinition", ""))
            judgement = judge(view, intended, rolling=target.rolling)
            if judgement.standing not in (Standing.SERVES, Standing.ABSENT):
                pulumi.log.error(str(await _failure(target, intended, judgement, opts, refused=True)))
        except _LookError as failure:
            pulumi.log.warn(f"what {target.service_name} serves now could not be looked up: {failure}")
        return False

    return pulumi.ErrorHook(name, explain)


class _LookError(Exception):
    """AWS could not be asked."""


async def _warn(target: Target, intended: str, opts: pulumi.InvokeOptions) -> None:
    try:
        judgement = judge(await _view(target.cluster_name, target.service_name, opts), intended, rolling=target.rolling)
        if judgement.standing is not Standing.SERVES:
            pulumi.log.warn(str(await _failure(target, intended, judgement, opts)))
    except _LookError as failure:
        pulumi.log.warn(f"what {target.service_name} serves now could not be looked up: {failure}")


async def _settle(target: Target, intended: str, opts: pulumi.InvokeOptions) -> None:
    """Look until ECS has decided. The provider has waited before, so that the first look is nearly always the last."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + target.wait_minutes * _MINUTE_SECONDS
    pauses = iter(_PAUSES)
    while True:
        try:
            view = await _view(target.cluster_name, target.service_name, opts)
        except _LookError as failure:
            raise RolloutError("ROLL006", _unseen(target, str(failure))) from None
        judgement = judge(view, intended, rolling=target.rolling)
        if judgement.standing is Standing.SERVES:
            return
        if judgement.standing is not Standing.MOVING or clock() >= deadline:
            raise await _failure(target, intended, judgement, opts)
        await asyncio.sleep(next(pauses, _PAUSES[-1]))


async def _failure(
    target: Target, intended: str, judgement: Judgement, opts: pulumi.InvokeOptions, *, refused: bool = False
) -> RolloutError:
    """The error that says it all. `refused`: the step on the service failed, so that nobody else need be suspected."""
    asked = RunningRelease(intended, target.digest, target.digest, target.version)
    serves = "nothing"
    if judgement.serving_arn:
        try:
            serves = str(await _release(judgement.serving_arn, target.container_name, opts))
        except _LookError:
            serves = revision(judgement.serving_arn)
    code, verdict, cause = _verdict(judgement, refused=refused)
    stack = pulumi.get_stack()
    lines = [
        f"{code} {target.service_name}: {verdict}",
        f"  asked:  {asked}",
        f"  serves: {serves}",
        *(f"  why:    {reason}" for reason in judgement.reasons or (cause,)),
        f"  next:   {_next(judgement, stack)}",
    ]
    return RolloutError(code, "\n".join(lines))


def _verdict(judgement: Judgement, *, refused: bool) -> tuple[str, str, str]:
    """Code, what happened, and why when ECS gives no reason."""
    match judgement.standing:
        case Standing.REPLACED if judgement.rolled_back:
            return "ROLL001", "ECS rolled the release back", "ECS gives no reason"
        case Standing.REPLACED if refused:
            return "ROLL007", "the release was not deployed; what ran before goes on", "see the provider's error"
        case Standing.REPLACED:
            return "ROLL003", "another release runs", "ECS reports no rollback: somebody else changed the service"
        case Standing.FAILED:
            return "ROLL002", "the release failed, and ECS did not roll back", "ECS gives no reason"
        case Standing.ABSENT:
            return "ROLL005", "there is no such service", "it was deleted outside of this stack"
        case Standing.MOVING | Standing.SERVES:
            return "ROLL004", "no verdict yet; ECS goes on with the rollout by itself", "the rollout is under way"


def _next(judgement: Judgement, stack: str) -> str:
    match judgement.standing:
        case Standing.MOVING:
            return f"`ops watch -s {stack}` follows it; `ops rollback -s {stack}` goes back"
        case Standing.ABSENT:
            return f"`pulumi up --refresh -s {stack}` creates it again"
        case _:
            return (
                f"`ops diagnose -s {stack}` says more; `ops rollback -s {stack}` pins what worked; "
                f"`pulumi up --refresh -s {stack}` tries this release again"
            )


def _unseen(target: Target, failure: str) -> str:
    return (
        f"ROLL006 {target.service_name}: which release serves could not be looked up\n"
        f"  why:    {failure}\n"
        "  next:   allow ecs:DescribeServices and ecs:DescribeTaskDefinition, or switch the check off by name "
        "(verify_rollout: false)"
    )


async def _view(cluster_name: str, service_name: str, opts: pulumi.InvokeOptions) -> ServiceView | None:
    try:
        found = await _answer(
            "aws:ecs/getService:getService",
            {"clusterArn": cluster_name, "serviceName": service_name},
            aws.ecs.GetServiceResult,
            opts,
        )
    except _LookError as failure:
        if any(each in str(failure).lower() for each in _ABSENT):
            return None
        raise
    deployments = [
        Deployment(
            id=each.id,
            status=each.status,
            task_definition_arn=each.task_definition,
            running=int(each.running_count),
            pending=int(each.pending_count),
            desired=int(each.desired_count),
            created_at=_time(each.created_at),
        )
        for each in found.deployments or ()
    ]
    events = [Event(_time(each.created_at), each.message) for each in found.events or ()]
    return ServiceView(tuple(deployments), tuple(sorted(events, key=lambda each: each.at, reverse=True)))


async def _release(task_definition_arn: str, container_name: str, opts: pulumi.InvokeOptions) -> RunningRelease:
    found = await _answer(
        "aws:ecs/getContainerDefinition:getContainerDefinition",
        {"taskDefinition": task_definition_arn, "containerName": container_name},
        aws.ecs.GetContainerDefinitionResult,
        opts,
    )
    _, _, digest = found.image.partition("@")
    return RunningRelease(
        task_definition_arn, found.image, digest or None, (found.environment or {}).get(VERSION_VARIABLE)
    )


async def _answer(token: str, arguments: Mapping[str, str], result: type[T], opts: pulumi.InvokeOptions) -> T:
    """Ask the provider.

    Not through an output: one that fails ends the program, whoever catches the error.

    Raises:
        _LookError: with the provider's own sentence.
    """
    # The SDK keeps its options in the object: each call needs its own. Without the version, a program that names no
    # provider would get whichever plugin is newest.
    own = pulumi.InvokeOptions(parent=opts.parent, provider=opts.provider, version=version("pulumi_aws"))
    try:
        return await pulumi.runtime.invoke_async(token, dict(arguments), own, result)
    except Exception as failure:
        raise _LookError(_short(failure)) from failure


def _short(failure: Exception) -> str:
    """The provider's sentence without the SDK's framing."""
    return str(failure).rpartition("returned an error: ")[2].strip() or type(failure).__name__


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
