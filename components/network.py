"""The network: a VPC of its own over two or three zones, or one that exists."""

from dataclasses import dataclass
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from components.arguments import typed_args
from components.errors import ComponentError
from components.flow_logs import vpc_flow_logs
from components.names import check_name_prefix
from components.ordering import once_there
from components.private_endpoints import interface_endpoints
from components.subnets import ZoneSubnets, plan_subnets

_SUBNETS_MIN = 2


class Nat(StrEnum):
    """How private subnets reach the internet."""

    ONE = "one"
    """One NAT gateway, in the first zone: cheap, and lost with its zone."""
    PER_ZONE = "per_zone"
    """A NAT gateway in each zone."""
    NONE = "none"
    """Not at all; endpoints only."""


@dataclass(kw_only=True)
class ExistingNetworkArgs:
    """A VPC that exists."""

    vpc_id: str
    """The VPC to use."""
    public_subnet_ids: list[str]
    """Subnets of the load balancer when it is public: none, or two and more in different zones."""
    private_subnet_ids: list[str]
    """Subnets of the tasks, with a route to the registry; two or more in different zones."""
    database_subnet_ids: list[str]
    """Subnets of the database; two or more in different zones."""
    vpc_cidr: str | None = None
    """IPv4 range of the VPC, for those who want it as an output."""


@dataclass(kw_only=True)
class NetworkArgs:
    """Arguments of Network."""

    name_prefix: str
    """First part of every name, at most 20 characters."""
    account_id: str
    """AWS account of the network."""
    region: str
    """AWS Region of the network."""
    existing: ExistingNetworkArgs | None = None
    """Use this VPC and create nothing; none: create one."""
    vpc_cidr: str = "10.20.0.0/16"
    """IPv4 range of the VPC that is created, /16 to /20."""
    availability_zones: list[str] | None = None
    """Two or three zones by name, so that a new zone in the Region never moves a subnet; needed unless existing is."""
    nat: Nat = Nat.ONE
    """NAT gateways of the private subnets."""
    interface_endpoints: bool = True
    """Private endpoints for ECR, KMS, logs, Secrets Manager and STS."""
    flow_log_retention_days: int = 30
    """Days that VPC flow logs are kept."""
    iam_path: str = "/"
    """IAM path of the role."""
    permissions_boundary_arn: str | None = None
    """Permissions boundary of the role."""


