"""Small parts of the embedded AWS that need no server: clock, faults, journal, tags, rules, sizes, versions, home."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localaws.clock import Clock
from localaws.ecs.fargate import SIZES, offered
from localaws.errors import ApiError, UsageError
from localaws.faults import Faults, refusal
from localaws.home import Home, find_home
from localaws.journal import Journal, mutates
from localaws.layers import rds_catalogue as catalogue
from localaws.layers.cloudwatch import children, holds
from localaws.registry.push import Release, manifest_of, move_tag, refuse_if_immutable, tag_is_immutable
from localaws.registry.script import Script
from localaws.seed import RELEASES, release_of


def test_stepped_clock_moves_only_when_told_and_its_times_follow() -> None:
    clock = Clock(stepped=True)
    before = clock.date()
    clock.advance(90)
    assert clock.sim() == 90
    assert (clock.date() - before).total_seconds() == pytest.approx(90)


def test_faster_clock_shortens_timers_and_leaves_the_time_of_day_alone() -> None:
    clock = Clock(speed=3600.0)
    now = datetime.now(tz=UTC)
    assert abs((clock.date() - now).total_seconds()) < 2
    assert abs((clock.date(clock.sim() - 3600) - now).total_seconds()) < 4, "an hour of timers is a second of the day"


@given(
    steps=st.lists(st.tuples(st.sampled_from([1.0, 60.0, 600.0]), st.floats(0, 1e5)), max_size=8), at=st.floats(0, 1e6)
)
def test_what_happens_later_is_never_shown_as_earlier(steps: list[tuple[float, float]], at: float) -> None:
    for stepped in (True, False):
        clock = Clock(stepped=stepped)
        for speed, seconds in steps:
            clock.set_speed(speed)
            clock.advance(seconds)
        assert clock.wall(at) <= clock.wall(at + 1)
        assert clock.wall(clock.sim()) <= clock.wall() + 1e-3


def test_jump_of_a_running_clock_is_shown_as_happening_now() -> None:
    clock = Clock(speed=1.0)
    clock.advance(86_400)
    assert abs(clock.wall() - datetime.now(tz=UTC).timestamp()) < 2
    assert abs(clock.wall(clock.sim() - 40_000) - datetime.now(tz=UTC).timestamp()) < 2


def test_offset_moves_what_clients_are_shown_and_no_timer() -> None:
    clock = Clock(stepped=True)
    shown = clock.wall()
    clock.offset_seconds = -3600
    assert clock.wall() - shown == pytest.approx(-3600)
    assert clock.sim() == 0


def test_fault_fires_on_the_nth_call_and_as_often_as_it_says() -> None:
    faults = Faults()
    faults.add("ecs", "UpdateService", "throttle", nth=3, times=2)
    fired = [faults.match("ecs", "UpdateService") is not None for _ in range(6)]
    assert fired == [False, False, True, True, False, False]
    assert faults.match("ecs", "DescribeServices") is None


def test_fault_with_times_0_fires_for_ever_and_a_star_matches_every_call() -> None:
    faults = Faults()
    faults.add("*", "*", "http500", times=0)
    assert all(faults.match(service, "Any") for service in ("ecs", "iam", "s3", "rds"))


def test_cleared_fault_fires_no_more_and_the_others_stay() -> None:
    faults = Faults()
    first = faults.add("ecs", "*", "throttle", times=0)
    faults.add("rds", "*", "throttle", times=0)
    assert faults.clear(first.id) == 1
    assert faults.match("ecs", "X") is None
    assert faults.match("rds", "X") is not None


@pytest.mark.parametrize(
    ("service", "protocol", "code", "status"),
    [
        ("ecs", "json", "ThrottlingException", 400),
        ("iam", "query", "Throttling", 400),
        ("ec2", "ec2", "RequestLimitExceeded", 503),
    ],
)
def test_throttling_speaks_the_words_of_the_service(service: str, protocol: str, code: str, status: int) -> None:
    assert refusal("throttle", service, protocol, "Act")[0] == code
    assert refusal("throttle", service, protocol, "Act")[2] == status


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        ("CreateService", True),
        ("DescribeServices", False),
        ("ListTasks", False),
        ("PutObject", True),
        ("Decrypt", False),
    ],
)
def test_journal_tells_changing_calls_by_their_name(action: str, changes: bool) -> None:
    assert mutates(action) is changes


def test_journal_keeps_no_more_than_names_times_and_outcome() -> None:
    journal = Journal()
    journal.add(1.0, "ecs", "RunTask", status=200, outcome="ok", seconds=0.5)
    (entry,) = journal.entries
    assert set(entry.as_dict()) == {
        "number", "at", "time", "service", "action", "status", "outcome", "milliseconds", "mutating",
    }  # fmt: skip


def repository(mutability: str, *filters: str) -> SimpleNamespace:
    rules = [{"filterType": "WILDCARD", "filter": text} for text in filters]
    return SimpleNamespace(
        name="r", image_tag_mutability=mutability, image_tag_mutability_exclusion_filters=rules, images=[]
    )


@pytest.mark.parametrize(
    ("mutability", "filters", "tag", "immutable"),
    [
        ("MUTABLE", (), "latest", False),
        ("IMMUTABLE", (), "latest", True),
        ("IMMUTABLE", ("latest",), "latest", True),
        ("IMMUTABLE_WITH_EXCLUSION", ("latest",), "latest", False),
        ("IMMUTABLE_WITH_EXCLUSION", ("latest",), "v1.0.0", True),
        ("IMMUTABLE_WITH_EXCLUSION", ("dev-*",), "dev-7", False),
        ("MUTABLE_WITH_EXCLUSION", ("v*",), "v1.0.0", True),
        ("MUTABLE_WITH_EXCLUSION", ("v*",), "latest", False),
    ],
)
def test_tag_immutability_is_turned_round_by_an_exclusion(
    mutability: str, filters: tuple[str, ...], tag: str, immutable: bool
) -> None:
    repo = repository(mutability, *filters)
    assert tag_is_immutable(repo, tag) is immutable
    if immutable:
        with pytest.raises(ApiError, match="cannot be overwritten"):
            refuse_if_immutable(repo, tag)


def test_moved_tag_leaves_the_old_image_untagged_and_still_there() -> None:
    old = SimpleNamespace(image_tags=["latest"], image_tag="latest")
    new = SimpleNamespace(image_tags=[], image_tag=None)
    repo = repository("MUTABLE")
    repo.images = [old, new]
    move_tag(repo, "latest", new)
    assert (old.image_tags, new.image_tags) == ([], ["latest"])
    assert repo.images == [old, new]


def test_seeded_releases_have_four_tag_forms_and_digests_that_never_change() -> None:
    for item in RELEASES:
        version, built, full = item.tags
        assert full == f"{version}-{built}-{item.commit}"
        assert item.built_at.strftime("%Y%m%d-%H%M%S") == built
    manifests = {manifest_of(release_of(item))[0] for item in RELEASES}
    assert len(manifests) == len(RELEASES)
    assert manifest_of(release_of(RELEASES[0])) == manifest_of(release_of(RELEASES[0]))


def test_releases_with_other_labels_have_other_digests() -> None:
    one, other = (manifest_of(Release("a:1", labels={"k": v}))[0] for v in ("1", "2"))
    assert one != other


def test_exit_codes_of_containers_are_scripted_one_by_one() -> None:
    script = Script(exit_code=3, container_exits=(("sidecar", 9),))
    assert script.exit_of("app", essential=True, fallback=0) == 3
    assert script.exit_of("sidecar", essential=False, fallback=0) == 9
    assert script.exit_of("log-router", essential=False, fallback=0) == 0


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(a)", True),
        ('ALARM("a") AND ALARM(b)', False),
        ("ALARM(a) OR ALARM(b)", True),
        ("NOT ALARM(b) AND (ALARM(b) OR OK(b))", True),
        ("ALARM(b) OR NOT (ALARM(a) AND OK(b))", False),
        ("FALSE OR TRUE", True),
    ],
)
def test_composite_rules_are_evaluated(rule: str, expected: bool) -> None:
    assert holds(rule, {"a": "ALARM", "b": "OK"}) is expected


def test_children_of_a_composite_rule_are_named() -> None:
    assert children("ALARM(\"web 5xx\") AND NOT OK('db')") == ["web 5xx", "db"]


@given(cpu=st.sampled_from(sorted(SIZES)), extra=st.integers(0, 200_000))
def test_fargate_offers_only_its_table(cpu: int, extra: int) -> None:
    assert offered(str(cpu), str(extra)) is (extra in SIZES[cpu])


@pytest.mark.parametrize(("cpu", "memory"), [("0.25 vCPU", "0.5 GB"), ("1 vCPU", "2GB"), ("16 vCPU", "32 GB")])
def test_fargate_sizes_may_be_written_with_units(cpu: str, memory: str) -> None:
    assert offered(cpu, memory)


def test_major_version_resolves_to_its_default_minor_and_nonsense_to_nothing() -> None:
    assert catalogue.resolve("16") == "16.8"
    assert catalogue.resolve("16.4") == "16.4"
    assert catalogue.resolve("9.6") is None
    assert catalogue.resolve("16.5") is None


def test_upgrade_targets_are_later_and_say_which_are_major() -> None:
    targets = dict(catalogue.upgrade_targets("16.6"))
    assert targets == {"16.8": False, "16.9": False, "17.4": True, "17.5": True}


def test_home_is_found_by_option_then_environment_then_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x")
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    monkeypatch.delenv("LOCALAWS_HOME", raising=False)
    assert find_home().path == tmp_path / ".local" / "aws"
    monkeypatch.setenv("LOCALAWS_HOME", str(tmp_path / "env"))
    assert find_home().path == tmp_path / "env"
    assert find_home(tmp_path / "given").path == tmp_path / "given"


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b"])
def test_save_whose_name_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no name for a save"):
        Home(tmp_path).save_file(name)


def test_pid_file_of_another_program_is_not_taken_for_a_running_server(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.pid_file.write_text("1")
    assert home.pid() is None
