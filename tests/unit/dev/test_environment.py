"""The environment of the embedded AWS: complete, closed, and the same in a child process and in a shell."""

import subprocess
from pathlib import Path

from dev import environment
from dev.guard import DUMMY_KEY
from dev.project import Project
from engine.choice import Choice, write_choice
from engine.layout import Layout

URL = "http://127.0.0.1:4566"


def checkout(root: Path) -> Project:
    """A checkout whose engine was built."""
    layout = Layout(root)
    write_choice(layout, Choice("built", str(layout.bin / "pulumi"), "3.259.0"))
    return Project(root)


def test_child_process_inherits_nothing_of_the_users_own_aws_or_pulumi(tmp_path: Path) -> None:
    theirs = {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL_ECS": "https://ecs.us-east-1.amazonaws.com",
        "PULUMI_ACCESS_TOKEN": "pul-1",
        "PULUMI_BACKEND_URL": "s3://theirs",
        "HOME": "/home/them",
        "PATH": "/usr/bin",
    }

    ours = environment.process_environment(checkout(tmp_path), URL, theirs)

    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_ECS", "PULUMI_ACCESS_TOKEN"} & set(ours)
    assert ours["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/.local/state"
    assert ours["AWS_ACCESS_KEY_ID"] == DUMMY_KEY
    assert ours["HOME"] == "/home/them"


def test_credentials_files_of_the_user_are_never_read(tmp_path: Path) -> None:
    variables = environment.local_variables(checkout(tmp_path), URL)

    assert variables["AWS_CONFIG_FILE"] == "/dev/null"
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"


def test_two_checkouts_share_no_path(tmp_path: Path) -> None:
    one = environment.local_variables(checkout(tmp_path / "one"), URL)
    two = environment.local_variables(checkout(tmp_path / "two"), URL)

    same = {k: v for k, v in one.items() if v == two[k] and str(tmp_path) in v}

    assert not same


def test_sourced_shell_file_gives_the_same_variables_as_a_child_process(tmp_path: Path) -> None:
    project = checkout(tmp_path / "a checkout with spaces")
    file = environment.write_shell_file(project, URL)

    shell = ["sh", "-c", f'. "{file}"; env -0']
    said = subprocess.run(shell, env={"PATH": "/usr/bin:/bin", "AWS_PROFILE": "x"}, capture_output=True, check=True)
    sourced = dict(line.split("=", 1) for line in said.stdout.decode().split("\0") if "=" in line)

    expected = environment.process_environment(project, URL, {"PATH": "/usr/bin:/bin"})
    assert {k: v for k, v in sourced.items() if k in expected} == expected
    assert "AWS_PROFILE" not in sourced
