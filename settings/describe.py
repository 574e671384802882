"""What each key may hold, in words, read off the models: for faults, for editors and for the reference page."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic.fields import FieldInfo

from settings.section import Check, Loc, Offers, Section

_WORDS = {int: "whole number", float: "number", bool: "true or false", str: "text"}
_BOUNDS = {Ge: "{} or more", Gt: "more than {}", Le: "up to {}", Lt: "less than {}"}


@dataclass(frozen=True)
class Shape:
    """What a value may be."""

    kind: Any
    """A type, a `Literal`, or a generic such as `list[str]`."""
    metadata: tuple[Any, ...] = ()
    nullable: bool = False

    @property
    def section(self) -> type[Section] | None:
        """The model of a nested section."""
        return self.kind if isinstance(self.kind, type) and issubclass(self.kind, Section) else None

    @property
    def type_words(self) -> str:
        """The type alone, for people."""
        origin, args = get_origin(self.kind), get_args(self.kind)
        if self.section:
            words = "map of keys"
        elif origin is Literal:
            words = "text" if isinstance(args[0], str) else "whole number"
        elif origin is list:
            words = f"list of {shape_of(args[0]).type_words}"
        elif origin is dict:
            words = f"map of {shape_of(args[0]).type_words} to {shape_of(args[1]).type_words}"
        else:
            words = _WORDS[self.kind]
        return f"{words} or null" if self.nullable else words

    @property
    def allowed(self) -> str:
        """Which values of that type, for people; empty when all are."""
        parts: list[str] = []
        args = get_args(self.kind)
        if get_origin(self.kind) is Literal:
            parts.append(", ".join(map(str, args)))
        elif args and (each := shape_of(args[-1]).allowed):
            parts.append(f"each {each}")
        parts += filter(None, [_range(self.metadata)])
        parts += [item.allowed for item in self.metadata if isinstance(item, Check | Offers)]
        parts += [f"up to {item.max_length} characters" for item in self.metadata if isinstance(item, MaxLen)]
        return "; ".join(parts)

    def below(self, part: str | int) -> "Shape | None":
        """The shape of one member, or None if there is no such member."""
        if self.section:
            field = self.section.model_fields.get(str(part))
            return shape_of_field(field) if field else None
        args = get_args(self.kind)
        return shape_of(args[-1]) if get_origin(self.kind) in (list, dict) else None


@dataclass(frozen=True)
class Entry:
    """One row of the reference page."""

    key: str
    """Dotted path below the section, for example `health_check.path`."""
    shape: Shape
    required: bool
    default: object
    """The value when the key is left out; None as well when it is required."""
    meaning: str


def shape_of(annotation: object) -> Shape:
    """Read an annotation: `Annotated`, `X | None` and what is inside of both."""
    if get_origin(annotation) is Annotated:
        kind, *metadata = get_args(annotation)
        inner = shape_of(kind)
        return replace(inner, metadata=(*inner.metadata, *_flat(metadata)))
    if get_origin(annotation) in (Union, UnionType):
        (kind,) = (arg for arg in get_args(annotation) if arg is not type(None))
        return replace(shape_of(kind), nullable=True)
    return Shape(annotation)


def shape_of_field(field: FieldInfo) -> Shape:
    """Read a field of a model."""
    inner = shape_of(field.annotation)
    return replace(inner, metadata=(*inner.metadata, *_flat(field.metadata)))


def shape_at(model: type[Section], loc: Loc) -> Shape | None:
    """The shape of the value at a path, or None if there is no such key."""
    found: Shape | None = Shape(model)
    for part in loc:
        found = found.below(part) if found else None
    return found


def entries(model: type[Section], prefix: str = "") -> Iterator[Entry]:
    """Every key of a section and of the sections in it, in the order of the model."""
    for name, field in model.model_fields.items():
        shape, key = shape_of_field(field), f"{prefix}{name}"
        required = field.is_required()
        default = None if required else field.get_default(call_default_factory=True)
        yield Entry(key, shape, required, default, meanings(model).get(name, ""))
        if shape.section:
            yield from entries(shape.section, f"{key}.")


@cache
def meanings(model: type[Section]) -> Mapping[str, str]:
    """Field name to the docstring below the field."""
    (source,) = ast.parse(dedent(getsource(model))).body
    found: dict[str, str] = {}
    for field, words in pairwise(cast("ast.ClassDef", source).body):
        match field, words:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = cleandoc(text)
            case _:
                continue
    return found


def _flat(metadata: Iterable[object]) -> Iterator[object]:
    """Metadata with that of `Field(...)` unpacked."""
    for item in metadata:
        yield from item.metadata if isinstance(item, FieldInfo) else (item,)


def _range(metadata: tuple[Any, ...]) -> str:
    low = next((item for item in metadata if isinstance(item, Ge)), None)
    high = next((item for item in metadata if isinstance(item, Le)), None)
    if low and high:
        return f"{low.ge} to {high.le}"
    found = [
        words.format(getattr(item, kind.__name__.lower()))
        for kind, words in _BOUNDS.items()
        for item in metadata
        if isinstance(item, kind)
    ]
    return ", ".join(found)
