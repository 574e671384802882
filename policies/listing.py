"""What is demanded in all, and what of it is built: the data files beside this module."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from policies.baseline.__main__ import ROSTER as BASELINE
from policies.kit import Control
from policies.production.__main__ import ROSTER as PRODUCTION

HERE = Path(__file__).parent
PACKS: dict[str, tuple[Control, ...]] = {"baseline": BASELINE, "production": PRODUCTION}
ALL: tuple[Control, ...] = (*BASELINE, *PRODUCTION)


@dataclass(frozen=True)
class Demand:
    """One line of the list.

    Attributes:
        id: of the control.
        severity: what a fault can cost.
        title: what is demanded, in short.
        mappings: framework to the numbers of its requirements; only what a source gives.
        mapped_by: public checks from which the mappings of the frameworks were read; empty: no source gives one.
    """

    id: str
    severity: str
    title: str
    mappings: dict[str, list[str]]
    mapped_by: tuple[str, ...]


def demands() -> list[Demand]:
    """The list: every critical, high and medium control that concerns a container service on AWS or Kubernetes."""
    lines = cast("list[dict[str, object]]", json.loads((HERE / "demands.json").read_text("utf-8")))
    return [
        Demand(
            id=str(line["id"]),
            severity=str(line["severity"]),
            title=str(line["title"]),
            mappings=cast("dict[str, list[str]]", line["mappings"]),
            mapped_by=tuple(cast("list[str]", line.get("mapped_by", []))),
        )
        for line in lines
    ]


def not_yet() -> dict[str, str]:
    """Id of each control that is not built, with the reason."""
    return cast("dict[str, str]", json.loads((HERE / "not_yet.json").read_text("utf-8")))


def levels(pack: str, stack: str) -> dict[str, str]:
    """Enforcement of a pack on a stack: `all`, and the controls that differ."""
    return cast("dict[str, str]", json.loads((HERE / "levels" / f"{pack}.{stack}.json").read_text("utf-8")))


def configured() -> list[tuple[str, str]]:
    """Pack and stack of every file of levels."""
    files = sorted((HERE / "levels").glob("*.json"))
    return [(pack, stack) for pack, _, stack in (path.stem.partition(".") for path in files)]
