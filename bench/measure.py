"""One command measured as a whole: wall time, processor time, and memory of every process it started."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Measured:
    """What one run took.

    Attributes:
        cpu_seconds: user and system time of the command and all that it waited for.
        peak_mib: highest sum over the process tree of proportional set sizes (shared pages counted once), sampled.
    """

    exit_code: int
    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    said: str


def measure(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> Measured:
    """Run a command to its end and measure it."""
    before = _children_cpu()
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=dict(env), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    peak = _Peak(process.pid)
    peak.start()
    said, _ = process.communicate()
    wall = time.monotonic() - began
    peak.end()
    return Measured(process.returncode, wall, _children_cpu() - before, peak.mib, said)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Peak(threading.Thread):
    """Samples the memory of a process tree until told to end."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.mib = 0.0
        self._root = root
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self.mib = max(self.mib, sum(map(_pss_mib, _tree(self._root))))

    def end(self) -> None:
        self._ended.set()
        self.join()


def _tree(root: int) -> set[int]:
    """The process and all that descend from it, from /proc."""
    parents: dict[int, int] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208  a Path for each process would cost more than the read
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            parents[int(entry)] = int(stat.rpartition(")")[2].split()[1])
    tree = {root}
    while grown := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= grown
    return tree


def _pss_mib(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    line = next((line for line in rollup.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) / 1024
