"""A local stack is taken down the way a real one goes, and starts no rollout on the way."""

from pathlib import Path

import pytest

from dev.teardown import PROTECTED_SECTIONS, lifted
from settings.load import load_file

ROOT = Path(__file__).resolve().parents[3]
STACKS = ("staging", "prod")


@pytest.mark.parametrize("stack", STACKS)
def test_lifted_file_has_no_protection_left_and_is_still_valid(stack: str, tmp_path: Path) -> None:
    file = tmp_path / f"Pulumi.{stack}.yaml"
    file.write_text(lifted((ROOT / file.name).read_text()))

    settings = load_file(file)

    protected = {name for name, section in settings if getattr(section, "deletion_protected", False)}
    assert not protected
    assert load_file(ROOT / file.name).database.deletion_protected


def test_every_section_with_a_protection_is_lifted() -> None:
    settings = load_file(ROOT / "Pulumi.prod.yaml")

    with_protection = {f"runlayer:{name}" for name, section in settings if hasattr(section, "deletion_protected")}

    assert with_protection == set(PROTECTED_SECTIONS)


def test_lifted_file_stays_at_the_release_that_runs(tmp_path: Path) -> None:
    digest = "sha256:" + "c" * 64
    file = tmp_path / "Pulumi.staging.yaml"
    file.write_text(lifted((ROOT / file.name).read_text(), ("v1.4.2", digest)))

    release = load_file(file).release

    assert (release.follow, release.version, release.digest) == ("pinned", "v1.4.2", digest)
