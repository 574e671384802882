"""A fingerprint changes with every input; a stamp that cannot be trusted counts as none."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from engine.cache import Stamp, fingerprint, outputs_present, read_stamp, sizes, write_atomically, write_stamp


def test_fingerprint_follows_contents_names_and_parameters(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("x")
    second.write_text("y")
    base = fingerprint({"go": "1.26"}, [first, second], tmp_path)
    assert fingerprint({"go": "1.26"}, [second, first], tmp_path) == base
    assert fingerprint({"go": "1.27"}, [first, second], tmp_path) != base
    assert fingerprint({"go": "1.26"}, [first], tmp_path) != base
    first.write_text("y")
    second.write_text("x")
    assert fingerprint({"go": "1.26"}, [first, second], tmp_path) != base


def test_fingerprint_does_not_depend_on_the_place(tmp_path: Path) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    for root in roots:
        root.mkdir()
        (root / "a").write_text("x")
    assert fingerprint({}, [roots[0] / "a"], roots[0]) == fingerprint({}, [roots[1] / "a"], roots[1])


def test_stamp_is_read_back(tmp_path: Path) -> None:
    stamp = Stamp("abc", "go1.26 linux/amd64", {"bin/pulumi": 3})
    write_stamp(tmp_path / "stamps/cli.json", stamp)
    assert read_stamp(tmp_path / "stamps/cli.json") == stamp


@given(st.text(max_size=200))
def test_broken_stamp_counts_as_none(text: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "stamp.json"
        path.write_text(text, encoding="utf-8", errors="replace")
        assert read_stamp(path) is None or text.strip().startswith("{")


def test_output_that_is_missing_or_cut_is_noticed(tmp_path: Path) -> None:
    output = tmp_path / "pulumi"
    output.write_bytes(b"abc")
    stamp = Stamp("", "", sizes([output], tmp_path))
    assert outputs_present(stamp, tmp_path)
    output.write_bytes(b"ab")
    assert not outputs_present(stamp, tmp_path)
    output.unlink()
    assert not outputs_present(stamp, tmp_path)


def test_atomic_write_leaves_nothing_else_behind(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", b"one")
    write_atomically(tmp_path / "file", b"two")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"two"
