"""What a check of `newswire doctor` saw."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Verdict = Literal["ok", "warning", "problem"]


class Finding(Struct, frozen=True, kw_only=True):
    """`remedy` says what to do about a warning or a problem."""

    check: str
    verdict: Verdict
    detail: str
    remedy: str | None = None
