import json
from dataclasses import replace

import pulumi
import pulumi_aws as aws
import pytest

from components.access_logs import log_delivery_policy
from components.errors import ComponentError
from components.load_balancer import ApplicationLoadBalancer, ApplicationLoadBalancerArgs, HealthCheckArgs
from tests.support.recorder import ACCOUNT_ID, REGION, Properties, Recording, record, record_refusal

CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT_ID}:certificate/12345678-1234-1234-1234-123456789012"
ARGS = ApplicationLoadBalancerArgs(
    name_prefix="runlayer-staging",
    account_id=ACCOUNT_ID,
    region=REGION,
    vpc_id="vpc-1",
    subnet_ids=["subnet-1", "subnet-2"],
    domain="app.example.com",
    allowed_cidrs=["203.0.113.0/24"],
    hosted_zone_id="Z123456",
)
TWO = replace(ARGS, second_target_group=True, test_allowed_cidrs=["198.51.100.0/24"])

RULE = "aws:lb/listenerRule:ListenerRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SHAPE = [
    ("aws:acm/certificate:Certificate", "load-balancer-certificate"),
    ("aws:acm/certificateValidation:CertificateValidation", "load-balancer-certificate"),
    ("aws:ec2/securityGroup:SecurityGroup", "load-balancer"),
    ("aws:lb/listener:Listener", "load-balancer-http"),
    ("aws:lb/listener:Listener", "load-balancer-https"),
    (RULE, "load-balancer-forward"),
    ("aws:lb/loadBalancer:LoadBalancer", "load-balancer"),
    ("aws:lb/targetGroup:TargetGroup", "load-balancer-one"),
    ("aws:route53/record:Record", "load-balancer"),
    ("aws:route53/record:Record", "load-balancer-certificate-validation"),
    ("aws:s3/bucket:Bucket", "load-balancer-logs"),
    ("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "load-balancer-logs"),
    ("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "load-balancer-logs"),
    ("aws:s3/bucketPolicy:BucketPolicy", "load-balancer-logs"),
    ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "load-balancer-logs"),
    (
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "load-balancer-logs",
    ),
    ("aws:s3/bucketVersioning:BucketVersioning", "load-balancer-logs"),
    (INGRESS, "load-balancer-http-203.0.113.0-24"),
    (INGRESS, "load-balancer-https-203.0.113.0-24"),
    ("runlayer:index:ApplicationLoadBalancer", "load-balancer"),
]


def proof(_name: str, inputs: Properties) -> Properties:
    domain = inputs["domainName"]
    return {
        "domainValidationOptions": [
            {
                "domainName": domain,
                "resourceRecordName": f"_abc.{domain}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_def.acm-validations.aws.",
            }
        ]
    }


OUTPUTS = {
    "aws:acm/certificate:Certificate": proof,
    "aws:route53/record:Record": lambda _name, inputs: {"fqdn": str(inputs["name"]).rstrip(".")},
    "aws:lb/loadBalancer:LoadBalancer": lambda _name, inputs: {
        "arnSuffix": f"app/{inputs['name']}/1",
        "dnsName": f"{inputs['name']}.elb.amazonaws.com",
        "zoneId": "ZELB",
    },
    "aws:lb/targetGroup:TargetGroup": lambda name, _inputs: {"arnSuffix": f"targetgroup/{name}/1"},
}


def balancer(args: ApplicationLoadBalancerArgs = ARGS) -> Recording[ApplicationLoadBalancer]:
    return record(lambda: ApplicationLoadBalancer("load-balancer", args), outputs=OUTPUTS)


def arn(kind: str, name: str) -> str:
    return f"arn:aws:lb:{REGION}:{ACCOUNT_ID}:{kind}/{name}"


def test_types_and_names_stay_as_they_are() -> None:
    assert balancer().shape() == sorted(SHAPE)


def test_types_and_names_with_a_second_target_group_stay_as_they_are() -> None:
    changed = [
        ("aws:lb/listener:Listener", "load-balancer-test"),
        (RULE, "load-balancer-shifting"),
        (RULE, "load-balancer-test"),
        ("aws:lb/targetGroup:TargetGroup", "load-balancer-two"),
        (INGRESS, "load-balancer-test-198.51.100.0-24"),
    ]

    assert balancer(TWO).shape() == sorted([*(set(SHAPE) - {(RULE, "load-balancer-forward")}), *changed])


