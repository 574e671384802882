"""Direct access to moto's backends, for what its API does not let the layer read or set. Loaded when first needed."""

from __future__ import annotations

from typing import Any

Untyped = Any  # objects of moto and boto3, which have no types of their own


def backend(service: str, account: str, region: str) -> Untyped:
    """Moto's backend object of a service; global services live under `aws`."""
    from moto.backends import get_backend  # noqa: PLC0415 - a service's code is loaded when it is first used

    backends: Any = get_backend(service)  # pyright: ignore[reportCallIssue, reportArgumentType]
    own = backends[account]
    return own[region] if region in own else own["aws"]


def loaded() -> list[Untyped]:
    """Every backend dictionary in use (moto's own list)."""
    from moto.core.base_backend import BackendDict  # noqa: PLC0415

    kept: Any = BackendDict
    return list(kept._instances)


def reset() -> None:
    """Forget everything in moto."""
    from moto.core.base_backend import BackendDict  # noqa: PLC0415

    BackendDict.reset()
