"""Small edits of the copied sources: waits are capped, and an S3 bucket's tags are read from S3 itself.

Only the build for the embedded AWS has them. An edit that no longer fits the sources is an error, never skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError


@dataclass(frozen=True)
class Patch:
    """In `file` (relative to the copy), `old` occurs `times` times and becomes `new`; `reason` says why."""

    file: str
    old: str
    new: str
    reason: str
    times: int = 1


# Upstream waits 30 s before it first looks at a database cluster or a load balancer, and some seconds between looks.
# A stand-in on loopback answers at once: first look after 50 ms, then one every 100 ms.
SDK_PATCHES = (
    Patch(
        "helper/retry/state.go",
        "time.After(conf.Delay)",
        "time.After(min(conf.Delay, 50*time.Millisecond))",
        "cap the wait before the first look",
    ),
    Patch(
        "helper/retry/state.go",
        "if conf.PollInterval > 0 && conf.PollInterval < 180*time.Second {",
        "if true {\n\t\t\t\twait = 100 * time.Millisecond\n"
        "\t\t\t} else if conf.PollInterval > 0 && conf.PollInterval < 180*time.Second {",
        "cap the wait between looks",
    ),
)

AWS_PATCHES = (
    Patch(
        "internal/retry/state.go",
        "SDKv2HelperRetryCompatibleDelay(conf.Delay, conf.PollInterval, conf.MinTimeout)",
        "SDKv2HelperRetryCompatibleDelay(min(conf.Delay, 50*time.Millisecond), "
        "100*time.Millisecond, 100*time.Millisecond)",
        "cap the waits of the provider's own loop",
    ),
    # S3 Control puts the account number before the host name (123456789012.127.0.0.1), which does not resolve.
    Patch(
        "internal/service/s3/tags.go",
        'if accountID := c.AccountID(ctx); accountID != "" {',
        'if accountID := c.AccountID(ctx); false && accountID != "" {',
        "read and write a bucket's tags with S3, not with S3 Control",
        times=2,
    ),
    # Stand-ins drop the tags that come with CreateBucket; upstream has this second way for accounts that refuse them.
    Patch(
        "internal/service/s3/bucket.go",
        "tagOnCreate := true",
        "tagOnCreate := false",
        "tag a bucket in a call of its own",
    ),
)


def apply_patches(root: Path, patches: tuple[Patch, ...]) -> None:
    """Edit the copy at `root`. Raises EngineError (ENG022) if a patch does not fit as often as it says."""
    for patch in patches:
        path = root / patch.file
        text = path.read_text(encoding="utf-8")
        count = text.count(patch.old)
        if count != patch.times:
            raise EngineError(
                "ENG022",
                f"the edit «{patch.reason}» fits {count} times in {patch.file}, wanted {patch.times}",
                "the pinned module has changed, so the edit would do something else than meant",
                "mend engine/patches.py for the new sources, or go back to the pinned version",
            )
        path.write_text(text.replace(patch.old, patch.new), encoding="utf-8")
