"""Settings from the Pulumi program's config, or from a stack file. Nothing else reads either.

A fault ends a command with exit code 2 and is shown as text; a program ends with `pulumi.RunError`, which Pulumi prints
without a stack trace.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from settings.errors import Fault, SettingsError
from settings.judge import Locate, judge, unknown_key
from settings.model import NAMESPACE, StackSettings
from settings.section import Loc
from settings.showing import show, show_path

if TYPE_CHECKING:
    from settings.stack_file import StackFile

_FILE_NAME = re.compile(r"Pulumi\.([^/]+)\.ya?ml")
_FILE_KEYS = ("config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt")


def load_settings() -> StackSettings:
    """Settings of the stack that the running Pulumi program belongs to.

    Raises:
        pulumi.RunError: the config has faults; each was logged as an error before.
    """
    try:
        return load_program()
    except SettingsError as error:
        fail_program(error)


def load_program() -> StackSettings:
    """As `load_settings`, for callers that show the faults themselves.

    Raises:
        SettingsError: the config has faults.
    """
    import pulumi  # noqa: PLC0415  files are read without the engine's SDK

    stack = pulumi.get_stack()
    faults: list[Fault] = []
    sections: dict[str, object] = {}
    for key in _program_keys():
        namespace, _, name = key.partition(":")
        if fault := _misplaced(namespace, name):
            faults.append(fault)
        elif namespace == NAMESPACE:
            sections[name] = _program_section(name, faults)
    return _settled(pulumi.get_project(), stack, sections, faults)


def load_file(path: Path, project: str = NAMESPACE, stack: str | None = None) -> StackSettings:
    """Settings of a stack file, without Pulumi.

    Values from a Pulumi environment (`environment:`) are not in the file and count as missing.

    Args:
        path: `Pulumi.<stack>.yaml`.
        project: name of the project.
        stack: name of the stack, if the file's name does not say it.

    Raises:
        SettingsError: the file cannot be read, or has faults; each with its line.
    """
    from settings.stack_file import read_stack_file  # noqa: PLC0415  the Pulumi program loads no YAML parser

    named = _FILE_NAME.fullmatch(path.name)
    stack = stack or (named[1] if named else "")
    if not stack:
        fault = Fault("CFG001", "", show(path.name), "Pulumi.STACK.yaml", "name the file after its stack")
        raise SettingsError("?", [fault], path.name)
    file = read_stack_file(path, stack)
    sections = _file_sections(file)

    def locate(loc: Loc) -> int | None:
        return file.line(("config", f"{NAMESPACE}:{loc[0]}", *loc[1:])) or 1

    return _settled(project, stack, sections, file.faults, source=path.name, locate=locate)


def fail_program(error: SettingsError) -> NoReturn:
    """End a Pulumi program: every fault as an error line, then the summary, and no stack trace.

    Raises:
        pulumi.RunError: always.
    """
    import pulumi  # noqa: PLC0415  files are read without the engine's SDK

    for fault in error.faults:
        pulumi.log.error(str(fault))
    raise pulumi.RunError(error.summary) from None


def _settled(
    project: str,
    stack: str,
    sections: Mapping[str, object],
    faults: list[Fault],
    *,
    source: str = "",
    locate: Locate = lambda _: None,
) -> StackSettings:
    """Judge the sections; a place that has a fault already gets no second one for the same reason."""
    found = judge(project, stack, sections, locate)
    if isinstance(found, StackSettings):
        if not faults:
            return found
        found = []
    known = [fault.key for fault in faults]
    fresh = [fault for fault in found if not any(_within(fault.key, key) for key in known)]
    raise SettingsError(stack, [*faults, *fresh], source) from None


def _key(name: str) -> str:
    return f"{NAMESPACE}:{show_path((name,))}"


def _within(key: str, outer: str) -> bool:
    return key == outer or key.startswith((f"{outer}.", f"{outer}["))


def _misplaced(namespace: str, name: str, line: int | None = None) -> Fault | None:
    """A config key that means nothing to this program, though it looks as if it did."""
    if namespace == "aws":
        do = f"use {NAMESPACE}:aws; the program's only AWS provider is set up from that"
        return Fault("CFG011", show_path((f"aws:{name}",)), "a key of the default AWS provider", "none", do, line)
    if namespace != NAMESPACE or name in StackSettings.sections():
        return None
    first = re.split(r"[.\[]", name)[0]
    if first in StackSettings.sections():
        do = f"write it below {_key(first)}:, or run `pulumi config set --path '{NAMESPACE}:{first}.KEY' VALUE`"
    else:
        do = unknown_key(name, list(StackSettings.sections()))
    return Fault("CFG011", _key(name), "a section", ", ".join(StackSettings.sections()), do, line)


def _program_keys() -> list[str]:
    """Every key of the program's config, whichever way the engine passed it."""
    from pulumi.runtime.config import CONFIG, get_config_env  # noqa: PLC0415

    return sorted({*CONFIG.get(), *get_config_env()})


def _program_section(name: str, faults: list[Fault]) -> object:
    import pulumi  # noqa: PLC0415
    from pulumi.runtime.config import is_config_secret  # noqa: PLC0415

    if is_config_secret(f"{NAMESPACE}:{name}"):
        faults.append(
            Fault(
                "CFG016",
                _key(name),
                "(encrypted)",
                "plain values, and ARNs of secrets",
                "keep the value in Secrets Manager and name its ARN in runlayer:service.secrets",
            )
        )
        return None
    try:
        return cast("object", pulumi.Config(NAMESPACE).get_object(name))
    except (pulumi.ConfigTypeError, ValueError, RecursionError):
        faults.append(Fault("CFG005", _key(name), "(hidden)", "a map of keys", "write the section as a map"))
        return None


def _file_sections(file: "StackFile") -> dict[str, object]:
    """Section name to raw value; adds faults for keys that are in no section."""
    for key in file.data.keys() - set(_FILE_KEYS):
        do = unknown_key(key, list(_FILE_KEYS))
        file.faults.append(Fault("CFG012", show_path((key,)), "a key", ", ".join(_FILE_KEYS), do, file.line((key,))))
    config = file.data.get("config")
    if not isinstance(config, Mapping):
        got = "nothing" if "config" not in file.data else show(config)
        do = "start from Pulumi.staging.yaml"
        file.faults.append(Fault("CFG005", "config", got, "a map of config keys", do, file.line(("config",)) or 1))
        return {}
    sections: dict[str, object] = {}
    for key, value in cast("Mapping[str, object]", config).items():
        # As in Pulumi, a key without a namespace is one of the project's.
        namespace, colon, name = key.partition(":")
        namespace, name = (namespace, name) if colon else (NAMESPACE, key)
        if fault := _misplaced(namespace, name, file.line(("config", key))):
            file.faults.append(fault)
        elif namespace == NAMESPACE:
            sections[name] = value
    return sections
