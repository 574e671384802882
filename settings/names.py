"""Names of project and stack, from which the names of all resources are made."""

import re

from settings.section import Check

NAME_PREFIX_MAX = 20
"""Characters of `<project>-<stack>`: leaves 12 of the 32 that a load balancer's name has for what the thing is."""

_PART = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)

PROJECT = Check(
    "CFG020",
    "lower-case letters, digits and single hyphens between them, a letter first",
    "rename the project in Pulumi.yaml",
    lambda name: _PART.fullmatch(name) is not None and name[0].isalpha(),
)
STACK = Check(
    "CFG020",
    "lower-case letters, digits and single hyphens between them",
    "make a stack with another name: `pulumi stack init NAME`, and rename its file to Pulumi.NAME.yaml",
    lambda name: _PART.fullmatch(name) is not None,
)
