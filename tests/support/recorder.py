"""Runs components without an engine and keeps what they register.

    recording = record(lambda: Network("net", NetworkArgs(...)))
    recording.shape()                       # [(type, logical name), ...], sorted
    recording.one("aws:ec2/vpc:Vpc").inputs["cidrBlock"]
    recording.value(recording.result.vpc_id)

Inputs have the names of the wire (camelCase). An output that a resource computes is its input of that name, else an
invented one; `outputs` adds to them or replaces them per resource type.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import pulumi
from pulumi.runtime import Mocks
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, set_mocks
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import (
    _sync_await,  # pyright: ignore[reportPrivateUsage] # no public way to run a program
)

ResultT = TypeVar("ResultT")
Properties = dict[str, Any]
ComputeOutputs = Callable[[str, Properties], Properties]
"""(logical name, inputs) -> outputs that the resource computes."""

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Recorded:
    """One registered resource."""

    type: str
    name: str
    urn: str
    custom: bool
    inputs: Properties
    parent: str
    """Logical name of the parent; empty: the stack itself."""
    depends_on: frozenset[str]
    """URNs of every resource that must be there first, named or through an input."""
    protect: bool
    retain_on_delete: bool
    delete_before_replace: bool
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    additional_secret_outputs: tuple[str, ...]
    custom_timeouts: dict[str, str]
    """create, update and delete, as far as they are given."""
    on_error: tuple[str, ...]
    """Names of the hooks for a failed step."""
    provider: str
    aliases: int

    def waits_for(self, other: "Recorded") -> bool:
        """Whether the engine creates `other` first."""
        return other.urn in self.depends_on


@dataclass
class Recording(Generic[ResultT]):
    """Everything that one run registered."""

    result: ResultT
    resources: list[Recorded]
    calls: list[MockCallArgs]
    registered_outputs: dict[str, Properties]
    """URN -> what `register_outputs` was given."""

    def shape(self) -> list[tuple[str, str]]:
        """Sorted (type, logical name): what must not change, since another name is another resource."""
        return sorted((each.type, each.name) for each in self.resources)

    def all(self, type_: str) -> list[Recorded]:
        """Resources of this type, by logical name."""
        return sorted((each for each in self.resources if each.type == type_), key=lambda each: each.name)

    def one(self, type_: str) -> Recorded:
        """The only resource of this type."""
        found = self.all(type_)
        if len(found) != 1:
            raise AssertionError(f"expected one {type_}, found {[each.name for each in found]}")
        return found[0]

    def named(self, name: str) -> Recorded:
        """The only custom resource with this logical name."""
        found = [each for each in self.resources if each.name == name and each.custom]
        if len(found) != 1:
            names = sorted(each.name for each in self.resources)
            raise AssertionError(f"expected one resource named {name}, found {len(found)} among {names}")
        return found[0]

    def named_of(self, type_: str, name: str) -> Recorded:
        """The resource of this type with this logical name."""
        found = [each for each in self.all(type_) if each.name == name]
        if len(found) != 1:
            raise AssertionError(f"no {type_} named {name} among {[each.name for each in self.all(type_)]}")
        return found[0]

    def value(self, output: "pulumi.Input[Any]") -> Any:  # noqa: ANN401 # an output may hold anything
        """What an output of the run resolved to."""

        async def resolve() -> object:
            return await pulumi.Output.from_input(output).future()

        return _sync_await(resolve())


@dataclass
class _RecorderMocks(Mocks):
    outputs: Mapping[str, ComputeOutputs]
    call_results: Mapping[str, Properties]
    calls: list[MockCallArgs] = field(default_factory=list[MockCallArgs])

    def new_resource(self, args: MockResourceArgs) -> tuple[str, Properties]:
        inputs = cast("Properties", args.inputs)  # pyright: ignore[reportUnknownMemberType] # the SDK says dict
        service = args.typ.split(":")[1].split("/")[0]
        kind = args.typ.rsplit(":", 1)[-1].lower()
        state: Properties = {}
        if args.custom:
            state = {"arn": f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{kind}/{args.name}", "name": args.name}
        state |= inputs
        if args.typ in self.outputs:
            state |= self.outputs[args.typ](args.name, inputs)
        return str(state.pop("__id__", f"{args.name}-id")), state

    def call(self, args: MockCallArgs) -> tuple[Properties, list[tuple[str, str]]]:
        self.calls.append(args)
        if args.token not in self.call_results:
            raise AssertionError(f"unexpected invoke {args.token}: components look nothing up")
        return self.call_results[args.token], []


class _Hooks:
    """Where hooks are registered; nothing fails under mocks, so that none is ever called."""

    def register_error_hook(self, hook: object) -> None:
        """Accept a hook."""

    def register_resource_hook(self, hook: object) -> None:
        """Accept a hook."""


class _RecorderMonitor(MockMonitor):
    """The SDK's mock monitor drops resource options; this one keeps them."""

    def __init__(self, mocks: Mocks) -> None:
        super().__init__(mocks)
        self.recorded: list[Recorded] = []
        self.registered_outputs: dict[str, Properties] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401 # name and types are the SDK's
        response: Any = super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType]
        if request.type != STACK_TYPE:
            self.recorded.append(_recorded(response.urn, request))
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802, ANN401 # name and types are the SDK's
        self.registered_outputs[request.urn] = _plain(request.outputs)
        return super().RegisterResourceOutputs(request)  # pyright: ignore[reportUnknownMemberType]


