"""A certificate that proves itself by DNS."""

import pulumi
import pulumi_aws as aws

_VALIDATION_TTL_SECONDS = 300


def validated_certificate(
    name: str, *, domain: str, hosted_zone_id: pulumi.Input[str], parent: pulumi.Resource
) -> pulumi.Output[str]:
    """Request a certificate for one host name, prove it in the zone, and wait until it is issued.

    Returns:
        ARN of the certificate; known once it is valid, so that a listener never names one that is not.
    """
    child = pulumi.ResourceOptions(parent=parent)
    certificate = aws.acm.Certificate(name, domain_name=domain, validation_method="DNS", opts=child)
    # One host name has one proof. Its values are known only when the request is made, its number always.
    proof = certificate.domain_validation_options[0]
    record = aws.route53.Record(
        f"{name}-validation",
        zone_id=hosted_zone_id,
        name=proof.resource_record_name,
        type=proof.resource_record_type,
        records=[proof.resource_record_value],
        ttl=_VALIDATION_TTL_SECONDS,
        # The proof of a host name is the same for every certificate of an account: an earlier one may have left it.
        allow_overwrite=True,
        opts=child,
    )
    validation = aws.acm.CertificateValidation(
        name, certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn], opts=child
    )
    return validation.certificate_arn
