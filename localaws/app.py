"""The WSGI application: faults, then the layer, then moto; every call is journalled."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from typing import Any

from localaws import control
from localaws.errors import ApiError
from localaws.faults import Rule, refusal
from localaws.idempotency import key_of
from localaws.journal import mutates
from localaws.layers import handlers
from localaws.wire import (
    Call,
    Environ,
    MotoRefusal,
    Params,
    Reply,
    StartResponse,
    WsgiApp,
    identify,
    is_modelled_error,
    misfits,
    render,
    render_error,
)
from localaws.world import World

HANG_SECONDS = 3600.0
MISFIT = "DoesNotFitTheModel"
REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error"}


class Application:
    """Serves AWS under `/` and the control interface under `/_localaws/`."""

    def __init__(self, world: World, moto: WsgiApp | None = None, *, strict: bool = False) -> None:
        self.world = world
        self.strict = strict
        self.stopping = threading.Event()
        self._moto = moto

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = _read(environ)
        path = str(environ.get("PATH_INFO", "/"))
        if path == f"{control.PREFIX}health":
            return _send(environ, start_response, control.answer(self.world, environ, path, body))
        if path.startswith(control.PREFIX):
            with self.world.lock:
                reply = control.answer(self.world, environ, path, body)
            return _send(environ, start_response, reply)
        return self._aws(environ, start_response, body)

    def _aws(self, environ: Environ, start_response: StartResponse, body: bytes) -> Iterable[bytes]:
        began = time.perf_counter()
        at = time.time()
        call = identify(environ, body, self._load_moto())
        rule = self.world.faults.match(call.service, call.action)
        reply: Reply | None = None
        outcome = ""
        if rule is not None and rule.kind not in ("reset-after",):
            reply, outcome = self._fault(rule, call)
        else:
            reply = self._answer(call)
            if rule is not None:
                outcome = f"fault: {rule.kind} (answered {reply.status})"
                reply = None
        status = reply.status if reply is not None else 0
        outcome = outcome or ("ok" if status < 400 else _code(reply, call))  # noqa: PLR2004
        seconds = time.perf_counter() - began
        self.world.journal.add(at, call.service, call.action, status=status, outcome=outcome, seconds=seconds)
        if reply is None:
            _reset(environ)
            raise ConnectionResetError(outcome)  # the server drops the connection quietly
        return _send(environ, start_response, reply)

    def _answer(self, call: Call) -> Reply:
        handler = handlers().get((call.service, call.action))
        with self.world.lock:
            repeated = key_of(call)
            before = self.world.answers.find(repeated)
            if before is not None:
                return before
            try:
                self.world.tick()
                reply = call.forward_raw() if handler is None else self._render(call, handler(self.world, call))
            except MotoRefusal as refused:
                reply = refused.reply
            except ApiError as error:
                if self.strict and error.code != MISFIT and not is_modelled_error(call, error.code):
                    error = ApiError(MISFIT, f"{call.service} has no error {error.code} ({error.message})")
                reply = render_error(call, error.code, error.message, error.status)
            except NotImplementedError as error:
                reply = render_error(call, "NotImplemented", f"not in the embedded AWS: {error}", 501)
            except Exception:  # a bug of ours or of moto must reach the client as an error, and the log as a traceback
                traceback.print_exc(file=sys.stderr)
                reply = render_error(call, "EmbeddedAwsFault", f"the embedded AWS failed in {call.action}; see its log")
            if mutates(call.action) or call.service == "s3":
                self.world.changes += 1
            self.world.answers.keep(repeated, reply)
        return reply

    def _render(self, call: Call, output: Params) -> Reply:
        """Strict (in tests): what does not fit the SDK's model of the action is an error."""
        if self.strict and (wrong := misfits(call, output)):
            raise ApiError(MISFIT, "; ".join(wrong))
        return render(call, output)

    def _fault(self, rule: Rule, call: Call) -> tuple[Reply | None, str]:
        if rule.kind == "reset-before":
            return None, "fault: reset-before"
        if rule.kind == "hang":
            self.stopping.wait(HANG_SECONDS)
            return None, "fault: hang"
        code, message, status = refusal(rule.kind, call.service, call.protocol, call.action)
        return render_error(call, code, message, status), f"fault: {rule.kind}"

    def _load_moto(self) -> WsgiApp:
        if self._moto is None:
            from localaws.server import moto_app  # noqa: PLC0415 - moto's imports take most of the start-up time

            self._moto = moto_app()
        return self._moto


def _read(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH")
    stream: Any = environ["wsgi.input"]
    if length:
        return bytes(stream.read(int(length)))
    if environ.get("wsgi.input_terminated"):
        return bytes(stream.read())
    return b""


def _send(environ: Environ, start_response: StartResponse, reply: Reply) -> Iterable[bytes]:
    headers = [
        (k, v) for k, v in reply.headers if k.lower() not in ("content-length", "transfer-encoding", "connection")
    ]
    body = reply.body
    if environ.get("REQUEST_METHOD") == "HEAD":
        length = next((v for k, v in reply.headers if k.lower() == "content-length"), str(len(body)))
        headers.append(("Content-Length", length))
        body = b""
    elif reply.status not in (204, 304):
        headers.append(("Content-Length", str(len(body))))
    start_response(f"{reply.status} {REASONS.get(reply.status, 'Status')}", headers)
    return [body]


def _code(reply: Reply | None, call: Call) -> str:
    if reply is None:
        return ""
    for key, value in reply.headers:
        if key.lower() in ("x-amzn-errortype", "x-amzn-query-error"):
            return value.split(":")[0].split(";")[0].rsplit("#", 1)[-1]
    text = reply.body[:4096].decode("utf-8", "replace")
    del call
    for start, end in (("<Code>", "</Code>"), ('"__type": "', '"'), ('"__type":"', '"')):
        if start in text:
            return text.split(start, 1)[1].split(end, 1)[0].rsplit("#", 1)[-1]
    return f"HTTP {reply.status}"


def _reset(environ: Environ) -> None:
    """Close the connection with a TCP reset, as a lost reply looks to the client."""
    connection: Any = environ.get("werkzeug.socket")
    if connection is None:
        return
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()
