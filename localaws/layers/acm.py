"""ACM: a certificate is issued when its validation records are in Route 53, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localaws import moto_state

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

NEVER_SECONDS = 10**9  # moto issues by itself after a wait; here only the records count


def with_validation(world: World, call: Call) -> Params:
    del world
    validate(call.account, call.region)
    return call.forward()


def describe_certificate(world: World, call: Call) -> Params:
    output = with_validation(world, call)
    certificate: dict[str, Any] = output.get("Certificate") or {}
    if certificate.get("Status") != "ISSUED":
        certificate.pop("IssuedAt", None)
    # One record serves a name and its wildcard; in a stable order, so that two reads are equal.
    options: list[dict[str, Any]] = certificate.get("DomainValidationOptions") or []
    options.sort(key=lambda o: (o["DomainName"] != certificate.get("DomainName"), o["DomainName"]))
    return output


def validate(account: str, region: str) -> None:
    """Issue every pending certificate whose records are all there."""
    from moto import settings  # noqa: PLC0415

    settings.ACM_VALIDATION_WAIT = NEVER_SECONDS
    backend = moto_state.backend("acm", account, region)
    pending = [c for c in backend._certificates.values() if c.status == "PENDING_VALIDATION"]
    if not pending:
        return
    there = _records(account)
    for certificate in pending:
        options = certificate.describe()["Certificate"].get("DomainValidationOptions") or []
        wanted = {(o["ResourceRecord"]["Name"], o["ResourceRecord"]["Value"]) for o in options if "ResourceRecord" in o}
        if wanted and wanted <= there:
            certificate.status = "ISSUED"


def _records(account: str) -> set[tuple[str, str]]:
    route53 = moto_state.backend("route53", account, "aws")
    found: set[tuple[str, str]] = set()
    for zone in route53.zones.values():
        for record in zone.rrsets:
            if record.type == "CNAME":
                values = [value["Value"] if isinstance(value, dict) else value for value in record.records]
                found |= {(_dotted(record.name), _dotted(str(value))) for value in values}
    return found


def _dotted(name: str) -> str:
    return name if name.endswith(".") else f"{name}."


HANDLERS: dict[str, Handler] = {
    "DescribeCertificate": describe_certificate,
    "ListCertificates": with_validation,
    "GetCertificate": with_validation,
    "RequestCertificate": with_validation,
}
