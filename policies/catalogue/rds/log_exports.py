"""The log of the database is kept where it can be searched."""

from policies.kit import Control, Resource, Severity
from policies.rds import CLUSTER
from policies.values import words


def find(resource: Resource) -> str | None:
    exported = words(resource.props, "enabledCloudwatchLogsExports")
    return None if "postgresql" in exported else f"enabledCloudwatchLogsExports {', '.join(exported) or 'not set'}"


CONTROL = Control(
    module=__name__,
    title="The database writes its log to CloudWatch",
    why="Failed logins and slow statements are otherwise gone after days, or with the instance.",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    find=find,
    demanded="enabledCloudwatchLogsExports with postgresql",
    fix='set enabled_cloudwatch_logs_exports=["postgresql"]',
    good=(Resource(CLUSTER, {"enabledCloudwatchLogsExports": ["postgresql"]}),),
    bad=(Resource(CLUSTER, {}), Resource(CLUSTER, {"enabledCloudwatchLogsExports": ["upgrade"]})),
)
