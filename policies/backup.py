"""Type tokens of AWS Backup."""

VAULT = "aws:backup/vault:Vault"
PLAN = "aws:backup/plan:Plan"
