"""The HTTP server: in the foreground for the daemon, in a thread for tests."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from localaws.app import Application
from localaws.client import Client
from localaws.clock import Clock
from localaws.moto_state import Untyped, backend
from localaws.wire import ACCOUNT_ID, DEFAULT_REGION, WsgiApp
from localaws.world import World, new_world

HOST = "127.0.0.1"
WARMED = [
    "ec2",
    "iam",
    "sts",
    "kms",
    "ecr",
    "ecs",
    "elbv2",
    "rds",
    "logs",
    "s3",
    "secretsmanager",
    "cloudwatch",
    "sns",
    "route53",
    "acm",
    "application-autoscaling",
]


def moto_app() -> WsgiApp:
    """Moto's own server application; each service's code is loaded at its first call."""
    _settings()
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415

    app: Any = DomainDispatcherApplication(create_backend_app)  # pyright: ignore[reportArgumentType]
    return app


def warm() -> None:
    """Load what the program's first calls need, so that they do not wait for it one after the other."""
    from moto.core.routing import get_service_router  # noqa: PLC0415
    from moto.core.utils import get_service_model  # noqa: PLC0415

    for service in WARMED:
        backend(service, ACCOUNT_ID, DEFAULT_REGION)
        get_service_model(service)
        get_service_router(service)


def _settings() -> None:
    """Moto reads these from the environment."""
    # AWS's common errors (throttling and the like) are in no service's model, which moto finds worth a warning.
    warnings.filterwarnings("ignore", message=".*does not match an error shape.*")
    os.environ.setdefault("MOTO_S3_DEFAULT_KEY_BUFFER_SIZE", str(64 * 1024 * 1024))
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")


def make_server(application: Application, port: int) -> Untyped:
    """A threaded HTTP/1.1 server on loopback; port 0 takes a free one."""
    from moto.moto_server.werkzeug_app import MotoRequestHandler  # noqa: PLC0415
    from werkzeug.serving import make_server as werkzeug_server  # noqa: PLC0415

    class Handler(MotoRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 60

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """The journal has every call; the log is for faults."""

    server: Any = werkzeug_server(HOST, port, application, threaded=True, request_handler=Handler)
    server.daemon_threads = True
    return server


@dataclass(frozen=True, slots=True)
class Running:
    """An embedded AWS in this process."""

    world: World
    client: Client

    @property
    def endpoint(self) -> str:
        return self.client.endpoint

    def boto(self, service: str) -> Untyped:
        return self.client.boto(service)

    def advance(self, seconds: float) -> None:
        """Move the clock by simulated seconds and play what is due."""
        self.client.control("clock", {"advance": seconds})

    def reset(self) -> None:
        """Forget everything, as between two tests."""
        self.client.control("reset")


@contextmanager
def serve(clock: Clock | None = None, port: int = 0, seed: int = 1) -> Generator[Running]:
    """An embedded AWS in a thread of this process, by default with a clock that tests step.

    Answers that do not fit botocore's models are errors here. Moto keeps its state in module globals: one at a time in
    a process.
    """
    world = new_world(clock or Clock(stepped=True), seed)
    application = Application(world, moto_app(), strict=True)
    server = make_server(application, port)
    world.endpoint = f"http://{HOST}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    running = Running(world, Client(world.endpoint))
    running.reset()
    try:
        yield running
    finally:
        application.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
