"""The steps of the build: what each reads, what it leaves behind, and how it is done."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from engine import aws_sources, patches
from engine.errors import EngineError
from engine.golang import BUILD_FLAGS, STRIP, Go, run_go
from engine.layout import Layout
from engine.pins import CLI_MODULE, SDK_MODULE, locked_version, required_version
from engine.progress import Progress

AWS_PACKAGE = "pulumi-aws"
TOKENS = "provider_aws/tokens.json"


@dataclass(frozen=True)
class Context:
    layout: Layout
    go: Go
    progress: Progress

    @property
    def root(self) -> Path:
        return self.layout.root

    def source(self, name: str) -> Path:
        return self.layout.sources / name

    def go_run(self, step: str, directory: str, *arguments: str) -> str:
        """Run Go in a directory of `engine/`; on the screen the number of packages compiled so far."""
        compiled = 0

        def count(line: str) -> None:
            nonlocal compiled
            compiled += not line.startswith(("go:", "#"))
            self.progress.detail(f"{compiled} packages compiled")

        return run_go(
            self.go, arguments, directory=self.source(directory), log=self.layout.logs / f"{step}.log", on_line=count
        )


@dataclass(frozen=True)
class Step:
    """One step. It is done again when its inputs, its parameters, Go, or a step that it `needs` have changed."""

    name: str
    title: str
    run: Callable[[Context], None]
    outputs: Callable[[Layout], tuple[Path, ...]]
    inputs: Callable[[Layout], tuple[Path, ...]]
    parameters: Callable[[Layout], dict[str, str]] = field(default=lambda _layout: {})
    needs: tuple[str, ...] = ()


def _sources(layout: Layout, directory: str, *names: str) -> tuple[Path, ...]:
    """Go files (without tests) of a directory of `engine/` and below, and the files named."""
    base = layout.sources / directory
    files = {path for path in base.rglob("*.go") if not path.name.endswith("_test.go")}
    return tuple(sorted(files | {base / name for name in names}))


def cli_version(layout: Layout) -> str:
    return required_version(layout.sources / "cli/go.mod", CLI_MODULE)


def plugin_directory(layout: Layout) -> Path:
    return layout.plugin("aws", locked_version(layout.root, AWS_PACKAGE))


def services(layout: Layout) -> frozenset[str]:
    """The service packages of the AWS provider that are kept, from the table."""
    table = cast("dict[str, object]", json.loads((layout.sources / TOKENS).read_text(encoding="utf-8")))
    return frozenset(cast("list[str]", table["services"]))


def _compile(context: Context, step: str, directory: str, package: str, output: Path, *variables: str) -> None:
    """Compile a command to a temporary name beside `output`, then put it in place at once."""
    output.parent.mkdir(parents=True, exist_ok=True)
    temporary = output.with_name(f".{output.name}.new")
    linking = " ".join([STRIP, *(f"-X {variable}" for variable in variables)])
    try:
        context.go_run(step, directory, "build", "-v", *BUILD_FLAGS, "-ldflags", linking, "-o", str(temporary), package)
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)


def _module_directory(context: Context, step: str, directory: str, module: str) -> Path:
    answer = context.go_run(step, directory, "mod", "download", "-json", module)
    return Path(str(cast("dict[str, object]", json.loads(answer))["Dir"]))


def _version_variable(layout: Layout) -> str:
    return f"{SDK_MODULE}/go/common/version.Version={cli_version(layout).removeprefix('v')}"


# --- the language host -------------------------------------------------------------------------------------------

HOST_SCRIPTS = (
    "python/cmd/pulumi-language-python-exec",  # becomes the program's process
    "python/dist/pulumi-resource-pulumi-python",  # dynamic resources
)


def _host_outputs(layout: Layout) -> tuple[Path, ...]:
    return (layout.bin / "pulumi-language-python", *(layout.bin / Path(name).name for name in HOST_SCRIPTS))


def _build_host(context: Context) -> None:
    layout = context.layout
    module = _module_directory(context, "language-host", "cli", SDK_MODULE)
    layout.bin.mkdir(parents=True, exist_ok=True)
    for name in HOST_SCRIPTS:
        target = layout.bin / Path(name).name
        temporary = target.with_name(f".{target.name}.new")
        shutil.copyfile(module / name, temporary)
        temporary.chmod(0o755)
        temporary.replace(target)
    output = layout.bin / "pulumi-language-python"
    _compile(context, "language-host", "cli", "./language_host", output, _version_variable(layout))


LANGUAGE_HOST = Step(
    name="language-host",
    title="compile the Python language host",
    run=_build_host,
    outputs=_host_outputs,
    inputs=lambda layout: (
        *_sources(layout, "cli/language_host"),
        *_sources(layout, "cli/orphan"),
        layout.sources / "cli/go.mod",
        layout.sources / "cli/go.sum",
    ),
)

# --- the CLI -----------------------------------------------------------------------------------------------------

CLI = Step(
    name="cli",
    title="compile the Pulumi CLI",
    run=lambda context: _compile(
        context,
        "cli",
        "cli",
        f"{CLI_MODULE}/cmd/pulumi",
        context.layout.bin / "pulumi",
        _version_variable(context.layout),
    ),
    outputs=lambda layout: (layout.bin / "pulumi",),
    inputs=lambda layout: (layout.sources / "cli/go.mod", layout.sources / "cli/go.sum"),
)

# --- the AWS provider --------------------------------------------------------------------------------------------

UPSTREAM_COPIES = (
    (aws_sources.AWS_MODULE, "terraform-provider-aws", patches.AWS_PATCHES + patches.PAUSE_PATCHES),
    ("github.com/hashicorp/terraform-plugin-sdk/v2", "terraform-plugin-sdk", patches.SDK_PATCHES),
)


def _copy_sources(context: Context) -> None:
    """Narrow and patch into temporary directories; only whole copies take their final names."""
    layout = context.layout
    for module, name, edits in UPSTREAM_COPIES:
        original = _module_directory(context, "provider-sources", "upstream", module)
        final, temporary = layout.copies / name, layout.copies / f".{name}.new"
        shutil.rmtree(temporary, ignore_errors=True)
        if module == aws_sources.AWS_MODULE:
            aws_sources.copy_aws_provider(original, temporary, services(layout))
        else:
            aws_sources.copy_module(original, temporary)
        patches.apply_patches(temporary, edits)
        shutil.rmtree(final, ignore_errors=True)
        temporary.replace(final)


PROVIDER_SOURCES = Step(
    name="provider-sources",
    title="fetch and narrow the AWS provider's sources",
    run=_copy_sources,
    outputs=lambda layout: tuple(layout.copies / name / "go.mod" for _module, name, _edits in UPSTREAM_COPIES),
    inputs=lambda layout: (
        layout.sources / "upstream/go.mod",
        layout.sources / "upstream/go.sum",
        layout.sources / "aws_sources.py",
        layout.sources / "patches.py",
    ),
    parameters=lambda layout: {"services": ",".join(sorted(services(layout)))},
)


def _provider_outputs(layout: Layout) -> tuple[Path, ...]:
    directory = plugin_directory(layout)
    return (directory / "pulumi-resource-aws-bridge", directory / "schema.json", directory / "pulumi-resource-aws")


def _build_provider(context: Context) -> None:
    bridge, schema, launcher = _provider_outputs(context.layout)
    version = locked_version(context.root, AWS_PACKAGE)
    _compile(context, "provider", "provider_aws", ".", bridge, f"main.version={version}")
    _write_schema(context, bridge, schema)
    _compile(context, "provider", "cli", "./launcher", launcher)


def _write_schema(context: Context, bridge: Path, schema: Path) -> None:
    temporary = schema.with_name(".schema.json.new")
    answer = subprocess.run(
        [str(bridge), "--write-schema", str(temporary)], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise EngineError(
            "ENG023",
            "the compiled AWS provider refuses its table",
            "its message is below",
            f"mend engine/{TOKENS}, then run `python -m engine build`",
            answer.stderr.strip(),
        )
    temporary.replace(schema)


PROVIDER = Step(
    name="provider",
    title="compile the AWS provider",
    run=_build_provider,
    outputs=_provider_outputs,
    inputs=lambda layout: (
        *(
            path
            for path in _sources(layout, "provider_aws", "go.mod", "go.sum", "tokens.json")
            if "terraform" not in path.parts
        ),
        *_sources(layout, "cli/launcher"),
        *_sources(layout, "cli/orphan"),
    ),
    parameters=lambda layout: {"version": locked_version(layout.root, AWS_PACKAGE)},
    needs=("provider-sources",),
)

STEPS = (LANGUAGE_HOST, PROVIDER_SOURCES, CLI, PROVIDER)

# --- only for tests and measurements -----------------------------------------------------------------------------

YAML_PACKAGE = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
TOFU_PACKAGE = "github.com/opentofu/opentofu/cmd/tofu"


def _module_files(layout: Layout, directory: str) -> tuple[Path, ...]:
    return (layout.sources / directory / "go.mod", layout.sources / directory / "go.sum")


YAML_HOST = Step(
    name="yaml-host",
    title="compile the YAML language host",
    # Beside the CLI: there the engine looks for the hosts of languages.
    run=lambda context: _compile(
        context, "yaml-host", "yaml_host", YAML_PACKAGE, context.layout.bin / "pulumi-language-yaml"
    ),
    outputs=lambda layout: (layout.bin / "pulumi-language-yaml",),
    inputs=lambda layout: _module_files(layout, "yaml_host"),
)

TOFU = Step(
    name="tofu",
    title="compile OpenTofu",
    run=lambda context: _compile(context, "tofu", "opentofu", TOFU_PACKAGE, context.layout.tools / "tofu"),
    outputs=lambda layout: (layout.tools / "tofu",),
    inputs=lambda layout: _module_files(layout, "opentofu"),
)

TOFU_PROVIDER = Step(
    name="tofu-provider",
    title="compile the AWS provider for OpenTofu",
    run=lambda context: _compile(
        context, "tofu-provider", "provider_aws", "./terraform", context.layout.tools / "terraform-provider-aws"
    ),
    outputs=lambda layout: (layout.tools / "terraform-provider-aws",),
    inputs=lambda layout: (
        *_sources(layout, "provider_aws/terraform"),
        *_sources(layout, "provider_aws/loopback"),
        *_sources(layout, "provider_aws/faults"),
        *_module_files(layout, "provider_aws"),
    ),
    needs=("provider-sources",),
)

OPTIONAL: dict[str, tuple[Step, ...]] = {"yaml": (YAML_HOST,), "tofu": (TOFU, TOFU_PROVIDER)}
