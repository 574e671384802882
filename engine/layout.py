"""Where the build puts things, all of it below `.local/` in the checkout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Paths of one checkout; `root` is the project's directory."""

    root: Path

    @property
    def sources(self) -> Path:
        return self.root / "engine"

    @property
    def state(self) -> Path:
        return self.root / ".local" / "engine"

    @property
    def bin(self) -> Path:
        """First on PATH: the CLI and its language hosts."""
        return self.state / "bin"

    @property
    def tools(self) -> Path:
        """What only tests and measurements use; never on PATH."""
        return self.state / "tools"

    @property
    def copies(self) -> Path:
        return self.state / "src"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def stamps(self) -> Path:
        return self.state / "stamps"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def choice(self) -> Path:
        """Which engine the last build chose (see `engine.choice`)."""
        return self.state / "choice.json"

    @property
    def pulumi_home(self) -> Path:
        """PULUMI_HOME of this checkout, so that the user's own `~/.pulumi` stays untouched."""
        return self.root / ".local" / "pulumi-home"

    def plugin(self, name: str, version: str) -> Path:
        """The directory where the engine looks for a resource plugin; `version` without a leading v."""
        return self.pulumi_home / "plugins" / f"resource-{name}-v{version}"