def _plain(struct: Any) -> Properties:  # noqa: ANN401 # protobuf
    try:
        asyncio.get_event_loop()
    except RuntimeError:
        asyncio.set_event_loop(asyncio.new_event_loop())
    return cast("Properties", _unwrap(pulumi.runtime.rpc.deserialize_properties(struct, keep_unknowns=True)))


def _unwrap(value: Any) -> Any:  # noqa: ANN401 # any JSON value
    """JSON without the SDK's secret wrappers, and whole numbers as integers (the wire has floats only)."""
    if pulumi.runtime.rpc.is_rpc_secret(value):
        return _unwrap(pulumi.runtime.rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: _unwrap(each) for key, each in cast("Properties", value).items()}
    if isinstance(value, list):
        return [_unwrap(each) for each in cast("list[Any]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _recorded(urn: str, request: Any) -> Recorded:  # noqa: ANN401 # protobuf
    parent = "" if f"::{STACK_TYPE}::" in request.parent else request.parent.rsplit("::", 1)[-1]
    return Recorded(
        type=request.type,
        name=request.name,
        urn=urn,
        custom=request.custom,
        inputs=_plain(request.object),
        parent=parent,
        depends_on=frozenset(request.dependencies),
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        delete_before_replace=request.deleteBeforeReplace,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        custom_timeouts={
            step: limit for step in ("create", "update", "delete") if (limit := getattr(request.customTimeouts, step))
        },
        on_error=tuple(request.hooks.on_error),
        provider=request.provider,
        aliases=len(request.aliases),
    )


def record(
    build: Callable[[], ResultT],
    *,
    outputs: Mapping[str, ComputeOutputs] | None = None,
    call_results: Mapping[str, Properties] | None = None,
    preview: bool = False,
    stack: str = "staging",
) -> Recording[ResultT]:
    """Run `build` as a Pulumi program and return what it registered.

    An error that the program raises comes out unchanged. `outputs` maps a type token to what such a resource
    computes (`__id__` sets its id); `call_results` maps an invoke's token to its answer, and an invoke that is not
    in it fails the run.
    """
    mocks = _RecorderMocks(outputs=outputs or {}, call_results=call_results or {})
    monitor = _RecorderMonitor(mocks)
    set_mocks(mocks, project="runlayer", stack=stack, preview=preview, monitor=monitor)
    cast("Any", SETTINGS).callbacks = _Hooks()
    results: list[ResultT] = []
    _sync_await(run_pulumi_func(lambda: results.append(build())))
    return Recording(results[0], monitor.recorded, mocks.calls, monitor.registered_outputs)


def record_refusal(build: Callable[[], object], error: type[BaseException]) -> tuple[BaseException, list[Recorded]]:
    """Run a program that must be refused; return its error and what it had registered by then (nothing, one hopes)."""
    mocks = _RecorderMocks(outputs={}, call_results={})
    monitor = _RecorderMonitor(mocks)
    set_mocks(mocks, project="runlayer", stack="staging", monitor=monitor)
    cast("Any", SETTINGS).callbacks = _Hooks()
    try:
        _sync_await(run_pulumi_func(lambda: (build(), None)[1]))
    except error as refusal:
        return refusal, monitor.recorded
    raise AssertionError(f"expected {error.__name__}, but the program went through")
