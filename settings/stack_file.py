"""Reads a stack file as plain data with line numbers, and says what is wrong with the file itself.

Only what means the same to every reader is taken: no anchors, aliases, merge keys or tags, no key twice, numbers in
plain decimal notation. Nothing of the file is shown in an error except names of keys.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from settings.errors import Fault, SettingsError
from settings.section import Loc
from settings.showing import Oddity, show_path

_BYTES_MAX = 256 * 1024
_LEVELS_MAX = 60
_CORE = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
_FLOAT = re.compile(r"-?(0|[1-9]\d{0,17})\.\d{1,17}([eE][-+]?\d{1,2})?", re.ASCII)
_ITEMS = re.compile(rf"\s*([-?:]\s+){{{_LEVELS_MAX}}}")
_CITED = re.compile(r"'[^']*'|\"[^\"]*\"|<[^>]*>")
_PROBLEM_MAX = 120
# What the parser raises where it trips over a broken file instead of saying so.
_TRIPS = (ValueError, TypeError, AttributeError, LookupError, AssertionError, NotImplementedError, OverflowError)


@dataclass
class StackFile:
    """The content of a stack file."""

    data: dict[str, object] = field(default_factory=dict[str, object])
    """Keys of the whole file, without those that are faulty."""
    faults: list[Fault] = field(default_factory=list[Fault])
    """What is wrong with single places of the file."""
    lines: dict[Loc, int] = field(default_factory=dict[Loc, int])
    """Path to line, from 1."""

    def line(self, loc: Loc) -> int | None:
        """Line of a path, or of the nearest thing around it that is there."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc)


@dataclass(frozen=True)
class Unreadable(Exception):  # noqa: N818  it never leaves this module
    """Nothing can be taken from the file."""

    code: str
    got: str
    allowed: str
    do: str
    line: int | None = None


def read_stack_file(path: Path, stack: str) -> StackFile:
    """Read a stack file.

    Raises:
        SettingsError: nothing can be taken from it (CFG001, CFG002, CFG003, CFG005 or CFG006).
    """
    try:
        reader = _Reader()
        reader.take(_compose(_text(path)))
    except Unreadable as error:
        fault = Fault(error.code, "", error.got, error.allowed, error.do, error.line)
        raise SettingsError(stack, [fault], path.name) from None
    except RecursionError:
        fault = Fault("CFG003", "", "levels without end", "a few levels", "see what got into the file")
        raise SettingsError(stack, [fault], path.name) from None
    return reader.file


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "a path that is not usable"
        raise Unreadable("CFG001", reason, "a file that can be read", "see that name and rights are right") from None
    if len(content) > _BYTES_MAX:
        raise Unreadable("CFG002", "more than 256 KiB", "up to 256 KiB", "see what got into the file")
    try:
        text = content.decode("utf-8-sig")
        zero = text.find("\0")
    except UnicodeDecodeError as error:
        zero = error.start
        text = content[:zero].decode("latin-1")
    if zero >= 0:
        line = text.count("\n", 0, zero) + 1
        raise Unreadable("CFG002", "bytes that are no text", "text in UTF-8", "save the file as UTF-8", line)
    if (line := _too_deep(text)) is not None:
        raise Unreadable("CFG003", "levels without end", "a few levels", "see what got into this line", line)
    return text


def _too_deep(text: str) -> int | None:
    """The line in which brackets or items nest beyond reason: the parser takes minutes for those."""
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        for char in line:
            depth += (char in "[{") - (char in "]}" and depth > 0)
            if depth > _LEVELS_MAX:
                return number
        if _ITEMS.match(line):
            return number
    return None


def _compose(text: str) -> Node | None:
    """The tree of nodes, before any of them becomes a value."""
    try:
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _not_yaml(str(error.problem or error.context or ""), text, mark.line + 1 if mark else None) from None
    except YAMLError:
        raise Unreadable("CFG002", "control characters", "printable text", "take them out") from None
    except _TRIPS:
        raise Unreadable("CFG003", "broken YAML", "YAML", "compare the file with the last good one") from None


