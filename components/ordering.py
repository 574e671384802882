"""Order that no argument expresses: a value that is there only once something else works."""

from collections.abc import Iterable
from typing import TypeVar

import pulumi

ValueT = TypeVar("ValueT")


def once_there(value: pulumi.Input[ValueT], *resources: Iterable[pulumi.Resource]) -> pulumi.Output[ValueT]:
    """The same value, but whoever uses it is created after the resources, and deleted before them.

    It stays known in a preview (a resource's URN always is), so that a new route never makes a subnet id look changed.
    """
    urns = [each.urn for group in resources for each in group]
    return pulumi.Output.all(value=value, urns=urns).apply(lambda known: known["value"])
