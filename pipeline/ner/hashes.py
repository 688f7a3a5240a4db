"""The hash by which the shipped lists keep words and names."""

from __future__ import annotations

from zlib import crc32


def text_hash(text: str) -> int:
    """CRC-32 of the text in UTF-8."""
    return crc32(text.encode("utf-8", "replace"))
