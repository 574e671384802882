"""What Fargate looks up before it starts a container: the image's platform, secrets and the log group."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from localaws import moto_state
from localaws.ecs import wording
from localaws.ecs.model import Wire

if TYPE_CHECKING:
    from localaws.ecs.environment import MotoEnvironment

ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}


def start_failure(env: MotoEnvironment, containers: list[Wire], task_definition: str) -> str:
    """Why a task cannot start, in ECS's words; empty when nothing is missing."""
    platform = ARCHITECTURES.get(_architecture(env, task_definition), "amd64")
    for container in containers:
        image = str(container.get("image") or "")
        found = env.images.architecture_of(env.digest(image) or "", env.manifest(image))
        if found is not None and found != platform:
            return wording.wrong_platform(image, f"linux/{platform}")
        for secret in container.get("secrets") or []:
            missing = _secret(env, str(secret.get("valueFrom") or ""))
            if missing:
                return missing
        missing = _log_group(env, container.get("logConfiguration") or {})
        if missing:
            return missing
    return ""


def _architecture(env: MotoEnvironment, task_definition: str) -> str:
    family, _, number = task_definition.rsplit("/", 1)[-1].partition(":")
    definitions: Any = moto_state.backend("ecs", env.account, env.region).task_definitions.get(family) or {}
    definition = definitions.get(int(number)) if number.isdigit() else None
    return str((getattr(definition, "runtime_platform", None) or {}).get("cpuArchitecture") or "X86_64")


def _secret(env: MotoEnvironment, reference: str) -> str:
    parts = reference.split(":")
    if parts[0] == "arn" and parts[2] == "secretsmanager":
        return _from_secrets_manager(parts)
    name = reference.partition(":parameter")[2] or reference
    parameters: Any = moto_state.backend("ssm", env.account, env.region)
    try:
        found = parameters.get_parameters([name])
    except Exception:
        found = {}
    return "" if found else wording.no_secret("parameter store", name)


def _from_secrets_manager(parts: list[str]) -> str:
    """ARN, JSON key, version stage and id: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME[:KEY[:STAGE[:ID]]]`."""
    arn, key = ":".join(parts[:7]), parts[7] if len(parts) > 7 else ""  # noqa: PLR2004 - an ARN has seven parts
    backend: Any = moto_state.backend("secretsmanager", parts[4], parts[3])
    secret = next((s for s in backend.secrets.values() if arn in (s.arn, s.arn.rsplit("-", 1)[0])), None)
    if secret is None or secret.deleted_date is not None:
        return wording.no_secret("asm", arn)
    if not key:
        return ""
    current = next((v for v in secret.versions.values() if "AWSCURRENT" in (v.get("version_stages") or [])), {})
    try:
        held: Any = json.loads(current.get("secret_string") or "")
    except ValueError:
        held = {}
    return "" if isinstance(held, dict) and key in held else wording.no_secret_key(arn, key)


def _log_group(env: MotoEnvironment, log: Wire) -> str:
    options = log.get("options") or {}
    name = options.get("awslogs-group")
    if log.get("logDriver") != "awslogs" or not name or str(options.get("awslogs-create-group")).lower() == "true":
        return ""
    backend: Any = moto_state.backend("logs", env.account, str(options.get("awslogs-region") or env.region))
    return "" if name in backend.groups else wording.no_log_group(str(name))
