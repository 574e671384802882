"""What Go writes when it fails becomes an error that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.golang import Go, explain, find_go, go_environment, run_go

LOG = Path("build.log")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("compile: writing output: write $WORK/b001/_pkg_.a: no space left on device", "ENG015"),
        ("verifying github.com/a/b@v1.2.3: checksum mismatch\nSECURITY ERROR", "ENG013"),
        ("missing go.sum entry for module providing package x", "ENG013"),
        ("go: github.com/a/b@v1.2.3: reading https://proxy/x.info: 403 Forbidden", "ENG012"),
        ("go: github.com/a/b@v1.2.3: reading https://proxy/x.zip: 404 Not Found", "ENG012"),
        ("go: github.com/a/b@v1.2.3: Get x: dial tcp: lookup proxy: no such host", "ENG012"),
        ("go: github.com/a/b@v1.2.3: read tcp: connection reset by peer", "ENG012"),
        ("github.com/a/b: /usr/local/go/pkg/tool/compile: signal: killed", "ENG016"),
        ("./main.go:3:1: syntax error", "ENG014"),
        ("", "ENG014"),
    ],
)
def test_failure_has_a_code_a_reason_and_a_next_step(text: str, code: str) -> None:
    error = explain(text, 1, LOG)
    assert error.code == code
    assert error.cause
    assert error.remedy
    assert text.splitlines()[-1:] == error.detail.splitlines()[-1:]


def test_module_that_cannot_be_fetched_is_named() -> None:
    assert "github.com/a/b@v1.2.3" in explain("go: github.com/a/b@v1.2.3: reading x: 403 Forbidden", 1, LOG).problem


def test_long_output_is_cut_to_its_end() -> None:
    error = explain("\n".join(f"line {number}" for number in range(1000)), 1, LOG)
    assert error.detail.splitlines()[-1] == "line 999"
    assert len(error.detail.splitlines()) == 20


def fake_go(directory: Path, script: str) -> str:
    path = directory / "go"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_go_is_found_and_says_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GO", fake_go(tmp_path, "printf 'go1.27.1\\nlinux\\narm64\\n'"))
    assert find_go((1, 26)).identity == "go1.27.1 linux/arm64"


def test_go_that_is_too_old_is_refused_with_both_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GO", fake_go(tmp_path, "printf 'go1.25.9\\nlinux\\namd64\\n'"))
    with pytest.raises(EngineError, match=r"ENG011.*go1\.25\.9.*go1\.26"):
        find_go((1, 26))


@pytest.mark.parametrize("script", ["exit 1", "exec /nonexistent"])
def test_go_that_does_not_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setenv("GO", fake_go(tmp_path, script))
    with pytest.raises(EngineError, match="ENG010"):
        find_go((1, 26))


def test_missing_go_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GO", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("engine.golang.USUAL_PLACE", str(tmp_path / "go"))
    with pytest.raises(EngineError, match="ENG010"):
        find_go((1, 26))


def test_settings_of_the_user_do_not_change_what_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOFLAGS", "GOOS", "GOARCH", "GOWORK"):
        monkeypatch.setenv(name, "windows")
    environment = go_environment()
    assert environment["GOFLAGS"] == ""
    assert environment["GOWORK"] == "off"
    assert environment["CGO_ENABLED"] == "0"
    assert "GOOS" not in environment
    assert "GOARCH" not in environment


def test_output_is_returned_and_errors_go_to_the_log(tmp_path: Path) -> None:
    go = Go(fake_go(tmp_path, 'echo out; echo "package one" >&2'), "go1.26", "linux/amd64")
    lines: list[str] = []
    log = tmp_path / "logs/step.log"
    assert run_go(go, ["list"], directory=tmp_path, log=log, on_line=lines.append) == "out\n"
    assert lines == ["package one"]
    assert "package one" in log.read_text()


def test_failing_go_raises_with_the_end_of_its_output(tmp_path: Path) -> None:
    go = Go(fake_go(tmp_path, "echo 'no space left on device' >&2; exit 1"), "go1.26", "linux/amd64")
    with pytest.raises(EngineError, match="ENG015"):
        run_go(go, ["build"], directory=tmp_path, log=tmp_path / "log")
