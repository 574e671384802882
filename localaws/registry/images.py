"""What is known of images beside moto's registry: scripts by digest or reference, and the blobs behind manifests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from localaws.registry.script import Script


@dataclass(slots=True)
class Images:
    """Scripts and config blobs. Keys are digests (`sha256:...`) or whole image references."""

    scripts: dict[str, Script] = field(default_factory=dict[str, Script])
    blobs: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def script_of(self, reference: str) -> Script | None:
        return self.scripts.get(reference)

    def architecture_of(self, digest: str, manifest: str | None) -> str | None:
        """`amd64` or `arm64` of an image of this registry, from its config blob; None when it is not known."""
        if not digest or not manifest:
            return None
        try:
            config = json.loads(manifest)["config"]["digest"]
            return str(json.loads(self.blobs[config])["architecture"])
        except (KeyError, ValueError):
            return None

    def keep_blob(self, digest: str, content: bytes) -> None:
        self.blobs[digest] = content
