"""Secrets reach a container by reference, not as text in its definition."""

import re

from policies.ecs import TASK_DEFINITION, each_container, task
from policies.kit import Control, Props, Resource, Severity
from policies.values import many, text

_NAME = re.compile(r"PASSW(OR)?D|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL", re.IGNORECASE)
# Names of things that only lead to a secret.
_REFERENCE = re.compile(r"_(ARN|NAME|FILE|PATH)$", re.IGNORECASE)
_VALUE = re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|://[^/\s:@]+:[^/\s:@]+@")


def find(resource: Resource) -> str | None:
    return each_container(resource, _fault)


def _fault(container: Props) -> str | None:
    for variable in many(container, "environment"):
        name, value = text(variable, "name"), text(variable, "value")
        if value and _NAME.search(name) and not _REFERENCE.search(name):
            return f"has the value of {name} in plain text"
        if _VALUE.search(value):
            return f"has what looks like a key or a password in {name}"
    return None


_KEPT = "arn:aws:secretsmanager:us-east-1:123456789012:secret:database"

CONTROL = Control(
    module=__name__,
    title="No environment variable holds a secret",
    why="Whoever may read a task definition, a state file or a console page could read the secret.",
    severity=Severity.CRITICAL,
    types=(TASK_DEFINITION,),
    find=find,
    demanded="no variable whose name or value is that of a password, token or key",
    fix="keep it in Secrets Manager and name its ARN in the container's secrets",
    good=(
        task({"environment": [{"name": "LOG_LEVEL", "value": "debug"}]}),
        task({"environment": [{"name": "DATABASE_SECRET_ARN", "value": _KEPT}]}),
        task({"secrets": [{"name": "DATABASE_PASSWORD", "valueFrom": _KEPT}]}),
    ),
    bad=(
        task({"environment": [{"name": "DATABASE_PASSWORD", "value": "never-shown"}]}),
        task({"environment": [{"name": "DSN", "value": "postgres://app:never-shown@db/app"}]}),
    ),
    not_checked="Secrets under names and in shapes that nobody would guess.",
)
