"""What a control is. Pure; the engine's side is in `policies.engine`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Props = Mapping[str, object]
"""Inputs of a resource, under the names that the engine uses (camelCase)."""


class Severity(StrEnum):
    """What a fault can cost."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Resource:
    """One resource as a control sees it.

    Attributes:
        type: type token, such as `aws:ecs/service:Service`.
        props: its inputs.
        protected: whether Pulumi refuses to delete it.
    """

    type: str
    props: Props
    protected: bool = False


@dataclass(frozen=True, kw_only=True)
class Control:
    """One demand on one kind of resource.

    Attributes:
        module: `__name__` of the file; the id follows from it.
        title: the demanded state, as a sentence.
        why: what happens without it.
        severity: what a fault can cost.
        types: type tokens of the resources that it is about; of no others does it say anything.
        find: what is wrong with a resource, in words that hold no value that may be secret; None: nothing.
        demanded: what is asked for, in terms of properties.
        fix: what to change.
        good: resources that pass; shown in the manual and run as tests.
        bad: resources that fail; shown in the manual and run as tests.
        not_checked: part of the demand that this control cannot see; empty: none known.
    """

    module: str
    title: str
    why: str
    severity: Severity
    types: tuple[str, ...]
    find: Callable[[Resource], str | None]
    demanded: str
    fix: str
    good: tuple[Resource, ...]
    bad: tuple[Resource, ...]
    not_checked: str = ""

    @property
    def id(self) -> str:
        """Folder and file of the control, for ever: `ecs/no_host.py` is `ecs-no-host`."""
        return "-".join(self.module.split(".")[-2:]).replace("_", "-")


def message(control: Control, name: str, type_token: str, found: str) -> str:
    """The words of a fault: which resource, what is there, what is demanded, what to do."""
    return f"resource: {name} ({type_token})\nfound:    {found}\ndemanded: {control.demanded}\nfix:      {control.fix}"
