import json
from dataclasses import replace

import pytest

from components.errors import ComponentError
from components.network import ExistingNetworkArgs, Nat, Network, NetworkArgs
from tests.support.recorder import ACCOUNT_ID, REGION, Recording, record, record_refusal

ZONES = ["us-east-1a", "us-east-1b"]
ARGS = NetworkArgs(name_prefix="runlayer-staging", account_id=ACCOUNT_ID, region=REGION, availability_zones=ZONES)
EXISTING = ExistingNetworkArgs(
    vpc_id="vpc-12345678",
    public_subnet_ids=["subnet-1", "subnet-2"],
    private_subnet_ids=["subnet-3", "subnet-4"],
    database_subnet_ids=["subnet-5", "subnet-6"],
)

NAMES = {
    "aws:cloudwatch/logGroup:LogGroup": ["network-flow-logs"],
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ["network-default"],
    "aws:ec2/eip:Eip": ["network-nat-us-east-1a"],
    "aws:ec2/flowLog:FlowLog": ["network"],
    "aws:ec2/internetGateway:InternetGateway": ["network-internet"],
    "aws:ec2/natGateway:NatGateway": ["network-nat-us-east-1a"],
    "aws:ec2/route:Route": ["network-internet", "network-nat-us-east-1a", "network-nat-us-east-1b"],
    "aws:ec2/routeTable:RouteTable": [
        "network-database",
        "network-private-us-east-1a",
        "network-private-us-east-1b",
        "network-public",
    ],
    "aws:ec2/routeTableAssociation:RouteTableAssociation": [
        f"network-{tier}-{zone}" for tier in ("database", "private", "public") for zone in ZONES
    ],
    "aws:ec2/securityGroup:SecurityGroup": ["network-endpoints"],
    "aws:ec2/subnet:Subnet": [f"network-{tier}-{zone}" for tier in ("database", "private", "public") for zone in ZONES],
    "aws:ec2/vpc:Vpc": ["network"],
    "aws:ec2/vpcEndpoint:VpcEndpoint": [
        f"network-endpoint-{service}"
        for service in ("ecr-api", "ecr-dkr", "kms", "logs", "s3", "secretsmanager", "sts")
    ],
    "aws:iam/role:Role": ["network-flow-logs"],
    "aws:iam/rolePolicy:RolePolicy": ["network-flow-logs"],
    "aws:kms/alias:Alias": ["network-flow-logs"],
    "aws:kms/key:Key": ["network-flow-logs"],
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [f"network-endpoints-{zone}" for zone in ZONES],
    "runlayer:index:Network": ["network"],
}
"""Another name is another resource: changing this list replaces a network that people use."""


def network(args: NetworkArgs = ARGS) -> Recording[Network]:
    return record(lambda: Network("network", args))


def test_types_and_names_stay_as_they_are() -> None:
    assert network().shape() == sorted((type_, name) for type_, names in NAMES.items() for name in names)


def test_every_child_has_the_component_as_its_parent() -> None:
    assert {each.parent for each in network().resources if each.custom} == {"network"}


def test_third_zone_adds_resources_and_leaves_the_others_as_they_were() -> None:
    before = {(each.type, each.name): each.inputs for each in network().resources}
    after = network(replace(ARGS, availability_zones=[*ZONES, "us-east-1c"]))
    spread = {"aws:ec2/vpcEndpoint:VpcEndpoint"}  # an endpoint gets an address in the new zone, in place

    assert set(before) < set(after.shape())
    assert all(
        each.inputs == before[each.type, each.name]
        for each in after.resources
        if (each.type, each.name) in before and each.type not in spread
    )


def test_nat_in_each_zone_gives_each_zone_its_own_way_out() -> None:
    run = network(replace(ARGS, nat=Nat.PER_ZONE))

    assert [each.name for each in run.all("aws:ec2/natGateway:NatGateway")] == [f"network-nat-{zone}" for zone in ZONES]
    for zone in ZONES:
        route = next(each for each in run.all("aws:ec2/route:Route") if each.name == f"network-nat-{zone}")
        assert route.inputs["routeTableId"] == f"network-private-{zone}-id"
        assert route.inputs["natGatewayId"] == f"network-nat-{zone}-id"


def test_one_nat_serves_the_private_subnets_of_all_zones() -> None:
    routes = [each for each in network().all("aws:ec2/route:Route") if "natGatewayId" in each.inputs]

    assert [each.inputs["natGatewayId"] for each in routes] == ["network-nat-us-east-1a-id"] * 2


