"""Stack files: read with line numbers, refused with every fault, and never a traceback."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from settings.errors import CODES, SettingsError
from settings.load import load_file
from settings.model import StackSettings

ROOT = Path(__file__).resolve().parents[3]
REAL = {stack: ROOT / f"Pulumi.{stack}.yaml" for stack in ("staging", "prod")}
STAGING = REAL["staging"].read_text("utf-8")
SECRET = "hunter2Hunter2HUNTER2x9"


def write(folder: Path, content: str | bytes, name: str = "Pulumi.staging.yaml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


def refused(path: Path) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_file(path)
    error = caught.value
    assert error.exit_code == 2
    assert error.faults
    assert {fault.code for fault in error.faults} <= set(CODES)
    assert all(fault.got and fault.allowed and fault.do for fault in error.faults)
    assert error.stack in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    return error


@pytest.mark.parametrize("stack", REAL)
def test_stack_file_of_the_project_is_accepted(stack: str) -> None:
    found = load_file(REAL[stack])

    assert found.stack == stack
    assert found.name_prefix == f"runlayer-{stack}"


def test_fault_has_stack_key_line_what_is_there_and_what_to_do(tmp_path: Path) -> None:
    lines = STAGING.splitlines()
    at = lines.index("    memory_mib: 1024")
    lines[at] = "    memory_mib: 6144"

    (fault,) = refused(write(tmp_path, "\n".join(lines))).faults

    assert (fault.code, fault.key, fault.got, fault.line) == ("CFG021", "runlayer:service.memory_mib", "6144", at + 1)
    assert "1024, 2048, 3072, 4096" in fault.allowed
    assert "cpu 1024 with memory_mib 6144" in fault.do


def test_all_faults_of_a_file_are_shown_at_once_in_its_order(tmp_path: Path) -> None:
    text = (
        STAGING.replace('account_id: "123456789012"', "account_id: 123456789012")
        .replace("nat: one", "nat: two")
        .replace("instances: 1", "instances: &many 1")
        .replace("interval_seconds: 10", "interval_seconds: 5\n      interval_seconds: 10")
        .replace("LOG_LEVEL: debug", f"API_TOKEN: {SECRET}")
        .replace("runlayer:backups:", "runlayer:backup:")
        + "confg: {}\n"
    )

    error = refused(write(tmp_path, text))

    assert [(fault.code, fault.key) for fault in error.faults] == [
        ("CFG010", "runlayer:backups"),
        ("CFG014", "runlayer:aws.account_id"),
        ("CFG015", "runlayer:network.nat"),
        ("CFG006", "runlayer:database.instances"),
        ("CFG004", "runlayer:load_balancer.health_check.interval_seconds"),
        ("CFG028", "runlayer:load_balancer.health_check.timeout_seconds"),
        ("CFG032", "runlayer:service.environment.API_TOKEN"),
        ("CFG011", "runlayer:backup"),
        ("CFG012", "confg"),
    ]
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("    nat: one", "\tnat: one", "CFG003"),
        ("    nat: one", "   nat: one", "CFG003"),
        ("nat: one", "nat: [one", "CFG003"),
        ("nat: one", 'nat: "one', "CFG003"),
        ("nat: one", "nat: *one", "CFG006"),
        ("nat: one", "nat: &one one", "CFG006"),
        ("nat: one", "nat: !secret one", "CFG006"),
        ("nat: one", "nat: !!binary b25l", "CFG006"),
        ("nat: one", "<<: {nat: one}", "CFG006"),
        ("nat: one", "? [nat]\n    : one", "CFG005"),
        ("nat: one", "1: one", "CFG005"),
        ("nat: one", "nat: one\n    nat: none", "CFG004"),
        ("nat: one", "nat: {secure: v1:abc}", "CFG016"),
        ("nat: one", "nat: 2024-12-13", "CFG015"),
        ("desired_count: 1", "desired_count: 0x1", "CFG014"),
        ("desired_count: 1", "desired_count: 01", "CFG014"),
        ("desired_count: 1", "desired_count: 1_0", "CFG014"),
        ("desired_count: 1", "desired_count: 1.0", "CFG014"),
        ("desired_count: 1", f"desired_count: {'9' * 5000}", "CFG014"),
        ("min_acu: 0.5", "min_acu: .inf", "CFG014"),
        ("min_acu: 0.5", "min_acu: .nan", "CFG014"),
        ("min_acu: 0.5", "min_acu: 0.5e400", "CFG014"),
        ("public: true", "public: yes", "CFG014"),
        ('redeploy_token: ""', "redeploy_token: 2024-12-13T10:00:00Z", "CFG014"),
        ("config:", "config: 5\nother:", "CFG005"),
        ("config:", "---\nconfig: {}\n---\nconfig:", "CFG003"),
        ("  runlayer:aws:", "  aws:region: us-east-1\n  runlayer:aws:", "CFG011"),
        ("  runlayer:aws:", "  runlayer:stack: x\n  runlayer:aws:", "CFG011"),
        ("  runlayer:aws:", "  runlayer:service.cpu: 512\n  runlayer:aws:", "CFG011"),
        ("  runlayer:aws:", "  runlayer:aws: 5\n  runlayer:awz:", "CFG014"),
    ],
)
def test_broken_place_of_a_file_has_its_own_code(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in STAGING

    error = refused(write(tmp_path, STAGING.replace(old, new, 1)))

    assert code in [fault.code for fault in error.faults]
    assert all(fault.line for fault in error.faults)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "CFG005"),
        ("# nothing\n", "CFG005"),
        ("null", "CFG005"),
        ("- config", "CFG005"),
        ("config", "CFG005"),
        ("config:\n", "CFG005"),
        ("encryptionsalt: v1:abc\n", "CFG005"),
        (b"\x00\x01\x02", "CFG002"),
        (b"config: \xff\xfe", "CFG002"),
        ("config: {}".encode("utf-16"), "CFG002"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "CFG002"),
        ("config: \x07", "CFG002"),
        ("{" * 5_000, "CFG003"),
        ("[" * 5_000 + "]" * 5_000, "CFG003"),
        ("a: &a [*a, *a]", "CFG005"),
        ("- " * 5_000, "CFG003"),
        ("config:\n" + "".join(f"{' ' * at}a:\n" for at in range(1, 500)), "CFG003"),
        ("#" * 300_000, "CFG002"),
        ("%YAML 1.1\n---\nconfig: {}", "CFG010"),
        ("config: {runlayer:aws: &a {region: &b [*a, *b]}}", "CFG006"),
    ],
)
def test_file_that_is_no_stack_file_is_refused(tmp_path: Path, content: str | bytes, code: str) -> None:
    assert code in [fault.code for fault in refused(write(tmp_path, content)).faults]


def test_aliases_that_multiply_are_refused_in_no_time(tmp_path: Path) -> None:
    levels = [f"  l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * 9)}]" for at in range(1, 30)]

    error = refused(write(tmp_path, "config:\n  l0: &l0 [x]\n" + "\n".join(levels)))

    assert {fault.code for fault in error.faults} >= {"CFG006"}


@pytest.mark.parametrize("name", ["Pulumi.staging.yaml", "Pulumi.yaml", "stack.yaml", "."])
def test_file_that_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path / name).code == "CFG001"


def test_folder_in_place_of_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.staging.yaml").mkdir()

    assert refused(tmp_path / "Pulumi.staging.yaml").code == "CFG001"


def test_stack_can_be_named_for_a_file_of_another_name(tmp_path: Path) -> None:
    assert load_file(write(tmp_path, STAGING, "draft.yaml"), stack="staging").stack == "staging"


def test_byte_order_mark_windows_line_ends_and_bare_keys_are_read(tmp_path: Path) -> None:
    text = STAGING.replace("runlayer:aws:", "aws:").replace("\n", "\r\n")

    found = load_file(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))

    assert found.aws == load_file(REAL["staging"]).aws


def test_keys_of_pulumi_beside_the_config_are_left_alone(tmp_path: Path) -> None:
    text = STAGING.replace("  runlayer:aws:", '  pulumi:disable-default-providers: ["*"]\n  runlayer:aws:')

    assert load_file(write(tmp_path, text + "secretsprovider: awskms://alias/x\n"))


# Random damage. Each example is a stack file as it might come out of a bad merge, a slip of the hand or a bad disk.

SPOIL: list[Callable[[random.Random, str], str]] = [
    lambda rng, line: line.replace("    ", "\t", 1),
    lambda rng, line: line.replace(":", "", 1),
    lambda rng, line: line.replace(": ", ":", 1),
    lambda rng, line: line + rng.choice(["{", "}", "[", "]", '"', "'", "&a", "*a", "!x", "|", ">", "%", "@", "`", ","]),
    lambda rng, line: line.partition(":")[0] + ": " + rng.choice(_VALUES),
    lambda rng, line: line.partition(":")[0] + f": {SECRET}",
    lambda rng, line: f"{line}\n{line}",
    lambda rng, line: rng.choice([" ", "  ", "     "]) + line,
    lambda rng, line: line.lstrip(),
    lambda rng, line: "",
    lambda rng, line: line[: rng.randrange(len(line) + 1)],
    lambda rng, line: line.replace("_", "-", 1),
    lambda rng, line: f"<<<<<<< HEAD\n{line}\n=======\n{line}x\n>>>>>>> main",
]
_VALUES = [
    *("null", "~", "true", "yes", "0", "-1", "1e999", ".nan", "-.inf", "0x10", "0o17", "017", "1_000", "12:30:45"),
    *("2024-12-13", "2024-99-99", "2024-12-13T15:24:30Z", "{}", "[]", "[[[]]]", "{a: {b: {c: d}}}", "[1, two, 3.0]"),
    *("{secure: v1:x}", "&a x", "*a", "!!int x", "!!str 5", "!!set {a}", "!!omap []", "!!python/object:os.system x"),
    *("9" * 400, "x" * 70_000, '"\\ud800"', '"\\x00"', '"\\uFFFE"', "'", "|\n x", ">-\n x", "=", "<<", "? x", "- x"),
]


def spoil(seed: int) -> bytes:
    """One of the project's stack files with one to four things wrong, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311
    lines = rng.choice([path.read_text("utf-8") for path in REAL.values()]).splitlines()
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(lines))
        lines[at] = rng.choice(SPOIL)(rng, lines[at])
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    if rng.random() < 0.3:
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 5)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        content = bytes(damaged)
    return content if rng.random() < 0.9 else content[: rng.randrange(len(content))]


