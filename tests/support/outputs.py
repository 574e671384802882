"""Stack outputs for tests: plausible everywhere, and what a test names is as it says."""

from outputs import StackOutputs


def stack_outputs(**given: object) -> StackOutputs:
    """A staging stack's outputs with the given fields."""
    plausible: dict[str, object] = {
        name: None if field.annotation == (str | None) else f"{name}-of-staging"
        for name, field in StackOutputs.model_fields.items()
    }
    plausible |= {"database_port": 5432, "task_subnet_ids": ["subnet-1"], "deployment_alarm_names": []}
    return StackOutputs.model_validate(plausible | given)
