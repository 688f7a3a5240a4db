"""Models of users' own: chosen by language in the settings, read in place of the shipped ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.chain import chain_of
from pipeline.config import ConfigError, load
from pipeline.errors import MissingModelError
from pipeline.ner.align import aligned
from pipeline.ner.document import find_names
from pipeline.ner.spans import Name, Text
from pipeline.records import Article
from pipeline.registry import UnknownPluginError

# A package that a user might install: it knows the names that it is given.
LISTED = """
import re
from pipeline.errors import MissingModelError
from pipeline.registry import tagger

@tagger("listed")
def open_listed(model):
    if model == "lost":
        raise MissingModelError("listed:lost is not installed: pip install lost")
    names = [name.split("=") for name in model.split(";")]
    def tag(text):
        for name, label in names:
            for found in re.finditer(re.escape(name), text):
                yield found.start(), found.end(), label
    return tag
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with the package, as an installer would lay it out."""
    (tmp_path / "listed_tagger.py").write_text(LISTED)
    about = tmp_path / "listed_tagger-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: listed-tagger\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[newswire.taggers]\nlisted = listed_tagger\n")
    return tmp_path


def newswire(
    *arguments: str, package: Path, text: str = "", models: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(__file__).parent.parent), str(package)])
    environment = {**os.environ, "PYTHONPATH": path, "NEWSWIRE_ENTITIES__MODELS": json.dumps(models)}
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(
        command, input=text, capture_output=True, text=True, env=environment, cwd=package, check=False, timeout=120
    )


def test_a_package_brings_a_tagger_for_a_language(package: Path):
    lines = [
        {"language": "fr", "body": "Hier, 🎈 Élodie Marchetal a visité Besançon avec le Club des Brouettes. " * 3},
        {"language": "en", "body": "The ferry left Besançon on Monday and the people waited for the next one. " * 3},
    ]
    models = {"fr": "listed:Élodie Marchetal=PERSON;Besançon=GPE;Club des Brouettes=ORG;avec=MISC"}
    text = "".join(json.dumps(line) + "\n" for line in lines)
    ran = newswire("try", "--json", "-", package=package, text=text, models=models)
    assert ran.returncode == 0, ran.stderr
    french, english = map(json.loads, ran.stdout.splitlines())
    assert {(entity["text"], entity["label"]) for entity in french["entities"]} >= {
        ("Élodie Marchetal", "PER"),
        ("Besançon", "LOC"),
        ("Club des Brouettes", "ORG"),
    }
    assert all(
        french["body"][entity["start"] : entity["end"]] == entity["text"]
        for entity in french["entities"]
        if entity["field"] == "body"
    )
    assert [mention["name"] for mention in french["people"]] == ["Élodie Marchetal"]
    assert french["places"][0]["country"] == "FR"
    assert "Élodie Marchetal" not in json.dumps(english["people"])


def test_what_is_not_installed_is_named_at_once(package: Path):
    ran = newswire("try", "-", package=package, text="Bonjour", models={"fr": "listed:lost"})
    assert ran.returncode == 1
    assert "pip install lost" in ran.stderr


def test_a_tagger_that_nobody_brings_is_told_with_those_that_exist():
    with pytest.raises(UnknownPluginError, match=r"no tagger is called 'flair'; there are: .*spacy"):
        chain_of(["entities"], {"entities": {"models": {"fr": "flair:ner-french"}}})


def test_a_model_without_its_tagger_is_a_mistake_in_the_settings():
    with pytest.raises(ConfigError, match=r"entities\.models"):
        load(entities={"models": {"fr": "fr_core_news_sm"}})


def test_without_models_the_stage_is_the_shipped_one():
    (plain,) = chain_of(["entities"]).stages
    (configured,) = chain_of(["entities"], load().stage_options).stages
    article = Article(
        id="0" * 32,
        body="Gubernur Siti Rahmawati tiba di Medan.",
        language="id",
        first_seen="2026-03-02T08:00:00Z",
        fetched_at="2026-03-02T08:00:00Z",
        processed_at="2026-03-02T08:00:00Z",
    )
    assert plain.function(article, None).people
    assert configured.function(article, None) == plain.function(article, None)


@pytest.mark.parametrize(
    ("span", "names"),
    [
        ((5, 11, "PERSON"), [Name(0, 1, 2, "PER")]),
        ((5, 18, "ORG"), [Name(0, 1, 3, "ORG")]),
        ((4, 18, "LOC"), [Name(0, 1, 3, "LOC")]),
        ((7, 9, "GPE"), [Name(0, 1, 2, "LOC")]),
        ((5, 11, "DATE"), []),
        ((5, 5, "PER"), []),
        ((90, 95, "PER"), []),
    ],
)
def test_spans_are_put_on_whole_tokens(span, names):
    text = Text.of("body", "Le 🎈 Ouagar Kindere.", "fr")
    assert text.tokens[:4] == ["Le", "🎈", "Ouagar", "Kindere"]
    shifted = (span[0], span[1], span[2])
    expected = [Name(name.text, name.first + 1, name.last + 1, name.label) for name in names]
    assert list(aligned([shifted], 0, text)) == expected


def test_a_tagger_takes_part_in_the_pass_over_the_article():
    body = "Ama Kindere parle. Plus tard, Kindere écoute la ville qui attend."
    found = find_names("", body, "fr", tagger=lambda text: [(0, 11, "PER")] if text else [])
    assert [(mention.name, mention.count) for mention in found.people] == [("Ama Kindere", 2)]


def test_without_spacy_the_message_says_what_to_install():
    if find_spec("spacy") is not None:
        pytest.skip("spaCy is installed here")
    with pytest.raises(MissingModelError, match="pip install spacy && python -m spacy download fr_core_news_sm"):
        chain_of(["entities"], {"entities": {"models": {"fr": "spacy:fr_core_news_sm"}}})


def test_a_spacy_pipeline_tags_a_language(tmp_path: Path):
    spacy = pytest.importorskip("spacy", reason="needs spaCy, which is not installed")
    pipeline = spacy.blank("fr")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "PER", "pattern": "Élodie Marchetal"},
            {"label": "GPE", "pattern": "Besançon"},
            {"label": "MISC", "pattern": "lundi"},
        ]
    )
    pipeline.to_disk(tmp_path / "names")
    models = {"fr": f"spacy:{tmp_path / 'names'}"}
    body = "Lundi 🎈, Élodie Marchetal est venue à Besançon. C'était lundi, dit Marchetal."
    ran = newswire(
        "try", "--json", "-", package=tmp_path, text=json.dumps({"language": "fr", "body": body * 2}), models=models
    )
    assert ran.returncode == 0, ran.stderr
    article = json.loads(ran.stdout)
    named = [entity for entity in article["entities"] if entity["label"] in ("PER", "LOC", "ORG")]
    assert {(entity["text"], entity["label"]) for entity in named} == {
        ("Élodie Marchetal", "PER"),
        ("Besançon", "LOC"),
        ("Marchetal", "PER"),
    }
    assert all(article["body"][entity["start"] : entity["end"]] == entity["text"] for entity in named)
    with pytest.raises(MissingModelError, match="python -m spacy download fr_core_lost"):
        chain_of(["entities"], {"entities": {"models": {"fr": "spacy:fr_core_lost"}}})
