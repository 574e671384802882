"""What the engine gets from a control: verdicts, words, and unknown values that stay unknown."""

from collections.abc import Mapping

import pytest
from pulumi_policy import PolicyResourceOptions, ResourceValidationArgs
from pulumi_policy.policy import PolicyCustomTimeouts
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from policies.catalogue.alarm import has_action
from policies.catalogue.ecs import circuit_breaker_enabled, container_non_root
from policies.catalogue.rds import managed_master_password, pulumi_protect
from policies.ecs import SERVICE, TASK_DEFINITION
from policies.engine import policy_of
from policies.kit import Control
from policies.listing import ALL
from policies.rds import CLUSTER


def judge(control: Control, type_token: str, props: Mapping[str, object], *, protect: bool = False) -> list[str]:
    options = PolicyResourceOptions(protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), [], None)
    args = ResourceValidationArgs(
        type_token, unknown_checking_proxy(dict(props)), f"urn:pulumi:s::p::{type_token}::web", "web", options, None
    )
    said: list[str] = []
    policy_of(control).validate(args, lambda words, _urn=None: said.append(words))
    return said


def test_fault_names_resource_found_demanded_and_fix() -> None:
    breaker = {"enable": True, "rollback": False}

    said = judge(circuit_breaker_enabled.CONTROL, SERVICE, {"deploymentCircuitBreaker": breaker})

    assert said == [
        "resource: web (aws:ecs/service:Service)\n"
        "found:    deploymentCircuitBreaker without rollback\n"
        "demanded: deploymentCircuitBreaker.enable and .rollback true\n"
        "fix:      set deployment_circuit_breaker(enable=True, rollback=True)"
    ]


def test_sound_resource_is_not_reported() -> None:
    breaker = {"enable": True, "rollback": True}

    assert judge(circuit_breaker_enabled.CONTROL, SERVICE, {"deploymentCircuitBreaker": breaker}) == []


def test_resource_of_another_type_is_not_applicable_rather_than_passed() -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011  a private type of pulumi-policy
        judge(circuit_breaker_enabled.CONTROL, CLUSTER, {})

    assert type(raised.value).__name__ == "_NotApplicableError"


def test_unknown_value_is_not_evaluated_rather_than_passed() -> None:
    with pytest.raises(UnknownValueError):
        judge(container_non_root.CONTROL, TASK_DEFINITION, {"containerDefinitions": UNKNOWN_STRING_VALUE})


def test_alarm_with_an_action_that_has_no_arn_yet_is_known_to_have_one() -> None:
    assert judge(has_action.CONTROL, has_action.ALARM, {"alarmActions": [UNKNOWN_STRING_VALUE]}) == []
    with pytest.raises(UnknownValueError):
        judge(has_action.CONTROL, has_action.ALARM, {"alarmActions": UNKNOWN_STRING_VALUE})


def test_shape_that_cannot_be_judged_is_a_fault_without_its_content() -> None:
    said = judge(container_non_root.CONTROL, TASK_DEFINITION, {"containerDefinitions": "[never-shown"})

    assert "found:    a shape that ecs-container-non-root cannot judge (JSONDecodeError)" in said[0]
    assert "never-shown" not in said[0]


def test_password_in_the_program_is_refused_without_being_shown() -> None:
    said = judge(managed_master_password.CONTROL, CLUSTER, {"masterPassword": "never-shown"})

    assert "masterPassword set in the program" in said[0]
    assert "never-shown" not in said[0]


@pytest.mark.parametrize("protect", [True, False])
def test_protection_in_pulumi_reaches_the_control(protect: bool) -> None:
    assert bool(judge(pulumi_protect.CONTROL, CLUSTER, {}, protect=protect)) is not protect


def test_policies_of_the_engine_have_the_names_and_severities_of_the_catalogue() -> None:
    policies = [policy_of(control) for control in ALL]

    assert [each.name for each in policies] == [control.id for control in ALL]
    assert [each.severity.value for each in policies if each.severity] == [control.severity for control in ALL]
