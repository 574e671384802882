"""The lines with which `make up` ends: what serves, and what to type next."""

from ops.facts.serving import Serving
from outputs import StackOutputs
from settings.move import short


def describe(asked: StackOutputs, serving: Serving | None) -> tuple[list[str], bool]:
    """Say what serves, and whether it is what the stack asks for."""
    wanted = f"{asked.release_version} ({short(asked.release_digest)})"
    if serving is None or not serving.releases:
        return [f"NOT serving: no task of {asked.service_name} runs; asked for is {wanted}"], False
    release, *others = serving.releases
    if others:
        counts = ", ".join(f"{r.version or r.image} x{r.running_count}" for r in serving.releases)
        return [f"rollout under way: {counts}; asked for is {wanted}"], False
    runs = f"{release.version or release.image} ({short(release.digest or 'no digest')})"
    tasks = f"{serving.running_count} of {serving.desired_count} tasks"
    if release.digest != asked.release_digest:
        return [f"NOT what was asked for: {runs} serves on {tasks}, asked for is {wanted}", serving.reason], False
    if serving.running_count < serving.desired_count:
        return [f"{runs} serves on only {tasks}", serving.reason], False
    return [f"{runs} serves on {tasks} (simulated AWS; the rollout's timing is not AWS's)"], True


def what_runs(serving: Serving | None) -> str:
    """Say what runs when the stack does not say what it asks for, as after an `up` that failed."""
    if serving is None or not serving.releases:
        return "nothing runs"
    counts = [f"{r.version or r.image} ({short(r.digest or 'no digest')}) x{r.running_count}" for r in serving.releases]
    left = "the last up did not end well, so the stack has no outputs to compare with"
    return f"runs {', '.join(counts)}; {left}. {serving.reason}".strip()
