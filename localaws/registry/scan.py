"""Image scans: when they are done, and what they found (nothing, unless findings were scripted)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localaws.world import World

DONE, FINDINGS = "ecr-scans", "ecr-findings"  # digest -> simulated start; digest -> {name: severity}
SCAN_SECONDS = 10.0
SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED")


def scan_status(world: World, digest: str) -> dict[str, Any]:
    """`imageScanStatus` and, when complete, `imageScanFindingsSummary`; empty when never scanned."""
    started = world.table(DONE).get(digest)
    if started is None:
        return {}
    if world.clock.sim() - started < SCAN_SECONDS:
        return {"imageScanStatus": {"status": "IN_PROGRESS"}}
    found = findings_of(world, digest)
    keys = ("imageScanCompletedAt", "vulnerabilitySourceUpdatedAt", "findingSeverityCounts")
    return {
        "imageScanStatus": {"status": "COMPLETE", "description": "The scan was completed successfully."},
        "imageScanFindingsSummary": {key: found[key] for key in keys},
    }


def findings_of(world: World, digest: str) -> dict[str, Any]:
    """`imageScanFindings` of a scanned image."""
    found: dict[str, str] = world.table(FINDINGS).get(digest, {})
    at = world.clock.date(world.table(DONE).get(digest, 0.0) + SCAN_SECONDS)
    counts: dict[str, int] = {}
    for severity in found.values():
        counts[severity] = counts.get(severity, 0) + 1
    return {
        "imageScanCompletedAt": at,
        "vulnerabilitySourceUpdatedAt": at,
        "findingSeverityCounts": counts,
        "findings": [
            {
                "name": name,
                "severity": severity,
                "description": "scripted (simulated)",
                "uri": f"https://example.com/{name}",
                "attributes": [
                    {"key": "package_name", "value": "openssl"},
                    {"key": "package_version", "value": "3.0.0"},
                ],
            }
            for name, severity in sorted(found.items())
        ],
    }
