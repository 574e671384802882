"""The tree reads as the data flows: imports go one way, and the calls that matter have one room each."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"settings", "components", "stack", "outputs", "ops", "policies", "localaws", "engine", "dev", "bench"}

# What each room may import of ours. Its own modules are always allowed.
ALLOWED = {
    "settings": set[str](),
    "components": {"settings"},
    "stack": {"settings", "components"},
    "outputs": set[str](),
    "__main__": {"settings", "stack", "outputs"},
    "ops": {"settings", "outputs"},
    "policies": set[str](),
    "localaws": set[str](),
    "engine": set[str](),
    "dev": {"engine", "ops", "outputs", "settings"},
    "bench": {"dev", "engine", "ops", "outputs"},
}

# Each of these may be imported only from the rooms named.
ONLY_IN = {
    "boto3": ("ops/facts/", "localaws/"),
    "pulumi.automation": ("ops/engine.py",),
    "moto": ("localaws/",),
}


def sources() -> Iterator[Path]:
    """Every Python file of the product, tests apart."""
    for room in ALLOWED:
        path = ROOT / room
        yield from path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def existing() -> list[Path]:
    return sorted(path for path in sources() if path.exists())


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", existing(), ids=place)
def test_import_goes_in_the_direction_of_the_data(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")

    found = {name.split(".")[0] for name in imports(path)} & OURS

    assert found <= ALLOWED[room] | {room}


@pytest.mark.parametrize("path", existing(), ids=place)
def test_call_that_matters_stays_in_its_room(path: Path) -> None:
    where = place(path)

    astray = {
        name
        for name in imports(path)
        for package, rooms in ONLY_IN.items()
        if (name == package or name.startswith(f"{package}.")) and not where.startswith(rooms)
    }

    assert not astray


def test_components_do_not_import_each_other() -> None:
    components = {p.stem: p for p in (ROOT / "components").glob("*.py")}
    holders = {stem for stem, p in components.items() if "(pulumi.ComponentResource):" in p.read_text()}
    assert holders, "no component found: this test would check nothing"

    crossed = {
        (stem, name)
        for stem in holders
        for name in imports(components[stem])
        if name.startswith("components.") and name.split(".")[1] in holders - {stem}
    }

    assert not crossed


def test_program_has_no_branch_on_a_stack_name_or_on_the_embedded_aws() -> None:
    program = [ROOT / "__main__.py", ROOT / "stack.py", *(ROOT / "components").rglob("*.py")]

    suspicious = {
        (place(path), word)
        for path in program
        for word in ('"prod"', '"staging"', "localaws", "moto", "127.0.0.1", "localhost", "AWS_ENDPOINT_URL")
        if word in path.read_text()
    }

    assert not suspicious


def test_every_test_file_is_collected() -> None:
    astray = [
        place(path)
        for path in (ROOT / "tests").rglob("*.py")
        if not path.name.startswith("test_")
        and path.name not in {"__init__.py", "conftest.py"}
        and not {"support", "fixtures"} & set(path.parts)
    ]

    assert not astray
