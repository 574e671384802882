"""Every example of the catalogue is run: the good ones pass, the bad ones fail, and unknown values never pass."""

import pytest
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from policies.kit import Control, Resource
from policies.listing import ALL

GOOD = [(control, example) for control in ALL for example in control.good]
BAD = [(control, example) for control in ALL for example in control.bad]
# The resource itself is the fault, whatever is in it.
NO_GOOD_ONE = {"iam-no-users"}


def names(value: object) -> str:
    return value.id if isinstance(value, Control) else ""


def as_from_the_engine(example: Resource) -> Resource:
    """The example with the proxies that the engine hands over, and numbers as floats."""
    return Resource(example.type, unknown_checking_proxy(_json(dict(example.props))), example.protected)


def _json(value: object) -> dict[str, object]:
    converted = _converted(value)
    assert isinstance(converted, dict)
    return converted


def _converted(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _converted(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_converted(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.mark.parametrize(("control", "example"), GOOD, ids=names)
def test_good_example_passes(control: Control, example: Resource) -> None:
    assert control.find(example) is None
    assert control.find(as_from_the_engine(example)) is None


@pytest.mark.parametrize(("control", "example"), BAD, ids=names)
def test_bad_example_fails_with_the_same_words_from_the_engine(control: Control, example: Resource) -> None:
    found = control.find(example)

    assert found
    assert control.find(as_from_the_engine(example)) == found


@pytest.mark.parametrize(("control", "example"), BAD, ids=names)
def test_message_never_has_a_value_that_may_be_secret(control: Control, example: Resource) -> None:
    assert "never-shown" not in str(control.find(example))


@pytest.mark.parametrize(("control", "example"), [each for each in (*GOOD, *BAD) if each[1].props], ids=names)
def test_resource_with_nothing_known_yet_never_passes(control: Control, example: Resource) -> None:
    unknown = unknown_checking_proxy(dict.fromkeys(example.props, UNKNOWN_STRING_VALUE))
    try:
        found = control.find(Resource(example.type, unknown, example.protected))
    except UnknownValueError:
        return

    assert found


@pytest.mark.parametrize("control", ALL, ids=names)
def test_control_has_examples_of_both_kinds_for_its_types(control: Control) -> None:
    assert control.bad
    assert bool(control.good) != (control.id in NO_GOOD_ONE)
    assert {example.type for example in (*control.good, *control.bad)} <= set(control.types)


@pytest.mark.parametrize("control", ALL, ids=names)
def test_control_says_everything_that_a_reader_needs(control: Control) -> None:
    texts = (control.title, control.why, control.demanded, control.fix)

    assert all(text.strip() == text and text for text in texts)
    assert not control.title.endswith(".")
    assert control.why.endswith(".")
