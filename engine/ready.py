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
        extras: optional targets to build as well (`yaml`, `tofu`).
        wait: whether to wait for a build that another process is at.
    """
    layout, progress, extras = Layout(root), Progress(), list(extras)
    choice = choose(layout)
    if choice is not None:
        use_official(layout, choice, progress)
        # An official pulumi comes with its own host for YAML.
        extras = [extra for extra in extras if extra != "yaml"]
    build(root, extras=extras, engine=choice is None, wait=wait, progress=progress)
