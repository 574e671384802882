"""The rule that a task's cpu and memory are a pair on offer."""

from collections.abc import Iterator

from settings.fargate import MEMORY_MIB, memory_range, nearest, offered
from settings.section import Problem


def size_problem(cpu: int, memory_mib: int) -> Iterator[Problem]:
    """A problem if Fargate has no such task, with the nearest ones that it has."""
    if offered(cpu, memory_mib):
        return
    pairs = (f"cpu {near_cpu} with memory_mib {near_memory}" for near_cpu, near_memory in nearest(cpu, memory_mib))
    do = f"take one of: {', '.join(pairs)}"
    if cpu in MEMORY_MIB:
        yield Problem("CFG021", ("memory_mib",), f"{memory_range(cpu)} with cpu {cpu}", do)
    else:
        yield Problem("CFG021", ("cpu",), f"{', '.join(map(str, MEMORY_MIB))}; 1024 are one vCPU", do)