def judged(path: Path) -> StackSettings | SettingsError:
    try:
        return load_file(path)
    except SettingsError:
        return refused(path)


@pytest.mark.parametrize("batch", range(8))
def test_spoilt_stack_files_are_refused_clearly_and_never_with_a_traceback(tmp_path: Path, batch: int) -> None:
    refusals = 0
    for seed in range(batch * 40, batch * 40 + 40):
        found = judged(write(tmp_path, spoil(seed)))
        if isinstance(found, SettingsError):
            refusals += 1
            assert SECRET not in str(found)

    assert refusals > 20


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=400))
@example(b"\xf0\x9f")
@example(b"!<tag:yaml.org,2002:str> x: 1")
@example(b"a: !!timestamp x")
@example(b"--- !!map\n? ? x\n")
def test_any_bytes_are_refused_clearly(tmp_path: Path, content: bytes) -> None:
    refused(write(tmp_path, content))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(sorted(StackSettings.sections())), st.data())
def test_any_value_at_any_key_is_accepted_or_refused_clearly(tmp_path: Path, section: str, data: st.DataObject) -> None:
    document = YAML(typ="safe").load(STAGING)
    place = document["config"][f"runlayer:{section}"]
    key = data.draw(st.sampled_from(sorted(place)) | st.text(max_size=8))
    place[key] = data.draw(JSON)

    judged(write(tmp_path, json.dumps(document)))
