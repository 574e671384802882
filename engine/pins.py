"""What is built, by version. Each version is written in one place only and read from there."""

from __future__ import annotations

import re
from pathlib import Path

from engine.errors import EngineError

# An official CLI of this version or later may be used instead of building one; older ones lack features that the
# program's SDK (see requirements.lock) speaks.
OFFICIAL_MINIMUM = (3, 249, 0)

CLI_MODULE = "github.com/pulumi/pulumi/pkg/v3"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
LOCK_FILE = "requirements.lock"


def required_version(go_mod: Path, module: str) -> str:
    """The version (`v3.259.0`) that `go_mod` requires of `module`. Raises EngineError ENG002."""
    match = re.search(
        rf"^\s*(?:require\s+)?{re.escape(module)} (v\S+)", go_mod.read_text(encoding="utf-8"), re.MULTILINE
    )
    if not match:
        raise EngineError(
            "ENG002",
            f"{go_mod.name} in {go_mod.parent} does not require {module}",
            "the build takes the version from there",
            "restore the file from version control",
        )
    return match[1]


def go_minimum(go_mod: Path) -> tuple[int, ...]:
    """The Go version that `go_mod` asks for, as numbers: (1, 26)."""
    match = re.search(r"^go (\d+(?:\.\d+)*)", go_mod.read_text(encoding="utf-8"), re.MULTILINE)
    return numbers(match[1]) if match else (1,)


def locked_version(root: Path, package: str) -> str:
    """The version (`7.51.1`) of a Python package in the lock file. Raises EngineError ENG002."""
    lock = root / LOCK_FILE
    text = lock.read_text(encoding="utf-8") if lock.exists() else ""
    match = re.search(rf"^{re.escape(package)}==(\S+)", text, re.MULTILINE)
    if not match:
        raise EngineError(
            "ENG002",
            f"{LOCK_FILE} does not pin {package}",
            "the provider must speak the version that the program's package speaks",
            "restore the file from version control",
        )
    return match[1]


def numbers(version: str) -> tuple[int, ...]:
    """`v3.259.0` or `1.26.8` as numbers; what follows the numbers (`-alpha`, `+dirty`) is left out."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in match[1].split(".")) if match else ()
