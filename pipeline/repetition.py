"""Lines that come back in story after story of one source: boilerplate that no rule knows. State, and no clock.

Time is counted in stories of the source. A story counts once, whatever its updates, copies and replays: it is known by
its id, by its headline, or by two of the three longest lines of its first half. A line is repeated when its decaying
count reaches a number of stories; a sentence must also stand in half of what the source published lately.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import islice

HEAD, TAIL = 4, 12
"""Lines from either end of a story that are counted."""
HALF_LIFE = 32
"""Stories after which a line counts half."""
WINDOW = 4 * HALF_LIFE
"""Stories by which a story is known again. One that comes back later adds at most 1/15 of itself: what has decayed."""
MAX_STORIES = 15
"""The most that may be asked for; beyond, stories that came back could stand in for one that never was."""
MAX_LINES = 300
MAX_VERSIONS = 60
_KEYS = 5 * WINDOW  # id, headline, three lines
_DECAY = 0.5 ** (1 / HALF_LIFE)

_LONGEST, _LONGEST_LABEL = 400, 60
_QUOTES = re.compile('["“”„«»「」『』‟]')
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔](?:[\s)\]）】»”’\"']*)$")
_MARKS = re.compile(r"https?:|www\.|\w@\w|©|\(c\)|[|#→►▶•]", re.IGNORECASE)


class Repetitions:
    """The lines and stories of one source. At most MAX_LINES lines and WINDOW stories are remembered."""

    __slots__ = ("_keys", "_lines", "_stories", "_versions")

    def __init__(self) -> None:
        self._stories = 0
        self._keys: dict[int, None] = {}  # of stories that counted, oldest first
        self._versions: dict[int, None] = {}  # long lines that came with later versions of them, oldest first
        self._lines: dict[int, tuple[float, int]] = {}  # count, and the story at which it was that; oldest first

    def __len__(self) -> int:
        """Hashes that it holds."""
        return len(self._keys) + len(self._versions) + len(self._lines)

    def count(self, article_id: str, headline: str | None, lines: Sequence[str]) -> bool:
        """Count a story, and each of its lines once. False, and nothing is counted, when it is known already."""
        names = [_hash("id", article_id), *([_hash("headline", headline)] if headline else [])]
        long = [_hash("line", line) for line in _longest(lines)]
        known = [key for key in long if key in self._keys or key in self._versions]
        if any(name in self._keys for name in names) or (long and len(known) >= min(2, len(long))):
            self._versions.update(dict.fromkeys(key for key in long if key not in known))
            _shorten(self._versions, MAX_VERSIONS)
            return False
        self._keys.update(dict.fromkeys((*names, *long)))
        self._stories += 1
        for line in {_hash("", lines[place]) for place in _candidates(lines)}:
            self._lines[line] = (1 + self._counted(self._lines.pop(line, None)), self._stories)
        _shorten(self._keys, _KEYS)
        _shorten(self._lines, MAX_LINES)
        return True

    def repeated(self, lines: Sequence[str], stories: int) -> set[int]:
        """Places of the lines to remove: they stand in at least so many stories, no sentence parts them from an end of
        the text, or they are short and stand in it more than once. Never all lines.
        """
        places = _candidates(lines)
        often = {place: count for place in places if (count := self._of(lines[place])) >= stories}
        if not often:
            return set()
        half = (1 - _DECAY**self._stories) / (1 - _DECAY) / 2
        certain = {place for place, count in often.items() if count >= half or not _is_prose(lines[place])}
        gone = _reached(lines, certain, range(len(lines))) | _reached(lines, certain, range(len(lines) - 1, -1, -1))
        several = Counter(lines)
        gone |= {
            place
            for place in certain
            if _is_label(lines[place]) and often[place] >= half > 0 and several[lines[place]] > 1
        }
        return gone if len(gone) < len(lines) else set()

    def _of(self, line: str) -> float:
        return self._counted(self._lines.get(_hash("", line)))

    def _counted(self, entry: tuple[float, int] | None) -> float:
        return entry[0] * _DECAY ** (self._stories - entry[1]) if entry else 0.0


def _candidates(lines: Sequence[str]) -> list[int]:
    """Lines that can be boilerplate: near an end or several times in the text, not long, and nobody's words."""
    places: Iterable[int] = range(len(lines))
    if len(lines) > HEAD + TAIL:
        several = Counter(lines)
        tail = len(lines) - TAIL
        places = [place for place in places if place < HEAD or place >= tail or several[lines[place]] > 1]
    return [place for place in places if 2 <= len(lines[place]) <= _LONGEST and not _QUOTES.search(lines[place])]


def _reached(lines: Sequence[str], certain: set[int], inwards: Iterable[int]) -> set[int]:
    """Those of the lines that are met on the way inwards, before the first sentence that stays."""
    found = set()
    for place in inwards:
        if place in certain:
            found.add(place)
        elif _is_prose(lines[place]):
            break
    return found


def _is_prose(line: str) -> bool:
    """A sentence, or so long that it may be one where no stop ends them; not with an address or a sign in it."""
    if _MARKS.search(line):
        return False
    return _SENTENCE_END.search(line) is not None or len(line) > (100 if " " in line[:50] else 40)


def _is_label(line: str) -> bool:
    return len(line) <= _LONGEST_LABEL and not _is_prose(line)


def _longest(lines: Sequence[str]) -> list[str]:
    """The three longest lines of the first half: those of the story, hardly ever of a footer."""
    first = lines[: max(2, (len(lines) + 1) // 2)]
    return sorted(dict.fromkeys(first), key=len, reverse=True)[:3]


def _hash(kind: str, text: str) -> int:
    return int.from_bytes(blake2b(f"{kind}\n{text}".encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _shorten(table: dict[int, object] | dict[int, None] | dict[int, tuple[float, int]], size: int) -> None:
    """Forget what is oldest."""
    for key in list(islice(table, max(0, len(table) - size))):
        del table[key]
