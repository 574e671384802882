"""Calls with a client token: the same token and parameters again get the same answer, and nothing is made twice."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass, field

from localaws.journal import mutates
from localaws.reply import FIRST_FAILURE, Reply
from localaws.wire import Call

# Members that carry a client token, in the spellings of the services that have one.
TOKENS = ("ClientToken", "clientToken", "ClientRequestToken", "IdempotencyToken", "CreatorRequestId")
_MARKS = tuple(name.encode() for name in TOKENS)
MOST_ANSWERS = 2000

Key = tuple[str, str, str, str]


@dataclass(slots=True)
class Answers:
    """Replies by (service, action, token, parameters). In memory only: a reply is repeated within moments or never."""

    kept: OrderedDict[Key, Reply] = field(default_factory=OrderedDict[Key, Reply])

    def find(self, key: Key | None) -> Reply | None:
        return None if key is None else self.kept.get(key)

    def keep(self, key: Key | None, reply: Reply) -> None:
        if key is None or reply.status >= FIRST_FAILURE:
            return
        self.kept[key] = reply
        while len(self.kept) > MOST_ANSWERS:
            self.kept.popitem(last=False)


def key_of(call: Call) -> Key | None:
    """What identifies a repeated call; None for one without a client token."""
    if not mutates(call.action) or not any(mark in call.body for mark in _MARKS):
        return None
    token = next((call.params[name] for name in TOKENS if call.params.get(name)), None)
    if not isinstance(token, str):
        return None
    text = json.dumps(call.params, sort_keys=True, default=str)
    return call.service, f"{call.region}:{call.action}", token, hashlib.sha256(text.encode()).hexdigest()
