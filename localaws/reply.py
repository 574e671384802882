"""An HTTP reply as it goes over the wire."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_FAILURE, FIRST_SERVER_FAULT = 300, 500  # HTTP status codes


@dataclass(slots=True)
class Reply:
    """An HTTP reply as it goes over the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
