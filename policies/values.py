"""Readers of untyped properties. Each reads through `get`, so that an unknown value of a preview stays an exception.

Values come as plain dicts and lists from tests and as proxies from the engine; numbers come as floats.
"""

import json
from collections.abc import Mapping, Sequence
from typing import cast

from policies.kit import Props


def flag(props: Props, key: str) -> bool | None:
    """A boolean; None when it is not set."""
    value = props.get(key)
    return None if value is None else value is True or value == "true"


def number(props: Props, key: str) -> float | None:
    """A number, also when it is written as text; None when it is not set or no number."""
    value = props.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def text(props: Props, key: str) -> str:
    """Text; empty when it is not set."""
    value = props.get(key)
    return value if isinstance(value, str) else ""


def words(props: Props, key: str) -> list[str]:
    """A list of texts; a single text is a list of one, as in IAM."""
    value = props.get(key)
    if isinstance(value, str):
        return [value]
    return [str(each) for each in cast("Sequence[object]", value)] if isinstance(value, Sequence) else []


def count(props: Props, key: str) -> int:
    """Length of a list, which is known even while what is in it is not; 0 when it is not set."""
    value = props.get(key)
    return len(cast("Sequence[object]", value)) if isinstance(value, Sequence) and not isinstance(value, str) else 0


def nested(props: Props, key: str) -> Props:
    """An object; empty when it is not set."""
    value = props.get(key)
    return cast("Props", value) if isinstance(value, Mapping) else {}


def many(props: Props, key: str) -> list[Props]:
    """A list of objects; a single object is a list of one."""
    return _objects(props.get(key))


def document(props: Props, key: str) -> list[Props]:
    """The objects of a property that is JSON text; empty when it is not set.

    Raises:
        ValueError: it is no JSON.
    """
    value = props.get(key)
    return _objects(json.loads(value) if isinstance(value, str) else value)


def containers(props: Props) -> list[Props]:
    """Container definitions of a task definition."""
    return document(props, "containerDefinitions")


def _objects(value: object) -> list[Props]:
    if isinstance(value, Mapping):
        return [cast("Props", value)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [cast("Props", each) for each in cast("Sequence[object]", value) if isinstance(each, Mapping)]
    return []
