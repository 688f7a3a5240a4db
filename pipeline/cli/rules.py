"""`newswire rules`: its commands, of which those that work on files are here."""

from __future__ import annotations

import gc
import io
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout
from pipeline.cli._rule_add import add
from pipeline.cli._rule_backtest import backtest
from pipeline.cli._rule_change import pause, remove, resume, snooze
from pipeline.cli._rule_content import STANDARD_INPUT, name_of, read_rules_of
from pipeline.cli._rule_deliveries import deliveries, retry
from pipeline.cli._rule_import import export, import_
from pipeline.cli._rule_views import list_rules, show
from pipeline.config import load
from pipeline.errors import NewswireError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.alert_records import Rule
    from pipeline.alerts.matcher import Matcher
    from pipeline.records import Article
    from pipeline.sources import Problem

ArticlesOption = Annotated[
    list[str],
    typer.Option(
        "--articles",
        metavar="PATH",
        help="Articles as `newswire try --json` prints them, or whatever it reads; `-` is standard input. Repeatable.",
    ),
]
ArticleOption = Annotated[
    str, typer.Option("--article", metavar="PATH", help="An article, likewise; of several, each is tested.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        name="rules", help="Alert rules: write, try, backtest, look after them. docs/rules.md has the language."
    )
    group.command("test")(explain_rule)
    group.command()(match)
    group.command()(backtest)
    group.command()(add)
    group.command("import")(import_)
    group.command()(export)
    group.command("list")(list_rules)
    group.command()(show)
    group.command()(snooze)
    group.command()(pause)
    group.command()(resume)
    group.command()(remove)
    group.command()(deliveries)
    group.command()(retry)
    app.add_typer(group, no_args_is_help=True)


def match(
    rules: Annotated[
        str,
        typer.Option("--rules", metavar="FILE", help='JSON Lines: {"id": …, "query": …}; `-` is standard input.'),
    ],
    articles: ArticlesOption,
    json: JsonFlag = False,
) -> None:
    """Match the rules of a file against articles in files, without Kafka or a search engine.

    One line for each rule that fires for an article, with the words and phrases of the rule that the article has. A
    rule or an article that cannot be read is told with its file and line, the others go on, and the exit status is 1.
    """
    from pipeline.alerts.evaluate import fired  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.alerts.matcher import Matcher  # noqa: PLC0415
    from pipeline.alerts.parser import parse  # noqa: PLC0415
    from pipeline.records import Article  # noqa: PLC0415

    if rules == STANDARD_INPUT and STANDARD_INPUT in articles:
        raise NewswireError("rules and articles cannot both come from standard input; name a file for one of them")
    matcher = Matcher()
    gc.disable()  # nothing of what is loaded can go: the collector would walk through it again and again
    known, broken = _load(rules, matcher)
    gc.freeze()
    gc.enable()
    for article in _articles(articles):
        if not isinstance(article, Article):
            broken += 1
            _tell(f"{article}")
            continue
        ids, words = matcher.match(article)
        for rule_id in ids:
            terms = fired(parse(known[rule_id].query).tree, words)
            if json:
                print_json({"rule": rule_id, "article": article.id, "terms": terms})
            else:
                _print_match(known[rule_id], article, terms)
        sys.stdout.flush()
    if broken:
        raise typer.Exit(1)


def explain_rule(
    query: Annotated[str, typer.Argument(help='A rule, as in: "white house" AND (budget OR deficit).')],
    article: ArticleOption,
    json: JsonFlag = False,
) -> None:
    """Explain, clause by clause, why a rule fires for an article, or why it does not.

    The exit status is 1 only where something could not be read.
    """
    from pipeline.alerts.article_words import Cutter  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.alerts.explain import explain  # noqa: PLC0415
    from pipeline.alerts.parser import parse  # noqa: PLC0415
    from pipeline.records import Article  # noqa: PLC0415

    parsed = parse(query)
    for column, warning in parsed.warnings:
        _tell(f"column {column}: {warning}", "yellow")
    cut = Cutter()
    broken = 0
    for found in _articles([article]):
        if not isinstance(found, Article):
            broken += 1
            _tell(f"{found}")
            continue
        clauses = list(explain(parsed.tree, cut(found)))
        if json:
            print_json({"article": found.id, "fires": clauses[0].holds, "clauses": clauses})
            continue
        word = "[green]fires[/]" if clauses[0].holds else "[red]does not fire[/]"
        stdout.print(f"{word} for {escape(_title(found))}", highlight=False, soft_wrap=True)
        for clause in clauses:
            sign = "[green]✓[/]" if clause.holds else "[red]✗[/]"
            where = f" [dim]{', '.join(clause.found_in)}[/]" if clause.found_in else ""
            stems = f" [dim]by {escape(printable(', '.join(clause.stems)))}[/]" if clause.stems else ""
            text = f"{'  ' * (clause.depth + 1)}{sign} {escape(printable(clause.text))}{stems}{where}"
            stdout.print(text, highlight=False, soft_wrap=True)
    if broken:
        raise typer.Exit(1)


def _load(path: str, matcher: Matcher) -> tuple[dict[str, Rule], int]:
    """Put the rules in force; the rules by their ids, and how many lines hold none."""
    from pipeline.alerts.lexer import RuleError  # noqa: PLC0415 -- as above
    from pipeline.alerts.rule_file import BrokenRule, read_rules  # noqa: PLC0415 -- as above

    known: dict[str, Rule] = {}
    broken = 0
    for line, found in read_rules(io.BytesIO(read_rules_of(path))):
        if isinstance(found, BrokenRule):
            broken += 1
            _tell(f"{name_of(path)}, line {line}: {found.reason}")
            continue
        try:
            matcher.add(found.id, found.query)
        except RuleError as error:
            broken += 1
            _tell(f"{name_of(path)}, line {line}, column {error.column} of the query: {error.reason}")
        else:
            known[found.id] = found
    return known, broken


def _articles(paths: list[str]) -> Iterator[Article | Problem]:
    from pipeline.article_inputs import read_articles  # noqa: PLC0415 -- as above
    from pipeline.chain import chain_of  # noqa: PLC0415
    from pipeline.sources import Defaults  # noqa: PLC0415

    settings = load()
    chain = chain_of(settings.stages, settings.stage_options)
    return read_articles(paths, Defaults(now=lambda: datetime.now(UTC)), chain)


def _print_match(rule: Rule, article: Article, terms: list[str]) -> None:
    name = f"{rule.id} ({rule.name})" if rule.name else rule.id
    text = f"[bold]{escape(printable(name))}[/] {escape(_title(article))} [dim]{escape(printable(', '.join(terms)))}[/]"
    stdout.print(text, highlight=False, soft_wrap=True)


def _title(article: Article) -> str:
    headline = (article.headline or "").replace("\n", " ")
    return printable(f"{article.id} {headline}".strip())


def _tell(text: str, style: str = "red") -> None:
    stderr.print(f"[{style}]{escape(printable(text))}[/]", highlight=False, soft_wrap=True)
