"""People and programs can come without a password."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import flag


def find(resource: Resource) -> str | None:
    taken = flag(resource.props, "iamDatabaseAuthenticationEnabled")
    return None if taken else "iamDatabaseAuthenticationEnabled not true"


CONTROL = Control(
    module=__name__,
    title="The database takes IAM credentials",
    why="Passwords are shared and stay; IAM credentials are a person's own and last 15 minutes.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    find=find,
    demanded="iamDatabaseAuthenticationEnabled true",
    fix="set iam_database_authentication_enabled=True",
    good=(Resource(CLUSTER, {"iamDatabaseAuthenticationEnabled": True}),),
    bad=(
        Resource(CLUSTER, {"iamDatabaseAuthenticationEnabled": False}),
        Resource(CLUSTER, {}),
    ),
)
