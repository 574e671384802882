"""Arguments of a service as a staging stack would give them; a test names what it is about."""

from dataclasses import replace

from components.ecs_service import EcsServiceArgs
from tests.support.recorder import ACCOUNT_ID, REGION

DIGEST = "sha256:" + "a" * 64
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT_ID}:secret:rds!cluster-1-AbCdEf"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/1"
REPOSITORY_ARN = "arn:aws:ecr:us-east-1:210987654321:repository/backend"


def service_args(**changes: object) -> EcsServiceArgs:
    """A service behind a load balancer, with a database; the rollout is not verified unless the test says so."""
    args = EcsServiceArgs(
        name_prefix="runlayer-staging",
        account_id=ACCOUNT_ID,
        region=REGION,
        vpc_id="vpc-1",
        subnet_ids=["subnet-1", "subnet-2"],
        image=f"210987654321.dkr.ecr.us-east-1.amazonaws.com/backend@{DIGEST}",
        image_repository_arn=REPOSITORY_ARN,
        release_version="v1.4.2",
        release_digest=DIGEST,
        target_group_arn="arn:target-group",
        production_listener_rule_arn="arn:rule",
        load_balancer_security_group_id="sg-load-balancer",
        database_endpoint="db.internal",
        database_name="runlayer",
        database_username="runlayer",
        database_secret_arn=SECRET_ARN,
        database_secret_key_arn=KEY_ARN,
        database_security_group_id="sg-database",
        verify_rollout=False,
    )
    return replace(args, **changes)