def _not_yaml(problem: str, text: str, line: int | None) -> Unreadable:
    if "alias" in problem or "anchor" in problem:
        return Unreadable("CFG006", "an anchor or alias", "values, written out", "write the value at each place", line)
    lines = text.splitlines()
    if line and line <= len(lines) and "\t" in lines[line - 1]:
        return Unreadable("CFG003", "a tab", "spaces", "indent with two spaces a level", line)
    # The parser cites the file, and what it cites may be a secret.
    shown = _CITED.sub("something else", problem)[:_PROBLEM_MAX] or "broken"
    do = "mend this line or the one before: indent, colons, quotes"
    return Unreadable("CFG003", f"what the parser calls: {shown}", "YAML", do, line)


class _Reader:
    """One walk over the tree."""

    def __init__(self) -> None:
        self.file = StackFile()
        self._anchored: set[int] = set()

    def take(self, root: Node | None) -> None:
        """Fill `file`."""
        if not isinstance(root, MappingNode):
            got = "an empty file" if root is None else "something else"
            raise Unreadable("CFG005", got, "a map with the key config:", "start from Pulumi.staging.yaml", 1)
        self.file.data = self._mapping(root, ())

    def _value(self, node: Node, loc: Loc) -> object:
        if id(node) in self._anchored:  # an alias; that it is one was said at the anchor
            return None
        line = node.start_mark.line + 1
        if node.anchor:
            self._anchored.add(id(node))
            fault = ("CFG006", "an anchor", "values, written out", "write the value at each place")
            self._fault(loc, line, *fault)
        if not str(node.tag).startswith(_CORE) or str(node.tag) == f"{_CORE}binary":
            self._fault(loc, line, "CFG006", "a tag", "values without !tags", "take the tag away")
        if isinstance(node, MappingNode):
            return self._mapping(node, loc)
        if isinstance(node, SequenceNode):
            return [self._item(item, (*loc, at)) for at, item in enumerate(node.value)]
        return _scalar(str(node.tag).removeprefix(_CORE), str(node.value))

    def _item(self, node: Node, loc: Loc) -> object:
        self.file.lines[loc] = node.start_mark.line + 1
        return self._value(node, loc)

    def _mapping(self, node: MappingNode, loc: Loc) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in node.value:
            name = self._name(key, loc)
            if name is None:
                continue
            here, line = (*loc, name), key.start_mark.line + 1
            if here in self.file.lines:
                got = f"the key for the second time, first in line {self.file.lines[here]}"
                self._fault(here, line, "CFG004", got, "each key once", "keep one of them")
                continue
            self.file.lines[here] = line
            found[name] = self._value(value, here)
        if found.keys() == {"secure"}:
            do = "keep the value in Secrets Manager and name its ARN in runlayer:service.secrets"
            line = self.file.line(loc) or 1
            self._fault(loc, line, "CFG016", "(encrypted)", "plain values, and ARNs of secrets", do)
        return found

    def _name(self, key: Node, loc: Loc) -> str | None:
        """The text of a key; None, with a fault, for what is no text."""
        if str(key.tag) == f"{_CORE}str" and isinstance(key.value, str) and not key.anchor:
            return key.value
        line = key.start_mark.line + 1
        if str(key.tag) == f"{_CORE}merge" or key.anchor:
            fault = ("CFG006", "a merge key or an anchor", "keys, written out", "write the keys at each place")
        else:
            fault = ("CFG005", "a key that is not text", "names as keys", "put the name into quotes")
        self._fault(loc, line, *fault)
        return None

    def _fault(self, loc: Loc, line: int, code: str, *words: str) -> None:
        got, allowed, do = words
        self.file.faults.append(Fault(code, file_key(loc), got, allowed, do, line))


def file_key(loc: Loc) -> str:
    """A path of the file as people write it; below `config:` that is the config key."""
    return show_path(loc[1:] if loc[:1] == ("config",) and len(loc) > 1 else loc)


def _scalar(tag: str, text: str) -> object:
    """The value of a scalar, if it has a notation that every reader takes alike."""
    match tag:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text) if _INTEGER.fullmatch(text) else Oddity()
        case "float":
            return float(text) if _FLOAT.fullmatch(text) else Oddity()
        case "timestamp":
            return Oddity()
        case _:
            return text
