"""Uses an official Pulumi: nothing is compiled, its plugins are fetched into this checkout's PULUMI_HOME."""

from __future__ import annotations

import os
import subprocess

from engine.choice import Choice, write_choice
from engine.errors import EngineError
from engine.layout import Layout
from engine.pins import locked_version
from engine.progress import Progress

# Plugin name -> the Python package whose version it must have.
PLUGINS = {"aws": "pulumi-aws", "kubernetes": "pulumi-kubernetes"}


def use_official(layout: Layout, choice: Choice, progress: Progress) -> None:
    """Fetch the plugins that the program needs with the official CLI. Raises EngineError ENG033."""
    for number, (name, package) in enumerate(PLUGINS.items(), start=1):
        version = locked_version(layout.root, package)
        title = f"fetch the official {name} plugin {version}"
        if layout.plugin(name, version).is_dir():
            progress.cached(number, len(PLUGINS), title)
            continue
        with progress.step(number, len(PLUGINS), title):
            _install(layout, choice, name, version)
    progress.say(f"using the official pulumi {choice.version} ({choice.pulumi})")
    write_choice(layout, choice)


def _install(layout: Layout, choice: Choice, name: str, version: str) -> None:
    command = [choice.pulumi, "plugin", "install", "resource", name, f"v{version}"]
    environment = {**os.environ, "PULUMI_HOME": str(layout.pulumi_home), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if answer.returncode:
        raise EngineError(
            "ENG033",
            f"the official {name} plugin {version} cannot be fetched",
            "pulumi downloads it from Pulumi's servers",
            "check the network and try again, or set ENGINE=build to have the engine built from Go modules",
            answer.stderr.strip()[-2000:],
        )
