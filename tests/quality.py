"""`make quality`: what each stage gets right, next to the floor that a test holds, and what it costs.

Scores come from the texts in tests/ and, where it lies beside the repository, from `../shared/ner` (development files;
official test splits stay unseen). Run it from the repository.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import fmean

from rich.console import Console
from rich.table import Table

from pipeline.chain import chain_of
from pipeline.stages._language_models import primary
from pipeline.stages.language import identify
from tests import test_extraction, test_language, test_ner_quality, test_places
from tests.corpus import raw_articles

WARM_UP = 200
ARTICLES = 1000

Row = tuple[str, str, str, float, float | None]
"""Stage, language, measure, score, floor."""

console = Console()


def main() -> None:
    """Print the table of scores and the table of costs."""
    table = Table(title=f"Quality, {datetime.now(UTC):%Y-%m-%d}")
    for column in ("stage", "language", "measure"):
        table.add_column(column)
    table.add_column("score", justify="right")
    table.add_column("floor", justify="right")
    for stage, language, measure, score, floor in rows():
        style = "bold red" if floor is not None and score < floor else ""
        table.add_row(stage, language, measure, f"{score:.2f}", "" if floor is None else f"{floor:.2f}", style=style)
    console.print(table)
    if not test_language.SHARED.is_dir():
        console.print("Without ../shared/ner the scores on development files are missing.")
    console.print(costs())


def rows() -> Iterator[Row]:
    """Every score that there are data for."""
    yield (
        "clean",
        "all",
        "shingles of our pages, F1",
        100 * fmean(map(test_extraction.f1, test_extraction.PAGES)),
        100 * test_extraction.FLOOR,
    )
    for kind, floor in test_ner_quality.OWN_TEXTS_FLOOR.items():
        yield "entities", "all", f"{kind} of our texts, F1", 100 * test_ner_quality.own_texts(kind)[0], 100 * floor
    accuracy, precision, _ = test_places.scores()
    yield "entities", "all", "places of our texts linked, %", 100 * accuracy, 100 * test_places.ACCURACY_FLOOR
    yield "entities", "all", "links of places right, %", 100 * precision, 100 * test_places.PRECISION_FLOOR
    for language, floor in test_language.OWN_FLOORS.items():
        yield "language", language, "our sentences, 80 characters, % right", test_language.own_right(language), floor
    score = fmean(map(test_language.own_right, test_language.OWN))
    yield (
        "language",
        f"all {len(test_language.OWN)}",
        "our sentences, 80 characters, % right",
        score,
        test_language.OWN_FLOOR,
    )
    told = [test_language.told(case) for case in test_language.MIXED]
    yield "language", "all", "articles in one language or two, % right", 100 * fmean(told), 100.0
    for language, floor in test_ner_quality.SENTENCE_FLOORS.items():
        yield "entities", language, "spans of our sentences, F1", test_ner_quality.own_sentences(language)[0], floor
    if not test_language.SHARED.is_dir():
        return
    for language, floor in test_language.FLOORS_80.items():
        yield "language", language, "80 characters, % right", right(language, 80), floor
    for length in (1000, 2000):
        score = fmean(right(language, length) for language in test_language.FLOORS_80)
        yield "language", "all", f"{length:,} characters, % right", score, 100.0
    for language, floor in test_ner_quality.FLOORS.items():
        yield "entities", language, "spans, F1", test_ner_quality.dev_score(language).f1, floor


def right(language: str, length: int) -> float:
    """Percent of the pieces of a development file whose language is found."""
    pieces = test_language.pieces(language, length)
    return 100 * sum(primary(identify("", piece)[0]) == language for piece in pieces) / len(pieces)


def costs() -> Table:
    """CPU of each stage on articles of about 2 KB in seven languages, warmed up."""
    chain = chain_of()
    now = datetime.now(UTC)
    spent: Counter[str] = Counter()
    for number, raw in enumerate(raw_articles(WARM_UP + ARTICLES)):
        result = chain.run(raw, now)
        if number >= WARM_UP:
            spent.update(dict(result.seconds))
    table = Table(title=f"CPU of the stages, {ARTICLES:,} articles of about 2 KB")
    table.add_column("stage")
    table.add_column("ms/article", justify="right")
    for stage, seconds in spent.items():
        table.add_row(stage, f"{1000 * seconds / ARTICLES:.2f}")
    table.add_row("all", f"{1000 * spent.total() / ARTICLES:.2f}", style="bold")
    return table


if __name__ == "__main__":
    main()
