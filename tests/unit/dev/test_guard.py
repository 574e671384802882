"""Nothing that is started from a checkout can reach a real account."""

import pytest

from dev import guard
from dev.errors import DevError

GOOD = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ACCESS_KEY_ID": guard.DUMMY_KEY}


def test_guard_lets_loopback_with_dummy_credentials_through() -> None:
    guard.check(GOOD)


@pytest.mark.parametrize(
    "url",
    [
        "https://ecs.us-east-1.amazonaws.com",
        "http://10.0.0.7:4566",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com:4566",
        "http://[2001:db8::1]:4566",
        "127.0.0.1:4566",
        "",
    ],
)
def test_guard_refuses_an_endpoint_that_is_not_loopback(url: str) -> None:
    with pytest.raises(DevError) as refused:
        guard.check({**GOOD, "AWS_ENDPOINT_URL": url})

    assert refused.value.code == "DEV101"


@pytest.mark.parametrize("url", ["http://127.8.9.1:1", "http://localhost:1", "http://[::1]:1"])
def test_guard_knows_every_form_of_loopback(url: str) -> None:
    guard.check({**GOOD, "AWS_ENDPOINT_URL": url})


def test_guard_refuses_when_no_endpoint_is_set() -> None:
    with pytest.raises(DevError) as refused:
        guard.check({"AWS_ACCESS_KEY_ID": guard.DUMMY_KEY})

    assert refused.value.code == "DEV101"


def test_guard_refuses_when_one_service_has_an_endpoint_elsewhere() -> None:
    with pytest.raises(DevError) as refused:
        guard.check({**GOOD, "AWS_ENDPOINT_URL_RDS": "https://rds.eu-west-1.amazonaws.com"})

    assert "AWS_ENDPOINT_URL_RDS" in refused.value.message


@pytest.mark.parametrize("name", guard.LEADS_ELSEWHERE)
def test_guard_refuses_a_variable_that_leads_to_real_credentials(name: str) -> None:
    with pytest.raises(DevError) as refused:
        guard.check({**GOOD, name: "something"})

    assert refused.value.code == "DEV102"


def test_guard_refuses_credentials_that_are_not_the_dummy_ones() -> None:
    with pytest.raises(DevError) as refused:
        guard.check({**GOOD, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"})

    assert refused.value.code == "DEV102"
    assert "AKIAIOSFODNN7EXAMPLE" not in str(refused.value)