def test_more_gateways_change_no_name_of_a_route() -> None:
    one, per_zone = network(), network(replace(ARGS, nat=Nat.PER_ZONE))

    assert [each.name for each in one.all("aws:ec2/route:Route")] == [
        each.name for each in per_zone.all("aws:ec2/route:Route")
    ]


def test_without_nat_no_private_subnet_has_a_route_to_the_internet() -> None:
    run = network(replace(ARGS, nat=Nat.NONE))

    assert [each.name for each in run.all("aws:ec2/route:Route")] == ["network-internet"]
    assert not run.all("aws:ec2/eip:Eip")


@pytest.mark.parametrize("nat", list(Nat))
def test_database_subnets_have_no_way_out(nat: Nat) -> None:
    run = network(replace(ARGS, nat=nat))
    tables = {
        each.inputs["routeTableId"]
        for each in run.all("aws:ec2/routeTableAssociation:RouteTableAssociation")
        if each.name.startswith("network-database")
    }

    assert tables == {"network-database-id"}
    assert not [each for each in run.all("aws:ec2/route:Route") if each.inputs["routeTableId"] in tables]
    gateway = run.named("network-endpoint-s3")
    assert gateway.inputs["routeTableIds"] == [f"network-private-{zone}-id" for zone in ZONES]


def test_nothing_gets_a_public_address_by_starting() -> None:
    assert {each.inputs["mapPublicIpOnLaunch"] for each in network().all("aws:ec2/subnet:Subnet")} == {False}


def test_default_security_group_is_emptied() -> None:
    inputs = network().one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs

    assert inputs["vpcId"] == "network-id"
    assert not inputs.get("ingress")
    assert not inputs.get("egress")


