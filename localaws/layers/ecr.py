"""ECR: images are pushed and tagged as on the real registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localaws.layers import Handler

HANDLERS: dict[str, Handler] = {}
