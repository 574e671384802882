"""The doctor says what is there, what is wanted, and which command mends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli_arguments import main
from engine.doctor import Row, as_text, examine, is_well
from engine.errors import EngineError
from engine.layout import Layout
from engine.pins import go_minimum, locked_version, numbers, required_version

ROOT = Path(__file__).resolve().parents[3]


def test_rows_that_need_mending_make_it_unwell() -> None:
    assert is_well([Row("a", "1", "1", "ok"), Row("b", "1", "none", "unused")])
    assert not is_well([Row("a", "1", "2", "stale", "mend")])
    assert not is_well([Row("a", "", "2", "missing", "mend")])


def test_text_is_in_columns() -> None:
    lines = as_text(
        [Row("Go", "go1.26", "go1.26 or later", "ok"), Row("engine", "none", "built", "missing", "make it")]
    ).splitlines()
    assert lines[0].split() == ["what", "found", "wanted", "status", "to", "mend"]
    assert lines[2].index("built") == lines[0].index("wanted")
    assert lines[2].endswith("make it")


def test_every_row_that_is_not_well_has_a_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ENGINE", "build")
    for name in ("engine", "requirements.lock"):
        (tmp_path / name).symlink_to(ROOT / name)
    rows = examine(Layout(tmp_path))
    assert {row.what for row in rows} >= {"Python", "Go", "cli", "provider", "engine", "free disk space"}
    assert all(row.mend for row in rows if row.status in {"missing", "stale"})
    assert {row.what for row in rows if row.status == "missing"} >= {"cli", "provider", "engine"}


def test_broken_wish_is_a_row_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE", "docker")
    rows = examine(Layout(ROOT))
    assert rows[-1].what == "ENGINE"
    assert rows[-1].status == "missing"


def test_json_has_a_version_and_the_rows(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ENGINE", "build")
    code = main(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert report["schemaVersion"] == 1
    assert all(set(row) == {"what", "found", "wanted", "status", "mend"} for row in report["rows"])
    assert code == (0 if all(row["status"] in {"ok", "unused"} for row in report["rows"]) else 1)


def test_error_is_shown_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENGINE", "docker")
    assert main(["build"]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("error ENG030: ")
    assert "next:" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v3.259.0", (3, 259, 0)),
        ("1.26.8", (1, 26, 8)),
        ("v3.250.0-alpha.1+dirty", (3, 250, 0)),
        ("devel", ()),
        ("", ()),
    ],
)
def test_versions_are_compared_as_numbers(text: str, expected: tuple[int, ...]) -> None:
    assert numbers(text) == expected


def test_versions_are_read_from_where_they_are_pinned() -> None:
    assert required_version(ROOT / "engine/cli/go.mod", "github.com/pulumi/pulumi/pkg/v3").startswith("v3.")
    assert go_minimum(ROOT / "engine/cli/go.mod") >= (1, 26)
    assert locked_version(ROOT, "pulumi") == required_version(
        ROOT / "engine/cli/go.mod", "github.com/pulumi/pulumi/pkg/v3"
    ).removeprefix("v")


def test_missing_pin_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module x\n")
    with pytest.raises(EngineError, match="ENG002"):
        required_version(tmp_path / "go.mod", "example.com/x")
    with pytest.raises(EngineError, match="ENG002"):
        locked_version(tmp_path, "pulumi")
