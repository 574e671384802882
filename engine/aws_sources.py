"""Makes a small, writable copy of the upstream AWS provider: only the services that the program uses.

The whole module has 262 service packages over 260 AWS SDK packages, far too much to compile on two cores. Files of
the Go module cache cannot be edited, so the kept directories are copied and two generated files are narrowed.
"""

from __future__ import annotations

import re
import shutil
from collections import deque
from pathlib import Path

from engine.errors import EngineError

AWS_MODULE = "github.com/hashicorp/terraform-provider-aws"
ENTRY_PACKAGE = "xpprovider"
SERVICE_LIST = Path("internal/provider/sdkv2/service_packages_gen.go")
CLIENT_GETTERS = Path("internal/conns/awsclient_gen.go")

_IMPORT = re.compile(rf'^\s*(?:import\s+)?(?:[\w.]+\s+)?"{re.escape(AWS_MODULE)}/([^";]+)"', re.MULTILINE)
_GETTER_CALL = re.compile(r"\.(\w+Client)\(")
_GETTER_NAME = re.compile(r"func \(c \*AWSClient\) (\w+)\(")
_SERVICE_LINE = re.compile(r'internal/service/(\w+)"|^\s+(\w+)\.ServicePackage\(ctx\)')
_IMPORT_LINE = re.compile(r'\s+(?:(\w+) )?"(.+)"$')
_MAJOR_VERSION = re.compile(r"v\d+")
_SDK_IMPORT = re.compile(r'"github\.com/aws/aws-sdk-go-v2/service/(\w+)[/"]')
_SDK_REQUIREMENT = re.compile(r"github\.com/aws/aws-sdk-go-v2/service/(\w+) v")


def keep_services(text: str, services: frozenset[str]) -> str:
    """The generated list of service packages, narrowed to `services` (package names such as `ecs`)."""
    kept: list[str] = []
    seen: set[str] = set()
    for line in text.splitlines():
        match = _SERVICE_LINE.search(line)
        name = (match[1] or match[2]) if match else ""
        if not match or name in services:
            kept.append(line)
            seen.add(name)
    missing = sorted(services - seen)
    if missing:
        raise EngineError(
            "ENG021",
            f"the AWS provider has no service package {', '.join(missing)}",
            "engine/provider_aws/tokens.json lists services that must exist as internal/service/NAME upstream",
            "mend the list `services` in engine/provider_aws/tokens.json",
        )
    return "\n".join(kept) + "\n"


def keep_getters(text: str, used: frozenset[str]) -> str:
    """The generated client getters, narrowed to those named in `used`, with only the imports that they need."""
    head, _, rest = text.partition(")\n\nfunc ")
    getters = ["func " + body for body in rest.split("\n\nfunc ")]
    kept = [getter for getter in getters if (name := _GETTER_NAME.match(getter)) and name[1] in used]
    body = "\n\n".join(kept)

    def needed(line: str) -> bool:
        match = _IMPORT_LINE.match(line)
        if not match:
            return True
        parts = match[2].split("/")
        last = parts[-2] if _MAJOR_VERSION.fullmatch(parts[-1]) else parts[-1]
        return re.search(rf"\b{match[1] or last}\.", body) is not None

    return "\n".join(filter(needed, head.splitlines())) + "\n)\n\n" + body.rstrip() + "\n"


def keep_requirements(text: str, sdk_services: frozenset[str]) -> str:
    """A go.mod without the AWS SDK modules of services that are not in `sdk_services` (such as `ecs`)."""

    def needed(line: str) -> bool:
        match = _SDK_REQUIREMENT.search(line)
        return match is None or match[1] in sdk_services or match[1] == "internal"

    return "\n".join(filter(needed, text.splitlines())) + "\n"


def _go_files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.glob("*.go") if not path.name.endswith("_test.go"))


def needed_packages(module: Path, services: frozenset[str]) -> list[str]:
    """Directories of `module`, relative, that the entry package reaches when only `services` are listed."""
    found: set[str] = set()
    queue = deque([ENTRY_PACKAGE])
    while queue:
        package = queue.popleft()
        if package in found:
            continue
        found.add(package)
        for path in _go_files(module / package):
            text = path.read_text(encoding="utf-8")
            if path.relative_to(module) == SERVICE_LIST:
                text = keep_services(text, services)
            queue.extend(_IMPORT.findall(text))
    return sorted(found)


def copy_aws_provider(module: Path, target: Path, services: frozenset[str]) -> None:
    """Write to `target` (which must not exist) the part of `module` that `services` need.

    `module` is the unpacked module in the Go module cache. Tests, examples and documentation stay behind.
    """
    packages = needed_packages(module, services)
    target.mkdir(parents=True)
    _copy_file(module / "LICENSE", target / "LICENSE")
    used: set[str] = set()
    sdk_services: set[str] = set()
    for package in packages:
        (target / package).mkdir(parents=True, exist_ok=True)
        for path in sorted((module / package).iterdir()):
            if path.is_dir() or path.name.endswith("_test.go"):
                continue
            _copy_file(path, target / package / path.name)
            if path.suffix == ".go" and path.name != CLIENT_GETTERS.name:
                text = path.read_text(encoding="utf-8")
                used |= set(_GETTER_CALL.findall(text))
                sdk_services |= set(_SDK_IMPORT.findall(text))
    _copy_file(module / "internal/service/smarterr.hcl", target / "internal/service/smarterr.hcl")
    for path, narrow in (
        (SERVICE_LIST, lambda text: keep_services(text, services)),
        (CLIENT_GETTERS, lambda text: keep_getters(text, frozenset(used))),
    ):
        file = target / path
        file.write_text(narrow(file.read_text(encoding="utf-8")), encoding="utf-8")
    sdk_services |= set(_SDK_IMPORT.findall((target / CLIENT_GETTERS).read_text(encoding="utf-8")))
    requirements = (module / "go.mod").read_text(encoding="utf-8")
    (target / "go.mod").write_text(keep_requirements(requirements, frozenset(sdk_services)), encoding="utf-8")


def copy_module(module: Path, target: Path) -> None:
    """Write to `target` (which must not exist) all Go packages of `module`, without tests and documentation."""
    for path in sorted(module.rglob("*")):
        relative = path.relative_to(module)
        if path.is_dir() or path.name.endswith("_test.go") or "testdata" in relative.parts:
            continue
        (target / relative).parent.mkdir(parents=True, exist_ok=True)
        _copy_file(path, target / relative)


def _copy_file(source: Path, target: Path) -> None:
    # copyfile, not copy: files of the module cache are read-only, and the copies are edited
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
