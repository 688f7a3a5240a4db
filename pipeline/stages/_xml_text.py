"""Text as lxml takes it: it parses characters that XML has not, and then refuses to move the text they stand in."""

from __future__ import annotations

import re

_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    r"|&#0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d);?|&#x0*(?:[0-8bcef]|1[\da-f]|fff[ef])(?![\da-f]);?",
    re.IGNORECASE,
)


def xml_text(text: str) -> str:
    """Without control characters, lone surrogates and noncharacters, and without references to them."""
    return _REFUSED.sub("", text)
