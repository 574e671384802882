"""The engine of a checkout, ready to run: an official one with its plugins, or one that is built here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.build import build
from engine.choice import choose
from engine.layout import Layout
from engine.official import use_official
from engine.progress import Progress


def ensure_engine(root: Path, *, extras: Iterable[str] = (), wait: bool = True) -> None:
    """Do what is left to do until `engine_env(root)` leads to an engine. Raises EngineError.

    Args:
        root: the checkout.
        extras: optional targets, which are always built (`yaml`, `tofu`).
        wait: whether to wait for a build that another process is at.
    """
    layout, progress, extras = Layout(root), Progress(), list(extras)
    choice = None if extras else choose(layout)
    if choice is None:
        build(root, extras=extras, wait=wait, progress=progress)
    else:
        use_official(layout, choice, progress)
