"""The list of actions that the layer answers itself, for the documentation page (a test holds the page to it)."""

from __future__ import annotations

import sys
from itertools import groupby

from localaws.layers import handlers

BEGIN, END = "<!-- actions: begin -->", "<!-- actions: end -->"


def actions() -> str:
    """A Markdown table of service and actions; everything else is moto's."""
    rows = ["| service | actions |", "|---|---|"]
    for service, group in groupby(sorted(handlers()), key=lambda pair: pair[0]):
        rows.append(f"| {service} | {', '.join(action for _, action in group)} |")
    return "\n".join(rows)


def replaced(page: str) -> str:
    """The page with its table brought up to date."""
    before, rest = page.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{actions()}\n{END}{after}"


if __name__ == "__main__":
    sys.stdout.write(replaced(sys.stdin.read()))
