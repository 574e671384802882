"""The one way in which components make a KMS key."""

import pulumi
import pulumi_aws as aws

KEY_DELETION_WINDOW_DAYS = 30
"""The longest that KMS offers: time to notice that something still needs the key."""


def encryption_key(
    name: str,
    *,
    alias: str,
    description: str,
    policy: str,
    parent: pulumi.Resource,
    kept: bool = False,
) -> aws.kms.Key:
    """A symmetric key that rotates every year, with its alias.

    Args:
        name: logical name of the key and of its alias.
        alias: name for people, without `alias/`.
        description: what it encrypts.
        policy: key policy as JSON.
        parent: the component.
        kept: protected in Pulumi, and left in the account if it is taken out of the program.
    """
    key = aws.kms.Key(
        name,
        description=description,
        enable_key_rotation=True,
        deletion_window_in_days=KEY_DELETION_WINDOW_DAYS,
        policy=policy,
        opts=pulumi.ResourceOptions(parent=parent, protect=kept, retain_on_delete=kept),
    )
    aws.kms.Alias(name, name=f"alias/{alias}", target_key_id=key.key_id, opts=pulumi.ResourceOptions(parent=parent))
    return key
