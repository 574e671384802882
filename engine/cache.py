"""Remembers what was built from which inputs, so that nothing is done twice."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast


@dataclass(frozen=True)
class Stamp:
    """What one step left behind: the hash of its inputs, the Go that made it, its files with their sizes in bytes."""

    fingerprint: str
    toolchain: str
    outputs: dict[str, int]


def fingerprint(parameters: Mapping[str, str], files: Iterable[Path], root: Path) -> str:
    """SHA-256 over the parameters and over the names (relative to `root`) and contents of the files."""
    digest = hashlib.sha256()
    for name in sorted(parameters):
        digest.update(f"{name}={parameters[name]}\0".encode())
    for path in sorted(files):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root).as_posix()} {content}\0".encode())
    return digest.hexdigest()


def read_stamp(path: Path) -> Stamp | None:
    """The stamp, or None if there is none or it cannot be read (then the step is done again)."""
    try:
        raw = cast("dict[str, object]", json.loads(path.read_text(encoding="utf-8")))
        outputs = cast("dict[str, int]", raw["outputs"])
        return Stamp(
            str(raw["fingerprint"]), str(raw["toolchain"]), {str(name): int(size) for name, size in outputs.items()}
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_stamp(path: Path, stamp: Stamp) -> None:
    write_atomically(path, json.dumps(asdict(stamp), indent=1).encode())


def outputs_present(stamp: Stamp, root: Path) -> bool:
    """Whether every file of the stamp is there with the size it had."""
    return all((root / name).is_file() and (root / name).stat().st_size == size for name, size in stamp.outputs.items())


def sizes(outputs: Iterable[Path], root: Path) -> dict[str, int]:
    return {path.relative_to(root).as_posix(): path.stat().st_size for path in outputs}


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, even if the process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
