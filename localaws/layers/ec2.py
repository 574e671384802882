"""EC2: descriptions of security group rules whose source is a group or a prefix list (moto forgets them)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localaws import moto_state
from localaws.wire import ACCOUNT_ID, DEFAULT_REGION

if TYPE_CHECKING:
    from localaws.layers import Handler
    from localaws.wire import Call, Params
    from localaws.world import World

DESCRIPTIONS = "security-group-rule-descriptions"
# (list in IpPermission, key that names the source, where DescribeSecurityGroupRules has it)
_SOURCES = (
    ("IpRanges", "CidrIp", "CidrIpv4"),
    ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
    ("PrefixListIds", "PrefixListId", "PrefixListId"),
    ("UserIdGroupPairs", "GroupId", "ReferencedGroupInfo"),
)


def authorize(world: World, call: Call) -> Params:
    output = call.forward()
    given: dict[tuple[object, ...], str] = {}
    for permission in call.params.get("IpPermissions") or []:
        for group, key, _ in _SOURCES:
            for source in permission.get(group) or []:
                if source.get("Description"):
                    given[_ports(permission), source.get(key)] = source["Description"]
    for rule in output.get("SecurityGroupRules") or []:
        text = given.get((_ports(rule), _source(rule)))
        if text:
            world.table(DESCRIPTIONS)[rule["SecurityGroupRuleId"]] = text
        _complete(world, call, rule)
    return output


def describe_rules(world: World, call: Call) -> Params:
    output = call.forward()
    for rule in output.get("SecurityGroupRules") or []:
        _complete(world, call, rule)
    return output


def modify_rules(world: World, call: Call) -> Params:
    output = call.forward()
    for item in call.params.get("SecurityGroupRules") or []:
        text = (item.get("SecurityGroupRule") or {}).get("Description")
        if text is not None:
            world.table(DESCRIPTIONS)[item["SecurityGroupRuleId"]] = text
    return output


def _complete(world: World, call: Call, rule: Params) -> None:
    rule_id = rule["SecurityGroupRuleId"]
    text = world.table(DESCRIPTIONS).get(rule_id)
    if text:
        rule["Description"] = text
    rule["GroupOwnerId"] = call.account
    rule["SecurityGroupRuleArn"] = f"arn:aws:ec2:{call.region}:{call.account}:security-group-rule/{rule_id}"


def _ports(item: Params) -> tuple[object, ...]:
    return item.get("IpProtocol"), item.get("FromPort"), item.get("ToPort")


def _source(rule: Params) -> object:
    group = rule.get("ReferencedGroupInfo")
    if group:
        return group.get("GroupId")
    return rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId")


def delete_endpoints(_world: World, call: Call) -> Params:
    """A gateway endpoint goes also when its route, or the whole table, went before it; moto fails on that."""
    own = moto_state.backend("ec2", ACCOUNT_ID, DEFAULT_REGION)
    for endpoint_id in call.params.get("VpcEndpointIds") or []:
        endpoint = own.vpc_end_points.get(endpoint_id)
        if endpoint is not None and endpoint.route_table_ids:
            prefix = endpoint.destination_prefix_list_id
            endpoint.route_table_ids = [each for each in endpoint.route_table_ids if _has_route(own, each, prefix)]
    return call.forward()


def _has_route(own: moto_state.Untyped, table_id: str, prefix_list_id: str) -> bool:
    table = own.route_tables.get(table_id)
    return table is not None and f"{table_id}~{prefix_list_id}" in table._routes  # moto's own key of a route


HANDLERS: dict[str, Handler] = {
    "AuthorizeSecurityGroupIngress": authorize,
    "AuthorizeSecurityGroupEgress": authorize,
    "DescribeSecurityGroupRules": describe_rules,
    "ModifySecurityGroupRules": modify_rules,
    "DeleteVpcEndpoints": delete_endpoints,
}
