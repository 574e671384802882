"""What is known of images beside moto's registry: scripts by digest or reference, and the blobs behind manifests."""

from __future__ import annotations

from dataclasses import dataclass, field

from localaws.registry.script import Script


@dataclass(slots=True)
class Images:
    """Scripts and config blobs. Keys are digests (`sha256:...`) or whole image references."""

    scripts: dict[str, Script] = field(default_factory=dict[str, Script])
    blobs: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def script_of(self, reference: str) -> Script | None:
        return self.scripts.get(reference)

    def keep_blob(self, digest: str, content: bytes) -> None:
        self.blobs[digest] = content