class Network(pulumi.ComponentResource):
    """A VPC with public, private and database subnets, closed by default, and with flow logs.

    Database subnets have no route out. An id of a private subnet is usable as soon as it is known: its way out and the
    endpoints are there first.
    """

    TYPE = "runlayer:index:Network"

    vpc_id: pulumi.Output[str]
    """The VPC."""
    vpc_cidr: pulumi.Output[str] | None
    """IPv4 range of the VPC; none for an existing one that did not say."""
    public_subnet_ids: pulumi.Output[list[str]]
    """Subnets with a route to the internet gateway, one a zone."""
    private_subnet_ids: pulumi.Output[list[str]]
    """Subnets of the tasks, one a zone."""
    database_subnet_ids: pulumi.Output[list[str]]
    """Subnets without a way out, one a zone."""
    s3_prefix_list_id: pulumi.Output[str] | None
    """Prefix list of the S3 gateway endpoint; none for an existing VPC."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Check the arguments and register the network.

        Raises:
            ComponentError: COMP001, COMP101 to COMP103, before anything is registered.
        """
        args = typed_args(NetworkArgs, args)
        check_name_prefix(args.name_prefix)
        plan = _checked_plan(args)
        super().__init__(self.TYPE, name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        if args.existing:
            self._use(args.existing)
        else:
            self._create(plan)
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "public_subnet_ids": self.public_subnet_ids,
                "private_subnet_ids": self.private_subnet_ids,
                "database_subnet_ids": self.database_subnet_ids,
            }
        )

    def _use(self, existing: ExistingNetworkArgs) -> None:
        self.vpc_id = pulumi.Output.from_input(existing.vpc_id)
        self.vpc_cidr = pulumi.Output.from_input(existing.vpc_cidr) if existing.vpc_cidr else None
        self.public_subnet_ids = pulumi.Output.from_input(existing.public_subnet_ids)
        self.private_subnet_ids = pulumi.Output.from_input(existing.private_subnet_ids)
        self.database_subnet_ids = pulumi.Output.from_input(existing.database_subnet_ids)
        self.s3_prefix_list_id = None

    def _create(self, plan: list[ZoneSubnets]) -> None:
        args = self._args
        vpc = aws.ec2.Vpc(
            self._name,
            cidr_block=args.vpc_cidr,
            # Private endpoints answer under the public host names only with both of these.
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": args.name_prefix},
            opts=self._child,
        )
        # Taking the default group over removes its rules: nobody is reachable through it by accident.
        aws.ec2.DefaultSecurityGroup(
            f"{self._name}-default",
            vpc_id=vpc.id,
            tags={"Name": f"{args.name_prefix}-default-closed"},
            opts=self._child,
        )
        public = {each.zone: self._subnet(vpc, "public", each.zone, each.public_cidr) for each in plan}
        private = {each.zone: self._subnet(vpc, "private", each.zone, each.private_cidr) for each in plan}
        database = {each.zone: self._subnet(vpc, "database", each.zone, each.database_cidr) for each in plan}

        way_in = self._public_routes(vpc, public)
        tables = {zone: self._route_table(vpc, f"private-{zone}") for zone in private}
        way_out = self._nat_routes(public, tables, way_in)
        way_out += [self._associate(f"private-{zone}", subnet, tables[zone]) for zone, subnet in private.items()]
        isolated = self._route_table(vpc, "database")
        closed = [self._associate(f"database-{zone}", subnet, isolated) for zone, subnet in database.items()]

        storage = aws.ec2.VpcEndpoint(
            f"{self._name}-endpoint-s3",
            vpc_id=vpc.id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{args.region}.s3",
            # Image layers come from S3. Not for the database subnets: this would be a way out.
            route_table_ids=[table.id for table in tables.values()],
            tags={"Name": f"{args.name_prefix}-s3"},
            opts=self._child,
        )
        way_out.append(storage)
        if args.interface_endpoints:
            way_out += interface_endpoints(
                self._name,
                vpc=vpc,
                subnets=list(private.values()),
                plan=plan,
                name_prefix=args.name_prefix,
                region=args.region,
                parent=self,
            )
        vpc_flow_logs(
            self._name,
            vpc=vpc,
            name_prefix=args.name_prefix,
            account_id=args.account_id,
            region=args.region,
            retention_days=args.flow_log_retention_days,
            iam_path=args.iam_path,
            permissions_boundary_arn=args.permissions_boundary_arn,
            parent=self,
        )

        self.vpc_id = vpc.id
        self.vpc_cidr = vpc.cidr_block
        self.public_subnet_ids = once_there(_ids(public), way_in)
        self.private_subnet_ids = once_there(_ids(private), way_out)
        self.database_subnet_ids = once_there(_ids(database), closed)
        self.s3_prefix_list_id = storage.prefix_list_id

    def _subnet(self, vpc: aws.ec2.Vpc, tier: str, zone: str, cidr: str) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            f"{self._name}-{tier}-{zone}",
            vpc_id=vpc.id,
            availability_zone=zone,
            cidr_block=cidr,
            # Public addresses are given to the load balancer and the NAT gateways, never to whatever starts here.
            map_public_ip_on_launch=False,
            tags={"Name": f"{self._args.name_prefix}-{tier}-{zone}"},
            opts=self._child,
        )

    def _route_table(self, vpc: aws.ec2.Vpc, role: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{self._name}-{role}",
            vpc_id=vpc.id,
            tags={"Name": f"{self._args.name_prefix}-{role}"},
            opts=self._child,
        )

    def _associate(self, role: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable) -> aws.ec2.RouteTableAssociation:
        return aws.ec2.RouteTableAssociation(
            f"{self._name}-{role}", subnet_id=subnet.id, route_table_id=table.id, opts=self._child
        )

    def _public_routes(self, vpc: aws.ec2.Vpc, public: dict[str, aws.ec2.Subnet]) -> list[pulumi.Resource]:
        gateway = aws.ec2.InternetGateway(
            f"{self._name}-internet",
            vpc_id=vpc.id,
            tags={"Name": self._args.name_prefix},
            opts=self._child,
        )
        table = self._route_table(vpc, "public")
        route = aws.ec2.Route(
            f"{self._name}-internet",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self._child,
        )
        return [route, *(self._associate(f"public-{zone}", subnet, table) for zone, subnet in public.items())]

    def _nat_routes(
        self,
        public: dict[str, aws.ec2.Subnet],
        tables: dict[str, aws.ec2.RouteTable],
        way_in: list[pulumi.Resource],
    ) -> list[pulumi.Resource]:
        """A default route for each private table. Each zone has its own table, whatever the number of gateways."""
        zones = list(public)
        with_gateway = {Nat.NONE: [], Nat.ONE: zones[:1], Nat.PER_ZONE: zones}[self._args.nat]
        gateways = {zone: self._nat_gateway(zone, public[zone], way_in) for zone in with_gateway}
        if not gateways:
            return []
        return [
            aws.ec2.Route(
                f"{self._name}-nat-{zone}",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateways.get(zone, gateways[zones[0]]).id,
                opts=self._child,
            )
            for zone, table in tables.items()
        ]

    def _nat_gateway(self, zone: str, subnet: aws.ec2.Subnet, way_in: list[pulumi.Resource]) -> aws.ec2.NatGateway:
        tags = {"Name": f"{self._args.name_prefix}-nat-{zone}"}
        address = aws.ec2.Eip(f"{self._name}-nat-{zone}", domain="vpc", tags=tags, opts=self._child)
        return aws.ec2.NatGateway(
            f"{self._name}-nat-{zone}",
            allocation_id=address.allocation_id,
            subnet_id=subnet.id,
            tags=tags,
            # EC2 refuses a gateway whose subnet has no route to the internet yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=way_in),
        )


