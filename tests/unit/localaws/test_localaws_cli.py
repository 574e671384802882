"""The command line explains what is wrong, with a code and what to type, and never shows a traceback."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from localaws.cli import app
from localaws.client import Client
from localaws.errors import UsageError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOCALAWS_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["push", "no-tag"], "bad-image"),
        (["push", "r:v1", "--behaviour", "sleeps"], "bad-behaviour"),
        (["push", "r:v1", "--label", "nothing"], "bad-label"),
        (["push", "r:v1", "--age", "yesterday"], "bad-age"),
        (["push", "r:v1", "--pushed-at", "soon"], "bad-time"),
        (["fault", "add", "--kind", "explode"], "bad-kind"),
        (["journal"], "not-running"),
        (["seed"], "not-running"),
        (["env"], "not-running"),
    ],
)
def test_mistake_is_explained_with_a_stable_code(home: Path, arguments: list[str], code: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert f"error[{code}]" in result.stderr
    assert "Traceback" not in result.output + result.stderr
    assert list(home.iterdir()) == [], "a refused command leaves nothing behind"


def test_unknown_behaviour_is_answered_with_all_that_there_are(home: Path) -> None:
    del home
    result = CliRunner().invoke(app, ["push", "r:v1", "--behaviour", "x"])
    for name in ("healthy", "exits", "unhealthy", "unpullable", "slow", "no-capacity", "degrades"):
        assert name in result.stderr


def test_status_says_that_nothing_runs_and_how_to_start_it(home: Path) -> None:
    del home
    result = CliRunner().invoke(app, ["status"])
    assert result.exit_code == 1
    assert "localaws start" in result.output


@pytest.mark.parametrize(
    "endpoint", ["https://ecs.us-east-1.amazonaws.com", "http://10.0.0.1:80", "http://example.com"]
)
def test_endpoint_that_is_not_loopback_is_refused(endpoint: str) -> None:
    with pytest.raises(UsageError, match="not on loopback"):
        Client(endpoint)
