"""Faults, the journal, and what is kept: through the wire, as a client meets them."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, HTTPClientError

from localaws import daemon, persistence
from localaws.client import Client
from localaws.errors import UsageError
from localaws.home import Home
from localaws.server import Running
from tests.support.aws_scene import Scene

LOST = (ConnectionClosedError, EndpointConnectionError, HTTPClientError)
PLANTED = "planted-3f9c1b-secret"


def add(aws: Running, kind: str, service: str = "*", action: str = "*", **count: int) -> None:
    aws.client.control("fault/add", {"service": service, "action": action, "kind": kind, **count})


def entries(aws: Running) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = aws.client.control("journal")["entries"]
    return calls


Called = tuple[str, str, str, dict[str, Any]]
CODES = {"throttle": ("Throttl", "RequestLimit", "SlowDown"), "http500": ("Internal",)}
# One call of each protocol: JSON, query, EC2 query, REST XML, REST JSON, and S3.
CALLS: list[Called] = [
    ("ecs", "CreateCluster", "create_cluster", {"clusterName": "c"}),
    ("ecr", "CreateRepository", "create_repository", {"repositoryName": "repository"}),
    ("kms", "CreateKey", "create_key", {}),
    ("logs", "CreateLogGroup", "create_log_group", {"logGroupName": "g"}),
    ("secretsmanager", "CreateSecret", "create_secret", {"Name": "s", "SecretString": "x"}),
    ("cloudwatch", "PutDashboard", "put_dashboard", {"DashboardName": "d", "DashboardBody": "{}"}),
    ("iam", "CreateRole", "create_role", {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}),
    ("sns", "CreateTopic", "create_topic", {"Name": "t"}),
    ("sts", "GetCallerIdentity", "get_caller_identity", {}),
    ("elbv2", "DescribeLoadBalancers", "describe_load_balancers", {}),
    ("rds", "DescribeDBClusters", "describe_db_clusters", {}),
    ("ec2", "CreateVpc", "create_vpc", {"CidrBlock": "10.0.0.0/16"}),
    ("route53", "CreateHostedZone", "create_hosted_zone", {"Name": "example.org", "CallerReference": "x"}),
    ("backup", "CreateBackupVault", "create_backup_vault", {"BackupVaultName": "v"}),
    ("s3", "CreateBucket", "create_bucket", {"Bucket": "bucket"}),
]


@pytest.mark.parametrize("call", CALLS, ids=[c[0] for c in CALLS])
def test_every_protocol_is_journalled_by_service_and_action(aws: Running, call: Called) -> None:
    service, action, method, arguments = call
    getattr(aws.boto(service), method)(**arguments)
    last = entries(aws)[-1]
    assert (last["service"], last["action"], last["outcome"]) == (service, action, "ok")


@pytest.mark.parametrize("kind", ["throttle", "http500"])
@pytest.mark.parametrize("call", CALLS, ids=[c[0] for c in CALLS])
def test_every_protocol_is_refused_in_words_its_sdk_understands(aws: Running, call: Called, kind: str) -> None:
    service, action, method, arguments = call
    add(aws, kind, service, action)
    run = getattr(aws.boto(service), method)
    with pytest.raises(ClientError) as refused:
        run(**arguments)
    assert refused.value.response["Error"]["Code"].startswith(CODES[kind])
    run(**arguments)  # nothing had been changed by the refused call, or this one would clash
    assert [e["outcome"] for e in entries(aws)[-2:]] == [f"fault: {kind}", "ok"]


def test_reply_lost_before_the_change_leaves_nothing_behind(aws: Running) -> None:
    add(aws, "reset-before", "ecs", "CreateCluster")
    with pytest.raises(LOST):
        aws.boto("ecs").create_cluster(clusterName="c")
    assert aws.boto("ecs").list_clusters()["clusterArns"] == []


def test_reply_lost_after_the_change_leaves_it_made(aws: Running) -> None:
    add(aws, "reset-after", "ecs", "CreateCluster")
    with pytest.raises(LOST):
        aws.boto("ecs").create_cluster(clusterName="c")
    assert len(aws.boto("ecs").list_clusters()["clusterArns"]) == 1
    assert entries(aws)[-2]["outcome"] == "fault: reset-after (answered 200)"


def test_hang_does_not_answer_and_does_not_stop_the_others(aws: Running) -> None:
    add(aws, "hang", "ecs", "CreateCluster")
    hanging = threading.Thread(target=_ignore, args=(aws,), daemon=True)
    hanging.start()
    began = time.monotonic()
    while not aws.client.control("fault/list")["rules"][0]["fired"]:
        assert time.monotonic() - began < 10
    assert aws.boto("ecs").list_clusters()["clusterArns"] == []
    assert hanging.is_alive()


def _ignore(aws: Running) -> None:
    try:
        aws.boto("ecs").create_cluster(clusterName="c")
    except LOST:
        return


def test_nth_call_fails_and_the_ones_after_it_succeed(aws: Running) -> None:
    add(aws, "access-denied", "ecs", "CreateCluster", nth=3)
    ecs = aws.boto("ecs")
    outcomes: list[str] = []
    for number in range(4):
        try:
            ecs.create_cluster(clusterName=f"c{number}")
            outcomes.append("ok")
        except ClientError as refused:
            outcomes.append(refused.response["Error"]["Code"])
    assert outcomes == ["ok", "ok", "AccessDeniedException", "ok"]


def test_rule_of_an_unknown_kind_is_refused_and_not_added(aws: Running) -> None:
    with pytest.raises(UsageError, match="is not one of"):
        add(aws, "explode")
    assert aws.client.control("fault/list")["rules"] == []


def test_no_secret_value_is_journalled(aws: Running) -> None:
    aws.boto("secretsmanager").create_secret(Name=PLANTED, SecretString=PLANTED)
    aws.boto("ssm").put_parameter(Name="p", Value=PLANTED, Type="SecureString")
    aws.boto("s3").create_bucket(Bucket="bucket")
    aws.boto("s3").put_object(Bucket="bucket", Key=PLANTED, Body=PLANTED.encode())
    assert PLANTED not in json.dumps(aws.client.control("journal"))
    assert PLANTED not in json.dumps(aws.client.control("status"))


def test_calls_at_once_are_all_answered(aws: Running) -> None:
    ec2 = aws.boto("ec2")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"], range(40)))
    assert len(set(made)) == 40


def test_everything_survives_being_written_down_and_read_back(scene: Scene) -> None:
    aws = scene.aws
    scene.serving()
    scene.update(scene.push("v1.1.0"))
    aws.boto("s3").create_bucket(Bucket="state")
    aws.boto("s3").put_object(Bucket="state", Key="k", Body=b"hello")
    key = aws.boto("kms").create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signed = aws.boto("kms").sign(KeyId=key, Message=b"m", SigningAlgorithm="RSASSA_PSS_SHA_256")["Signature"]
    aws.boto("secretsmanager").create_secret(Name="s", SecretString="value")
    aws.boto("ssm").put_parameter(Name="p", Value="v", Type="String")
    aws.boto("acm").request_certificate(DomainName="example.org", ValidationMethod="DNS")
    aws.boto("backup").create_backup_vault(BackupVaultName="vault")
    before = scene.look(), scene.rollouts(), scene.tasks(), aws.boto("ec2").describe_subnets()["Subnets"]
    with aws.world.lock:
        content = persistence.dump(aws.world)
    aws.reset()
    assert scene.ecs.describe_clusters(clusters=["main"])["clusters"] == []
    with aws.world.lock:
        persistence.restore(aws.world, content)
    after = scene.look(), scene.rollouts(), scene.tasks(), aws.boto("ec2").describe_subnets()["Subnets"]
    assert after == before
    assert aws.boto("s3").get_object(Bucket="state", Key="k")["Body"].read() == b"hello"
    assert aws.boto("secretsmanager").get_secret_value(SecretId="s")["SecretString"] == "value"
    verified = aws.boto("kms").verify(KeyId=key, Message=b"m", Signature=signed, SigningAlgorithm="RSASSA_PSS_SHA_256")
    assert verified["SignatureValid"]
    assert aws.boto("ssm").get_parameter(Name="p")["Parameter"]["Value"] == "v"
    assert len(aws.boto("acm").list_certificates()["CertificateSummaryList"]) == 1
    assert len(aws.boto("backup").list_backup_vaults()["BackupVaultList"]) == 1
    aws.advance(3600)
    assert scene.rollouts()[0]["status"] == "SUCCESSFUL", "the rollout goes on where it was"


def test_state_of_another_version_is_refused_and_what_is_there_stays(
    aws: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with aws.world.lock:
        content = persistence.dump(aws.world)
    aws.boto("ecs").create_cluster(clusterName="c")
    monkeypatch.setattr(persistence, "FORMAT", 999)
    with pytest.raises(UsageError, match="saved by moto"):
        persistence.restore(aws.world, content)
    assert len(aws.boto("ecs").list_clusters()["clusterArns"]) == 1


def test_background_process_starts_once_keeps_its_state_and_leaves_nothing_running(tmp_path: Path) -> None:
    home = Home(tmp_path / "aws")
    endpoint, started = daemon.start(home)
    try:
        assert started
        assert daemon.start(home) == (endpoint, False)
        Client(endpoint).boto("ecs").create_cluster(clusterName="kept")
        pid = home.pid()
        assert daemon.stop(home)
        assert home.pid() is None
        assert pid is not None
        assert not Path(f"/proc/{pid}").exists()
        again, _ = daemon.start(home)
        assert again == endpoint, "the endpoint stays the same"
        arns = Client(again).boto("ecs").list_clusters()["clusterArns"]
        assert [arn.rsplit("/", 1)[-1] for arn in arns] == ["kept"]
    finally:
        daemon.stop(home)
    assert not daemon.stop(home)


def test_unreadable_state_is_put_aside_and_said_in_the_log(tmp_path: Path) -> None:
    home = Home(tmp_path / "aws")
    home.path.mkdir()
    home.state_file.write_bytes(b"not a state")
    endpoint, _ = daemon.start(home)
    assert "could not be read" in Client(endpoint).control("status")["note"]
    daemon.stop(home)
    assert home.state_file.with_suffix(".unreadable").read_bytes() == b"not a state"
    assert "could not be read" in home.log_file.read_text()


def test_repeated_call_with_the_same_token_makes_nothing_twice(aws: Running) -> None:
    """A client that lost the reply sends the same call again."""
    ec2 = aws.boto("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    given = {"VpcId": vpc, "ServiceName": "com.amazonaws.us-east-1.s3", "ClientToken": "token-1"}
    add(aws, "reset-after", "ec2", "CreateVpcEndpoint")
    with pytest.raises(LOST):
        ec2.create_vpc_endpoint(**given)
    again = ec2.create_vpc_endpoint(**given)["VpcEndpoint"]["VpcEndpointId"]
    (found,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert found["VpcEndpointId"] == again
    other = ec2.create_vpc_endpoint(**(given | {"ClientToken": "token-2"}))["VpcEndpoint"]["VpcEndpointId"]
    assert other != again
