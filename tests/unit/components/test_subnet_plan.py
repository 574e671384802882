from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.subnets import ZoneSubnets, plan_subnets

ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]

vpc_cidrs = st.builds(
    lambda prefix, place: str(IPv4Network((place << (32 - prefix), prefix))),
    st.integers(16, 20),
    st.integers(0, 2**16 - 1),
).filter(lambda cidr: not cidr.startswith("0."))


def all_ranges(plan: list[ZoneSubnets]) -> list[IPv4Network]:
    return [IPv4Network(cidr) for each in plan for cidr in (each.public_cidr, each.private_cidr, each.database_cidr)]


def test_plan_of_a_slash_16_is_this_one() -> None:
    assert plan_subnets("10.20.0.0/16", ZONES) == [
        ZoneSubnets("us-east-1a", "10.20.96.0/21", "10.20.0.0/19", "10.20.128.0/21"),
        ZoneSubnets("us-east-1b", "10.20.104.0/21", "10.20.32.0/19", "10.20.136.0/21"),
        ZoneSubnets("us-east-1c", "10.20.112.0/21", "10.20.64.0/19", "10.20.144.0/21"),
    ]


@given(vpc_cidrs, st.sampled_from([2, 3]))
def test_subnets_lie_inside_the_vpc_and_never_overlap(vpc_cidr: str, zones: int) -> None:
    ranges = all_ranges(plan_subnets(vpc_cidr, ZONES[:zones]))

    assert len(ranges) == 3 * zones
    assert all(each.subnet_of(IPv4Network(vpc_cidr)) for each in ranges)
    assert not any(a.overlaps(b) for at, a in enumerate(ranges) for b in ranges[at + 1 :])


@given(vpc_cidrs)
def test_every_subnet_has_room_for_a_load_balancer(vpc_cidr: str) -> None:
    # Elastic Load Balancing wants a /27 and eight free addresses.
    assert all(each.prefixlen <= 25 for each in all_ranges(plan_subnets(vpc_cidr, ZONES)))


@given(vpc_cidrs)
def test_third_zone_moves_nothing(vpc_cidr: str) -> None:
    assert plan_subnets(vpc_cidr, ZONES)[:2] == plan_subnets(vpc_cidr, ZONES[:2])


@pytest.mark.parametrize(
    ("vpc_cidr", "zones"),
    [
        ("10.20.0.0/16", ["us-east-1a"]),
        ("10.20.0.0/16", [*ZONES, "us-east-1d"]),
        ("10.20.0.0/16", ["us-east-1a", "us-east-1a"]),
        ("10.20.0.0/15", ZONES),
        ("10.20.0.0/21", ZONES),
        ("10.20.0.1/16", ZONES),
        ("10.20/16", ZONES),
        ("", ZONES),
        ("::/16", ZONES),
    ],
)
def test_plan_is_refused(vpc_cidr: str, zones: list[str]) -> None:
    with pytest.raises(ValueError, match=r"vpc_cidr|availability_zones"):
        plan_subnets(vpc_cidr, zones)
