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


def fix_hosted_zone_id(account: str, name: str, zone_id: str) -> None:
    """Give the hosted zone that is created next under this name a known id."""
    from moto.route53.models import HostedZoneIdentifier  # noqa: PLC0415
    from moto.utilities.id_generator import moto_id_manager  # noqa: PLC0415

    moto_id_manager.set_custom_id(HostedZoneIdentifier(account, name, None), zone_id)


def reset() -> None:
    """Forget everything in moto."""
    from moto.core.base_backend import BackendDict  # noqa: PLC0415

    BackendDict.reset()
