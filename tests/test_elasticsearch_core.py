"""That what the contract tests call genuine Elasticsearch is one, of the version they say, and can hold our indices."""

from __future__ import annotations

import json
import urllib.request

import pytest

from pipeline.config import Elasticsearch, Settings
from pipeline.languages import languages
from pipeline.search_engine import connect
from pipeline.search_index import install

pytestmark = pytest.mark.elasticsearch


@pytest.fixture(params=[("elasticsearch_core", "9."), ("elasticsearch8_core", "8.")], ids=lambda param: param[0])
def node(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Its URL, and how its version begins."""
    fixture, version = request.param
    return request.getfixturevalue(fixture), version


def test_it_says_it_is_elasticsearch_and_knows_the_analyzer_of_every_language(node: tuple[str, str]) -> None:
    url, version = node
    with urllib.request.urlopen(url) as answer:
        assert answer.headers["X-elastic-product"] == "Elasticsearch"
        assert json.load(answer)["version"]["number"].startswith(version)
    client = connect(Elasticsearch(url=url), 30)
    for language in languages().values():
        tokens = client.indices.analyze(analyzer=language.analyzer, text="Samarkand")["tokens"]
        assert len(tokens) == 1, language.tag
    stems = client.indices.analyze(analyzer="indonesian", text="hubungan menghubungkan")["tokens"]
    assert len({token["token"] for token in stems}) == 1


def test_it_takes_our_template_and_a_document_compressed_as_in_production(node: tuple[str, str], prefix: str) -> None:
    settings = Settings(index_prefix=prefix, elasticsearch=Elasticsearch(url=node[0]))
    client = connect(settings.elasticsearch, 30)
    install(client, settings)
    client.index(index=f"{prefix}-articles-2026.01", id="1", document={"headline": "Samarkand"}, refresh=True)
    assert client.get(index=f"{prefix}-articles-2026.01", id="1")["_source"] == {"headline": "Samarkand"}
    client.indices.delete(index=f"{prefix}-articles-2026.01")
