"""How common words are, learned from the articles that pass: a rule is filed under the rarest thing it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_PRIOR_ARTICLES = 20
_MOST_WORDS = 200_000
_REMEMBERED = 10_000
_LONG_SHARE = 0.005


class WordFrequencies:
    """The share of recent articles that hold a word. Until it has seen some, short words count as common ones."""

    def __init__(self) -> None:
        self.articles = 0
        self._seen: Counter[str] = Counter()

    def learn(self, words: Iterable[str]) -> None:
        """The words of one more article, each once."""
        self.articles += 1
        self._seen.update(words)
        if self.articles >= _REMEMBERED or len(self._seen) > _MOST_WORDS:
            self.articles //= 2
            self._seen = Counter({word: count // 2 for word, count in self._seen.items() if count > 1})

    def share(self, word: str) -> float:
        """Between 0 and 1."""
        prior = max(_LONG_SHARE, 0.4 * 0.6 ** len(word)) if word.isascii() else 0.02
        return (self._seen[word] + prior * _PRIOR_ARTICLES) / (self.articles + _PRIOR_ARTICLES)
