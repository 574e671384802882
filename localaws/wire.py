"""Requests and replies of every AWS protocol, as plain dicts in the terms of botocore's service models.

A request is named (service, action) without parsing its body where the protocol allows it. Handlers of the layer take
the parsed parameters and return the output structure; moto's own parsers and serializers, which read the same models,
do the rest. The one protocol moto lacks (smithy-rpc-v2-cbor, which newer SDKs speak to CloudWatch) is translated here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from localaws import cbor
from localaws.moto_state import Untyped
from localaws.reply import FIRST_FAILURE, Reply

Params = dict[str, Any]
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

COMMON_ERRORS = ("InvalidParameterCombination", "InvalidParameterValue", "ValidationError", "ValidationException")
ACCOUNT_ID = "123456789012"
DEFAULT_REGION = "us-east-1"
_CBOR_PATH = re.compile(r"^/service/(?P<service>[^/]+)/operation/(?P<action>[^/]+)$")
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]*)/(?P<service>[^/]+)/aws4_request")

# Signing names that differ from botocore's service names.
_SIGNING_NAMES = {
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "tagging": "resourcegroupstaggingapi",
    "email": "ses",
    "eventbridge": "events",
}


@dataclass(slots=True)
class Call:
    """One AWS call: who, what, and how to answer it."""

    service: str
    action: str
    protocol: str
    region: str
    account: str
    environ: Environ
    body: bytes
    moto: WsgiApp
    _params: Params | None = field(default=None)

    @property
    def params(self) -> Params:
        """The request's parameters by their names in the service model."""
        if self._params is None:
            self._params = _parse(self)
        return self._params

    def forward(self, params: Params | None = None) -> Params:
        """Let moto answer (with other parameters if given) and return its output structure.

        Raises `MotoRefusal`, which is sent on unchanged, when moto answers with an error.
        """
        reply = self._ask_moto(params)
        if reply.status >= FIRST_FAILURE:
            raise MotoRefusal(self._translated(reply))
        return _parse_reply(self, reply)

    def forward_raw(self, params: Params | None = None) -> Reply:
        """Let moto answer and return the reply as it goes to the client."""
        return self._translated(self._ask_moto(params))

    def _ask_moto(self, params: Params | None) -> Reply:
        if params is None and self.protocol != "cbor":
            return run_wsgi(self.moto, self.environ, self.body)
        return run_wsgi(self.moto, *_rebuild(self, self.params if params is None else params))

    def _translated(self, reply: Reply) -> Reply:
        """Moto's reply in the client's protocol: moto is asked in JSON what the client asked in CBOR."""
        if self.protocol != "cbor":
            return reply
        output = _parse_reply(self, reply)
        if reply.status < FIRST_FAILURE:
            return render(self, output)
        error = output.get("Error", {})
        return render_error(self, error.get("Code", "Unknown"), error.get("Message", ""), reply.status)

    def client_protocol(self) -> str:
        """The protocol that moto is spoken to in."""
        return "json" if self.protocol == "cbor" else self.protocol


class MotoRefusal(Exception):  # noqa: N818 - it is a reply on its way out, not a fault of this program
    """Moto answered with an error; `reply` goes to the client as it is."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"moto answered {reply.status}")
        self.reply = reply


def identify(environ: Environ, body: bytes, moto: WsgiApp) -> Call:
    """Name the service and action of a request; action is '' when it cannot be told."""
    signed = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", "")) or _CREDENTIAL.search(_query_credential(environ))
    region = (signed["region"] if signed else "") or DEFAULT_REGION
    service = _SIGNING_NAMES.get(signed["service"].lower(), signed["service"].lower()) if signed else ""
    path = environ.get("PATH_INFO", "/")
    content_type = environ.get("CONTENT_TYPE", "")
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    cbor = _CBOR_PATH.match(path)
    account = ACCOUNT_ID
    if cbor:
        return Call(service or "cloudwatch", cbor["action"], "cbor", region, account, environ, body, moto)
    if target:
        return Call(service, target.rsplit(".", 1)[-1], "json", region, account, environ, body, moto)
    if content_type.startswith("application/x-www-form-urlencoded") or (b"Action=" in body[:4096] and service != "s3"):
        form = parse_qs(body.decode("utf-8", "replace"))
        action = form.get("Action", [""])[0]
        if service == "elbv2" and form.get("Version", [""])[0] == "2012-06-01":
            service = "elb"
        if not service:
            service = "sts"  # only STS has unsigned query calls
        if action:
            return Call(service, action, "ec2" if service == "ec2" else "query", region, account, environ, body, moto)
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if "Action" in query and service not in ("", "s3"):
        return Call(service, query["Action"][0], "query", region, account, environ, body, moto)
    if not service or service == "s3":
        service = "s3control" if path.startswith("/v20180820/") else "s3"
    return Call(service, _rest_action(service, environ, body), "rest", region, account, environ, body, moto)


def misfits(call: Call, output: Mapping[str, Any]) -> list[str]:
    """What of an output structure botocore's model of the action does not allow."""
    from localaws.conformance import faults  # noqa: PLC0415

    shape = _operation(call).output_shape
    if shape is None:
        return [f"{call.action} answers nothing, but got {sorted(output)}"] if output else []
    return list(faults(shape, output, call.action))


