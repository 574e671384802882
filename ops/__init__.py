"""The operations CLI: from a new version to proof that it serves."""
