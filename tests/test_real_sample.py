"""A real article from a news site, as a reader would save it: plain text, no metadata. It is not ours to ship."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import UNSET

from pipeline.chain import chain_of
from pipeline.identity import article_id
from pipeline.outcomes import Kept
from pipeline.records import Article, RawArticle

SAMPLE = Path(__file__).parents[2] / "shared" / "samples" / "kompas-tashkent.txt"
NOW = datetime(2022, 7, 29, 6, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not SAMPLE.exists(), reason="the real sample lies beside the repository, which has none"
)


@pytest.fixture(scope="module")
def text() -> str:
    return SAMPLE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def article(text: str) -> Article:
    raw = RawArticle(
        id=article_id(None, None, text), content_type="text/plain", content=text, first_seen=NOW, fetched_at=NOW
    )
    outcome = chain_of().run(raw, NOW).outcome
    assert isinstance(outcome, Kept), outcome
    return outcome.article


def test_language_is_indonesian_and_sure(article: Article) -> None:
    assert article.language == "id"
    assert article.language_confidence >= 0.9


def test_the_dateline_gives_place_and_source(article: Article) -> None:
    assert article.located == "TASHKENT"
    assert (article.source.name, article.source.id) == ("KOMPAS.TV", "kompas.tv")
    assert article.body.startswith("Menteri Luar Negeri Rusia Sergey Lavrov menyatakan")


def test_both_related_headlines_leave_the_body(article: Article) -> None:
    assert [headline.split()[0] for headline in article.related] == ["Pemimpin", "Dampak"]
    assert "Baca Juga" not in article.body
    assert not any(headline in article.body for headline in article.related)


def test_the_agency_is_credited(article: Article) -> None:
    assert article.info_sources == ("Associated Press",)
    assert "dikutip Associated Press" in article.body


def test_the_channel_is_removed_and_recorded(article: Article) -> None:
    promotions = [removal for removal in article.removed if removal.kind == "promotion"]
    assert [removal.rule for removal in promotions] == ["id.promotion.channel"]
    assert "WhatsApp" in promotions[0].text
    assert "WhatsApp" not in article.body


def test_the_date_of_an_event_is_no_publication_date(article: Article) -> None:
    assert article.published_at is None


def test_no_quotation_and_no_sentence_is_cut(article: Article, text: str) -> None:
    assert re.findall("“[^”]*”", article.body) == re.findall("“[^”]*”", text)
    gone = "\n".join(removal.text for removal in article.removed)
    assert all(line in article.body or line in gone for line in text.splitlines()[1:])


def test_names_are_found_and_variants_merged(article: Article) -> None:
    people = [mention.name for mention in article.people]
    organisations = [mention.name for mention in article.organisations]
    assert {"Sergey Lavrov", "Shavkat Mirziyoyev"} <= set(people)
    assert "Lavrov" not in people
    assert {"Taliban", "Shanghai Cooperation Organisation"} <= set(organisations)
    assert "SCO" not in organisations


def test_places_are_found(article: Article) -> None:
    expected = "Rusia Uzbekistan Afghanistan Samarkand Kazakhstan Kirgizstan Pakistan Tajikistan India China"
    assert {mention.name for mention in article.places} >= set(expected.split())


def test_quotations_have_their_speaker_and_the_date_its_value(article: Article) -> None:
    assert [quote.speaker for quote in article.quotes] == ["Sergey Lavrov", UNSET]
    assert all(article.body[quote.start : quote.end] == quote.text for quote in article.quotes)
    values = {entity.text: entity.value for entity in article.entities if entity.label == "DATE"}
    assert (values["28/7/2022"], values["Agustus 2021"]) == ("2022-07-28", "2021-08")
