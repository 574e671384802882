"""A stack comes up, previews clean, and goes; names and tags are what the official provider makes of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import pytest

from tests.support.real_engine import RealStack

pytestmark = pytest.mark.engine
NewStack = Callable[[str], RealStack]
RESOURCES = 21  # 20 of AWS and the stack itself


def test_small_stack_comes_up_previews_clean_and_goes(new_stack: NewStack) -> None:
    stack = new_stack("small_stack")
    up = stack.succeed("up", "--yes")
    assert f"+ {RESOURCES} created" in up.text
    again = stack.succeed("preview", "--expect-no-changes", "--diff")
    assert f"{RESOURCES} unchanged" in again.text
    refreshed = stack.succeed("refresh", "--yes", "--expect-no-changes")
    assert "warning" not in refreshed.text
    gone = stack.succeed("destroy", "--yes")
    assert f"- {RESOURCES} deleted" in gone.text
    assert stack.resources() == []


def test_names_and_tags_are_those_of_the_official_provider(new_stack: NewStack) -> None:
    stack = new_stack("small_stack")
    stack.succeed("up", "--yes", "--skip-preview")
    outputs = stack.outputs()
    assert re.fullmatch(r"task-[0-9a-f]{7}", str(outputs["role"]))
    assert re.fullmatch(r"records-[0-9a-f]{7}", str(outputs["bucket"]))
    assert outputs["vpc_tags"] == {"Name": "main", "project": "small-stack"}
    by_type = {str(resource["type"]): resource for resource in stack.resources()}
    alias = cast("dict[str, str]", by_type["aws:kms/alias:Alias"]["outputs"])
    assert re.fullmatch(r"alias/data-[0-9a-f]{7}", alias["name"])
    bucket = cast("dict[str, dict[str, str]]", by_type["aws:s3/bucket:Bucket"]["outputs"])
    assert bucket["tags"] == {"purpose": "records"}
    assert bucket["tagsAll"] == {"purpose": "records", "project": "small-stack"}


def test_a_changed_default_tag_updates_and_then_previews_clean(new_stack: NewStack) -> None:
    stack = new_stack("small_stack")
    stack.succeed("up", "--yes", "--skip-preview")
    config = stack.directory / "Pulumi.dev.yaml"
    config.write_text(config.read_text().replace("project: small-stack", "project: renamed"))
    changed = stack.succeed("up", "--yes", "--skip-preview")
    assert "updated" in changed.text
    assert "replaced" not in changed.text
    stack.succeed("preview", "--expect-no-changes", "--diff")
    assert stack.outputs()["vpc_tags"] == {"Name": "main", "project": "renamed"}


def test_wrong_account_is_refused_before_anything_is_made(new_stack: NewStack) -> None:
    stack = new_stack("small_stack")
    config = stack.directory / "Pulumi.dev.yaml"
    config.write_text(config.read_text().replace("123456789012", "999999999999"))
    answer = stack.pulumi("up", "--yes", "--skip-preview")
    assert answer.code != 0
    assert "123456789012" in answer.text
    assert all(str(resource["type"]).startswith("pulumi:") for resource in stack.resources())
