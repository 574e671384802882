"""`python -m engine build|doctor|env`: the engine of this checkout."""

from __future__ import annotations

import sys

from engine.cli_arguments import main

sys.exit(main(sys.argv[1:]))
