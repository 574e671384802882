"""Builds the real Pulumi engine from pinned Go modules where no official `pulumi` is installed."""
