"""Deployments that pause for people reach ECS as the program says, though upstream does not know them yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.real_engine import real_stack
from tests.support.recording_proxy import recording_proxy

pytestmark = pytest.mark.engine


@pytest.mark.usefixtures("built")
def test_pause_and_lambda_hooks_are_sent_as_written(moto_endpoint: str, tmp_path: Path) -> None:
    with recording_proxy(moto_endpoint) as recording:
        stack = real_stack(tmp_path, "pausing_service", recording.url)
        stack.succeed("up", "--yes", "--skip-preview")
        (request,) = recording.bodies("CreateService")
    configuration = request["deploymentConfiguration"]
    assert configuration["strategy"] == "BLUE_GREEN"
    hooks = {hook["lifecycleStages"][0]: hook for hook in configuration["lifecycleHooks"]}
    assert hooks["POST_TEST_TRAFFIC_SHIFT"] == {
        "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
        "targetType": "PAUSE",
        "timeoutConfiguration": {"action": "ROLLBACK", "timeoutInMinutes": 30},
    }
    assert hooks["PRE_SCALE_UP"] == {
        "lifecycleStages": ["PRE_SCALE_UP"],
        "hookTargetArn": "arn:aws:lambda:us-east-1:123456789012:function:check",
        "roleArn": "arn:aws:iam::123456789012:role/check",
    }
