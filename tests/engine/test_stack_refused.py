"""What must not come up does not, and says why: the wrong account, and settings with faults."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.support.whole_stack import WholeStack, whole_stack

pytestmark = [pytest.mark.engine, pytest.mark.timeout(200)]

OURS, OTHER = "123456789012", "999999999999"
UP = ("up", "--yes", "--skip-preview")


@pytest.fixture
def staging(built: object, tmp_path_factory: pytest.TempPathFactory) -> Generator[WholeStack]:
    del built
    with whole_stack(tmp_path_factory.mktemp("refused"), "staging") as stack:
        yield stack


def test_stack_of_another_account_is_refused_before_anything_is_made(staging: WholeStack) -> None:
    # The registry stays: a release may come from an account that is not the stack's own.
    staging.edit(f'account_id: "{OURS}"', f'account_id: "{OTHER}"')
    since = staging.last_call()

    answer = staging.pulumi(*UP)

    assert answer.code != 0
    assert "AWS account ID not allowed" in answer.text or "not allowed" in answer.text.lower()
    assert OURS in answer.text
    assert staging.mutating(since) == []
    assert "Traceback" not in answer.text
    assert [each for each in staging.resources() if str(each["type"]).startswith("aws:")] == []


def test_faults_of_the_settings_are_all_shown_without_a_traceback_and_no_call_is_made(staging: WholeStack) -> None:
    staging.edit("cpu: 512\n    memory_mib: 1024\n    architecture", "cpu: 700\n    memory_mib: 1024\n    architecture")
    staging.edit("backup_retention_days: 7", "backup_retention_days: 99")
    staging.edit("  runlayer:registry:", "  runlayer:registrie: {}\n  runlayer:registry:")
    since = staging.last_call()

    answer = staging.pulumi(*UP)

    assert answer.code != 0
    for key in ("runlayer:service.cpu", "runlayer:database.backup_retention_days", "runlayer:registrie"):
        assert key in answer.text, answer.text
    assert answer.text.count("allowed  ") >= 3
    assert "Traceback" not in answer.text
    assert staging.calls(since) == []
