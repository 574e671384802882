"""What is generated follows the models, and the stack files follow both."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from settings import generate
from settings.describe import entries, meanings, shape_at
from settings.errors import CODES
from settings.model import StackSettings
from settings.section import Section
from tests.support.config_cases import ACCEPTED, REFUSED
from tests.support.stack_config import sections

ROOT = Path(__file__).resolve().parents[3]
STACKS = ("staging", "prod")


def stack_file(stack: str) -> dict[str, Any]:
    return YAML(typ="safe").load(ROOT / f"Pulumi.{stack}.yaml")


def document(changes: Mapping[str, object]) -> Any:  # noqa: ANN401  jsonschema's idea of JSON
    return {"config": {f"runlayer:{name}": value for name, value in sections(changes).items()}}


def keys(value: object, path: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, object]", value).items():
            yield f"{path}.{key}"
            yield from keys(inner, f"{path}.{key}")


@pytest.fixture
def validator() -> Draft202012Validator:
    schema = json.loads(generate.schema())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    for path in (generate.PROJECT, generate.SCHEMA, generate.REFERENCE):
        (tmp_path / path).write_bytes((ROOT / path).read_bytes())
    return tmp_path


def test_generated_files_are_up_to_date() -> None:
    assert generate.main(["--check"]) == 0


def test_check_says_what_is_out_of_date_and_writes_nothing(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / generate.REFERENCE).write_text("old")

    assert generate.main(["--check"], checkout) == 1
    assert "docs/config.md" in capsys.readouterr().err
    assert (checkout / generate.REFERENCE).read_text() == "old"


def test_generate_writes_what_is_out_of_date_and_nothing_else(checkout: Path) -> None:
    (checkout / generate.SCHEMA).unlink()
    before = (checkout / generate.PROJECT).stat().st_mtime_ns

    assert generate.main([], checkout) == 0
    assert generate.main(["--check"], checkout) == 0
    assert (checkout / generate.PROJECT).stat().st_mtime_ns == before
    assert sorted(path.name for path in (checkout / "docs").iterdir()) == ["config.md", "pulumi-stack.schema.json"]


def test_project_file_keeps_comments_and_what_people_wrote() -> None:
    current = (
        "name: runlayer # ours\n# about the run time\nruntime: python\n"
        'requiredPulumiVersion: ">=3.249.0"\nconfig: {runlayer:old: {type: string}}\n# the end\n'
    )

    found = generate.project(current)

    assert found.startswith('name: runlayer # ours\n# about the run time\nruntime: python\nrequiredPulumiVersion: ">=3')
    assert "runlayer:old" not in found
    assert generate.project(found) == found


def test_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--chekc"]) == 2
    assert "--check" in capsys.readouterr().err


def test_project_declares_every_section_and_no_default_provider() -> None:
    config = YAML(typ="safe").load(ROOT / "Pulumi.yaml")["config"]

    assert config.pop("pulumi:disable-default-providers") == {"value": ["*"]}
    assert list(config) == [f"runlayer:{name}" for name in StackSettings.sections()]
    assert {entry["type"] for entry in config.values()} == {"object"}


def test_both_stacks_have_the_same_keys() -> None:
    staging, prod = (list(keys(stack_file(stack))) for stack in STACKS)

    assert staging == prod


@pytest.mark.parametrize("stack", STACKS)
def test_stack_file_names_its_schema_and_fits_it(stack: str, validator: Draft202012Validator) -> None:
    first = (ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8").splitlines()[0]

    assert first == f"# yaml-language-server: $schema={generate.SCHEMA.as_posix()}"
    assert [error.message for error in validator.iter_errors(stack_file(stack))] == []


@pytest.mark.parametrize("changes", ACCEPTED, ids=str)
def test_schema_accepts_what_the_settings_accept(
    changes: Mapping[str, object], validator: Draft202012Validator
) -> None:
    assert [error.message for error in validator.iter_errors(document(changes))] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [(changes, code) for changes, _, code in REFUSED if code in ("CFG010", "CFG012", "CFG013", "CFG014")],
    ids=str,
)
def test_schema_refuses_missing_and_unknown_keys_and_wrong_types(
    changes: Mapping[str, object], code: str, validator: Draft202012Validator
) -> None:
    assert not validator.is_valid(document(changes)), code


def every_section() -> set[type[Section]]:
    found = {StackSettings, *StackSettings.sections().values()}
    return found | {entry.shape.section for kind in found for entry in entries(kind) if entry.shape.section}


def test_every_key_says_what_it_means() -> None:
    silent = {(model, name) for model in every_section() for name in model.model_fields.keys() - meanings(model).keys()}

    assert silent == set()


def test_schema_and_page_have_every_key_with_its_meaning() -> None:
    page, schema = generate.reference(), generate.schema()
    for name, model in StackSettings.sections().items():
        assert f"## runlayer:{name}" in page
        for entry in entries(model):
            assert f"| `{entry.key}` | {entry.shape.type_words} |" in page
            assert entry.meaning in page
            assert json.dumps(entry.meaning) in schema


def test_page_has_every_code() -> None:
    page = generate.reference()

    assert all(f"| {code} |" in page for code in CODES)


def test_defaults_are_themselves_allowed() -> None:
    found = {name: {} for name in StackSettings.sections()}
    required = {name: value for name, value in sections().items() if value}

    assert StackSettings.model_validate({"project": "a", "stack": "b", **found, **required})


def test_shape_is_found_by_path() -> None:
    shape = shape_at(StackSettings, ("service", "secrets", "A"))

    assert shape is not None
    assert shape.kind is str
    assert shape_at(StackSettings, ("service", "nothing", 0)) is None
