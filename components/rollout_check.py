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
from components.rollout_report import RunningRelease, code_of, report, unseen

T = TypeVar("T")

# Seconds between two looks at a rollout that the provider no longer waits for; the last one repeats.
_PAUSES = (1.0, 2.0, 3.0, 5.0)
_MINUTE_SECONDS = 60.0
_ABSENT = ("no matching ecs service found", "couldn't find resource", "empty result")


@dataclass(frozen=True)
class Look:
    """What a look at the running service found."""

    release: RunningRelease | None = None
    """What serves; None: nothing does yet, or it could not be looked at."""
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
    """The intended release does not serve; `code` is one of `rollout_report.CODES`."""

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


def rollout_hooks(name: str, target: Target, opts: pulumi.InvokeOptions) -> pulumi.ResourceHookBinding:
    """Hooks of the service: before a rollout, what Ctrl-C means; after a failure, what serves and what goes on.

    Args:
        name: unique in the program.
        target: the service and the release.
        opts: the provider.
    """

    def announce(args: pulumi.ResourceHookArgs) -> None:
        old, new = ((inputs or {}).get("taskDefinition") for inputs in (args.old_inputs, args.new_inputs))
        if old != new:
            where = f"--cluster {target.cluster_name} --services {target.service_name}"
            pulumi.log.info(
                f"ECS rolls out {target.version} ({revision(str(new))}). Ctrl-C ends the waiting, not the rollout: "
                f"`aws ecs describe-services {where}` follows it"
            )

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

    before = pulumi.ResourceHook(f"{name}-announce", announce)
    return pulumi.ResourceHookBinding(
        before_create=[before], before_update=[before], on_error=[pulumi.ErrorHook(f"{name}-explain", explain)]
    )


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
            raise RolloutError("ROLL006", unseen(target.service_name, str(failure))) from None
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
    serves: RunningRelease | str | None = None
    if judgement.serving_arn:
        try:
            serves = await _release(judgement.serving_arn, target.container_name, opts)
        except _LookError:
            serves = revision(judgement.serving_arn)
    code = code_of(judgement, refused=refused)
    text = report(
        code,
        service=target.service_name,
        asked=asked,
        serves=serves,
        why=judgement.reasons,
        stack=pulumi.get_stack(),
    )
    return RolloutError(code, text)


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
    try:
        deployments = [
            Deployment(
                id=each.id,
                status=each.status,
                task_definition_arn=each.task_definition,
                running=int(each.running_count),
                pending=int(each.pending_count),
                desired=int(each.desired_count),
                created_at=datetime.fromisoformat(each.created_at),
            )
            for each in found.deployments or ()
        ]
        events = [Event(datetime.fromisoformat(each.created_at), each.message) for each in found.events or ()]
    except (TypeError, ValueError) as unreadable:
        raise _LookError(f"the provider describes the service in an unknown way: {unreadable}") from unreadable
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
