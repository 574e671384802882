"""Does an answer fit the SDK's own model of the API? Names, types, enumerations, required members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from localaws.moto_state import Untyped

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (datetime, int, float, str),
    "blob": (bytes, str),
}


def faults(shape: Untyped, value: Untyped, where: str = "") -> Iterator[str]:
    """Everything in `value` that botocore's shape does not allow, a sentence each. Members that are None are absent."""
    if value is None:
        return
    kind = shape.type_name
    if kind == "structure":
        yield from _structure(shape, value, where)
    elif kind == "list":
        for index, item in enumerate(value):
            yield from faults(shape.member, item, f"{where}[{index}]")
    elif kind == "map":
        for key, item in value.items():
            yield from faults(shape.value, item, f"{where}[{key!r}]")
    elif isinstance(value, bool) and kind != "boolean":
        yield f"{where} is a boolean, not {kind}"
    elif not isinstance(value, _TYPES[kind]):
        yield f"{where} is {type(value).__name__}, not {kind}"
    elif kind == "string" and shape.enum and value not in shape.enum:
        yield f"{where} is {value!r}, not one of {', '.join(shape.enum)}"


def _structure(shape: Untyped, value: Mapping[str, Any], where: str) -> Iterator[str]:
    if getattr(shape, "is_document_type", False):
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{where}.{name} is required and missing"
    for name, item in value.items():
        if name not in shape.members:
            yield f"{where}.{name} is not in the model of {shape.name}"
        else:
            yield from faults(shape.members[name], item, f"{where}.{name}")
