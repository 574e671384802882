"""The embedded AWS: one process on loopback that serves moto plus what moto lacks (docs/localaws.md)."""
