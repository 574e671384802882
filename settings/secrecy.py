"""What may be a secret, so that it is neither accepted in plain text nor shown. Guesses on the safe side."""

import math
import re
from collections import Counter

_NAME = re.compile(
    r"(^|[_.-])(passw(or)?d|passphrase|secret|token|credentials?|(api|private|secret|access|signing|encryption)[_-]?key)$",
    re.IGNORECASE,
)
# Prefixes that the issuers of keys made recognisable on purpose, private keys, and passwords within URLs.
# Every repetition is bounded, or ends at a character that begins the next one: long values take no time.
_VALUE = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[oprsu]_\w{20}|\bgithub_pat_\w{20}|\bglpat-[\w-]{20}|\bxox[abeoprs]-[\w-]{10}"
    r"|\b[rs]k_(live|test)_\w{16}|\bsk-[\w-]{20}|\bAIza[\w-]{30}|\beyJ[\w-]{8,500}\.eyJ[\w-]{8}"
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY|://[^\s:/@]*:[^\s/@]+@"
)
_REFERENCE = re.compile(r"arn:aws|sha256:[0-9a-f]{64}$")
_HEXADECIMAL = re.compile(r"\b[0-9a-fA-F]{32,}\b")
_RUN = re.compile(r"[A-Za-z0-9+]{20,}")
_RANDOM_BITS_PER_CHARACTER = 3.5


def secret_name(name: str) -> bool:
    """Whether a variable of this name holds a secret: DB_PASSWORD yes, PASSWORD_MIN_LENGTH no."""
    return _NAME.search(name) is not None


def secret_value(value: str) -> bool:
    """Whether the text has the form of a key that its issuer made recognisable, or a password within a URL."""
    return _VALUE.search(value) is not None


def may_be_secret(value: str) -> bool:
    """Whether the text had better not be shown: `secret_value`, and whatever looks generated."""
    if _REFERENCE.match(value):
        return False
    return secret_value(value) or _HEXADECIMAL.search(value) is not None or any(map(_random, _RUN.findall(value)))


def _random(text: str) -> bool:
    """Whether the text has the mix of characters of a generated key."""
    kinds = sum(re.search(kind, text) is not None for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    bits = -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
    return kinds == len(("lower", "upper", "digit")) and bits > _RANDOM_BITS_PER_CHARACTER
