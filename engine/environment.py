"""The environment in which this checkout's engine runs."""

from __future__ import annotations

import os
from pathlib import Path

from engine.choice import read_choice
from engine.errors import EngineError
from engine.layout import Layout


def engine_env(root: Path) -> dict[str, str]:
    """Variables to lay over the environment of `pulumi`, for the engine that the last build chose.

    PATH is complete (ours first). Raises EngineError ENG032 if nothing was built yet.
    """
    layout = Layout(root)
    choice = read_choice(layout)
    if choice is None:
        raise EngineError(
            "ENG032", "there is no engine in this checkout", "it has not been built", "run `python -m engine build`"
        )
    environment = {"PULUMI_HOME": str(layout.pulumi_home), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    if choice.kind == "official":
        return environment | {"PATH": _first_on_path(Path(choice.pulumi).parent)}
    return environment | {
        "PATH": _first_on_path(layout.bin),
        # A plugin that happens to be on the user's PATH has no guard and no capped waits.
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        # There is nowhere to fetch plugins from; a missing one is then an error at once, not after retries.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def _first_on_path(place: Path) -> str:
    others = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if entry and entry != str(place)]
    return os.pathsep.join([str(place), *others])
