"""State in a bucket, its secrets under a KMS key, as with a real account."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Generator
from typing import cast

import pytest

from localaws.client import Client
from localaws.seed import STATE_BUCKET, STATE_KEY_ALIAS
from tests.support.real_engine import FIXTURES, RealStack
from tests.support.whole_stack import room_with_aws

pytestmark = [pytest.mark.engine, pytest.mark.timeout(200)]

BACKEND = f"s3://{STATE_BUCKET}?region=us-east-1"
KEY = f"awskms://{STATE_KEY_ALIAS}?region=us-east-1"
PLANTED = "swordfish-under-a-key"
NAME = "sealed-topic"


@pytest.fixture(scope="module")
def sealed(built: object, tmp_path_factory: pytest.TempPathFactory) -> Generator[RealStack]:
    """A stack that was brought up once."""
    del built
    folder = tmp_path_factory.mktemp("sealed")
    with room_with_aws(folder) as (_, environment):
        directory = folder / "project"
        shutil.copytree(FIXTURES / "sealed_stack", directory)
        del environment["PULUMI_CONFIG_PASSPHRASE"]
        stack = RealStack(directory, environment | {"PULUMI_BACKEND_URL": BACKEND})
        stack.succeed("stack", "init", "dev", "--secrets-provider", KEY)
        stack.succeed("config", "set", "--secret", "planted", PLANTED)
        stack.succeed("up", "--yes", "--skip-preview")
        yield stack


def objects(stack: RealStack) -> dict[str, bytes]:
    """Everything in the bucket by key, unpacked."""
    s3 = Client(stack.environment["AWS_ENDPOINT_URL"]).boto("s3")
    found: dict[str, bytes] = {}
    for row in s3.list_objects_v2(Bucket=STATE_BUCKET)["Contents"]:
        body: bytes = s3.get_object(Bucket=STATE_BUCKET, Key=row["Key"])["Body"].read()
        found[row["Key"]] = gzip.decompress(body) if row["Key"].endswith(".gz") else body
    return found


def test_secret_is_readable_with_the_key_and_in_no_object_of_the_bucket(sealed: RealStack) -> None:
    stored = objects(sealed)

    (state,) = [body for key, body in stored.items() if key.endswith("/dev.json")]
    assert NAME.encode() in state
    assert b'"ciphertext"' in state
    assert not [key for key, body in stored.items() if PLANTED.encode() in body]
    assert sealed.succeed("stack", "output", "planted", "--show-secrets").text.strip() == PLANTED
    assert PLANTED not in sealed.succeed("stack", "output").text


def test_stack_file_names_the_key_and_holds_no_secret_in_plain_text(sealed: RealStack) -> None:
    text = (sealed.directory / "Pulumi.dev.yaml").read_text()
    assert f"secretsprovider: {KEY}" in text
    assert "encryptedkey:" in text
    assert PLANTED not in text


def test_preview_from_a_bucket_is_empty_and_leaves_no_lock(sealed: RealStack) -> None:
    sealed.succeed("preview", "--expect-no-changes")
    assert not [key for key in objects(sealed) if "/locks/" in key]


def test_secret_is_opened_by_the_key_in_kms_and_by_nothing_on_this_machine(sealed: RealStack) -> None:
    aws = Client(sealed.environment["AWS_ENDPOINT_URL"])
    since = aws.control("journal")["total"]
    sealed.succeed("stack", "output", "planted", "--show-secrets")
    asked = cast("list[dict[str, str]]", aws.control("journal", {"since": since})["entries"])
    assert "Decrypt" in {each["action"] for each in asked if each["service"] == "kms"}
    assert not any(name.startswith("PULUMI_CONFIG_PASSPHRASE") for name in sealed.environment)
