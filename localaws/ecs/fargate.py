"""Task sizes that Fargate offers (ECS developer guide, task CPU and memory)."""

from __future__ import annotations

GIB = 1024
# CPU units -> memory in MiB.
SIZES: dict[int, tuple[int, ...]] = {
    256: (512, 1 * GIB, 2 * GIB),
    512: tuple(gib * GIB for gib in range(1, 5)),
    1024: tuple(gib * GIB for gib in range(2, 9)),
    2048: tuple(gib * GIB for gib in range(4, 17)),
    4096: tuple(gib * GIB for gib in range(8, 31)),
    8192: tuple(gib * GIB for gib in range(16, 61, 4)),
    16384: tuple(gib * GIB for gib in range(32, 121, 8)),
}
_VCPU, _GB = "vcpu", "gb"


def units(given: str, unit: str) -> int | None:
    """CPU units or MiB of `256`, `0.25 vCPU`, `1 GB`; None when it is none of these."""
    text = given.strip().lower().replace(" ", "")
    factor = 1
    if text.endswith(unit):
        text, factor = text.removesuffix(unit), 1024
    try:
        return int(float(text) * factor)
    except ValueError:
        return None


def offered(cpu: str | None, memory: str | None) -> bool:
    """Whether Fargate has a task of this size."""
    if not cpu or not memory:
        return False
    cpu_units, mib = units(cpu, _VCPU), units(memory, _GB)
    return mib in SIZES.get(cpu_units or 0, ())
