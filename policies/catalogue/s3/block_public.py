"""No object of a bucket can become public."""

from policies.kit import Control, Resource, Severity
from policies.values import flag

BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def find(resource: Resource) -> str | None:
    missing = [key for key in _FLAGS if not flag(resource.props, key)]
    return f"{', '.join(missing)} not true" if missing else None


CONTROL = Control(
    module=__name__,
    title="Buckets refuse to become public",
    why="One wrong policy or object permission is otherwise enough to publish everything in it.",
    severity=Severity.CRITICAL,
    types=(BLOCK,),
    find=find,
    demanded="all four flags of the public access block true",
    fix="set block_public_acls, block_public_policy, ignore_public_acls and restrict_public_buckets to True",
    good=(Resource(BLOCK, dict.fromkeys(_FLAGS, True)),),
    bad=(Resource(BLOCK, {}), Resource(BLOCK, {**dict.fromkeys(_FLAGS, True), "blockPublicPolicy": False})),
    not_checked="That every bucket has such a block.",
)
