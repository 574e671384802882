"""IAM documents of an image repository. Pure."""

from collections.abc import Sequence

from components.permissions import ANY, Statement, arn, from_account, policy_document
from settings.partition import partition_of

PULL_THROUGH_SERVICE = "pullthroughcache.ecr.amazonaws.com"


def pull_policy(region: str, account_ids: Sequence[str]) -> str:
    """Repository policy: these accounts may pull, and their own IAM decides who of them.

    Their pulls need no right on the repository's key: Amazon ECR decrypts through its own grant.
    """
    return policy_document(
        [
            Statement(
                sid="OtherAccountsPull",
                actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                principals=[f"arn:{partition_of(region)}:iam::{account_id}:root" for account_id in account_ids],
            )
        ]
    )


def pull_through_trust(account_id: str) -> str:
    """Trust policy of the role with which Amazon ECR reads an upstream registry in another account.

    AWS documents no condition for it, so the account is compared only if ECR sends it.
    """
    return policy_document(
        [
            Statement(
                sid="AssumedByThePullThroughCache",
                actions=["sts:AssumeRole"],
                services=[PULL_THROUGH_SERVICE],
                conditions={"StringEqualsIfExists": from_account(account_id)["StringEquals"]},
            )
        ]
    )


def pull_through_policy(
    *, region: str, account_id: str, prefix: str, upstream_account: str, upstream_region: str
) -> str:
    """Read any repository of the upstream registry, and write below the prefix of ours.

    Source: Amazon ECR User Guide, "Setting up permissions for cross-account ECR to ECR PTC".
    """
    ours = arn("ecr", region, account_id, f"repository/{prefix}/*")
    upstream = arn("ecr", upstream_region, upstream_account, "repository/*")
    return policy_document(
        [
            # The API knows no resource for the token.
            Statement(sid="RegistryToken", actions=["ecr:GetAuthorizationToken"], resources=[ANY]),
            Statement(
                sid="ReadUpstream",
                actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                resources=[upstream],
            ),
            Statement(
                sid="Import",
                actions=["ecr:BatchImportUpstreamImage", "ecr:GetImageCopyStatus"],
                resources=[ours, upstream],
            ),
            Statement(
                sid="WriteOurs",
                actions=[
                    "ecr:CompleteLayerUpload",
                    "ecr:InitiateLayerUpload",
                    "ecr:PutImage",
                    "ecr:UploadLayerPart",
                ],
                resources=[ours],
            ),
        ]
    )
