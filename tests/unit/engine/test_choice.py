"""Which engine is used: the wish in $ENGINE, the official one if it is new enough, or one that is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.choice import Choice, choose, official, read_choice, write_choice
from engine.environment import engine_env
from engine.errors import EngineError
from engine.layout import Layout


def fake_pulumi(directory: Path, version: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "pulumi"
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.delenv("ENGINE", raising=False)
    return Layout(tmp_path)


def on_path(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")


@pytest.mark.parametrize(
    ("version", "taken"), [("v3.249.0", True), ("v3.300.1", True), ("v4.0.0", True), ("v3.248.9", False), ("?", False)]
)
def test_official_engine_is_used_when_new_enough(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, taken: bool
) -> None:
    executable = fake_pulumi(tmp_path / "official", version)
    on_path(monkeypatch, executable.parent)
    found = choose(layout)
    assert (found is not None) is taken
    if found:
        assert found == Choice("official", str(executable), version.removeprefix("v"))


def test_without_any_pulumi_one_is_built(layout: Layout) -> None:
    assert choose(layout) is None


def test_wish_to_build_wins_over_an_official_engine(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path(monkeypatch, fake_pulumi(tmp_path / "official", "v3.300.0").parent)
    monkeypatch.setenv("ENGINE", "build")
    assert choose(layout) is None


def test_wish_for_an_official_engine_that_is_old_is_refused(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path(monkeypatch, fake_pulumi(tmp_path / "official", "v3.100.0").parent)
    monkeypatch.setenv("ENGINE", "official")
    with pytest.raises(EngineError, match=r"ENG031.*3\.100\.0.*3\.249\.0"):
        choose(layout)


def test_unknown_wish_is_refused_with_what_is_allowed(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE", "docker")
    with pytest.raises(EngineError, match=r"ENG030.*'docker'.*build, official"):
        choose(layout)


@pytest.mark.parametrize("other", [True, False])
def test_engine_built_in_a_checkout_is_not_taken_for_an_official_one(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: bool
) -> None:
    place = tmp_path / "other-checkout/.local/engine/bin" if other else layout.bin
    on_path(monkeypatch, fake_pulumi(place, "v3.259.0").parent)
    assert official(layout) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"kind": "built"}', "null"])
def test_broken_choice_counts_as_none(layout: Layout, text: str) -> None:
    layout.choice.parent.mkdir(parents=True)
    layout.choice.write_text(text)
    assert read_choice(layout) is None


def test_environment_of_a_built_engine_is_the_checkouts_own(layout: Layout) -> None:
    write_choice(layout, Choice("built", str(layout.bin / "pulumi"), "3.259.0"))
    environment = engine_env(layout.root)
    assert environment["PATH"].split(":")[0] == str(layout.bin)
    assert environment["PULUMI_HOME"] == str(layout.pulumi_home)
    assert environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"
    assert environment["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"


def test_environment_of_an_official_engine_may_fetch_plugins(layout: Layout) -> None:
    write_choice(layout, Choice("official", "/opt/pulumi/bin/pulumi", "3.300.0"))
    environment = engine_env(layout.root)
    assert environment["PATH"].split(":")[0] == "/opt/pulumi/bin"
    assert environment["PULUMI_HOME"] == str(layout.pulumi_home)
    assert "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION" not in environment


def test_path_does_not_grow_when_the_environment_is_laid_over_itself(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_choice(layout, Choice("built", str(layout.bin / "pulumi"), "3.259.0"))
    once = engine_env(layout.root)["PATH"]
    monkeypatch.setenv("PATH", once)
    assert engine_env(layout.root)["PATH"] == once


def test_environment_without_an_engine_says_how_to_get_one(layout: Layout) -> None:
    with pytest.raises(EngineError, match=r"ENG032[\s\S]*python -m engine build"):
        engine_env(layout.root)
