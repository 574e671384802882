import json
from dataclasses import replace

import pytest

from components.ecr_repository import EcrRepository, EcrRepositoryArgs, PullThroughArgs
from components.errors import ComponentError
from tests.support.recorder import ACCOUNT_ID, REGION, Recording, record, record_refusal

VENDOR = "999999999999"
ARGS = EcrRepositoryArgs(name="backend-production", account_id=ACCOUNT_ID, region=REGION)
PULL_THROUGH = PullThroughArgs(prefix="vendor", upstream_registry_url=f"{VENDOR}.dkr.ecr.eu-west-1.amazonaws.com")
FILLED = replace(ARGS, name="vendor/backend-production", pull_through=PULL_THROUGH)

SHAPE = [
    ("aws:ecr/lifecyclePolicy:LifecyclePolicy", "registry"),
    ("aws:ecr/repository:Repository", "registry"),
    ("aws:kms/alias:Alias", "registry"),
    ("aws:kms/key:Key", "registry"),
    ("runlayer:index:EcrRepository", "registry"),
]


def repository(args: EcrRepositoryArgs = ARGS) -> Recording[EcrRepository]:
    return record(lambda: EcrRepository("registry", args))


def test_types_and_names_stay_as_they_are() -> None:
    everything = replace(FILLED, pull_account_ids=["111111111111"], replicate_to_regions=["eu-west-1"])

    assert repository().shape() == SHAPE
    assert repository(everything).shape() == sorted(
        [
            *SHAPE,
            ("aws:ecr/pullThroughCacheRule:PullThroughCacheRule", "registry-pull-through"),
            ("aws:ecr/replicationConfiguration:ReplicationConfiguration", "registry-replication"),
            ("aws:ecr/repositoryPolicy:RepositoryPolicy", "registry"),
            ("aws:iam/role:Role", "registry-pull-through"),
            ("aws:iam/rolePolicy:RolePolicy", "registry-pull-through"),
        ]
    )


def test_every_child_has_the_component_as_its_parent() -> None:
    assert {each.parent for each in repository(FILLED).resources if each.custom} == {"registry"}


