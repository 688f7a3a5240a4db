"""What a page says of its language."""

from __future__ import annotations

import re

_TAG = r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}"
_ROOT = re.compile(r"<html\b[^>]{0,2000}", re.IGNORECASE)
_LANG = re.compile(rf"""\blang\s*=\s*["']?\s*({_TAG})\b""", re.IGNORECASE)
_META = re.compile(r"<meta\b[^>]{0,1000}>", re.IGNORECASE)
_LOCALE = re.compile(r"""\b(?:og:locale|content-language)["'\s>/]""", re.IGNORECASE)
_CONTENT = re.compile(rf"""\bcontent\s*=\s*["']?\s*({_TAG})\b""", re.IGNORECASE)
_HEAD = 20_000
"""Characters of the page in which it is looked for."""


def page_language(html: str) -> str | None:
    """The code in `<html lang>`, `og:locale` or `Content-Language`, as written; None without one.

    By pattern and not by parser: the `clean` stage has parsed the page, but an article keeps no hints.
    """
    head = html[:_HEAD]
    if (root := _ROOT.search(head)) and (lang := _LANG.search(root[0])):
        return lang[1]
    for meta in _META.finditer(head):
        if _LOCALE.search(meta[0]) and (content := _CONTENT.search(meta[0])):
            return content[1]
    return None
