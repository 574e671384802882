"""An edit of upstream's sources fits as often as it says, or the build stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.patches import AWS_PATCHES, PAUSE_PATCHES, SDK_PATCHES, Patch, apply_patches


def test_patch_is_applied_as_often_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text("one two one")
    apply_patches(tmp_path, (Patch("a.go", "one", "1", "shorter", times=2), Patch("a.go", "two", "2", "shorter")))
    assert (tmp_path / "a.go").read_text() == "1 2 1"


@pytest.mark.parametrize("text", ["", "one", "one one one"])
def test_patch_that_does_not_fit_is_an_error_and_changes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.go").write_text(text)
    with pytest.raises(EngineError, match="ENG022"):
        apply_patches(tmp_path, (Patch("a.go", "one", "1", "shorter", times=2),))
    assert (tmp_path / "a.go").read_text() == text


def test_every_patch_changes_something_and_says_why() -> None:
    for patch in (*AWS_PATCHES, *SDK_PATCHES, *PAUSE_PATCHES):
        assert patch.old != patch.new
        assert patch.reason