def test_tags_never_move_but_latest_does() -> None:
    inputs = repository().one("aws:ecr/repository:Repository").inputs

    assert inputs["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert inputs["imageTagMutabilityExclusionFilters"] == [{"filter": "latest", "filterType": "WILDCARD"}]


def test_images_are_scanned_and_encrypted_with_a_key_of_their_own() -> None:
    run = repository()
    inputs = run.one("aws:ecr/repository:Repository").inputs
    key = run.one("aws:kms/key:Key")

    assert inputs["imageScanningConfiguration"] == {"scanOnPush": True}
    assert inputs["encryptionConfigurations"] == [
        {"encryptionType": "KMS", "kmsKey": f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/registry"}
    ]
    assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, 30)
    assert run.one("aws:kms/alias:Alias").inputs["name"] == "alias/ecr/backend-production"


def test_alias_has_no_character_that_kms_refuses() -> None:
    name = "a.b/c_d" + "e" * 240

    assert repository(replace(ARGS, name=name)).one("aws:kms/alias:Alias").inputs["name"] == (
        "alias/" + f"ecr/a-b/c_d{'e' * 240}"[:200]
    )


def test_repository_and_key_are_protected_and_stay_in_the_account_by_default() -> None:
    run = repository()

    for type_ in ("aws:ecr/repository:Repository", "aws:kms/key:Key"):
        assert run.one(type_).protect
        assert run.one(type_).retain_on_delete
    assert run.one("aws:ecr/repository:Repository").inputs["forceDelete"] is False


def test_practice_repository_can_be_destroyed_with_its_images() -> None:
    run = repository(replace(ARGS, deletion_protected=False))

    assert not [each for each in run.resources if each.protect or each.retain_on_delete]
    assert run.one("aws:ecr/repository:Repository").inputs["forceDelete"] is True


def test_nobody_else_may_pull_unless_asked() -> None:
    assert not repository().all("aws:ecr/repositoryPolicy:RepositoryPolicy")


def test_named_accounts_may_pull_and_do_nothing_else() -> None:
    run = repository(replace(ARGS, pull_account_ids=["222222222222", "111111111111"]))
    policy = json.loads(run.one("aws:ecr/repositoryPolicy:RepositoryPolicy").inputs["policy"])

    assert policy["Statement"] == [
        {
            "Sid": "OtherAccountsPull",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"]},
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        }
    ]


def test_vendor_registry_in_another_account_is_read_through_a_role_of_its_own() -> None:
    run = repository(FILLED)
    rule = run.one("aws:ecr/pullThroughCacheRule:PullThroughCacheRule")
    trust = json.loads(run.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"][0]
    rights = {
        each["Sid"]: each for each in json.loads(run.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    }

    assert rule.inputs["ecrRepositoryPrefix"] == "vendor"
    assert rule.inputs["upstreamRepositoryPrefix"] == "ROOT"
    assert rule.inputs["upstreamRegistryUrl"] == PULL_THROUGH.upstream_registry_url
    assert rule.inputs["customRoleArn"] == f"arn:aws:iam:{REGION}:{ACCOUNT_ID}:role/registry-pull-through"
    assert rule.waits_for(run.one("aws:iam/rolePolicy:RolePolicy"))
    assert trust["Principal"] == {"Service": ["pullthroughcache.ecr.amazonaws.com"]}
    assert trust["Condition"] == {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT_ID}}
    assert rights["ReadUpstream"]["Resource"] == [f"arn:aws:ecr:eu-west-1:{VENDOR}:repository/*"]
    assert rights["WriteOurs"]["Resource"] == [f"arn:aws:ecr:{REGION}:{ACCOUNT_ID}:repository/vendor/*"]
    assert [sid for sid, each in rights.items() if each["Resource"] == ["*"]] == ["RegistryToken"]


@pytest.mark.parametrize(
    "pull_through",
    [
        replace(PULL_THROUGH, role_arn=f"arn:aws:iam::{ACCOUNT_ID}:role/given"),
        replace(PULL_THROUGH, upstream_registry_url=f"{ACCOUNT_ID}.dkr.ecr.eu-west-1.amazonaws.com"),
    ],
)
def test_no_role_is_made_when_one_is_given_or_the_account_is_ours(pull_through: PullThroughArgs) -> None:
    run = repository(replace(FILLED, pull_through=pull_through))

    assert not run.all("aws:iam/role:Role")
    assert run.one("aws:ecr/pullThroughCacheRule:PullThroughCacheRule").inputs.get("customRoleArn") == (
        pull_through.role_arn
    )


def test_replication_copies_this_repository_alone() -> None:
    run = repository(replace(ARGS, replicate_to_regions=["eu-west-1", "us-west-2"]))
    inputs = run.one("aws:ecr/replicationConfiguration:ReplicationConfiguration").inputs

    assert inputs["replicationConfiguration"]["rules"] == [
        {
            "destinations": [
                {"region": "eu-west-1", "registryId": ACCOUNT_ID},
                {"region": "us-west-2", "registryId": ACCOUNT_ID},
            ],
            "repositoryFilters": [{"filter": "backend-production", "filterType": "PREFIX_MATCH"}],
        }
    ]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (replace(ARGS, name="Backend"), "COMP401"),
        (replace(ARGS, name="b"), "COMP401"),
        (replace(ARGS, name="a" * 257), "COMP401"),
        (replace(ARGS, name="back..end"), "COMP401"),
        (replace(ARGS, pull_through=PULL_THROUGH), "COMP402"),
        (replace(FILLED, pull_through=replace(PULL_THROUGH, prefix="v")), "COMP402"),
        (replace(FILLED, pull_through=replace(PULL_THROUGH, upstream_registry_url="public.ecr.aws")), "COMP402"),
        (replace(ARGS, pull_account_ids=["*"]), "COMP403"),
        (replace(ARGS, pull_account_ids=["111111111111", "111111111111"]), "COMP403"),
        (replace(ARGS, replicate_to_regions=[REGION]), "COMP403"),
        (replace(ARGS, replicate_to_regions=["eu-west-1", "eu-west-1"]), "COMP403"),
        (replace(ARGS, untagged_expiry_days=0), "COMP404"),
        (replace(ARGS, timestamp_images_kept=0), "COMP404"),
    ],
)
def test_repository_is_refused_before_anything_is_registered(args: EcrRepositoryArgs, code: str) -> None:
    refusal, registered = record_refusal(lambda: EcrRepository("registry", args), ComponentError)

    assert isinstance(refusal, ComponentError)
    assert refusal.code == code
    assert "allowed" in refusal.problem
    assert not registered
