"""The HTTP header Link (RFC 8288): which addresses an answer names, and as what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

MAX_HEADER_LENGTH = 16_384
"""Characters that are looked at; no honest server sends more."""
_LINK = re.compile(r"""<([^<>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)""")
_PARAMETER = re.compile(r""";\s*([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?""")


@dataclass(frozen=True, slots=True)
class Link:
    """An absolute address, and its relation types in lower case."""

    target: str
    relations: tuple[str, ...]


def read_links(header: str | None, base: str) -> Iterator[Link]:
    """The links of a header, or of several joined by commas; `base` is the answer's address. What does not parse is
    passed over, and so is a link that tells of something else than the answer (`anchor`, section 3.2)."""
    for found in _LINK.finditer((header or "")[:MAX_HEADER_LENGTH]):
        parameters: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(found[2]):
            parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or bare)  # section 3.3: the first
        try:
            target = urljoin(base, found[1].strip())
            elsewhere = "anchor" in parameters and urljoin(base, parameters["anchor"]) != base
        except ValueError:
            continue
        if not elsewhere:
            yield Link(target, tuple(parameters.get("rel", "").lower().split()))
