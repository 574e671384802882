"""What an empty account gets so that there is something to deploy from: a vendor's registry, DNS, state storage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localaws.client import Client
from localaws.registry.push import Release

REPOSITORY = "backend-production"
ZONE = "example.com"
ZONE_ID = "Z0EXAMPLE0000000000"
STATE_BUCKET = "state"
STATE_KEY_ALIAS = "alias/pulumi-state"
LABEL = "com.runlayer."


@dataclass(frozen=True, slots=True)
class Seeded:
    """One release of the vendor's registry. `migration` is its kind, `schema` the range that the code works on."""

    version: str
    built: str
    commit: str
    migration: str
    schema: tuple[int, int]

    @property
    def tags(self) -> list[str]:
        return [self.version, self.built, f"{self.version}-{self.built}-{self.commit}"]

    @property
    def built_at(self) -> datetime:
        return datetime.strptime(self.built, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)


RELEASES: tuple[Seeded, ...] = (
    Seeded("v1.3.2", "20260806-091204", "5e1d07c2", "none", (11, 12)),
    Seeded("v1.4.0", "20260917-141530", "9b3f60aa", "expand", (12, 13)),
    Seeded("v1.4.1", "20260929-102846", "c47a1e08", "none", (12, 13)),
    Seeded("v1.4.2", "20261020-164907", "1f82d5b3", "none", (12, 13)),
    Seeded("v1.5.0-rc.1", "20261103-120011", "7c09e4f6", "expand", (13, 14)),
    Seeded("v1.5.0", "20261112-083355", "a1b2c3d4", "expand", (13, 14)),
)
LATEST = "v1.5.0"


def seed(client: Client) -> list[dict[str, str]]:
    """Create what is missing and return a table of what is there. Doing it twice changes nothing."""
    rows: list[dict[str, str]] = []
    _registry(client, rows)
    _dns(client, rows)
    _state(client, rows)
    return rows


def release_of(item: Seeded) -> Release:
    """The image of a seeded release; its bytes never change."""
    low, high = item.schema
    return Release(
        name=f"{REPOSITORY}:{item.version}",
        labels={
            f"{LABEL}migration.kind": item.migration,
            f"{LABEL}schema.min": str(low),
            f"{LABEL}schema.max": str(high),
            "org.opencontainers.image.version": item.version.removeprefix("v"),
            "org.opencontainers.image.revision": item.commit,
            "org.opencontainers.image.created": item.built_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        created=item.built_at,
    )


def _registry(client: Client, rows: list[dict[str, str]]) -> None:
    ecr = client.boto("ecr")
    held: set[str] = set()
    try:
        pages = ecr.get_paginator("describe_images").paginate(repositoryName=REPOSITORY)
        held = {tag for page in pages for image in page["imageDetails"] for tag in image.get("imageTags", [])}
    except ecr.exceptions.RepositoryNotFoundException:
        ecr.create_repository(repositoryName=REPOSITORY, imageScanningConfiguration={"scanOnPush": True})
    for item in RELEASES:
        if item.version not in held:
            tags = [*item.tags, "latest"] if item.version == LATEST and "latest" not in held else item.tags
            client.push(REPOSITORY, tags, release_of(item), item.built_at)
    for image in ecr.describe_images(repositoryName=REPOSITORY)["imageDetails"]:
        rows.append(
            {
                "kind": "image",
                "name": f"{REPOSITORY}@{image['imageDigest'][:19]}",
                "value": " ".join(image.get("imageTags", [])),
                "note": f"pushed {image['imagePushedAt'].astimezone(UTC):%Y-%m-%d}",
            }
        )


def _dns(client: Client, rows: list[dict[str, str]]) -> None:
    route53 = client.boto("route53")
    zones: list[Any] = route53.list_hosted_zones_by_name(DNSName=f"{ZONE}.")["HostedZones"]
    zone = next((z["Id"] for z in zones if z["Name"] == f"{ZONE}."), None)
    if zone is None:
        client.control("zone-id", {"name": f"{ZONE}.", "id": ZONE_ID})
        zone = route53.create_hosted_zone(Name=ZONE, CallerReference="seed")["HostedZone"]["Id"]
    rows.append({"kind": "zone", "name": ZONE, "value": zone.rsplit("/", 1)[-1], "note": "public"})
    acm = client.boto("acm")
    known = [c for c in acm.list_certificates()["CertificateSummaryList"] if c["DomainName"] == ZONE]
    if known:
        arn = known[0]["CertificateArn"]
    else:
        arn = acm.request_certificate(
            DomainName=ZONE, SubjectAlternativeNames=[f"*.{ZONE}"], ValidationMethod="DNS", IdempotencyToken="seed"
        )["CertificateArn"]
        options = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]
        records = {o["ResourceRecord"]["Name"]: o["ResourceRecord"] for o in options if "ResourceRecord" in o}
        changes = [
            {
                "Action": "UPSERT",
                "ResourceRecordSet": {
                    "Name": r["Name"],
                    "Type": r["Type"],
                    "TTL": 300,
                    "ResourceRecords": [{"Value": r["Value"]}],
                },
            }
            for r in records.values()
        ]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    rows.append({"kind": "certificate", "name": f"{ZONE}, *.{ZONE}", "value": arn, "note": "validated by DNS"})


def _state(client: Client, rows: list[dict[str, str]]) -> None:
    s3 = client.boto("s3")
    if STATE_BUCKET not in {b["Name"] for b in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=STATE_BUCKET)
    where = f"region={client.region}"
    rows.append(
        {"kind": "bucket", "name": STATE_BUCKET, "value": f"s3://{STATE_BUCKET}?{where}", "note": "state backend"}
    )
    kms = client.boto("kms")
    aliases = {a["AliasName"] for page in kms.get_paginator("list_aliases").paginate() for a in page["Aliases"]}
    if STATE_KEY_ALIAS not in aliases:
        key = kms.create_key(Description="secrets of the state")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=STATE_KEY_ALIAS, TargetKeyId=key)
    rows.append(
        {"kind": "key", "name": STATE_KEY_ALIAS, "value": f"awskms://{STATE_KEY_ALIAS}?{where}", "note": "secrets"}
    )