def is_modelled_error(call: Call, code: str) -> bool:
    """Whether botocore's model of the service (or AWS's list of common errors) has this error code."""
    shapes = _model(call.service).error_shapes
    known = {shape.name for shape in shapes} | {shape.error_code for shape in shapes}
    return code in known or code in COMMON_ERRORS or call.service == "ec2"  # EC2's model has no errors


def run_wsgi(app: WsgiApp, environ: Environ, body: bytes) -> Reply:
    """Call a WSGI application with `body` as the request body and collect the whole reply."""
    inner = dict(environ)
    inner["wsgi.input"] = io.BytesIO(body)
    inner["CONTENT_LENGTH"] = str(len(body))
    seen: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _exc: object = None) -> Callable[[bytes], None]:
        seen[:] = [(status, headers)]
        return lambda _data: None

    result = app(inner, start)
    try:
        data = b"".join(result)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()
    status, headers = seen[0]
    return Reply(int(status.split(" ", 1)[0]), list(headers), data)


def render(call: Call, output: Mapping[str, Any]) -> Reply:
    """Serialize an output structure in the call's protocol; members that are None are left out."""
    from moto.core.serialize import get_serializer_class  # noqa: PLC0415 - loaded when first needed

    operation = _operation(call)
    if call.protocol == "cbor":
        return cbor.render(operation, output)
    protocol = str(operation.service_model.protocol) if call.protocol == "rest" else call.protocol
    serializer = get_serializer_class(call.service, protocol)(operation_model=operation)
    done = serializer.serialize(output)
    return _reply(done)


def render_error(call: Call, code: str, message: str, status: int = 400) -> Reply:
    """Serialize an error in the call's protocol."""
    if call.protocol == "cbor":
        return cbor.render_error(code, message, status)
    from moto.core.exceptions import ServiceException  # noqa: PLC0415
    from moto.core.serialize import get_serializer_class  # noqa: PLC0415

    class Refusal(ServiceException):
        """Defined here: moto looks up the service model of an exception by the module it comes from."""

    operation = _operation(call)
    protocol = str(operation.service_model.protocol) if call.protocol == "rest" else call.protocol
    serializer = get_serializer_class(call.service, protocol)(operation_model=operation)
    done = serializer.serialize(Refusal(code, message))
    reply = _reply(done)
    reply.status = status
    return reply


def _reply(done: Mapping[str, Any]) -> Reply:
    body = done["body"]
    raw = body.encode() if isinstance(body, str) else bytes(body)
    return Reply(int(done["status_code"]), [(str(k), str(v)) for k, v in done["headers"].items()], raw)


def _query_credential(environ: Environ) -> str:
    query = parse_qs(environ.get("QUERY_STRING", ""))
    given = query.get("X-Amz-Credential", [""])[0]
    return f"Credential={given}" if given else ""


def _model(service: str) -> Untyped:
    from moto.core.utils import get_service_model  # noqa: PLC0415

    return get_service_model(service)


