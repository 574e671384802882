"""Values and keys of a stack file as they may be printed: short, on one line, without anything that may be a secret."""

import json
from collections.abc import Iterable, Mapping

from settings.secrecy import may_be_secret

_SHOWN = 60
_BITS_MAX = 200


class Oddity:
    """A YAML value that a stack file has no use for: a date, or a number in another notation than the decimal one."""


def show(value: object, *, hidden: bool = False) -> str:
    """A value for a fault.

    Args:
        value: as it was read.
        hidden: its key is that of a secret.
    """
    if isinstance(value, str | float):
        return "(hidden)" if hidden or may_be_secret(str(value)) else _cut(json.dumps(value))
    if isinstance(value, int):
        number = _cut(json.dumps(value)) if value.bit_length() <= _BITS_MAX else "a very large number"
        return "(hidden)" if hidden else number
    kinds = {
        type(None): "nothing (null)",
        Mapping: "a map of keys",
        list: "a list",
        Oddity: "a date, or a number in another notation than the decimal one",
    }
    return next((words for kind, words in kinds.items() if isinstance(value, kind)), "a value of an unknown type")


def show_path(parts: Iterable[str | int]) -> str:
    """Keys as `pulumi config --path` writes them: dots between names, brackets around positions."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{_show_key(part)}" for part in parts).removeprefix(".")


def _show_key(text: str) -> str:
    if may_be_secret(text):
        return "(hidden)"
    return "".join(char if char.isprintable() else "?" for char in text[:_SHOWN])


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"
