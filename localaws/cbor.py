"""The one protocol that moto lacks: smithy-rpc-v2-cbor, which newer SDKs speak to CloudWatch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from localaws.moto_state import Untyped
from localaws.reply import FIRST_SERVER_FAULT, Reply


def decode(body: bytes) -> dict[str, Any]:
    from botocore.parsers import RpcV2CBORParser  # noqa: PLC0415

    parser: Any = RpcV2CBORParser()
    parsed: dict[str, Any] = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
    return parsed


def _encode(shape: Untyped, value: Mapping[str, Any]) -> bytes:
    from botocore.serialize import RpcV2CBORSerializer  # noqa: PLC0415

    out = bytearray()
    serializer: Any = RpcV2CBORSerializer()
    serializer._serialize_type_structure(out, _known(shape, value), shape, None)
    return bytes(out)


def _known(shape: Untyped, value: Untyped) -> Untyped:
    """Only members the model has; the encoder refuses others."""
    if shape.type_name == "structure":
        return {k: _known(shape.members[k], v) for k, v in value.items() if k in shape.members and v is not None}
    if shape.type_name == "list":
        return [_known(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {k: _known(shape.value, v) for k, v in value.items()}
    if shape.type_name == "timestamp" and isinstance(value, datetime):
        return value.timestamp()
    return value


def render(operation: Untyped, output: Mapping[str, Any]) -> Reply:
    headers = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
    if operation.output_shape is None:
        return Reply(200, [headers[1]], b"")
    return Reply(200, headers, _encode(operation.output_shape, output))


def render_error(code: str, message: str, status: int) -> Reply:
    def text(value: str) -> bytes:
        raw = value.encode()
        return b"\x7a" + len(raw).to_bytes(4, "big") + raw

    body = b"\xa2" + text("__type") + text(code) + text("message") + text(message)
    headers = [
        ("Content-Type", "application/cbor"),
        ("smithy-protocol", "rpc-v2-cbor"),
        ("x-amzn-query-error", f"{code};{'Sender' if status < FIRST_SERVER_FAULT else 'Receiver'}"),
    ]
    return Reply(status, headers, body)
