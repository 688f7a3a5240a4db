"""`make bench-rules`, and the end of `make bench`: what matching alert rules costs an article, by the number of rules.

Made-up words, as common as words are (Zipf), in articles of 730 of them; mixed rules, most of which fire rarely. The
naive evaluator reads each rule's tree, and a percolator in an OpenSearch of its own gets the same rules as queries, up
to 100,000 (more take it many minutes to index). NEWSWIRE_TEST_OPENSEARCH=URL is used in its place.
Figures of different runs or machines do not compare; ratios within one run do.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from pipeline import search_index
from pipeline.alerts.matcher import Matcher
from pipeline.alerts.parser import parse
from pipeline.alerts.query import query
from pipeline.records import Article
from tests.bench import engines
from tests.naive_rules import naive_match
from tests.test_rule_engine import index

VOCABULARY, LENGTH, WARM_UP, MEASURED = 60_000, 730, 200, 300
MOST_PERCOLATED = 300_000
START = datetime(2026, 3, 2, tzinfo=UTC)


class Writer:
    """Random articles and rules over one vocabulary."""

    def __init__(self, seed: int) -> None:
        self._chosen = random.Random(seed)
        letters = "aeioubdfgklmnprstvz"
        self._words = [
            "".join(self._chosen.choices(letters, k=2 + rank.bit_length() // 2)) for rank in range(VOCABULARY)
        ]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))

    def article(self, number: int) -> Article:
        """A headline of ten words and a body of forty paragraphs' words."""
        words = self._chosen.choices(self._words, cum_weights=self._weights, k=LENGTH)
        lines = [" ".join(words[start : start + 70]) for start in range(10, LENGTH, 70)]
        times = dict.fromkeys(("first_seen", "fetched_at", "processed_at"), START)
        return Article(id=str(number), headline=" ".join(words[:10]), body="\n".join(lines), language="en", **times)

    def rule(self) -> str:
        """One of ten kinds."""
        a, b, c, d = (self._word() for _ in range(4))
        kinds = [a, f'"{a} {b}"', f'"{a} {b} {c}"', f"{a} AND {b}", f'"{a} {b}"~5', f"({a} OR {b}) NEAR/5 {c}"]
        kinds += [f'({a} OR "{b} {c}") AND {d}', f"{a} {b} NOT ({c} OR {d})", f"headline:({a} OR {b}) {c}"]
        return self._chosen.choice([*kinds, f"{a[:5]}* AND {b}" if len(a) > 4 else a])

    def _word(self) -> str:
        rare = self._chosen.random() < 0.8
        return self._words[self._chosen.randrange(5000, VOCABULARY) if rare else self._chosen.randrange(50, 5000)]


def main() -> None:
    """Print a row for each number of rules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=int, nargs="*", default=[1_000, 10_000, 100_000, 300_000])
    table = Table(
        "rules", "load", "memory added", "fired", "p50", "p99", "naive", "percolator", title="CPU ms an article"
    )
    counts = parser.parse_args().counts
    # A process for each, since memory that one frees the next would not add.
    context = multiprocessing.get_context("spawn")
    with _search_engine() as url, ProcessPoolExecutor(1, context, max_tasks_per_child=1) as fresh:
        for count in counts:
            table.add_row(*fresh.submit(_measure, count, url).result())
    Console().print(table)


@contextmanager
def _search_engine() -> Iterator[str]:
    if url := os.environ.get("NEWSWIRE_TEST_OPENSEARCH"):
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="newswire-bench-") as folder, engines(Path(folder)) as settings:
        yield settings.elasticsearch.url


def _measure(count: int, url: str) -> list[str]:
    write = Writer(count)
    rules = {str(number): write.rule() for number in range(count)}
    articles = [write.article(number) for number in range(WARM_UP + MEASURED)]
    before, started = psutil.Process().memory_info().rss, time.process_time()
    gc.disable()
    matcher = Matcher()
    for rule, text in rules.items():
        matcher.add(rule, text)
    gc.freeze()
    gc.enable()
    load, memory = time.process_time() - started, psutil.Process().memory_info().rss - before
    for article in articles[:WARM_UP]:
        matcher.match(article)
    matcher.refile(count)
    gc.collect()
    gc.freeze()  # as the worker does after each round of this
    spent, fired = [], 0
    for article in articles[WARM_UP:]:
        started = time.process_time()
        fired += len(matcher.match(article)[0])
        spent.append(1000 * (time.process_time() - started))
    spent.sort()
    figures = [spent[len(spent) // 2], spent[len(spent) * 99 // 100], _naive(rules, articles[-1])]
    percolator = _percolator(url, rules, articles[-5:]) if count <= MOST_PERCOLATED else "not measured"
    shown = [f"{count:,}", f"{load:.1f} s", f"{memory >> 20} MB", f"{fired / MEASURED:.0f}"]
    return [*shown, *(f"{figure:,.2f}" for figure in figures), percolator]


def _naive(rules: dict[str, str], article: Article) -> float:
    trees = [parse(text).tree for text in rules.values()]
    started = time.process_time()
    for tree in trees:
        naive_match(tree, article)
    return 1000 * (time.process_time() - started)


def _percolator(url: str, rules: dict[str, str], articles: list[Article]) -> str:
    with index(url, f"bench-rules-{len(rules)}", with_rules=True) as client:
        lines = [
            line
            for rule, text in rules.items()
            for line in ({"index": {"_id": rule}}, {"rule": query(parse(text).tree)})
        ]
        for start in range(0, len(lines), 2000):
            client.bulk(index=f"bench-rules-{len(rules)}", operations=lines[start : start + 2000], refresh=True)
        spent = []
        for article in articles:
            percolate = {"percolate": {"field": "rule", "document": json.loads(search_index.document(article))}}
            answer = client.search(
                index=f"bench-rules-{len(rules)}", query={"bool": {"filter": percolate}}, source=False
            )
            spent.append(answer["took"])
    return f"{sorted(spent)[len(spent) // 2]:,.0f} (wall)"


if __name__ == "__main__":
    main()
