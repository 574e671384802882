"""Where the engine starts the components as a plugin, for programs in other languages."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python puts the plugin's own directory first, where a module such as `names` would hide one of the same name.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

    from components.plugin import host

    host()
