"""Bytes to text, for documents that do not say their encoding."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins the same
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MARKS = tuple(mark for mark, _ in _ENCODINGS)
"""Byte order marks."""


class UndecodableError(ValueError):
    """No encoding fits; the message says why."""


def decode(content: bytes) -> str:
    """By byte order mark, else UTF-8, else the likeliest legacy encoding. Raises UndecodableError."""
    for mark, encoding in _ENCODINGS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise UndecodableError(f"not the {encoding} that it begins as: {error.reason}") from error
    if b"\x00" in content:
        raise UndecodableError("binary, not text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        best = from_bytes(content).best()
        if best is None:
            raise UndecodableError(
                f"neither UTF-8 (byte {error.start}: {error.reason}) nor a known legacy encoding"
            ) from error
        return str(best)
