"""Typed stack config. Pure: the only reader of `pulumi.Config` is `settings.load`."""
