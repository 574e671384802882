"""`python -m engine build|doctor|env`: the engine of this checkout."""

from __future__ import annotations

import signal
import sys

from engine.cli_arguments import main

# Being asked to end is like Ctrl-C: the compiler that runs is ended too.
signal.signal(signal.SIGTERM, signal.default_int_handler)
sys.exit(main(sys.argv[1:]))
