"""The provider's table, its known gaps, and its schema, as tests read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from tests.support import sdk_package
from tests.support.real_engine import ROOT

PROVIDER = ROOT / "engine" / "provider_aws"
JsonObject = dict[str, Any]


def table() -> JsonObject:
    return cast("JsonObject", json.loads((PROVIDER / "tokens.json").read_text(encoding="utf-8")))


def gaps() -> dict[str, dict[str, str]]:
    """Property path (`aws_rds_cluster.publiclyAccessible`) -> reason, by kind: `inputs`, `outputs`, `shapes`."""
    return cast("dict[str, dict[str, str]]", json.loads((PROVIDER / "gaps.json").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Difference:
    """Where the installed package and the provider disagree; `kind` is inputs, outputs or shapes."""

    kind: str
    path: str
    detail: str


@dataclass(frozen=True)
class _Place:
    """Where a comparison is; `seen` holds the pairs of objects that were compared already."""

    kind: str
    path: str
    token: str
    seen: set[tuple[str, str]]


class Schema:
    """The provider's Pulumi schema."""

    def __init__(self, path: Path) -> None:
        self._spec = cast("JsonObject", json.loads(path.read_text(encoding="utf-8")))

    def differences(self, terraform_name: str, token: str, *, function: bool) -> Iterator[Difference]:
        """All differences for one entry of the table, nested objects included.

        What only the provider has does no harm: the package neither sends nor reads it.
        """
        if function:
            spec = cast("JsonObject", self._spec["functions"][token])
            members = sdk_package.function(token)
            provider = (spec.get("inputs", {}).get("properties", {}), spec.get("outputs", {}).get("properties", {}))
            path = f"data.{terraform_name}"
        else:
            spec = cast("JsonObject", self._spec["resources"][token])
            members = sdk_package.resource(token)
            provider = (spec.get("inputProperties", {}), spec.get("properties", {}))
            path = terraform_name
        for kind, sdk, properties in (
            ("inputs", members.inputs, provider[0]),
            ("outputs", members.outputs, provider[1]),
        ):
            yield from self._compare(_Place(kind, path, token, set()), sdk, properties)

    def _compare(self, place: _Place, sdk: dict[str, str], provider: JsonObject) -> Iterator[Difference]:
        for name, shape in sdk.items():
            here = replace(place, path=f"{place.path}.{name}")
            if name not in provider:
                yield Difference(place.kind, here.path, shape)
                continue
            other = self._shape(provider[name])
            if not _alike(shape, other):
                yield Difference("shapes", here.path, f"{shape} / {other}")
            nested = sdk_package.nested(place.token, shape)
            properties = self._spec["types"].get(_last_word(other), {}).get("properties")
            if nested is not None and properties is not None and (shape, other) not in place.seen:
                place.seen.add((shape, other))
                yield from self._compare(here, nested, properties)

    def _shape(self, spec: JsonObject) -> str:
        match spec:
            case {"oneOf": [first, *_]}:
                shape = self._shape(first)
            case {"$ref": str(reference)}:
                shape = f"object {reference.removeprefix('#/types/')}"
            case {"type": "array", "items": dict(items)}:
                shape = f"list of {self._shape(cast('JsonObject', items))}"
            case {"type": "object"}:
                shape = f"map of {self._shape(spec.get('additionalProperties', {'type': 'string'}))}"
            case {"type": "integer"}:
                shape = "number"
            case _:
                shape = str(spec.get("type", "any"))
        return shape


def _last_word(shape: str) -> str:
    return shape.rpartition(" ")[2]


def _alike(sdk: str, provider: str) -> bool:
    """Same lists, maps and scalars; the names of objects differ on the two sides."""

    def head(shape: str) -> str:
        containers, _, last = shape.rpartition(" of ")
        return f"{containers} of {last.partition(' ')[0]}"

    return head(sdk) == head(provider) or "any" in {_last_word(sdk), _last_word(provider)}
