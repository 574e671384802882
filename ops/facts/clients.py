"""AWS clients of the operations CLI."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_ecs.client import ECSClient

# boto3's own default of 5 tries gives up under the throttling of a busy account.
PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 10})


def ecs(region: str) -> "ECSClient":
    """Client of Amazon ECS."""
    return boto3.client("ecs", region_name=region, config=PATIENT)
