"""That what the contract tests call genuine Elasticsearch is one, and can hold our indices."""

from __future__ import annotations

import pytest

from pipeline.config import Elasticsearch, Settings
from pipeline.languages import languages
from pipeline.search_engine import connect
from pipeline.search_index import install

pytestmark = pytest.mark.elasticsearch


def test_it_says_it_is_elasticsearch_and_knows_the_analyzer_of_every_language(elasticsearch_core: str) -> None:
    client = connect(Elasticsearch(url=elasticsearch_core), 30)
    answer = client.info()
    assert answer.meta.headers["x-elastic-product"] == "Elasticsearch"
    assert answer["version"]["number"].startswith("9.")
    for language in languages().values():
        tokens = client.indices.analyze(analyzer=language.analyzer, text="Samarkand")["tokens"]
        assert len(tokens) == 1, language.tag
    stems = client.indices.analyze(analyzer="indonesian", text="hubungan menghubungkan")["tokens"]
    assert len({token["token"] for token in stems}) == 1


def test_it_takes_our_template_and_a_document_compressed_as_in_production(elasticsearch_core: str, prefix: str) -> None:
    settings = Settings(index_prefix=prefix, elasticsearch=Elasticsearch(url=elasticsearch_core))
    client = connect(settings.elasticsearch, 30)
    install(client, settings)
    client.index(index=f"{prefix}-articles-2026.01", id="1", document={"headline": "Samarkand"}, refresh=True)
    assert client.get(index=f"{prefix}-articles-2026.01", id="1")["_source"] == {"headline": "Samarkand"}
    client.indices.delete(index=f"{prefix}-articles-2026.01")
