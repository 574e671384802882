"""Saving and loading everything: moto's backends and the layer's world in one file.

Format: a pickle, read back only from the state folder of this checkout (a pickle from elsewhere could run code, so
`load` takes names of saves in that folder and nothing else). It is tied to moto's version: another starts empty.
"""

from __future__ import annotations

import copyreg
import importlib
import io
import marshal
import os
import pickle
import tempfile
import threading
import types
from collections import defaultdict
from pathlib import Path
from typing import Any

from localaws import moto_state
from localaws.errors import UsageError
from localaws.moto_state import Untyped
from localaws.world import World

FORMAT = 1


def dump(world: World) -> bytes:
    """The whole state as bytes. Call with the world's lock held."""
    import moto  # noqa: PLC0415

    world.clock.hold()
    backends = {backend.service_name: _plain(backend) for backend in moto_state.loaded()}
    header = {"format": FORMAT, "moto": moto.__version__}
    document = {
        "backends": backends,
        "aside": _aside(),
        "world": {
            "clock": world.clock,
            "images": world.images,
            "services": world.ecs.services,
            "tasks": world.ecs.tasks,
            "created": world.ecs.created,
            "seed": world.ecs.seed,
            "records": world.records,
        },
    }
    out = io.BytesIO()
    pickle.dump(header, out)
    _Pickler(out, pickle.HIGHEST_PROTOCOL).dump(document)
    return out.getvalue()


def restore(world: World, content: bytes) -> None:
    """Put a state back; what is there now is forgotten. Raises UsageError when it is of another version."""
    import moto  # noqa: PLC0415

    stream = io.BytesIO(content)
    header: dict[str, Any] = pickle.load(stream)  # noqa: S301 - our own file, see the module's docstring
    if header["format"] != FORMAT or header["moto"] != moto.__version__:
        raise UsageError(
            "state-of-other-version",
            f"saved by moto {header['moto']} (format {header['format']}), this is {moto.__version__} ({FORMAT})",
            "localaws reset",
        )
    moto_state.reset()  # before anything is read: moto closes the contents of every S3 object that it knows
    document: dict[str, Any] = pickle.load(stream)  # noqa: S301
    for service, accounts in document["backends"].items():
        _put_back(service, accounts)
    _put_aside_back(document["aside"])
    kept = document["world"]
    clock = kept["clock"]
    world.clock.anchors, world.clock.stepped_sim = clock.anchors, clock.stepped_sim
    world.clock.speed, world.clock.offset_seconds = clock.speed, clock.offset_seconds
    world.clock.resume()
    world.images.scripts, world.images.blobs = kept["images"].scripts, kept["images"].blobs
    world.ecs.services, world.ecs.tasks = kept["services"], kept["tasks"]
    world.ecs.created, world.ecs.seed = kept["created"], kept["seed"]
    world.answers.kept.clear()
    world.records.clear()
    world.records.update(kept["records"])


def save_file(path: Path, content: bytes) -> None:
    """Write atomically: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    Path(name).replace(path)


def _plain(backend: Untyped) -> dict[str, dict[str, Any]]:
    """{account: {region: backend object}}: the dictionaries themselves hold caches that do not pickle."""
    return {account: dict(regions.items()) for account, regions in backend.items()}


def _put_back(service: str, accounts: dict[str, dict[str, Any]]) -> None:
    from moto.backends import get_backend  # noqa: PLC0415

    backends: Any = get_backend(service)  # pyright: ignore[reportCallIssue, reportArgumentType]
    for account, regions in accounts.items():
        own = backends[account]
        for region, backend in regions.items():
            dict.__setitem__(own, region, backend)


def _aside() -> dict[str, Any]:
    """What moto keeps outside its backends and cannot do without."""
    from moto.s3.models import s3_backends  # noqa: PLC0415

    return {"bucket_accounts": dict(s3_backends.bucket_accounts)}


def _put_aside_back(aside: dict[str, Any]) -> None:
    from moto.s3.models import s3_backends  # noqa: PLC0415

    s3_backends.bucket_accounts.clear()
    s3_backends.bucket_accounts.update(aside["bucket_accounts"])


class _Pickler(pickle.Pickler):
    """Locks, keys and open temporary files are made anew when they are read back."""

    def reducer_override(self, obj: Untyped) -> Untyped:  # noqa: PLR0911 - one return a kind
        if isinstance(obj, _LOCK):
            return threading.Lock, ()
        if isinstance(obj, _RLOCK):
            return threading.RLock, ()
        if isinstance(obj, tempfile.SpooledTemporaryFile):
            return _spooled, (_content(obj),)
        if isinstance(obj, defaultdict) and type(obj) is not defaultdict:
            # A subclass whose constructor wants more than a factory: made without it, then filled.
            return copyreg.__newobj__, (type(obj),), obj.__dict__, None, iter(obj.items())  # pyright: ignore[reportAttributeAccessIssue]
        if isinstance(obj, types.FunctionType) and "<locals>" in obj.__qualname__ and obj.__closure__ is None:
            return _lambda, (marshal.dumps(obj.__code__), obj.__module__)
        if type(obj).__module__.startswith("cryptography."):
            return _cryptographic(obj)
        return NotImplemented


_LOCK, _RLOCK = type(threading.Lock()), type(threading.RLock())


def _content(spool: Untyped) -> bytes:
    at = spool.tell()
    spool.seek(0)
    content = spool.read()
    spool.seek(at)
    return content


def _spooled(content: bytes) -> Untyped:
    spool = tempfile.SpooledTemporaryFile(max_size=64 * 1024 * 1024)  # noqa: SIM115 - it lives as long as its object
    spool.write(content)
    return spool


def _cryptographic(obj: Untyped) -> Untyped:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415

    if isinstance(obj, x509.Certificate):
        return _load_certificate, (obj.public_bytes(form.Encoding.PEM),)
    if hasattr(obj, "private_bytes"):
        pem = obj.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        return _load_private_key, (pem,)
    if hasattr(obj, "public_bytes"):
        pem = obj.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
        return _load_public_key, (pem,)
    return NotImplemented


def _load_certificate(pem: bytes) -> Untyped:
    from cryptography import x509  # noqa: PLC0415

    return x509.load_pem_x509_certificate(pem)


def _load_private_key(pem: bytes) -> Untyped:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415

    return form.load_pem_private_key(pem, None)


def _load_public_key(pem: bytes) -> Untyped:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415

    return form.load_pem_public_key(pem)


def _lambda(code: bytes, module: str) -> Untyped:
    """A function that moto made inside another one, such as the factory of a defaultdict."""
    return types.FunctionType(marshal.loads(code), vars(importlib.import_module(module)))  # noqa: S302
