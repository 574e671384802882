from dataclasses import dataclass, field
from enum import StrEnum

import pulumi

from components.arguments import typed_args


class Colour(StrEnum):
    RED = "red"


@dataclass(kw_only=True)
class InnerArgs:
    days: int
    share: float = 0.5


@dataclass(kw_only=True)
class OuterArgs:
    name: pulumi.Input[str]
    colour: Colour = Colour.RED
    port: pulumi.Input[int] = 1
    inner: InnerArgs | None = None
    ports: list[int] = field(default_factory=list[int])
    labels: dict[str, str] = field(default_factory=dict[str, str])


def test_dataclass_passes_through_untouched() -> None:
    args = OuterArgs(name="a")
    assert typed_args(OuterArgs, args) is args


def test_dictionaries_of_another_language_become_dataclasses_with_integers_and_enums() -> None:
    wire = {
        "name": "a",
        "colour": "red",
        "port": 8080.0,
        "inner": {"days": 14.0, "share": 2.0},
        "ports": [1.0, 2.0],
        "labels": {"k": "v"},
    }
    args = typed_args(OuterArgs, wire)
    assert args == OuterArgs(
        name="a",
        colour=Colour.RED,
        port=8080,
        inner=InnerArgs(days=14, share=2.0),
        ports=[1, 2],
        labels={"k": "v"},
    )
    assert args.inner is not None
    assert [type(each) for each in (args.port, args.inner.days, args.ports[0])] == [int, int, int]
    assert type(args.inner.share) is float
    assert isinstance(args.colour, Colour)


def test_absent_keys_take_the_defaults_of_the_dataclass() -> None:
    assert typed_args(OuterArgs, {"name": "a"}) == OuterArgs(name="a")
