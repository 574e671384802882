"""What names may look like, so that the longest one still fits what AWS takes."""

import re

from components.errors import ComponentError

NAME_PREFIX_MAX = 20
"""Characters. A load balancer's name ends at 32, and the longest suffix there has 9; a role's prefix ends at 38."""

_NAME_PREFIX = re.compile(r"[a-z](-?[a-z0-9])*")
# Elastic Load Balancing refuses names that begin like its own, and EC2 security groups that look like an id.
_RESERVED = ("internal-", "sg-")


def check_name_prefix(name_prefix: str) -> None:
    """Refuse a prefix that some resource of the component could not carry.

    Raises:
        ComponentError: COMP001.
    """
    if (
        len(name_prefix) <= NAME_PREFIX_MAX
        and _NAME_PREFIX.fullmatch(name_prefix)
        and not f"{name_prefix}-".startswith(_RESERVED)
    ):
        return
    raise ComponentError(
        "COMP001",
        f"name_prefix is {name_prefix!r}; allowed: 1 to {NAME_PREFIX_MAX} lower-case letters, digits and single "
        f"hyphens, a letter first, not beginning with {' or '.join(_RESERVED)}",
        "load balancers, buckets and database clusters are named after it, and each has its own limits",
        "shorten it, for example to runlayer-staging",
    )
