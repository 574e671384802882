"""Turns raw sections into settings, or into every fault there is.

Pydantic stops at the first layer: a section with a wrong type in it runs no rules, and no rule between sections runs
beside a faulty section. So when something is wrong, the rules run once more over what is sound, key by key; a rule that
needs a key which is missing or faulty is left out.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails

from settings.describe import Shape, entries, shape_at, shape_of_field
from settings.errors import Fault
from settings.model import NAMESPACE, StackSettings
from settings.secrecy import secret_name
from settings.section import Loc, Section
from settings.showing import show, show_path

Locate = Callable[[Loc], int | None]
Data = Mapping[str, object]

_PULUMI_SAYS = ("project", "stack")
_PRIVATE = ("environment", "secrets")


def judge(project: str, stack: str, sections: Data, locate: Locate = lambda _: None) -> StackSettings | list[Fault]:
    """Build the settings of a stack, or say everything that is wrong with them.

    Args:
        project: name of the project.
        stack: name of the stack.
        sections: section name to raw value, as read; none of them named `project` or `stack`.
        locate: path below `config:` to line number.
    """
    data = {"project": project, "stack": stack, **sections}
    try:
        return StackSettings.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    _, more = _sound_part(StackSettings, data, errors)
    seen: dict[tuple[Loc, str], Fault] = {}
    for detail in (*errors, *more):
        fault = fault_of(detail, locate)
        seen.setdefault((detail["loc"], fault.code), fault)
    return list(seen.values())


def key_of(loc: Loc) -> str:
    """A path below `config:` as people write it: `runlayer:service.environment.LOG_LEVEL`."""
    return show_path(loc) if loc[0] in _PULUMI_SAYS else f"{NAMESPACE}:{show_path(loc)}"


def fault_of(error: ErrorDetails, locate: Locate) -> Fault:
    """Say one error of pydantic's in words."""
    loc = tuple(part for part in error["loc"] if part != "[key]")
    code, allowed, do = _words(error, loc)
    # A key that nobody knows may be a secret in the wrong place.
    hidden = code == "CFG012" or any(part in _PRIVATE or secret_name(str(part)) for part in loc)
    got = "nothing" if error["type"] == "missing" else show(error["input"], hidden=hidden)
    return Fault(code, key_of(loc), got, allowed, do, locate(loc))


def unknown_key(name: str, known: list[str]) -> str:
    """What to do about a key that does not exist."""
    if near := get_close_matches(name, known, n=1):
        return f"write {near[0]}, or take it away"
    return "take it away, or move it to where it belongs (docs/config.md)"


def _sound_part(
    model: type[Section], data: object, errors: list[ErrorDetails], at: Loc = ()
) -> tuple[Section, list[ErrorDetails]]:
    """The section with its sound fields only, and what its rules have to say about those.

    Types are exact, so a raw value without a fault is the value of the field.
    """
    raw = cast("Data", data) if isinstance(data, Mapping) else {}
    faulty = {error["loc"][: len(at) + 1] for error in errors if not error.get("ctx", {}).get("from_rule")}
    values: dict[str, object] = {}
    found: list[ErrorDetails] = []
    for name, field in model.model_fields.items():
        nested, here = shape_of_field(field).section, (*at, name)
        if nested and isinstance(raw.get(name), Mapping):
            values[name], more = _sound_part(nested, raw[name], errors, here)
            found += more
        elif here in faulty:
            continue
        elif name in raw:
            values[name] = raw[name]
        elif not field.is_required():
            values[name] = field.get_default(call_default_factory=True)
    part = model.__new__(model)
    object.__setattr__(part, "__dict__", values)
    return part, found + _broken_rules(model, part, at)


def _broken_rules(model: type[Section], part: Section, at: Loc) -> list[ErrorDetails]:
    lines: list[InitErrorDetails] = []
    for rule in model.rules:
        try:
            lines += [problem.as_error(part) for problem in rule(part)]
        except AttributeError:  # it needs a field that is not sound
            continue
    if not lines:
        return []
    errors = ValidationError.from_exception_data(model.__name__, lines).errors(include_url=False)
    return [cast("ErrorDetails", {**error, "loc": (*at, *error["loc"])}) for error in errors]


def _words(error: ErrorDetails, loc: Loc) -> tuple[str, str, str]:
    """Code, what is allowed, and what to do."""
    context: dict[str, Any] = error.get("ctx", {})
    shape = shape_at(StackSettings, loc)
    match error["type"]:
        case "refused":
            return context["code"], context["allowed"], context["do"]
        case "missing":
            return _missing(loc, shape)
        case "extra_forbidden" | "invalid_key":
            return _unknown(loc)
        case kind if kind.endswith(("_type", "_parsing")) or kind.startswith("dataclass"):
            return "CFG014", _expected(shape), _retype(error["input"], shape)
        case _:
            return "CFG015", _expected(shape), "take a value that is allowed"


def _missing(loc: Loc, shape: Shape | None) -> tuple[str, str, str]:
    if len(loc) == 1:
        return "CFG010", "a map of keys", f"write the section {key_of(loc)}: with the keys of docs/config.md"
    return "CFG013", _expected(shape), f"write {loc[-1]}: in this section"


def _unknown(loc: Loc) -> tuple[str, str, str]:
    parent = shape_at(StackSettings, loc[:-1])
    known = list(parent.section.model_fields) if parent and parent.section else []
    elsewhere = [
        f"{NAMESPACE}:{section}.{entry.key}"
        for section, model in StackSettings.sections().items()
        for entry in entries(model)
        if entry.key.rpartition(".")[2] == loc[-1]
    ]
    do = f"move it to {elsewhere[0]}" if elsewhere else unknown_key(str(loc[-1]), known)
    return "CFG012", ", ".join(known), do


def _expected(shape: Shape | None) -> str:
    if shape is None:
        return "see docs/config.md"
    return f"{shape.type_words}: {shape.allowed}" if shape.allowed else shape.type_words


def _retype(value: object, shape: Shape | None) -> str:
    if value is None:
        return "write a value, or take the key away for the default"
    wants_text = shape is not None and shape.kind is str
    if wants_text and not isinstance(value, Mapping | list):
        return "put the value into quotes"
    if isinstance(value, str) and value.strip("-").replace(".", "").isdecimal():
        return "write it without quotes"
    return "write a value of that type"
