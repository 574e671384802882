"""The pairs of CPU and memory that Fargate offers to a Linux task.

Source: Amazon ECS Developer Guide, "Troubleshoot Amazon ECS task definition invalid CPU or memory errors".
"""

from collections.abc import Iterator

_GIB = 1024

MEMORY_MIB: dict[int, tuple[int, ...]] = {
    256: (512, 1 * _GIB, 2 * _GIB),
    512: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
    1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
}
"""CPU units (1024 to a vCPU) to the memory sizes in MiB that go with them."""


def offered(cpu: int, memory_mib: int) -> bool:
    """Whether Fargate starts a task of this size."""
    return memory_mib in MEMORY_MIB.get(cpu, ())


def nearest(cpu: int, memory_mib: int, count: int = 3) -> list[tuple[int, int]]:
    """The pairs closest to a wish, nearest first; those that are large enough for it come before smaller ones."""

    def distance(pair: tuple[int, int]) -> tuple[bool, float, tuple[int, int]]:
        smaller = pair[0] < cpu or pair[1] < memory_mib
        return smaller, abs(pair[0] - cpu) / 256 + abs(pair[1] - memory_mib) / 512, pair

    return sorted(_pairs(), key=distance)[:count]


def memory_range(cpu: int) -> str:
    """The memory sizes of one CPU size in words; empty for a size that does not exist."""
    sizes = MEMORY_MIB.get(cpu)
    if not sizes:
        return ""
    if len(sizes) <= len(MEMORY_MIB[512]):
        return ", ".join(map(str, sizes))
    return f"{sizes[0]} to {sizes[-1]} in steps of {sizes[1] - sizes[0]}"


def _pairs() -> Iterator[tuple[int, int]]:
    for cpu, sizes in MEMORY_MIB.items():
        for memory_mib in sizes:
            yield cpu, memory_mib
