"""Where things are in a checkout. Everything that is made goes below `.local/`."""

from dataclasses import dataclass
from pathlib import Path

STACKS = ("staging", "prod")


@dataclass(frozen=True)
class Project:
    """Paths of one checkout; two checkouts share none of them."""

    root: Path

    @property
    def local(self) -> Path:
        """All that is made here and can be thrown away."""
        return self.root / ".local"

    @property
    def state(self) -> Path:
        """Pulumi's state of the local stacks (a `file://` backend)."""
        return self.local / "state"

    @property
    def aws_home(self) -> Path:
        """The embedded AWS: endpoint, process id, log, saved state."""
        return self.local / "aws"

    @property
    def endpoint_file(self) -> Path:
        """Holds the URL of the embedded AWS while it runs."""
        return self.aws_home / "endpoint"

    @property
    def env_file(self) -> Path:
        """Shell file that `make env` writes."""
        return self.local / "env"

    @property
    def venv_bin(self) -> Path:
        """Python and the console scripts."""
        return self.root / ".venv" / "bin"


def here() -> Project:
    """The checkout that this file belongs to."""
    return Project(Path(__file__).resolve().parent.parent)
