"""Which images a registry may remove. Pure."""

import json

RELEASE_PATTERN = "v*.*.*"
"""Every tag with a semantic version: `v1.2.3`, `v1.3.0-rc.1`, `v1.2.3-20241213-152430-a1b2c3d4`."""
TIMESTAMP_PATTERN = "20*-*"
"""Tags such as `20241213-152430`."""

_NEVER_REACHED = 1_000_000
_ONE_AT_MOST = 1


def lifecycle_policy(*, untagged_expiry_days: int, timestamp_images_kept: int) -> str:
    """The lifecycle policy of a release repository, as JSON.

    Amazon ECR gives an image to the first rule, by priority, whose tags match, and no later rule can expire it (Amazon
    ECR User Guide, "Lifecycle policy evaluation rules"). There is no rule that keeps; so the first two rules match
    what must stay and count to a number that is never reached. The count of the third includes images that are
    releases as well, which it cannot remove: at most `timestamp_images_kept` of the others stay. An image whose tags
    match nothing here stays.

    Args:
        untagged_expiry_days: days from the push until an image without a tag goes.
        timestamp_images_kept: how many of the newest images with a timestamp tag stay.
    """
    rules = [
        _tagged(1, "Releases stay", RELEASE_PATTERN, _NEVER_REACHED),
        _tagged(2, "What latest names stays", "latest", _ONE_AT_MOST),
        _tagged(
            3,
            f"Of builds without a release, the newest {timestamp_images_kept} stay",
            TIMESTAMP_PATTERN,
            timestamp_images_kept,
        ),
        {
            "rulePriority": 4,
            "description": f"Images without a tag go after {untagged_expiry_days} days",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": untagged_expiry_days,
            },
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules}, sort_keys=True)


def _tagged(priority: int, description: str, pattern: str, most: int) -> dict[str, object]:
    return {
        "rulePriority": priority,
        "description": description,
        "selection": {
            "tagStatus": "tagged",
            # One pattern a rule: an image must match all patterns of a list.
            "tagPatternList": [pattern],
            "countType": "imageCountMoreThan",
            "countNumber": most,
        },
        "action": {"type": "expire"},
    }
