"""Reads from the installed pulumi_aws what it sends and expects: wire names and shapes, without importing it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

# A shape is what a value looks like on the wire: "string", "number", "boolean", "list of X", "map of X", or
# "object NAME", where NAME is a class of the same service's `_inputs.py` or `outputs.py`.
Shape = str
_TOKEN = re.compile(r"(?:super\(\w+, __self__\)\.__init__\(\s+|runtime\.invoke\()'(aws:[^']+)'")
_SCALARS = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "Any": "any"}


@dataclass(frozen=True)
class Members:
    """Wire names with their shapes."""

    inputs: dict[str, Shape]
    outputs: dict[str, Shape]


def package_directory() -> Path:
    spec = find_spec("pulumi_aws")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@cache
def _file_of_token() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in package_directory().rglob("*.py"):
        for token in _TOKEN.findall(path.read_text(encoding="utf-8")):
            found.setdefault(token, path)
    return found


def known_tokens() -> frozenset[str]:
    return frozenset(_file_of_token())


def resource(token: str) -> Members:
    """What the resource class of this token takes (its Args) and gives."""
    classes = _classes(_file_of_token()[token])
    name = token.rsplit(":", 1)[1]
    arguments = classes.get(f"{name}Args") or classes[f"{name}InitArgs"]
    return Members(_getters(arguments), _getters(classes[name]))


def function(token: str) -> Members:
    """What the function of this token sends and what its result has."""
    path = _file_of_token()[token]
    name = token.rsplit(":", 1)[1]
    result = f"{name[0].upper()}{name[1:]}Result"
    tree = _tree(path)
    caller = next(
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and _invokes(node) and not node.name.endswith("_output")
    )
    annotations = {argument.arg: argument.annotation for argument in caller.args.args}
    sent: dict[str, Shape] = {}
    for node in ast.walk(caller):
        if (
            isinstance(node, ast.Assign)
            and isinstance(target := node.targets[0], ast.Subscript)
            and isinstance(target.value, ast.Name)
            and target.value.id == "__args__"
            and isinstance(target.slice, ast.Constant)
            and isinstance(node.value, ast.Name)
        ):
            sent[str(target.slice.value)] = _shape(annotations[node.value.id])
    return Members(sent, _getters(_classes(path)[result]))


def nested(token: str, shape: Shape) -> dict[str, Shape] | None:
    """The members of the object (or list or map of objects) `shape`; None if it has none."""
    name = shape.rsplit(" ", 1)[-1]
    service = _file_of_token()[token].parent
    for file in ("_inputs.py", "outputs.py"):
        if (path := service / file).exists() and name in (classes := _classes(path)):
            return _getters(classes[name])
    return None


def _invokes(node: ast.FunctionDef) -> bool:
    return any(isinstance(inner, ast.Attribute) and inner.attr == "invoke" for inner in ast.walk(node))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _classes(path: Path) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in _tree(path).body if isinstance(node, ast.ClassDef)}


def _getters(node: ast.ClassDef) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for member in node.body:
        if not isinstance(member, ast.FunctionDef):
            continue
        for decorator in member.decorator_list:
            if isinstance(decorator, ast.Attribute) and decorator.attr == "getter":
                found[member.name] = _shape(member.returns)
            elif (
                isinstance(decorator, ast.Call)
                and isinstance(decorator.func, ast.Attribute)
                and decorator.func.attr == "getter"
            ):
                name = decorator.keywords[0].value
                assert isinstance(name, ast.Constant)
                found[str(name.value)] = _shape(member.returns)
    return found


def _shape(annotation: ast.expr | None) -> Shape:
    match annotation:
        case ast.Constant(value=str(text)):
            return f"object {text.removeprefix('outputs.')}"
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return _SCALARS.get(name, f"object {name}")
        case ast.Subscript(value=ast.Attribute(attr=outer) | ast.Name(id=outer), slice=inner):
            return _generic_shape(outer, inner)
        case _:
            return "any"


def _generic_shape(outer: str, inner: ast.expr) -> Shape:
    """`outer[inner]`: wrappers fall away, the first of a union counts (an enum's own class, not its text)."""
    members = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    match outer:
        case "Input" | "Output" | "Optional" | "InputType" | "Union":
            return _shape(members[0])
        case "Sequence":
            return f"list of {_shape(members[0])}"
        case "Mapping":
            return f"map of {_shape(members[1])}"
        case _:
            return "any"


def tokens_used_in(source: str) -> frozenset[str]:
    """Tokens of the classes (`aws.ecs.Service(`) and functions (`aws.get_region_output(`) that source text calls."""
    by_call = {_call_of(token): token for token in known_tokens()}
    found: set[str] = set()
    for module, name in re.findall(r"\baws\.(?:(\w+)\.)?(\w+)\(", source):
        token = by_call.get((module or "index", name.removesuffix("_output")))
        if token is not None:
            found.add(token)
    return frozenset(found)


def _call_of(token: str) -> tuple[str, str]:
    """How a program calls a token: `aws:ecr/getImage:getImage` is (`ecr`, `get_image`), a class keeps its name."""
    _, middle, name = token.split(":")
    module = middle.split("/")[0]
    snake = re.sub(r"(?<!^)([A-Z])", lambda letter: f"_{letter[1].lower()}", name)
    return module, name if name[0].isupper() else snake
