"""Type tokens of Amazon RDS."""

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
