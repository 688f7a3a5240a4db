"""What stands in a rule for itself: a word, phrase, prefix, or the value of a field."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta

from pipeline.alerts.lexer import RuleError, Token
from pipeline.alerts.tree import Node, Or, Phrase, Prefix, Published, Value
from pipeline.alerts.words import Words, lower
from pipeline.alerts.zones import TEXT, ZONES, milliseconds

SHORTEST_PREFIX = 3
FIELDS = (*ZONES, "language", "country", "published_at")

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_RANGE = re.compile(r"(?P<open>[\[{])\s*(?P<since>\S+)\s+TO\s+(?P<until>\S+?)\s*(?P<close>[\]}])")
_words, _cased_words = Words(), Words(cased=True)


def demand_field(token: Token) -> None:
    """Raises RuleError unless the token names a field."""
    if token.text in FIELDS:
        return
    near = difflib.get_close_matches(token.text.lower(), FIELDS, 1)
    advice = f"did you mean {near[0]}:" if near else f"there are {', '.join(FIELDS)}"
    raise RuleError(token.column, f"no field {token.text!r}; {advice}; text with a colon goes into quotation marks")


def leaf(token: Token, field: str | None) -> Node:
    """The token as it is meant within the field. Raises RuleError."""
    if field == "published_at":
        return _published(token)
    if token.kind == "RANGE":
        raise RuleError(token.column, "a range goes with published_at:[2026-01-01 TO 2026-01-31] only; else quote it")
    if field in ("language", "country"):
        return _value(token, field)
    if token.kind == "WORD" and "*" in token.text.rstrip():
        return _prefix(token, field or TEXT)
    if token.kind == "WORD" and "?" in token.text.rstrip("?"):
        raise RuleError(token.column + token.text.index("?"), "no wildcards within a word; write a prefix: indones*")
    phrase = Phrase(
        tuple((_cased_words if token.mark else _words)(token.text)), field or TEXT, token.number, token.mark
    )
    if field == "source":
        return _source(token, phrase)
    if not phrase.words:
        raise RuleError(token.column, f"{token.text!r} has no letter or digit to look for; leave it out")
    return phrase


def _source(token: Token, phrase: Phrase) -> Node:
    """A source by its id as a whole, or by words of its name."""
    known = Value("source_id", token.text)
    if not token.text.strip():
        raise RuleError(token.column, "name the source: source:example.org")
    return Or((known, phrase)) if phrase.words else known


def _prefix(token: Token, zone: str) -> Prefix:
    text = token.text
    if text.index("*") != len(text) - 1:
        raise RuleError(token.column + text.index("*"), "a * stands at the end of a word only: indones*")
    prefix = lower(text[:-1])
    if len(prefix) < SHORTEST_PREFIX:
        raise RuleError(token.column, f"a prefix needs {SHORTEST_PREFIX} letters at least; write more of the word")
    if _words(prefix) != [prefix]:
        raise RuleError(token.column, f"{text!r} is not the beginning of one word; write a phrase, or a shorter prefix")
    return Prefix(prefix, zone)


def _value(token: Token, field: str) -> Value:
    text = token.text
    if token.mark or token.number:
        raise RuleError(token.column, f"{field} takes a plain value: {field}:{text}")
    if field == "country":
        if len(text) != 2 or not text.isascii() or not text.isalpha():
            raise RuleError(token.column, f"a country has two letters (ISO 3166): country:ID, not {text!r}")
        return Value(field, text.upper())
    if not _LANGUAGE.fullmatch(text):
        raise RuleError(token.column, f"a language is a tag (BCP 47): language:id or language:zh-Hans, not {text!r}")
    primary, *others = text.split("-")
    shaped = [part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower() for part in others]
    return Value(field, "-".join([primary.lower(), *shaped]))


def _published(token: Token) -> Published:
    found = _RANGE.fullmatch(token.text) if token.kind == "RANGE" else None
    if not found:
        raise RuleError(token.column, "write published_at:[2026-01-01 TO 2026-01-31], with * for an open end")
    since = _moment(found["since"], token.column, late=found["open"] == "{")
    until = _moment(found["until"], token.column, late=found["close"] == "]")
    if since is not None and found["open"] == "{" and "T" in found["since"]:
        since += 1
    if until is not None and not (found["close"] == "]" and "T" in found["until"]):
        until -= 1
    if since is not None and until is not None and since > until:
        raise RuleError(token.column, f"{found['since']} is not before {found['until']}")
    return Published(since, until, " ".join(token.text.split()))


def _moment(text: str, column: int, *, late: bool) -> int | None:
    """In ms. A day is its first moment, or with `late` the first one after it. Without an offset it is UTC."""
    if text == "*":
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        if "T" not in text and late:
            moment += timedelta(days=1)
    except (ValueError, OverflowError):
        raise RuleError(column, f"{text!r} is no time; write 2026-01-31, 2026-01-31T18:00Z or *") from None
    return milliseconds(moment)
