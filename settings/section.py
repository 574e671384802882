"""The base of every section: immutable, exact about types, and closed to unknown keys.

A rule that looks at one value is a `Check` in the field's type. A rule that compares values is a method marked `@rule`;
it yields a `Problem` for each key that has to change. A rule that compares sections is listed in `settings.across`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

Loc = tuple[str | int, ...]
S = TypeVar("S", bound="Section")
Rule = Callable[[S], Iterable["Problem"]]


@dataclass(frozen=True)
class Problem:
    """What a rule found wrong with one key."""

    code: str
    """One of `settings.errors.CODES`."""
    at: Loc
    """Path below the section that the rule belongs to, for example `("health_check", "timeout_seconds")`."""
    allowed: str
    do: str

    def as_error(self, section: BaseModel) -> InitErrorDetails:
        """The problem as an error of pydantic's, with the value that the section has there."""
        got: object = section
        for part in self.at:
            got = getattr(got, str(part), None) if isinstance(got, BaseModel) else cast("Any", got)[part]
        kind = refusal(self.code, self.allowed, self.do, from_rule=True)
        return InitErrorDetails(type=kind, loc=self.at, input=got)


@dataclass(frozen=True)
class Check:
    """What one value must be; goes into `Annotated`. Also the words for the reference page."""

    code: str
    """One of `settings.errors.CODES`."""
    allowed: str
    """What may be there, for people."""
    do: str
    """What to do if it is something else."""
    holds: Callable[[Any], bool]
    """The decision."""
    pattern: str | None = None
    """The same as a regular expression for editors, where one can say it."""
    choices: tuple[int, ...] = ()
    """The same as a list for editors, where there is one."""

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> CoreSchema:
        return no_info_after_validator_function(self._require, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: "GetJsonSchemaHandler") -> dict[str, Any]:
        schema = handler(core)
        hints = {"pattern": self.pattern, "enum": list(self.choices)}
        return {**schema, **{name: hint for name, hint in hints.items() if hint}}

    def _require(self, value: object) -> object:
        if not self.holds(value):
            raise refusal(self.code, self.allowed, self.do)
        return value


@dataclass(frozen=True)
class Offers:
    """Numbers that AWS offers, for editors and the reference page; a rule judges them, because it needs more keys."""

    choices: tuple[int, ...]

    @property
    def allowed(self) -> str:
        """The numbers, for people."""
        return ", ".join(map(str, self.choices))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: "GetJsonSchemaHandler") -> dict[str, Any]:
        return {**handler(core), "enum": list(self.choices)}


def matches(code: str, pattern: str, allowed: str, do: str) -> Check:
    """A check that the whole text has this form. The pattern must mean the same to Python and to ECMAScript."""
    form = re.compile(pattern, re.ASCII)
    return Check(code, allowed, do, lambda text: form.fullmatch(text) is not None, f"^(?:{pattern})$")


def refusal(code: str, allowed: str, do: str, *, from_rule: bool = False) -> PydanticCustomError:
    """The error of a check or rule; `settings.judge` turns it into a `Fault`."""
    context = {"allowed": allowed, "do": do, "from_rule": from_rule}
    return PydanticCustomError("refused", "{code}: allowed is {allowed}; {do}", {"code": code, **context})


_MARKED: set[Callable[..., Iterable[Problem]]] = set()


def rule(method: Rule[S]) -> Rule[S]:
    """Mark a method of a section as a rule over its values."""
    _MARKED.add(method)
    return method


class Section(BaseModel):
    """A part of the stack config. Field docstrings become the editor hints and the reference page.

    Those are read when the page is written, not by pydantic, which would parse the source of every section at each
    start; and a validator is built when it is first needed, so a stack builds one and not one for each section.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        defer_build=True,
    )

    rules: ClassVar[tuple[Rule[Any], ...]] = ()
    """Every rule of the section."""

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401  pydantic's signature
        super().__init_subclass__(**options)
        marked = [member for member in vars(cls).values() if isinstance(member, FunctionType) and member in _MARKED]
        cls.rules = (*cls.rules, *marked)

    @model_validator(mode="after")
    def _keep_rules(self) -> Self:
        problems = [problem for judge in self.rules for problem in judge(self)]
        if problems:
            raise ValidationError.from_exception_data(
                type(self).__name__, [problem.as_error(self) for problem in problems], hide_input=True
            )
        return self
