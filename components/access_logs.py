"""A bucket that Elastic Load Balancing may write access logs to, and nobody may read by accident."""

import pulumi
import pulumi_aws as aws

from components.permissions import Statement, arn, policy_document

_LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
_UNFINISHED_UPLOAD_DAYS = 7
_NONCURRENT_DAYS = 1


def access_log_bucket(
    name: str,
    *,
    name_prefix: str,
    account_id: str,
    region: str,
    retention_days: int,
    kept: bool,
    parent: pulumi.Resource,
) -> tuple[aws.s3.Bucket, list[pulumi.Resource]]:
    """Make the bucket.

    Args:
        name: logical name of every resource.
        name_prefix: first part of the bucket's name; account and Region follow, since bucket names are global.
        account_id: owner of bucket and load balancer.
        region: Region of both.
        retention_days: days until a log is removed.
        kept: protected in Pulumi, left in the account, and never emptied to be deleted.
        parent: the component.

    Returns:
        The bucket, and what must be there before a load balancer may name it.
    """
    child = pulumi.ResourceOptions(parent=parent)
    bucket = aws.s3.Bucket(
        name,
        bucket=f"{name_prefix}-lb-logs-{account_id}-{region}",
        force_destroy=not kept,
        opts=pulumi.ResourceOptions(parent=parent, protect=kept, retain_on_delete=kept),
    )
    closed = aws.s3.BucketPublicAccessBlock(
        name,
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=child,
    )
    aws.s3.BucketOwnershipControls(
        name,
        bucket=bucket.id,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=child,
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=bucket.id,
        rules=[
            aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                # SSE-S3: load balancers cannot write to a bucket with a KMS key.
                apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                    sse_algorithm="AES256"
                )
            )
        ],
        opts=child,
    )
    versioning = aws.s3.BucketVersioning(
        name,
        bucket=bucket.id,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=child,
    )
    aws.s3.BucketLifecycleConfiguration(
        name,
        bucket=bucket.id,
        rules=_lifecycle_rules(retention_days),
        # S3 reads noncurrent versions by the state of versioning when the rules are set.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[versioning]),
    )
    policy = aws.s3.BucketPolicy(
        name,
        bucket=bucket.id,
        policy=bucket.arn.apply(lambda bucket_arn: log_delivery_policy(bucket_arn, account_id, region)),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[closed]),
    )
    return bucket, [closed, policy]


def log_delivery_policy(bucket_arn: str, account_id: str, region: str) -> str:
    """Bucket policy: load balancers of this account write below AWSLogs/ACCOUNT/, and nobody comes without TLS.

    The path already belongs to this account's load balancers alone. The source ARN is compared only if the service
    sends it: AWS documents it for some writes, and a load balancer whose first test write is refused is not created.

    Args:
        bucket_arn: the bucket.
        account_id: owner of the load balancers.
        region: Region of the load balancers.
    """
    load_balancers = arn("elasticloadbalancing", region, account_id, "loadbalancer/*")
    return policy_document(
        [
            Statement(
                sid="LoadBalancersWriteLogs",
                actions=["s3:PutObject"],
                resources=[f"{bucket_arn}/AWSLogs/{account_id}/*"],
                services=[_LOG_DELIVERY],
                conditions={
                    "StringEqualsIfExists": {"aws:SourceAccount": account_id},
                    "ArnLikeIfExists": {"aws:SourceArn": load_balancers},
                },
            ),
            Statement(
                sid="NobodyWithoutTls",
                effect="Deny",
                actions=["s3:*"],
                resources=[bucket_arn, f"{bucket_arn}/*"],
                principals=["*"],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            ),
        ]
    )


def _lifecycle_rules(retention_days: int) -> list[aws.s3.BucketLifecycleConfigurationRuleArgs]:
    everything = aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    return [
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="expire-logs",
            status="Enabled",
            filter=everything,
            expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=retention_days),
            noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=_NONCURRENT_DAYS
            ),
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=_UNFINISHED_UPLOAD_DAYS
            ),
        )
    ]
