"""Rules that make calls fail on purpose."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, field
from typing import Literal, get_args

Kind = Literal["throttle", "http500", "http503", "reset-before", "reset-after", "hang", "access-denied"]
KINDS: tuple[str, ...] = get_args(Kind)
ANY = "*"

MEANINGS: dict[str, str] = {
    "throttle": "answers ThrottlingException (or the service's own code) with nothing changed",
    "http500": "answers InternalFailure with status 500 and nothing changed",
    "http503": "answers ServiceUnavailable with status 503 and nothing changed",
    "reset-before": "closes the connection before anything is changed",
    "reset-after": "makes the change, then closes the connection instead of answering",
    "hang": "never answers (until the client gives up)",
    "access-denied": "answers AccessDeniedException with nothing changed",
}
THROTTLE_CODES = {"ec2": "RequestLimitExceeded", "s3": "SlowDown", "query": "Throttling"}


@dataclass(slots=True)
class Rule:
    """Fires on the nth matching call (1 = the next) and on the `times - 1` after it; times 0 = for ever."""

    id: int
    service: str
    action: str
    kind: Kind
    nth: int = 1
    times: int = 1
    seen: int = 0
    fired: int = 0

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(slots=True)
class Faults:
    """The rules, in the order in which they were added; the first that fires wins."""

    rules: list[Rule] = field(default_factory=list[Rule])
    made: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, service: str, action: str, kind: Kind, nth: int = 1, times: int = 1) -> Rule:
        with self.lock:
            self.made += 1
            rule = Rule(self.made, service, action, kind, nth, times)
            self.rules.append(rule)
            return rule

    def clear(self, rule_id: int | None = None) -> int:
        """Remove one rule or all of them; how many went."""
        with self.lock:
            before = len(self.rules)
            self.rules = [r for r in self.rules if rule_id is not None and r.id != rule_id]
            return before - len(self.rules)

    def match(self, service: str, action: str) -> Rule | None:
        """Count this call on every rule that it matches and return the one that fires, if any."""
        if not self.rules:
            return None
        with self.lock:
            firing: Rule | None = None
            for rule in self.rules:
                if rule.service not in (ANY, service) or rule.action not in (ANY, action):
                    continue
                rule.seen += 1
                due = rule.seen >= rule.nth and (rule.times == 0 or rule.seen < rule.nth + rule.times)
                if due and firing is None:
                    rule.fired += 1
                    firing = rule
            return firing


def refusal(kind: Kind, service: str, protocol: str, action: str) -> tuple[str, str, int]:
    """(code, message, status) of the faults that are answers."""
    if kind == "throttle":
        code = THROTTLE_CODES.get(service) or THROTTLE_CODES.get(protocol) or "ThrottlingException"
        return code, "Rate exceeded", 503 if service in ("ec2", "s3") else 400
    if kind == "http500":
        return "InternalFailure", "The request processing has failed because of an unknown error.", 500
    if kind == "http503":
        return "ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503
    code = {"ec2": "UnauthorizedOperation", "query": "AccessDenied", "rest": "AccessDenied"}.get(protocol)
    code = code or "AccessDeniedException"
    return (
        code,
        f"User: arn:aws:iam::123456789012:user/simulated is not authorized to perform: {service}:{action}",
        (403 if protocol in ("ec2", "query", "rest") else 400),
    )
