"""The registry through boto3: pushes, tags, blobs, scans, caches, replication, what was seeded."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from localaws.registry.push import MANIFEST_TYPE, Release, manifest_of
from localaws.seed import LATEST, RELEASES, REPOSITORY, STATE_BUCKET, STATE_KEY_ALIAS, seed
from localaws.server import Running

EXCLUDED = {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"} | {
    "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "latest"}]
}


def push(aws: Running, tag: str, what: str = "", repository: str = "app") -> str:
    """Push through PutImage, as docker would; the digest."""
    manifest, _ = manifest_of(Release(what or tag))
    answer = aws.boto("ecr").put_image(
        repositoryName=repository, imageManifest=manifest.decode(), imageManifestMediaType=MANIFEST_TYPE, imageTag=tag
    )
    digest: str = answer["image"]["imageId"]["imageDigest"]
    return digest


def repository(aws: Running, **changes: Any) -> None:  # noqa: ANN401 - arguments of the API
    aws.boto("ecr").create_repository(repositoryName="app", **changes)


def tags(aws: Running, name: str = "app") -> dict[str, list[str]]:
    images = aws.boto("ecr").describe_images(repositoryName=name)["imageDetails"]
    return {image["imageDigest"]: image.get("imageTags", []) for image in images}


def test_digest_is_the_hash_of_the_manifest(aws: Running) -> None:
    repository(aws)
    manifest, _ = manifest_of(Release("v1.0.0"))
    assert push(aws, "v1.0.0") == "sha256:" + hashlib.sha256(manifest).hexdigest()


def test_moving_tag_leaves_the_old_image_without_it(aws: Running) -> None:
    repository(aws)
    old = push(aws, "latest", "first")
    new = push(aws, "latest", "second")
    assert tags(aws) == {old: [], new: ["latest"]}


def test_immutable_repository_keeps_versions_and_lets_latest_move(aws: Running) -> None:
    repository(aws, **EXCLUDED)
    first = push(aws, "v1.0.0", "first")
    push(aws, "latest", "first")
    second = push(aws, "latest", "second")
    before = tags(aws)
    assert before == {first: ["v1.0.0"], second: ["latest"]}
    with pytest.raises(ClientError, match="ImageTagAlreadyExistsException"):
        push(aws, "v1.0.0", "third")
    assert tags(aws) == before, "a refused push changes nothing"


def test_push_of_what_is_there_already_is_told(aws: Running) -> None:
    repository(aws)
    push(aws, "v1.0.0")
    with pytest.raises(ClientError, match="ImageAlreadyExistsException"):
        push(aws, "v1.0.0")


def test_image_deleted_by_tag_goes_with_its_last_tag(aws: Running) -> None:
    repository(aws)
    digest = push(aws, "v1.0.0", "same")
    push(aws, "stable", "same")
    ecr = aws.boto("ecr")
    ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "stable"}])
    assert tags(aws) == {digest: ["v1.0.0"]}
    ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "v1.0.0"}])
    assert tags(aws) == {}


def test_labels_and_architecture_are_read_from_the_config_blob(aws: Running) -> None:
    repository(aws)
    release = Release("v1", labels={"com.runlayer.schema.min": "7"}, architecture="arm64")
    aws.client.push("app", ["v1"], release, datetime.now(tz=UTC))
    ecr = aws.boto("ecr")
    (image,) = ecr.batch_get_image(repositoryName="app", imageIds=[{"imageTag": "v1"}])["images"]
    config = json.loads(image["imageManifest"])["config"]["digest"]
    url = ecr.get_download_url_for_layer(repositoryName="app", layerDigest=config)["downloadUrl"]
    with urlopen(url) as reply:  # noqa: S310 - loopback
        blob = json.load(reply)
    assert blob["config"]["Labels"] == {"com.runlayer.schema.min": "7"}
    assert blob["architecture"] == "arm64"


def test_scan_is_done_after_a_while_and_finds_what_was_scripted(aws: Running) -> None:
    repository(aws, imageScanningConfiguration={"scanOnPush": True})
    digest = push(aws, "v1.0.0")
    ecr = aws.boto("ecr")
    image: dict[str, Any] = {"repositoryName": "app", "imageId": {"imageDigest": digest}}
    assert ecr.describe_image_scan_findings(**image)["imageScanStatus"]["status"] == "IN_PROGRESS"
    aws.client.control("findings", {"digest": digest, "findings": {"CVE-2026-1": "critical", "CVE-2026-2": "LOW"}})
    aws.advance(60)
    found = ecr.describe_image_scan_findings(**image)["imageScanFindings"]
    assert found["findingSeverityCounts"] == {"CRITICAL": 1, "LOW": 1}
    (detail,) = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert detail["imageScanFindingsSummary"]["findingSeverityCounts"] == {"CRITICAL": 1, "LOW": 1}


def test_image_that_was_never_scanned_says_so(aws: Running) -> None:
    repository(aws)
    push(aws, "v1.0.0")
    with pytest.raises(ClientError, match="ScanNotFoundException"):
        aws.boto("ecr").describe_image_scan_findings(repositoryName="app", imageId={"imageTag": "v1.0.0"})


def test_cache_rule_fills_a_repository_from_its_upstream(aws: Running) -> None:
    repository(aws)
    digest = push(aws, "v1.0.0")
    ecr = aws.boto("ecr")
    upstream = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="vendor", upstreamRegistryUrl=upstream)
    assert tags(aws, "vendor/app") == {digest: ["v1.0.0"]}
    with pytest.raises(ClientError, match="AlreadyExists"):
        ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="vendor", upstreamRegistryUrl=upstream)
    ecr.delete_pull_through_cache_rule(ecrRepositoryPrefix="vendor")
    with pytest.raises(ClientError, match="NotFound"):
        ecr.describe_pull_through_cache_rules(ecrRepositoryPrefixes=["vendor"])


def test_pushed_image_is_replicated_to_the_other_region(aws: Running) -> None:
    repository(aws)
    ecr = aws.boto("ecr")
    rule = {
        "destinations": [{"region": "us-west-2", "registryId": "123456789012"}],
        "repositoryFilters": [{"filter": "app", "filterType": "PREFIX_MATCH"}],
    }
    ecr.put_replication_configuration(replicationConfiguration={"rules": [rule]})
    digest = push(aws, "v1.0.0")
    import boto3  # noqa: PLC0415

    west = boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "ecr",
        region_name="us-west-2",
        endpoint_url=aws.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    (image,) = west.describe_images(repositoryName="app")["imageDetails"]
    assert image.get("imageDigest") == digest


def test_lifecycle_preview_names_what_would_expire(aws: Running) -> None:
    repository(aws)
    for number in range(3):
        push(aws, f"2026010{number}-120000", f"build {number}")
    push(aws, "v1.0.0")
    selection = {
        "tagStatus": "tagged",
        "tagPatternList": ["2026*"],
        "countType": "imageCountMoreThan",
        "countNumber": 1,
    }
    policy = {"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]}
    ecr = aws.boto("ecr")
    ecr.put_lifecycle_policy(repositoryName="app", lifecyclePolicyText=json.dumps(policy))
    ecr.start_lifecycle_policy_preview(repositoryName="app")
    preview = ecr.get_lifecycle_policy_preview(repositoryName="app")
    assert preview["summary"]["expiringImageTotalCount"] == 2
    assert all(not any(t.startswith("v") for t in row["imageTags"]) for row in preview["previewResults"])


def test_creation_template_is_kept_changed_and_deleted(aws: Running) -> None:
    ecr = aws.boto("ecr")
    ecr.create_repository_creation_template(prefix="vendor", appliedFor=["PULL_THROUGH_CACHE"], description="one")
    ecr.update_repository_creation_template(prefix="vendor", description="two")
    (template,) = ecr.describe_repository_creation_templates(prefixes=["vendor"])["repositoryCreationTemplates"]
    assert (template["description"], template["imageTagMutability"]) == ("two", "MUTABLE")
    ecr.delete_repository_creation_template(prefix="vendor")
    assert ecr.describe_repository_creation_templates()["repositoryCreationTemplates"] == []


def test_seed_is_complete_and_doing_it_twice_changes_nothing(aws: Running) -> None:
    first = seed(aws.client)
    assert seed(aws.client) == first
    held = tags(aws, REPOSITORY)
    assert len(held) == len(RELEASES)
    assert sum("latest" in names for names in held.values()) == 1
    (newest,) = [names for names in held.values() if "latest" in names]
    assert LATEST in newest
    assert {t for names in held.values() for t in names} == {t for r in RELEASES for t in r.tags} | {"latest"}
    assert STATE_BUCKET in {b["Name"] for b in aws.boto("s3").list_buckets()["Buckets"]}
    assert STATE_KEY_ALIAS in {a["AliasName"] for a in aws.boto("kms").list_aliases()["Aliases"]}


def test_seeded_certificate_is_issued_and_its_dates_are_those_of_the_tags(aws: Running) -> None:
    seed(aws.client)
    (summary,) = aws.boto("acm").list_certificates()["CertificateSummaryList"]
    assert summary["Status"] == "ISSUED"
    images = aws.boto("ecr").describe_images(repositoryName=REPOSITORY)["imageDetails"]
    pushed = {i["imagePushedAt"].astimezone(UTC).strftime("%Y%m%d-%H%M%S") for i in images}
    assert pushed == {r.built for r in RELEASES}
