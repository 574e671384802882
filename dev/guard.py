"""The guard: nothing that is started from here can reach a real account."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from dev.errors import DevError

# Variables that would lead an SDK to real credentials or a real endpoint.
LEADS_ELSEWHERE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")
DUMMY_KEY = "localaws"


def is_loopback(url: str) -> bool:
    """Whether the URL's host can only be this machine (127.0.0.0/8, ::1 or localhost)."""
    host = urlsplit(url).hostname
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(environment: Mapping[str, str]) -> None:
    """Refuse an environment with which a tool could reach a real account.

    Raises:
        DevError: DEV101 an endpoint is missing or not loopback; DEV102 credentials are not the dummy ones.
    """
    endpoints = {k: v for k, v in environment.items() if k.startswith("AWS_ENDPOINT_URL")}
    if "AWS_ENDPOINT_URL" not in endpoints:
        raise DevError("DEV101", "AWS_ENDPOINT_URL is not set: calls would go to the real AWS", "make up")
    for name, url in sorted(endpoints.items()):
        if not is_loopback(url):
            raise DevError(
                "DEV101",
                f"{name} is {url}, allowed is an address of this machine (127.0.0.1, localhost, ::1)",
                f"unset {name}, then make up; for a real account use plain `pulumi up -s STACK`",
            )
    if environment.get("AWS_ACCESS_KEY_ID") != DUMMY_KEY:
        raise DevError("DEV102", "AWS_ACCESS_KEY_ID is not the dummy of the embedded AWS", "make up")
    for name in LEADS_ELSEWHERE:
        if environment.get(name):
            raise DevError("DEV102", f"{name} is set: it leads to credentials of a real account", f"unset {name}")