def _ids(subnets: dict[str, aws.ec2.Subnet]) -> pulumi.Output[list[str]]:
    return pulumi.Output.all(*[each.id for each in subnets.values()]).apply(lambda ids: [str(each) for each in ids])


def _checked_plan(args: NetworkArgs) -> list[ZoneSubnets]:
    if args.existing:
        _check_existing(args.existing)
        return []
    try:
        plan = plan_subnets(args.vpc_cidr, args.availability_zones or [])
    except ValueError as fault:
        raise ComponentError(
            "COMP101",
            str(fault),
            "each zone gets a public, a private and a database subnet out of the VPC's range",
            "name two or three zones of the Region and a range such as 10.20.0.0/16",
        ) from fault
    if astray := [zone for zone in args.availability_zones or [] if not zone.startswith(args.region)]:
        raise ComponentError(
            "COMP101",
            f"availability_zones has {', '.join(astray)}; allowed: zones of {args.region}",
            "a VPC lives in one Region",
            f"name zones such as {args.region}a",
        )
    if args.nat is Nat.NONE and not args.interface_endpoints:
        raise ComponentError(
            "COMP102",
            "nat is none and interface_endpoints is false; allowed: one of the two ways to the registry",
            "tasks could neither pull their image nor write logs nor read secrets",
            "set interface_endpoints to true, or nat to one",
        )
    return plan


def _check_existing(existing: ExistingNetworkArgs) -> None:
    asked = {
        "public_subnet_ids": existing.public_subnet_ids,
        "private_subnet_ids": existing.private_subnet_ids,
        "database_subnet_ids": existing.database_subnet_ids,
    }
    for key, ids in asked.items():
        may_be_empty = key == "public_subnet_ids"
        if len(set(ids)) != len(ids) or (len(ids) < _SUBNETS_MIN and not (may_be_empty and not ids)):
            raise ComponentError(
                "COMP103",
                f"existing.{key} is {ids}; allowed: {'none or ' if may_be_empty else ''}two subnets or more, each once",
                "load balancers and database subnet groups need two zones, and a service survives a zone only with two",
                f"name a subnet of a second zone in existing.{key}",
            )
