"""Policy packs written in Python run with this engine, for resources and for the stack."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.real_engine import FIXTURES, RealStack

pytestmark = pytest.mark.engine
NewStack = Callable[[str], RealStack]
PACK = str(FIXTURES / "policy_pack")


def test_violation_on_a_resource_refuses_the_preview(new_stack: NewStack) -> None:
    stack = new_stack("one_case")
    answer = stack.pulumi("up", "--yes", "--policy-pack", PACK, "--config", "case=topic")
    assert answer.code != 0
    assert "the topic has no tag `purpose`" in answer.text
    assert not [resource for resource in stack.resources() if str(resource["type"]).startswith("aws:")]


def test_violation_on_the_stack_refuses_the_preview(new_stack: NewStack) -> None:
    answer = new_stack("one_case").pulumi("preview", "--policy-pack", PACK, "--config", "case=prints")
    assert answer.code != 0
    assert "the stack has no topic" in answer.text


def test_stack_that_keeps_the_rules_passes(new_stack: NewStack) -> None:
    stack = new_stack("one_case")
    stack.succeed("config", "set", "--path", "aws:defaultTags.tags.purpose", "tests")
    (stack.directory / "__main__.py").write_text(
        "import pulumi_aws as aws\naws.sns.Topic('topic', tags={'purpose': 'tests'})\n"
    )
    answer = stack.succeed("up", "--yes", "--policy-pack", PACK)
    assert "small-pack" in answer.text
