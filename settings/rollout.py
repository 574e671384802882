"""Whether a rolling deployment can move on, with Amazon ECS's rounding.

Source: Amazon ECS API reference, `DeploymentConfiguration`: the minimum is rounded up, the maximum down.
"""


def may_stop_to(desired: int, minimum_healthy_percent: int) -> int:
    """The fewest healthy tasks that ECS keeps."""
    return -(-desired * minimum_healthy_percent // 100)


def may_start_to(desired: int, maximum_percent: int) -> int:
    """The most tasks that ECS runs at once."""
    return desired * maximum_percent // 100


def stuck_at(counts: range, minimum_healthy_percent: int, maximum_percent: int) -> int | None:
    """The first number of tasks at which no task may be started and none stopped; None if there is none."""
    for desired in counts:
        if (
            may_start_to(desired, maximum_percent) <= desired
            and may_stop_to(desired, minimum_healthy_percent) >= desired
        ):
            return desired
    return None
