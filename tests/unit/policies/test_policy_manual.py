"""The manual is what the catalogue says."""

from pathlib import Path

import pytest

from policies import generate
from policies.listing import ALL, not_yet

ROOT = Path(__file__).resolve().parents[3]


def test_manual_is_up_to_date() -> None:
    assert generate.main(["--check"], ROOT) == 0


def test_check_refuses_an_old_manual_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / generate.MANUAL).write_text("old")

    assert generate.main(["--check"], tmp_path) == 1
    assert (tmp_path / generate.MANUAL).read_text() == "old"
    assert "python -m policies.generate" in capsys.readouterr().err


def test_manual_is_written_once(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()

    assert generate.main([], tmp_path) == 0
    assert generate.main(["--check"], tmp_path) == 0


def test_manual_has_every_control_and_names_what_is_not_built() -> None:
    text = generate.manual()

    assert [control.id for control in ALL if f"### {control.id}\n" not in text] == []
    assert [name for name in not_yet() if f"| {name} |" not in text.partition("## Not checked yet")[2]] == []
