"""Bodies as servers compress them (RFC 9110, 8.4), bounded in what they may grow to."""

from __future__ import annotations

import zlib

ACCEPTED = "gzip, deflate"
"""Neither br nor zstd: no library at hand bounds the output of a piece of input, so that a small body fills memory."""
_GZIP_NAMES = frozenset({"gzip", "x-gzip"})
_UNSUPPORTED = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz"})
_ZLIB, _RAW, _GZIP = zlib.MAX_WBITS, -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS
_GZIP_MARK = b"\x1f\x8b"
_DEFLATE_METHOD = 8


class EncodingError(ValueError):
    """A body is not what its Content-Encoding says; the message says in what way, as the end of a sentence."""


class TooLargeError(ValueError):
    """A body is larger than it may be."""


class Body:
    """Takes a body part by part, of at most `max_bytes` on the wire, and as many when decompressed.

    Names that are no encoding at all, such as `utf-8` or `none`, are taken for a slip and the body for plain.
    Raises EncodingError for encodings that were not asked for.
    """

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        names = [name for part in content_encoding.lower().split(",") if (name := part.strip())]
        coded = [name for name in names if name in _GZIP_NAMES or name == "deflate" or name in _UNSUPPORTED]
        if len(coded) > 1 or (coded and coded[0] in _UNSUPPORTED):
            raise EncodingError(f"is compressed as {', '.join(coded)}, which was not asked for")
        self._encoding = coded[0] if coded else ""
        self._max_bytes = max_bytes
        self._inflater: zlib._Decompress | None = None
        self._begun = False
        self._ended = not coded
        self._wire = 0
        self._made = bytearray()

    @property
    def made(self) -> bytes:
        """What came so far."""
        return bytes(self._made)

    def feed(self, part: bytes) -> None:
        """Take a part. Raises TooLargeError, with all that fits in `made`; EncodingError."""
        self._wire += len(part)
        if self._encoding:
            self._inflate(part)
        else:
            self._made += part[: self._max_bytes - len(self._made)]
        if self._wire > self._max_bytes:
            raise TooLargeError

    def finish(self) -> bytes:
        """The whole, after the last part. Raises EncodingError where it ends too early."""
        if self._wire and not self._ended:
            raise EncodingError("ends in the middle of its compressed data")
        return self.made

    def _inflate(self, part: bytes) -> None:
        while part:
            if self._ended and self._begun and not (self._encoding in _GZIP_NAMES and part.startswith(_GZIP_MARK)):
                return  # padding after the data
            if self._inflater is None or self._ended:
                self._inflater = zlib.decompressobj(_GZIP if self._encoding in _GZIP_NAMES else _deflate_bits(part))
                self._begun, self._ended = True, False
            try:
                made = self._inflater.decompress(part, self._max_bytes + 1 - len(self._made))
            except zlib.error as error:
                raise EncodingError(f"is said to be {self._encoding} but is not, or is damaged") from error
            self._made += made
            if len(self._made) > self._max_bytes:
                del self._made[self._max_bytes :]
                raise TooLargeError
            self._ended = self._inflater.eof
            part = self._inflater.unused_data if self._ended else self._inflater.unconsumed_tail


def _deflate_bits(begin: bytes) -> int:
    """Servers send `deflate` with zlib's two bytes before it, as the standard says, and without."""
    marked = begin[0] & 15 == _DEFLATE_METHOD and (len(begin) < 2 or int.from_bytes(begin[:2], "big") % 31 == 0)
    return _ZLIB if marked else _RAW
