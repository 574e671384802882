"""Talking to a running embedded AWS: its control interface and boto3 clients with dummy credentials, loopback only."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from localaws.errors import UsageError
from localaws.moto_state import Untyped
from localaws.registry.push import Release
from localaws.wire import DEFAULT_REGION

DUMMY_KEY, DUMMY_SECRET = "test", "test"
PREFIX = "/_localaws/"


@dataclass(frozen=True, slots=True)
class Client:
    """A handle on an embedded AWS at `endpoint` (an http URL on loopback; anything else is refused)."""

    endpoint: str
    region: str = DEFAULT_REGION
    timeout_seconds: float = 30.0

    def __post_init__(self) -> None:
        host = urlsplit(self.endpoint).hostname or ""
        try:
            loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = host == "localhost"
        if not loopback:
            raise UsageError("endpoint-not-loopback", f"{self.endpoint} is not on loopback", "localaws start")

    def control(self, action: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call the control interface; raises UsageError with what it says when it refuses."""
        url = f"{self.endpoint}{PREFIX}{action}"
        request = Request(url, json.dumps(payload or {}).encode(), {"Content-Type": "application/json"})  # noqa: S310
        try:
            with urlopen(request, timeout=self.timeout_seconds) as reply:  # noqa: S310 - loopback, checked above
                answer: dict[str, Any] = json.load(reply)
                return answer
        except HTTPError as error:
            said: dict[str, str] = json.load(error)
            raise UsageError(
                said.get("code", "refused"), said.get("message", str(error)), said.get("hint", "")
            ) from None
        except (URLError, TimeoutError, ConnectionError) as error:
            raise UsageError("not-running", f"no embedded AWS answers at {self.endpoint}", "localaws start") from error

    def push(self, repository: str, tags: list[str], release: Release, pushed_at: datetime) -> str:
        """Push a release; its digest."""
        script = release.script
        answer = self.control(
            "push",
            {
                "repository": repository,
                "tags": tags,
                "name": release.name,
                "labels": release.labels,
                "created": release.created.timestamp(),
                "architecture": release.architecture,
                "pushed_at": pushed_at.timestamp(),
                "behaviour": script.behaviour,
                "exit_code": script.exit_code,
                "container_exits": dict(script.container_exits),
                "ready_seconds": script.ready_seconds,
                "degrade_seconds": script.degrade_seconds,
                "run_seconds": script.run_seconds,
                "region": self.region,
            },
        )
        return str(answer["digest"])

    def boto(self, service: str) -> Untyped:
        """A boto3 client of a service on this endpoint; never reads the user's credentials or settings."""
        return _boto_client(self.endpoint, self.region, service)


@cache
def _boto_session(region: str) -> Untyped:
    import boto3  # noqa: PLC0415 - half a second that most commands do not need

    return boto3.session.Session(  # pyright: ignore[reportUnknownMemberType]
        aws_access_key_id=DUMMY_KEY, aws_secret_access_key=DUMMY_SECRET, region_name=region
    )


@cache
def _boto_client(endpoint: str, region: str, service: str) -> Untyped:
    from botocore.config import Config  # noqa: PLC0415

    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    return _boto_session(region).client(service, endpoint_url=endpoint, config=config)
