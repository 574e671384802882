"""Errors of the embedded AWS: what an AWS client receives, and what a person at the CLI reads."""

from __future__ import annotations


class ApiError(Exception):
    """An AWS error reply. `code` is the modelled error code, `status` the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class UsageError(Exception):
    """A mistake of the person typing. `code` is stable; `hint` is what to type next."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
