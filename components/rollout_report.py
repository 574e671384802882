"""What is said about a rollout that did not end well: a stable code, both releases, ECS's reason, what to do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.rollout import Judgement, Standing, revision

CODES = {
    "ROLL001": ("ECS rolled the release back", "ECS gives no reason"),
    "ROLL002": ("the release failed, and ECS did not roll back", "ECS gives no reason"),
    "ROLL003": ("another release runs", "ECS reports no rollback: somebody else changed the service"),
    "ROLL004": ("no verdict yet; ECS goes on with the rollout by itself", "the rollout is under way"),
    "ROLL005": ("there is no such service", "it was deleted outside of this stack"),
    "ROLL006": ("which release serves could not be looked up", ""),
    "ROLL007": ("the release was not deployed; what ran before goes on", "see the provider's error"),
    "ROLL008": ("ECS rolled the release back, and the old one did not come up either", "ECS gives no reason"),
}
"""Code -> what happened, and why when ECS does not say. A code never changes its meaning."""


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
        name = self.version or "a release of unknown version"
        return f"{name} ({revision(self.task_definition_arn)}, {self.digest or self.image})"


def code_of(judgement: Judgement, *, refused: bool) -> str:
    """The code of a judgement.

    Args:
        judgement: anything but `Standing.SERVES`.
        refused: the step on the service failed just now, so that nobody else need be suspected.
    """
    if judgement.standing is Standing.REPLACED:
        if judgement.rollback_failed:
            return "ROLL008"
        if judgement.rolled_back:
            return "ROLL001"
        return "ROLL007" if refused else "ROLL003"
    return {Standing.FAILED: "ROLL002", Standing.ABSENT: "ROLL005"}.get(judgement.standing, "ROLL004")


def report(
    code: str,
    *,
    service: str,
    asked: RunningRelease,
    serves: RunningRelease | str | None,
    why: Sequence[str],
    stack: str,
) -> str:
    """The whole message.

    Args:
        code: one of `CODES`.
        service: name of the service.
        asked: the intended release.
        serves: what serves; a text when only its revision is known; None: nothing does.
        why: ECS's sentences; empty: it gives none.
        stack: name of the stack, for the commands.
    """
    what, otherwise = CODES[code]
    lines = [
        f"{code} {service}: {what}",
        f"  asked:  {asked}",
        f"  serves: {serves or 'nothing'}",
        *(f"  why:    {reason}" for reason in why or (otherwise,)),
        f"  next:   {_next(code, stack, something_serves=serves is not None)}",
    ]
    return "\n".join(lines)


def unseen(service: str, failure: str) -> str:
    """The message when AWS could not be asked."""
    return (
        f"ROLL006 {service}: {CODES['ROLL006'][0]}\n"
        f"  why:    {failure}\n"
        "  next:   allow ecs:DescribeServices and ecs:DescribeTaskDefinition, or switch the check off by name "
        "(verify_rollout: false)"
    )


def _next(code: str, stack: str, *, something_serves: bool) -> str:
    if code == "ROLL004":
        return f"`pulumi preview -s {stack}` says how it stands; to go back, pin what worked and run `up`"
    if code == "ROLL005":
        return f"`pulumi up --refresh -s {stack}` creates it again"
    if code == "ROLL007":
        return f"mend what the provider names, then `pulumi up -s {stack}`"
    back = "write what serves" if something_serves else "write another release"
    return (
        f"{back} into runlayer:release (follow: pinned, version, digest) and `pulumi up -s {stack}`; "
        "a new redeploy_token tries this release again"
    )
