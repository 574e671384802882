"""The AWS partition of a Region. Needs nothing, so that components can use it without the settings' validation."""


def partition_of(region: str) -> str:
    """`aws`, `aws-cn` or `aws-us-gov`: the first part of every ARN in the Region."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