def _operation(call: Call) -> Untyped:
    model = _model(call.service)
    if call.action in model.operation_names:
        return model.operation_model(call.action)
    from moto.core.model import OperationModel  # noqa: PLC0415

    return OperationModel({"http": {}}, model)


def _request(environ: Environ, body: bytes) -> Untyped:
    from moto.core.request import Request  # noqa: PLC0415

    inner = dict(environ)
    inner["wsgi.input"] = io.BytesIO(body)
    inner["CONTENT_LENGTH"] = str(len(body))
    return Request(inner)


def _rest_action(service: str, environ: Environ, body: bytes) -> str:
    from moto.core.routing import get_service_router  # noqa: PLC0415
    from werkzeug.exceptions import NotFound  # noqa: PLC0415

    try:
        operation, _ = get_service_router(service).match(_request(environ, body))
    except (NotFound, NotImplementedError, ValueError, KeyError):
        return ""
    except Exception as error:  # an unknown service has no model at all
        if type(error).__name__ in ("UnknownServiceError", "MethodNotAllowed", "RequestRedirect"):
            return ""
        raise
    return str(operation.name)


def _parse(call: Call) -> Params:
    from moto.core.parse import PROTOCOL_PARSERS  # noqa: PLC0415
    from moto.core.routing import get_service_router  # noqa: PLC0415

    if call.protocol == "cbor":
        return cbor.decode(call.body) if call.body else {}
    operation = _operation(call)
    request = _request(call.environ, call.body)
    uri_params: Mapping[str, Any] = {}
    protocol = call.protocol
    if protocol == "rest":
        _, uri_params = get_service_router(call.service).match(request)
        protocol = str(operation.service_model.protocol)
    parser = PROTOCOL_PARSERS[protocol](operation)
    return dict(
        parser.parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.get_data(),
                "url_path": request.path,
                "url_params": dict(uri_params),
            }
        )
    )


def _parse_reply(call: Call, reply: Reply) -> Params:
    from botocore.parsers import create_parser  # noqa: PLC0415

    operation = _operation(call)
    name = call.client_protocol()
    if name == "rest":
        name = str(operation.service_model.protocol)
    headers = dict(reply.headers)
    parsed: Params = create_parser(name).parse(
        {"status_code": reply.status, "headers": _Headers(headers), "body": reply.body}, operation.output_shape
    )
    parsed.pop("ResponseMetadata", None)
    return parsed


class _Headers(dict[str, str]):
    """Header names are case-insensitive for botocore's parsers."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__({key.lower(): value for key, value in given.items()})

    def __getitem__(self, key: str) -> str:
        return super().__getitem__(key.lower())

    def __contains__(self, key: object) -> bool:
        return super().__contains__(str(key).lower())

    def get(self, key: str, default: Untyped = None) -> Untyped:
        return super().get(key.lower(), default)


def _rebuild(call: Call, params: Params) -> tuple[Environ, bytes]:
    """The same call with other parameters (and in JSON where the client spoke CBOR)."""
    from botocore.serialize import create_serializer  # noqa: PLC0415

    operation = _operation(call)
    name = call.client_protocol()
    if name == "rest":
        name = str(operation.service_model.protocol)
    built = create_serializer(name, include_validation=False).serialize_to_request(params, operation)
    body: Any = built["body"]
    if isinstance(body, dict):
        body = urlencode(body)  # pyright: ignore[reportUnknownArgumentType]
    raw = body.encode() if isinstance(body, str) else bytes(body)
    environ = dict(call.environ)
    url = urlsplit(built["url_path"])
    environ["REQUEST_METHOD"] = built["method"]
    environ["PATH_INFO"] = url.path
    environ["RAW_URI"] = environ["REQUEST_URI"] = built["url_path"]
    query = url.query or urlencode(built.get("query_string") or {}, doseq=True)
    environ["QUERY_STRING"] = query
    for key, value in built["headers"].items():
        upper = key.upper().replace("-", "_")
        environ[upper if upper in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{upper}"] = value
    if name in ("query", "ec2"):
        environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded; charset=utf-8"
    for key in ("HTTP_SMITHY_PROTOCOL", "HTTP_CONTENT_ENCODING", "HTTP_CONTENT_MD5"):
        environ.pop(key, None)
    return environ, raw
