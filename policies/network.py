"""Type tokens of Amazon VPC."""

SUBNET = "aws:ec2/subnet:Subnet"
