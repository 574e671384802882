"""Says in plain words which release follows which, before anything changes."""

from datetime import UTC, datetime

import pulumi

from components.rollout_check import Look
from settings.move import Release, describe_move


def move_of(look: Look, new: Release, now: datetime) -> str | None:
    """What to say about the move from what serves to `new`; None: nothing moves.

    Args:
        look: what serves, asked of ECS.
        new: what the stack asks for.
        now: the present, with time zone.
    """
    if look.failure:
        return f"release: {new.version}; what serves now could not be read ({look.failure})"
    running = look.release
    if running and running.digest == new.digest:
        return None
    old = Release(running.version or running.image, running.digest or "a tag") if running else None
    return f"release: {describe_move(old, new, now)}"


def say_move(look: Look, new: Release) -> None:
    """Log the move, where preview and up show it."""
    if said := move_of(look, new, datetime.now(UTC)):
        pulumi.log.info(said)
