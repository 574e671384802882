"""Arguments as their dataclass, also when they come over the wire from a program in another language."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

ArgsT = TypeVar("ArgsT")


def typed_args(args_type: type[ArgsT], args: ArgsT | Mapping[str, object]) -> ArgsT:
    """`args` as an instance of the dataclass `args_type`.

    The component provider hands over plain dictionaries, at every level, and every number as a float. Nested
    dictionaries become their dataclass and whole numbers become integers where the annotation says so; an `Output`
    is left as it is.
    """
    if isinstance(args, args_type):
        return args
    wire = typing.cast("Mapping[str, object]", args)
    # Not get_type_hints: it would try to resolve the SDK's own forward reference inside `pulumi.Input`.
    hints = {field.name: field.type for field in dataclasses.fields(args_type)}  # pyright: ignore[reportArgumentType]
    return args_type(**{key: _typed_value(hints[key], value) for key, value in wire.items()})


def _typed_value(hint: object, value: object) -> object:
    members = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    if isinstance(value, dict):
        nested = [member for member in members if isinstance(member, type) and dataclasses.is_dataclass(member)]
        wire = typing.cast("dict[str, object]", value)
        return typed_args(nested[0], wire) if nested else wire
    if isinstance(value, list):
        lists = [member for member in members if typing.get_origin(member) is list]
        item = typing.get_args(lists[0])[0] if lists else object
        return [_typed_value(item, each) for each in typing.cast("list[object]", value)]
    if isinstance(value, float) and value.is_integer() and int in members and float not in members:
        return int(value)
    if isinstance(value, str):
        enums = [member for member in members if isinstance(member, type) and issubclass(member, Enum)]
        return enums[0](value) if enums else value
    return value
