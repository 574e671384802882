"""What this build cannot do is said in words, with what to do, and nothing is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.real_engine import RealStack

pytestmark = pytest.mark.engine
NewStack = Callable[[str], RealStack]


def aws_resources(stack: RealStack) -> list[str]:
    return [str(resource["type"]) for resource in stack.resources() if str(resource["type"]).startswith("aws:")]


@pytest.mark.parametrize(
    ("case", "code", "words"),
    [
        ("sdk-input", "ENG049", "maximumMessageSize"),
        ("nested-input", "", "Invalid or unknown key"),
        ("framework-input", "ENG049", "newer"),
        ("function-input", "ENG049", "newer"),
        ("type", "ENG042", "engine/provider_aws/tokens.json"),
        ("function", "ENG042", "aws:sqs/getQueue:getQueue"),
        ("long-name", "", "longer than maximum length 32"),
    ],
)
def test_what_the_build_lacks_is_refused_in_words(new_stack: NewStack, case: str, code: str, words: str) -> None:
    stack = new_stack("one_case")
    answer = stack.pulumi("up", "--yes", "--config", f"case={case}")
    assert answer.code != 0
    assert code in answer.text
    assert words in answer.text
    assert "goroutine" not in answer.text
    assert aws_resources(stack) == []


@pytest.mark.parametrize("endpoint", ["", "http://192.0.2.1:1", "https://sts.us-east-1.amazonaws.com"])
def test_provider_refuses_an_endpoint_that_is_not_loopback(new_stack: NewStack, endpoint: str) -> None:
    stack = new_stack("one_case")
    stack.environment["AWS_ENDPOINT_URL"] = endpoint
    answer = stack.pulumi("up", "--yes", "--config", "case=topic")
    assert answer.code != 0
    assert "ENG041" in answer.text
    assert aws_resources(stack) == []


def test_provider_refuses_a_configured_endpoint_that_is_not_loopback(new_stack: NewStack) -> None:
    stack = new_stack("one_case")
    stack.succeed("config", "set", "--path", "aws:endpoints[0].sns", "https://sns.us-east-1.amazonaws.com")
    answer = stack.pulumi("up", "--yes", "--config", "case=topic")
    assert answer.code != 0
    assert "ENG041" in answer.text
    assert "sns.us-east-1.amazonaws.com" in answer.text
    assert aws_resources(stack) == []


def test_configured_loopback_endpoint_is_used(new_stack: NewStack, moto_endpoint: str) -> None:
    stack = new_stack("one_case")
    stack.succeed("config", "set", "--path", "aws:endpoints[0].sns", moto_endpoint)
    stack.succeed("up", "--yes", "--config", "case=topic")
    assert aws_resources(stack) == ["aws:sns/topic:Topic"]


def test_panic_in_the_provider_is_said_in_words_and_its_stack_is_in_a_file(new_stack: NewStack) -> None:
    stack = new_stack("pausing_service")
    answer = stack.pulumi("up", "--yes", "--skip-preview", "--config", "network=false")
    assert answer.code != 0
    assert "ENG043" in answer.text
    assert "goroutine" not in answer.text
    assert "panic" not in answer.text
    log = Path(answer.text.split("see ", 1)[1].split(";", 1)[0])
    assert "goroutine" in log.read_text()
    log.unlink()


def test_plugin_on_the_users_path_is_not_used(new_stack: NewStack, tmp_path: Path) -> None:
    stack = new_stack("one_case")
    stranger = tmp_path / "strange" / "pulumi-resource-aws"
    stranger.parent.mkdir()
    stranger.write_text("#!/bin/sh\necho a strange plugin >&2\nexit 1\n")
    stranger.chmod(0o755)
    stack.environment["PATH"] += f":{stranger.parent}"
    answer = stack.succeed("up", "--yes", "--config", "case=topic")
    assert "strange" not in answer.text
    assert "$PATH" not in answer.text