def test_endpoints_are_private_and_let_in_https_from_the_private_subnets_alone() -> None:
    run = network()
    group = run.one("aws:ec2/securityGroup:SecurityGroup")
    rules = run.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    private = {
        each.inputs["cidrBlock"] for each in run.all("aws:ec2/subnet:Subnet") if each.name.startswith("network-private")
    }

    assert not {"ingress", "egress"} & set(group.inputs)
    assert {each.inputs["cidrIpv4"] for each in rules} == private
    assert {(each.inputs["ipProtocol"], each.inputs["fromPort"], each.inputs["toPort"]) for each in rules} == {
        ("tcp", 443, 443)
    }
    assert {each.inputs["securityGroupId"] for each in rules} == {"network-endpoints-id"}
    assert not run.all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    interfaces = [
        each for each in run.all("aws:ec2/vpcEndpoint:VpcEndpoint") if each.inputs["vpcEndpointType"] == "Interface"
    ]
    assert {each.inputs["serviceName"] for each in interfaces} == {
        f"com.amazonaws.us-east-1.{service}"
        for service in ("ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "sts")
    }
    for each in interfaces:
        assert each.inputs["privateDnsEnabled"] is True
        assert each.inputs["securityGroupIds"] == ["network-endpoints-id"]
        assert each.inputs["subnetIds"] == [f"network-private-{zone}-id" for zone in ZONES]


def test_image_layers_come_through_the_gateway_even_without_interface_endpoints() -> None:
    run = network(replace(ARGS, interface_endpoints=False))

    assert [each.name for each in run.all("aws:ec2/vpcEndpoint:VpcEndpoint")] == ["network-endpoint-s3"]
    assert not run.all("aws:ec2/securityGroup:SecurityGroup")


def test_private_subnet_id_is_known_only_once_its_way_out_is_there() -> None:
    def build() -> Network:
        import pulumi_aws as aws  # noqa: PLC0415  only here a resource is registered by hand

        made = Network("network", ARGS)
        aws.ec2.NetworkInterface("user", subnet_id=made.private_subnet_ids[0])
        return made

    run = record(build)
    user = run.named("user")
    needed = [
        *(each for each in run.all("aws:ec2/route:Route") if "natGatewayId" in each.inputs),
        *run.all("aws:ec2/vpcEndpoint:VpcEndpoint"),
        *run.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    ]

    assert user.inputs["subnetId"] == "network-private-us-east-1a-id"
    assert needed
    assert all(user.waits_for(each) for each in needed)


def test_nat_gateway_waits_for_the_route_to_the_internet() -> None:
    run = network()
    gateway = run.one("aws:ec2/natGateway:NatGateway")

    assert gateway.waits_for(next(each for each in run.all("aws:ec2/route:Route") if "gatewayId" in each.inputs))
    assert run.one("aws:ec2/eip:Eip").inputs["domain"] == "vpc"


def test_flow_logs_are_encrypted_kept_as_asked_and_written_by_a_role_that_can_do_nothing_else() -> None:
    run = network(
        replace(
            ARGS,
            flow_log_retention_days=90,
            iam_path="/platform/",
            permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT_ID}:policy/boundary",
        )
    )
    group = run.one("aws:cloudwatch/logGroup:LogGroup")
    key = run.one("aws:kms/key:Key")
    role = run.one("aws:iam/role:Role")
    trust = json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]
    rights = json.loads(run.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    flow_log = run.one("aws:ec2/flowLog:FlowLog")

    assert group.inputs["name"] == "/vpc/runlayer-staging/flow-logs"
    assert group.inputs["retentionInDays"] == 90
    assert group.inputs["kmsKeyId"] == f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/network-flow-logs"
    assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, 30)
    assert f"logs.{REGION}.amazonaws.com" in key.inputs["policy"]
    assert f"log-group:{group.inputs['name']}" in key.inputs["policy"]
    assert role.inputs["path"] == "/platform/"
    assert role.inputs["permissionsBoundary"] == f"arn:aws:iam::{ACCOUNT_ID}:policy/boundary"
    assert trust["Principal"] == {"Service": ["vpc-flow-logs.amazonaws.com"]}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT_ID}
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": [f"arn:aws:ec2:{REGION}:{ACCOUNT_ID}:vpc-flow-log/*"]}
    assert {action.split(":")[0] for each in rights for action in each["Action"]} == {"logs"}
    assert "*" not in [resource for each in rights for resource in each["Resource"]]
    written = next(each for each in rights if "logs:PutLogEvents" in each["Action"])
    assert all("/vpc/runlayer-staging/flow-logs" in resource for resource in written["Resource"])
    assert flow_log.inputs["trafficType"] == "ALL"
    assert flow_log.waits_for(run.one("aws:iam/rolePolicy:RolePolicy"))


def test_longest_prefix_fits_every_name() -> None:
    run = network(replace(ARGS, name_prefix="a" * 20))

    assert len(run.one("aws:iam/role:Role").inputs["namePrefix"]) <= 38
    assert len(run.one("aws:ec2/securityGroup:SecurityGroup").inputs["namePrefix"]) <= 255 - 26


def test_existing_network_is_handed_on_and_nothing_is_created() -> None:
    run = network(NetworkArgs(name_prefix="runlayer", account_id=ACCOUNT_ID, region=REGION, existing=EXISTING))

    assert run.shape() == [("runlayer:index:Network", "network")]
    assert run.value(run.result.vpc_id) == "vpc-12345678"
    assert run.value(run.result.private_subnet_ids) == ["subnet-3", "subnet-4"]
    assert run.value(run.result.database_subnet_ids) == ["subnet-5", "subnet-6"]
    assert run.result.s3_prefix_list_id is None


def test_existing_network_may_have_no_public_subnets() -> None:
    existing = replace(EXISTING, public_subnet_ids=[])
    run = network(NetworkArgs(name_prefix="runlayer", account_id=ACCOUNT_ID, region=REGION, existing=existing))

    assert run.value(run.result.public_subnet_ids) == []


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (replace(ARGS, name_prefix="a" * 21), "COMP001"),
        (replace(ARGS, name_prefix="Runlayer"), "COMP001"),
        (replace(ARGS, name_prefix="run--layer"), "COMP001"),
        (replace(ARGS, name_prefix="internal-run"), "COMP001"),
        (replace(ARGS, name_prefix="internal"), "COMP001"),
        (replace(ARGS, name_prefix="sg-run"), "COMP001"),
        (replace(ARGS, availability_zones=None), "COMP101"),
        (replace(ARGS, availability_zones=["us-east-1a"]), "COMP101"),
        (replace(ARGS, availability_zones=["us-east-1a", "eu-west-1a"]), "COMP101"),
        (replace(ARGS, vpc_cidr="10.20.0.0/24"), "COMP101"),
        (replace(ARGS, nat=Nat.NONE, interface_endpoints=False), "COMP102"),
        (replace(ARGS, existing=replace(EXISTING, public_subnet_ids=["subnet-1"])), "COMP103"),
        (replace(ARGS, existing=replace(EXISTING, private_subnet_ids=["subnet-1"])), "COMP103"),
        (replace(ARGS, existing=replace(EXISTING, database_subnet_ids=["subnet-1", "subnet-1"])), "COMP103"),
    ],
)
def test_network_is_refused_before_anything_is_registered(args: NetworkArgs, code: str) -> None:
    refusal, registered = record_refusal(lambda: Network("network", args), ComponentError)

    assert isinstance(refusal, ComponentError)
    assert refusal.code == code
    assert "allowed" in refusal.problem
    assert not registered
