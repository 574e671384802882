"""A stack config that is right everywhere, to break one key at a time.

faults({"service.cpu": 700})            # every fault of that config
faults({"release.digest": LEFT_OUT})    # without a key
settings({"aws.region": "eu-west-1"})   # the settings, where nothing is wrong
"""

from collections.abc import Mapping
from enum import Enum
from typing import cast

from settings.errors import Fault
from settings.judge import judge
from settings.model import StackSettings


class _Mark(Enum):
    LEFT_OUT = "left out"


LEFT_OUT = _Mark.LEFT_OUT
"""Instead of a value: the key is not there."""
ACCOUNT = "123456789012"
DIGEST = f"sha256:{'0' * 64}"


def sections(changes: Mapping[str, object] | None = None) -> dict[str, object]:
    """Section name to raw value, with values at dotted paths changed."""
    found: dict[str, object] = {
        "aws": {"region": "us-east-1", "account_id": ACCOUNT},
        "release": {"repository": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/backend", "follow": "latest"},
        "network": {"availability_zones": ["us-east-1a", "us-east-1b"]},
        "registry": {"name": "backend"},
        "database": {},
        "load_balancer": {"domain": "app.example.com", "hosted_zone_id": "Z0EXAMPLE"},
        "service": {},
        "migration": {"command": ["migrate"]},
        "alarms": {},
        "backups": {},
    }
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        place = found
        for parent in parents:
            place = cast("dict[str, object]", place.setdefault(parent, {}))
        if value is LEFT_OUT:
            place.pop(last, None)
        else:
            place[last] = value
    return found


def faults(changes: Mapping[str, object], project: str = "runlayer", stack: str = "staging") -> list[Fault]:
    """Every fault of the changed config; empty when it is accepted."""
    found = judge(project, stack, sections(changes))
    return [] if isinstance(found, StackSettings) else found


def settings(changes: Mapping[str, object] | None = None) -> StackSettings:
    """The settings of a changed config in which nothing is wrong."""
    found = judge("runlayer", "staging", sections(changes))
    assert isinstance(found, StackSettings), [str(fault) for fault in found]
    return found
