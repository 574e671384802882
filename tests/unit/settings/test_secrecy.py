"""What is taken for a secret, and how little is shown of anything."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.secrecy import may_be_secret, secret_name, secret_value
from settings.showing import Oddity, show, show_path


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD", "password", "SESSION_SECRET", "GITHUB_TOKEN", "OPENAI_API_KEY", "PRIVATE_KEY", "AWS_CREDENTIALS"],
)
def test_name_of_a_secret_is_known(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize(
    "name", ["PASSWORD_MIN_LENGTH", "TOKEN_TTL_SECONDS", "SECRET_SANTA", "KEYBOARD", "MONKEY", "LOG_LEVEL", "CACHE_KEY"]
)
def test_name_that_only_speaks_of_one_is_not(name: str) -> None:
    assert not secret_name(name)


@pytest.mark.parametrize(
    "value",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        "postgres://user:pass@host/db",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x",
        "-----BEGIN RSA PRIVATE KEY-----",
        "xoxb-123456789012-abc",
    ],
)
def test_value_that_its_issuer_marked_is_a_secret(value: str) -> None:
    assert secret_value(value)


@pytest.mark.parametrize(
    "value",
    ["https://example.com/path?x=1", "postgres://host/db", "arn:aws:iam::123456789012:role/x", "info", "a1" * 20],
)
def test_plain_value_is_not(value: str) -> None:
    assert not secret_value(value)


@given(st.text(string.ascii_letters + string.digits, min_size=40, max_size=60))
def test_generated_key_is_not_shown(value: str) -> None:
    kinds = (str.islower, str.isupper, str.isdigit)
    if all(any(map(kind, value)) for kind in kinds) and len(set(value)) > 15:
        assert show(value) == "(hidden)"


@pytest.mark.parametrize(
    "value",
    [
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/backend-production",
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
        f"sha256:{'0a1b' * 16}",
        "v1.2.3-20241213-152430-a1b2c3d4",
        "POST_PRODUCTION_TRAFFIC_SHIFT",
    ],
)
def test_name_that_is_long_is_shown(value: str) -> None:
    assert not may_be_secret(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "nothing (null)"),
        ({"a": "hunter2"}, "a map of keys"),
        (["hunter2"], "a list"),
        (True, "true"),
        (0.5, "0.5"),
        (700, "700"),
        ("two\nlines\x1b[31m", '"two\\nlines\\u001b[31m"'),
        ("\ud800", '"\\ud800"'),
        ("word " * 40, f'"{"word " * 11}word... (202 characters)'),
        (Oddity(), "a date, or a number in another notation than the decimal one"),
        (object(), "a value of an unknown type"),
    ],
)
def test_value_is_shown_short_and_on_one_line(value: object, shown: str) -> None:
    assert show(value) == shown


def test_number_beyond_printing_is_named() -> None:
    assert show(10**5000) == "a very large number"


@pytest.mark.parametrize("value", ["hunter2", 12345, 0.5, True])
def test_hidden_value_is_not_shown(value: object) -> None:
    assert show(value, hidden=True) == "(hidden)"


def test_path_is_written_as_pulumi_writes_it() -> None:
    assert show_path(("network", "availability_zones", 1)) == "network.availability_zones[1]"
    assert show_path(("a\nb\x1b", "x" * 100)) == f"a?b?.{'x' * 60}"
    assert show_path(("service", "AKIAIOSFODNN7EXAMPLE")) == "service.(hidden)"
