"""An error code names one kind of refusal for ever, so no two components share one."""

import re
from collections import defaultdict
from pathlib import Path

COMPONENTS = Path(__file__).resolve().parents[3] / "components"


def test_no_two_files_refuse_with_the_same_code() -> None:
    files: dict[str, set[str]] = defaultdict(set)
    for path in COMPONENTS.glob("*.py"):
        for code in re.findall(r'"(COMP\d{3})"', path.read_text()):
            files[code].add(path.name)
    assert files, "no code found: this test would check nothing"

    assert {code: names for code, names in files.items() if len(names) > 1} == {}
