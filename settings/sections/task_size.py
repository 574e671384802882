"""The rule that a task's cpu and memory are a pair on offer."""

from collections.abc import Iterator

from settings.fargate import memory_range, nearest, offered
from settings.section import Problem


def size_problem(cpu: int, memory_mib: int) -> Iterator[Problem]:
    """A problem with `memory_mib` if Fargate has no such task, with the nearest ones it has."""
    if not offered(cpu, memory_mib):
        pairs = ", ".join(
            f"cpu {near_cpu} with memory_mib {near_memory}" for near_cpu, near_memory in nearest(cpu, memory_mib)
        )
        yield Problem("CFG021", ("memory_mib",), f"{memory_range(cpu)} with cpu {cpu}", f"take one of: {pairs}")
