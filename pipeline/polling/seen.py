"""Which items of a feed are new, which have changed, and what is remembered of them: 8 bytes each.

Five bytes are the hash of what names the item within its feed (its id, else its address, else headline and text),
three that of what it says. A new item meets a remembered one by chance in one of a thousand million cases, a change
goes unnoticed in one of sixteen million.

Ids are believed as long as they serve: one that several items of a poll bear does not name them, and of a poll in
which nothing is known (the first, or one after a gap) the addresses are remembered as well, so that ids which change at
every poll are found out at the next one. A version that was told once is not told again: servers that answer in turn
from an old and a new copy would else have every item published over and over. Nor are changes told of a feed that has
most of its items changed at every poll: it counts comments or minutes in their text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from pipeline.feeds import FeedItem

ENTRY = 8
"""Bytes for an item."""
KEPT_BEFORE = 200
"""At least so many items that are no longer in the feed are remembered, for some vanish and come back; of longer feeds
twice as many as are in it, up to ten times this number."""
_NAME = 5
_MAX_BOTH = 1000
"""Second names are remembered only of feeds that have no more items than that."""
_RESTLESS = 3
"""Versions of an item after which it may count as one that always changes."""
_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A poll against what is remembered. `fresh` and `changed` are in the feed's order, `window` entries end `seen`."""

    fresh: tuple[FeedItem, ...]
    changed: tuple[FeedItem, ...]
    seen: bytes
    window: int
    none_left: bool
    """No item of the poll before is in this one, though both had items."""
    nameless: int
    """Items without an id and an address."""
    shared_ids: int
    """Items of which the id is that of another one, too."""
    restless: int
    """Items that are not told as changed, because most of the feed is changed at every poll."""
    changed_ids: int
    """Items that were known by their address, but came with another id."""


def compare(items: Sequence[FeedItem], seen: bytes, window: int) -> Comparison:
    """`seen` and `window` as the last comparison made them. An item that is twice in the poll counts once."""
    before = _entries(seen)
    known: dict[bytes, set[bytes]] = {}
    for entry in before:
        known.setdefault(entry[:_NAME], set()).add(entry[_NAME:])
    last = {entry[:_NAME] for entry in before[max(0, len(before) - window) :]}
    rows = _rows(items)
    first_names_fail = _first_names_fail(rows, known)

    fresh: list[FeedItem] = []
    changed: list[_Row] = []
    entries: dict[bytes, None] = {}
    spare: list[bytes] = []
    left = False
    changed_ids = 0
    for row in rows:
        trusted = row.names if first_names_fail or len(row.own) == 1 else row.names[:-1]
        same = next((name for name in trusted if row.version in known.get(name, ())), None)
        found = same or next((name for name in row.own if name in known and name in trusted), None)
        left = left or (found is not None and (found in last or found != row.names[0]))
        changed_ids += row.item.id is not None and found is not None and row.names[0] not in known
        chosen = found or row.own[1 if first_names_fail and len(row.own) > 1 else 0]
        entry = chosen + row.version
        if entry in entries:
            continue
        entries[entry] = None
        spare += (name + row.version for name in row.own[1:2] if name != chosen)
        if found is None:
            fresh.append(row.item)
        elif same is None:
            changed.append(row)
    restless = [row for row in changed if len(row.versions(known)) >= _RESTLESS]
    if len(restless) < 3 or 2 * len(restless) < len(entries):
        restless = []
    kept = [entry for entry in before if entry not in entries]
    if len(fresh) == len(entries) <= _MAX_BOTH:
        kept += (entry for entry in dict.fromkeys(spare) if entry not in entries)
    kept = kept[-_room(len(entries)) :]
    return Comparison(
        fresh=tuple(fresh),
        changed=tuple(row.item for row in changed if row not in restless),
        seen=b"".join((*kept, *reversed(entries))),
        window=len(entries),
        none_left=bool(entries) and bool(last) and not left,
        nameless=sum(item.id is None and item.url is None for item in items),
        shared_ids=sum(row.item.id is not None and row.names[0] not in row.own for row in rows),
        restless=len(restless),
        changed_ids=changed_ids,
    )


def merge(seen: bytes, window: int, pushed: Comparison) -> bytes:
    """What is remembered after a push: its items as well, and the last poll's still at the end."""
    border = len(seen) - window * ENTRY
    last = set(_entries(seen[border:]))
    came = _entries(pushed.seen)[-pushed.window :] if pushed.window else []
    kept = dict.fromkeys((*(entry for entry in _entries(seen[:border]) if entry not in came), *came))
    return b"".join([entry for entry in kept if entry not in last][-_room(window) :]) + seen[border:]


def _room(window: int) -> int:
    return max(KEPT_BEFORE, min(2 * window, 10 * KEPT_BEFORE))


def _entries(seen: bytes) -> list[bytes]:
    return [seen[at : at + ENTRY] for at in range(0, len(seen), ENTRY)]


@dataclass(frozen=True, slots=True)
class _Row:
    """An item with the hashes of its names, the best first and that of its words last; `own` are those that no other
    item of the poll has, or that of its words."""

    item: FeedItem
    names: tuple[bytes, ...]
    own: tuple[bytes, ...]
    version: bytes

    def versions(self, known: dict[bytes, set[bytes]]) -> set[bytes]:
        """What is remembered that it said."""
        return next((known[name] for name in self.own if name in known), set())


def _rows(items: Sequence[FeedItem]) -> list[_Row]:
    read = [(item, *_hashes(item)) for item in items]
    bearers = Counter(name for name, version in {(n, version) for _, names, version in read for n in names[:-1]})
    return [
        _Row(item, names, (*(name for name in names[:-1] if bearers[name] == 1), names[-1]), version)
        for item, names, version in read
    ]


def _first_names_fail(rows: Sequence[_Row], known: dict[bytes, set[bytes]]) -> bool:
    """Whether most items are known, but not by the name that should tell them best: ids, or addresses with a session
    in them, that change at every poll."""
    failing = sum(row.own[0] not in known and any(name in known for name in row.own[1:]) for row in rows)
    return failing >= 2 and 2 * failing >= len(rows)


def _hashes(item: FeedItem) -> tuple[tuple[bytes, ...], bytes]:
    texts = [made for part in (item.content, item.summary) if part and (made := _TAGS.sub(" ", part.text))]
    words = "\n".join((item.headline or "", item.description or "", *texts))
    address = item.url and _SCHEME.sub("", item.url, count=1)
    digest = _digest("words", words if words.strip() else address or item.id or "", ENTRY)
    names = [_digest("id", _SCHEME.sub("", item.id, count=1), _NAME)] if item.id else []
    if address:
        names.append(_digest("address", address, _NAME))
    return (*names, digest[:_NAME]), digest[_NAME:]


def _digest(kind: str, text: str, size: int) -> bytes:
    return blake2b(f"{kind}\n{text}".encode("utf-8", "surrogatepass"), digest_size=size).digest()