def test_every_child_has_the_component_as_its_parent() -> None:
    assert {each.parent for each in balancer(TWO).resources if each.custom} == {"load-balancer"}


def test_users_come_in_over_tls_and_what_no_rule_asks_for_never_reaches_a_task() -> None:
    inputs = balancer().named_of("aws:lb/listener:Listener", "load-balancer-https").inputs

    assert (inputs["port"], inputs["protocol"]) == (443, "HTTPS")
    assert inputs["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert [each["type"] for each in inputs["defaultActions"]] == ["fixed-response"]
    assert inputs["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"


def test_http_only_redirects() -> None:
    inputs = balancer().named_of("aws:lb/listener:Listener", "load-balancer-http").inputs

    assert (inputs["port"], inputs["protocol"]) == (80, "HTTP")
    assert inputs["defaultActions"] == [
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    ]


def test_listener_waits_for_a_certificate_that_is_validated() -> None:
    run = balancer()
    listener = run.named_of("aws:lb/listener:Listener", "load-balancer-https")
    record_ = run.named_of("aws:route53/record:Record", "load-balancer-certificate-validation")

    assert listener.waits_for(run.one("aws:acm/certificateValidation:CertificateValidation"))
    assert record_.inputs["name"] == "_abc.app.example.com."
    assert record_.inputs["records"] == ["_def.acm-validations.aws."]
    assert record_.inputs["zoneId"] == "Z123456"
    assert run.one("aws:acm/certificateValidation:CertificateValidation").inputs["validationRecordFqdns"] == [
        "_abc.app.example.com"
    ]


def test_given_certificate_is_used_and_none_is_made() -> None:
    run = balancer(replace(ARGS, certificate_arn=CERTIFICATE, hosted_zone_id=None))
    listener = run.named_of("aws:lb/listener:Listener", "load-balancer-https")

    assert listener.inputs["certificateArn"] == CERTIFICATE
    assert not [each for each in run.resources if each.type.startswith(("aws:acm", "aws:route53"))]


def test_host_name_points_at_the_load_balancer() -> None:
    inputs = balancer().named_of("aws:route53/record:Record", "load-balancer").inputs

    assert (inputs["name"], inputs["type"], inputs["zoneId"]) == ("app.example.com", "A", "Z123456")
    assert inputs["aliases"] == [
        {"name": "runlayer-staging-public.elb.amazonaws.com", "zoneId": "ZELB", "evaluateTargetHealth": True}
    ]


def test_load_balancer_is_hardened() -> None:
    inputs = balancer().one("aws:lb/loadBalancer:LoadBalancer").inputs

    assert inputs["internal"] is False
    assert inputs["dropInvalidHeaderFields"] is True
    assert inputs["desyncMitigationMode"] == "defensive"
    assert inputs["enableDeletionProtection"] is True
    assert inputs["subnets"] == ["subnet-1", "subnet-2"]
    assert inputs["securityGroups"] == ["load-balancer-id"]
    assert inputs["idleTimeout"] == 60


def test_only_allowed_ranges_come_in_and_nothing_goes_out() -> None:
    run = balancer(TWO)
    group = run.one("aws:ec2/securityGroup:SecurityGroup")
    rules = {
        (each.inputs["cidrIpv4"], each.inputs["fromPort"], each.inputs["toPort"], each.inputs["ipProtocol"])
        for each in run.all(INGRESS)
    }

    assert not {"ingress", "egress"} & set(group.inputs)
    assert not run.all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    assert rules == {
        ("203.0.113.0/24", 443, 443, "tcp"),
        ("203.0.113.0/24", 80, 80, "tcp"),
        ("198.51.100.0/24", 8443, 8443, "tcp"),
    }


def test_nobody_comes_in_unless_a_range_is_named() -> None:
    run = balancer(replace(ARGS, allowed_cidrs=[], second_target_group=True))

    assert not run.all(INGRESS)


def test_unreleased_version_is_not_open_to_those_who_may_use_the_released_one() -> None:
    run = balancer(replace(ARGS, allowed_cidrs=["0.0.0.0/0"], second_target_group=True))

    assert {each.inputs["fromPort"] for each in run.all(INGRESS)} == {80, 443}


def test_logs_have_somewhere_to_go_before_the_load_balancer_is_made() -> None:
    run = balancer()
    made = run.one("aws:lb/loadBalancer:LoadBalancer")

    assert made.inputs["accessLogs"] == {
        "bucket": f"runlayer-staging-lb-logs-{ACCOUNT_ID}-{REGION}",
        "enabled": True,
    }
    assert made.waits_for(run.one("aws:s3/bucketPolicy:BucketPolicy"))
    assert made.waits_for(run.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"))


def test_log_bucket_is_closed_encrypted_and_emptied_in_time() -> None:
    run = balancer(replace(ARGS, access_log_retention_days=400))
    blocked = run.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    encryption = run.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    ).inputs
    rules = run.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs["rules"]

    assert {key: value for key, value in blocked.items() if key != "bucket"} == {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    assert encryption["rules"][0]["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert rules[0]["expiration"] == {"days": 400}
    assert rules[0]["status"] == "Enabled"
    assert rules[0]["noncurrentVersionExpiration"] == {"noncurrentDays": 1}
    assert run.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs["rule"] == {
        "objectOwnership": "BucketOwnerEnforced"
    }


def test_log_bucket_takes_logs_of_this_account_and_refuses_plain_http() -> None:
    allow, deny = json.loads(log_delivery_policy("arn:aws:s3:::b", ACCOUNT_ID, REGION))["Statement"]

    assert allow["Principal"] == {"Service": ["logdelivery.elasticloadbalancing.amazonaws.com"]}
    assert allow["Action"] == ["s3:PutObject"]
    assert allow["Resource"] == [f"arn:aws:s3:::b/AWSLogs/{ACCOUNT_ID}/*"]
    assert allow["Condition"] == {
        "StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT_ID},
        "ArnLikeIfExists": {"aws:SourceArn": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT_ID}:loadbalancer/*"},
    }
    assert (deny["Effect"], deny["Action"], deny["Condition"]) == (
        "Deny",
        ["s3:*"],
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_targets_are_tasks_with_the_health_check_and_drain_time_asked_for() -> None:
    health_check = HealthCheckArgs(
        path="/ready",
        success_codes="200-299",
        interval_seconds=15,
        timeout_seconds=4,
        healthy_count=3,
        unhealthy_count=4,
    )
    inputs = (
        balancer(replace(ARGS, health_check=health_check, drain_seconds=45, target_port=9000))
        .one("aws:lb/targetGroup:TargetGroup")
        .inputs
    )

    assert (inputs["targetType"], inputs["port"], inputs["protocol"], inputs["vpcId"]) == ("ip", 9000, "HTTP", "vpc-1")
    assert inputs["deregistrationDelay"] == 45
    assert inputs["healthCheck"] == {
        "enabled": True,
        "path": "/ready",
        "matcher": "200-299",
        "interval": 15,
        "timeout": 4,
        "healthyThreshold": 3,
        "unhealthyThreshold": 4,
        "port": "traffic-port",
        "protocol": "HTTP",
    }


def test_replaced_target_group_gets_a_new_name() -> None:
    assert all(
        "name" not in each.inputs and "namePrefix" not in each.inputs
        for each in balancer(TWO).all("aws:lb/targetGroup:TargetGroup")
    )


def test_every_name_fits_with_the_longest_prefix_and_component_name() -> None:
    longest = replace(TWO, name_prefix="a" * 20, region="ap-southeast-1", certificate_arn=None)
    run = record(lambda: ApplicationLoadBalancer("b" * 20, longest), outputs=OUTPUTS)
    autonamed_suffix = 8

    assert len(run.one("aws:lb/loadBalancer:LoadBalancer").inputs["name"]) <= 32
    assert all(len(each.name) + autonamed_suffix <= 32 for each in run.all("aws:lb/targetGroup:TargetGroup"))
    assert len(run.one("aws:s3/bucket:Bucket").inputs["bucket"]) <= 63
    assert len(run.one("aws:ec2/securityGroup:SecurityGroup").inputs["namePrefix"]) <= 255 - 26


def test_users_of_the_domain_are_forwarded_to_the_one_target_group() -> None:
    rule = balancer().one(RULE)

    assert rule.inputs["listenerArn"] == arn("listener", "load-balancer-https")
    assert rule.inputs["conditions"] == [{"hostHeader": {"values": ["app.example.com"]}}]
    assert rule.inputs["actions"] == [{"type": "forward", "targetGroupArn": arn("targetgroup", "load-balancer-one")}]
    assert not rule.ignore_changes


def test_weights_that_ecs_shifts_start_at_the_first_target_group_and_are_left_alone() -> None:
    run = balancer(TWO)

    for name, listener in (
        ("load-balancer-shifting", "load-balancer-https"),
        ("load-balancer-test", "load-balancer-test"),
    ):
        rule = run.named_of(RULE, name)
        assert rule.inputs["listenerArn"] == arn("listener", listener)
        assert rule.inputs["conditions"] == [{"hostHeader": {"values": ["app.example.com"]}}]
        assert rule.inputs["actions"][0]["forward"]["targetGroups"] == [
            {"arn": arn("targetgroup", "load-balancer-one"), "weight": 100},
            {"arn": arn("targetgroup", "load-balancer-two"), "weight": 0},
        ]
        assert rule.ignore_changes == ("actions",)


def test_change_of_strategy_makes_a_rule_that_wins_over_the_old_one() -> None:
    steady = balancer().one(RULE)
    shifted = balancer(TWO).named_of(RULE, "load-balancer-shifting")

    assert steady.name != shifted.name
    assert shifted.inputs["priority"] < steady.inputs["priority"]


def test_test_traffic_goes_over_tls_on_a_port_of_its_own() -> None:
    inputs = balancer(TWO).named_of("aws:lb/listener:Listener", "load-balancer-test").inputs

    assert (inputs["port"], inputs["protocol"]) == (8443, "HTTPS")
    assert inputs["defaultActions"][0]["type"] == "fixed-response"


@pytest.mark.parametrize("args", [ARGS, TWO])
def test_service_that_uses_the_target_group_waits_for_the_rules(args: ApplicationLoadBalancerArgs) -> None:
    def build() -> None:
        made = ApplicationLoadBalancer("load-balancer", args)
        aws.lb.TargetGroupAttachment("user", target_group_arn=made.target_group_arn, target_id="10.0.0.1")

    run = record(build, outputs=OUTPUTS)

    assert all(run.named("user").waits_for(rule) for rule in run.all(RULE))


def test_outputs_are_what_services_and_alarms_need() -> None:
    run = balancer(TWO)
    made = run.result
    values = {
        "arn_suffix": run.value(made.arn_suffix),
        "url": run.value(made.url),
        "first": run.value(made.target_group_arn_suffix),
        "second": run.value(made.alternate_target_group_arn_suffix),
        "rule": run.value(made.production_listener_rule_arn),
        "test": run.value(made.test_listener_rule_arn),
    }

    assert values == {
        "arn_suffix": "app/runlayer-staging-public/1",
        "url": "https://app.example.com",
        "first": "targetgroup/load-balancer-one/1",
        "second": "targetgroup/load-balancer-two/1",
        "rule": arn("listenerrule", "load-balancer-shifting"),
        "test": arn("listenerrule", "load-balancer-test"),
    }
    one = balancer().result
    assert (one.alternate_target_group_arn, one.test_listener_rule_arn) == (None, None)


def test_internal_load_balancer_has_another_name_than_a_public_one() -> None:
    inputs = balancer(replace(ARGS, public=False)).one("aws:lb/loadBalancer:LoadBalancer").inputs

    assert inputs["internal"] is True
    assert inputs["name"] == "runlayer-staging-private"


def test_web_acl_is_put_in_front_when_given() -> None:
    web_acl = f"arn:aws:wafv2:{REGION}:{ACCOUNT_ID}:regional/webacl/a/1"
    inputs = balancer(replace(ARGS, web_acl_arn=web_acl)).one("aws:wafv2/webAclAssociation:WebAclAssociation").inputs

    assert inputs == {"resourceArn": arn("loadbalancer", "load-balancer"), "webAclArn": web_acl}


def test_load_balancer_and_logs_are_protected_by_default() -> None:
    run = balancer()
    bucket = run.one("aws:s3/bucket:Bucket")

    assert run.one("aws:lb/loadBalancer:LoadBalancer").protect
    assert (bucket.protect, bucket.retain_on_delete, bucket.inputs["forceDestroy"]) == (True, True, False)


def test_practice_load_balancer_can_be_destroyed_with_its_logs() -> None:
    run = balancer(replace(ARGS, deletion_protected=False))

    assert not [each for each in run.resources if each.protect or each.retain_on_delete]
    assert run.one("aws:s3/bucket:Bucket").inputs["forceDestroy"] is True
    assert run.one("aws:lb/loadBalancer:LoadBalancer").inputs["enableDeletionProtection"] is False


REFUSED = [
    (replace(ARGS, name_prefix="internal-app"), "COMP001"),
    (replace(ARGS, name_prefix="a" * 21), "COMP001"),
    (replace(ARGS, subnet_ids=["subnet-1"]), "COMP502"),
    (replace(ARGS, subnet_ids=["subnet-1", "subnet-1"]), "COMP502"),
    (replace(ARGS, domain="https://app.example.com"), "COMP503"),
    (replace(ARGS, domain="*.example.com"), "COMP503"),
    (replace(ARGS, hosted_zone_id=None), "COMP503"),
    (replace(ARGS, certificate_arn=CERTIFICATE.replace(REGION, "eu-west-1")), "COMP503"),
    (replace(ARGS, tls_policy="ELBSecurityPolicy-2016-08"), "COMP503"),
    (replace(ARGS, tls_policy="ELBSecurityPolicy-TLS13-1-0-2021-06"), "COMP503"),
    (replace(ARGS, allowed_cidrs=["203.0.113.1/24"]), "COMP504"),
    (replace(ARGS, allowed_cidrs=["::/0"]), "COMP504"),
    (replace(ARGS, allowed_cidrs=["203.0.113.0/24"] * 2), "COMP504"),
    (replace(TWO, test_allowed_cidrs=["0.0.0.0/0"]), "COMP504"),
    (replace(ARGS, target_port=0), "COMP505"),
    (replace(ARGS, idle_timeout_seconds=4001), "COMP505"),
    (replace(ARGS, drain_seconds=3601), "COMP505"),
    (replace(ARGS, access_log_retention_days=0), "COMP505"),
    (replace(ARGS, health_check=HealthCheckArgs(interval_seconds=4)), "COMP505"),
    (replace(ARGS, health_check=HealthCheckArgs(healthy_count=1)), "COMP505"),
    (replace(ARGS, health_check=HealthCheckArgs(unhealthy_count=11)), "COMP505"),
    (replace(ARGS, health_check=HealthCheckArgs(interval_seconds=10, timeout_seconds=10)), "COMP506"),
]


@pytest.mark.parametrize(("args", "code"), REFUSED)
def test_load_balancer_is_refused_before_anything_is_registered(args: ApplicationLoadBalancerArgs, code: str) -> None:
    refusal, registered = record_refusal(lambda: ApplicationLoadBalancer("load-balancer", args), ComponentError)

    assert isinstance(refusal, ComponentError)
    assert refusal.code == code
    assert "allowed" in refusal.problem
    assert not registered


def test_component_name_too_long_for_a_target_group_is_refused() -> None:
    refusal, registered = record_refusal(lambda: ApplicationLoadBalancer("b" * 21, ARGS), ComponentError)

    assert isinstance(refusal, ComponentError)
    assert refusal.code == "COMP501"
    assert not registered


def test_ids_of_other_resources_are_taken_as_outputs() -> None:
    def build() -> ApplicationLoadBalancer:
        return ApplicationLoadBalancer(
            "load-balancer",
            replace(
                ARGS,
                subnet_ids=pulumi.Output.from_input(["subnet-8", "subnet-9"]),
                certificate_arn=pulumi.Output.from_input(CERTIFICATE),
            ),
        )

    run = record(build, outputs=OUTPUTS)

    assert run.one("aws:lb/loadBalancer:LoadBalancer").inputs["subnets"] == ["subnet-8", "subnet-9"]
    assert not run.all("aws:acm/certificate:Certificate")
