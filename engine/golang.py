"""Finds Go, runs it, and turns its failures into errors that say what to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError
from engine.pins import numbers

LOG_TAIL_LINES = 20
USUAL_PLACE = "/usr/local/go/bin/go"

# Same flags in every checkout and on every machine, so that packages compiled once are found in Go's cache again.
BUILD_FLAGS = ("-trimpath", "-buildvcs=false")
STRIP = "-s -w"


@dataclass(frozen=True)
class Go:
    """A Go toolchain: its executable and what it says of itself (`go1.26.8 linux/amd64`)."""

    executable: str
    version: str
    platform: str

    @property
    def identity(self) -> str:
        return f"{self.version} {self.platform}"


def find_go(minimum: tuple[int, ...]) -> Go:
    """The Go named by $GO, on PATH, or in its usual place. Raises EngineError ENG010 (none) or ENG011 (too old)."""
    wanted = ".".join(map(str, minimum))
    executable = os.environ.get("GO") or shutil.which("go") or (USUAL_PLACE if Path(USUAL_PLACE).exists() else "")
    remedy = (
        f"install Go {wanted} or later from your system's packages or from the Go project's site and put it on PATH "
        "(or set GO to its path); or install the official pulumi, with which nothing has to be built"
    )
    if not executable:
        raise EngineError("ENG010", "Go is not installed", "the engine is built from Go modules here", remedy)
    try:
        answer = subprocess.run(
            [executable, "env", "GOVERSION", "GOOS", "GOARCH"],
            check=True,
            capture_output=True,
            text=True,
            env=go_environment(),
        ).stdout.split()
    except (OSError, subprocess.CalledProcessError) as error:
        raise EngineError(
            "ENG010", f"{executable} does not run: {error}", "the engine is built with it", remedy
        ) from error
    version, system, architecture = answer
    if numbers(version.removeprefix("go")) < minimum:
        raise EngineError("ENG011", f"Go is {version}, wanted go{wanted} or later", "the modules need it", remedy)
    return Go(executable, version, f"{system}/{architecture}")


def go_environment() -> dict[str, str]:
    """The environment for Go: nothing of the user's settings may change what is built.

    Without cgo no C compiler is needed, and the result does not depend on the machine's C library.
    """
    environment = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH", "GOFLAGS"}}
    return environment | {
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GO111MODULE": "on",
        "GOFLAGS": "",
    }


def run_go(
    go: Go,
    arguments: Sequence[str],
    *,
    directory: Path,
    log: Path,
    on_line: Callable[[str], None] = lambda _line: None,
) -> str:
    """Run Go in `directory` and return its standard output; standard error goes to `log`, line by line to `on_line`.

    Raises EngineError ENG012 to ENG016, made from the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [go.executable, *arguments]
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n")
        file.flush()
        process = subprocess.Popen(
            command, cwd=directory, env=go_environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        lines: list[str] = []
        try:
            output = _pump(process, file.write, lines, on_line)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if process.returncode:
        raise explain("\n".join(lines), process.returncode, log)
    return output


def _pump(
    process: subprocess.Popen[str], write: Callable[[str], int], lines: list[str], on_line: Callable[[str], None]
) -> str:
    output: list[str] = []
    assert process.stdout is not None  # noqa: S101 - both were asked for above
    assert process.stderr is not None  # noqa: S101
    reader = threading.Thread(target=lambda: output.extend(process.stdout or ()), daemon=True)
    reader.start()
    for line in process.stderr:
        write(line)
        lines.append(line.rstrip("\n"))
        on_line(lines[-1])
    reader.join()
    process.wait()
    return "".join(output)


_NO_SPACE = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
_CHECKSUM = re.compile(r"checksum mismatch|SECURITY ERROR|missing go\.sum entry|does not match go\.sum")
_FETCH = re.compile(
    r"\b(?:40[0-9]|41[0-9]|429|50[0-9]) [A-Z][a-z]|dial tcp|no such host|i/o timeout|connection (?:refused|reset)"
    r"|TLS handshake|module lookup disabled|proxyconnect|unexpected EOF|context deadline exceeded"
)
_MODULE = re.compile(r"([\w.-]+\.[\w]+/[\w./~-]+@v[\w.+-]+)")
_KILLED = re.compile(r"signal: killed|cannot allocate memory|out of memory")


def explain(text: str, code: int, log: Path) -> EngineError:
    """The error for what Go wrote to standard error before it ended with `code`."""
    tail = "\n".join(text.splitlines()[-LOG_TAIL_LINES:])
    again = "run `python -m engine build` again; what is done is kept"
    if _NO_SPACE.search(text):
        return EngineError(
            "ENG015",
            "the disk is full",
            "the build needs about 6 GB in Go's caches (`go env GOCACHE GOMODCACHE`) and 1 GB below .local/",
            f"free some space (`go clean -cache` empties Go's build cache), then {again}",
            tail,
        )
    if _CHECKSUM.search(text):
        return EngineError(
            "ENG013",
            "a Go module is not the one that was pinned",
            "its checksum differs from go.sum, or go.sum does not name it",
            "do not go on: restore go.mod and go.sum from version control; if it stays, report it",
            tail,
        )
    if _FETCH.search(text):
        module = _MODULE.search(text)
        return EngineError(
            "ENG012",
            f"the Go module {module[1] if module else '(see below)'} cannot be fetched",
            "the Go module proxy did not answer, or does not serve it",
            f"check the network and `go env GOPROXY`, then {again}",
            tail,
        )
    if _KILLED.search(text):
        return EngineError(
            "ENG016",
            "a compiler process was killed",
            "most likely the memory was used up; the build needs about 3 GB",
            f"close other programs or set GOMAXPROCS=1, then {again}",
            tail,
        )
    return EngineError("ENG014", f"go ended with exit code {code}", "see the end of its output", f"read {log}", tail)
