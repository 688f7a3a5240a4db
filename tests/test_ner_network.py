"""The network beside a model: what training makes of them, and that reading sees what training saw."""

from __future__ import annotations

import math
from itertools import pairwise, product

import numpy as np
import pytest

from pipeline.models import model_path, network_path
from pipeline.models.network_corpus import Corpus, NetworkSettings
from pipeline.models.network_gradients import gradients_of
from pipeline.models.train_network import train_network
from pipeline.ner import network as network_module
from pipeline.ner.crfsuite import read_weights
from pipeline.ner.hashes import text_hash
from pipeline.ner.network import Network, Parameters, hashes_of_pieces, pieces
from pipeline.ner.scores import Scorer
from pipeline.ner.tagger import template
from pipeline.ner.tokens import sentences

OTHER, PERSON, PLACE = range(3)
SENTENCES = [
    (["रमेश", "शर्मा", "दिल्ली", "में", "हैं"], [("F",), ("N",), ("LB1",), (), ()], [PERSON, PERSON, PLACE, OTHER, OTHER]),
    (["दिल्ली", "में", "बारिश", "हुई"], [("LB1",), (), (), ()], [PLACE, OTHER, OTHER, OTHER]),
    (["Ravi", "2024", "में", "आए"], [("F",), (), (), ()], [PERSON, OTHER, OTHER, OTHER]),
    (["आए"], [()], [OTHER]),
]
WITHOUT_CHANCE = NetworkSettings(width=6, hidden=4, drop_word=0, drop_piece=0, drop_vector=0, drop_state=0, rarest=1)
TEXT = "दिल्ली में प्रधानमंत्री रमेश शर्मा ने कहा। ठीक है।\nमुंबई के एक गाँव में बारिश हुई।"


def test_gradients_are_those_of_the_surprise_that_reading_finds():
    corpus = Corpus(SENTENCES, 1)
    chance = np.random.default_rng(3)
    width, hidden = WITHOUT_CHANCE.width, WITHOUT_CHANCE.hidden
    shapes = {
        "vectors": (len(corpus.hashes), width),
        "window": (3 * width, 6 * hidden),
        "bias": (6 * hidden,),
        "out": (2 * hidden, 3),
        "out_bias": (3,),
        "steps": (3, 3),
    }
    learnt = {name: chance.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}
    batch = sorted(corpus.sentences, key=lambda sentence: -len(sentence.words))
    gradients, touched = gradients_of(corpus, batch, learnt, WITHOUT_CHANCE, chance)
    whole = gradients | {"vectors": np.zeros_like(learnt["vectors"])}
    whole["vectors"][touched] = gradients["vectors"]
    for name, gradient in whole.items():
        along = gradient / np.linalg.norm(gradient)
        up, down = (surprise(learnt | {name: learnt[name] + step * along}, corpus) for step in (0.02, -0.02))
        assert (up - down) / 0.04 == pytest.approx(np.linalg.norm(gradient), rel=0.01), name


def surprise(learnt: dict[str, np.ndarray], corpus: Corpus) -> float:
    """Ten times the mean over words, from all labellings of each sentence."""
    network = Network(
        Parameters(
            hashes=corpus.hashes,
            **learnt,
        )
    )
    total = 0.0
    for words, marks, labels in SENTENCES:
        scores = network.emissions(words, marks, [0], [len(words)], len(words)).astype(float)

        def score(path: tuple[int, ...], scores: np.ndarray = scores) -> float:
            walked = sum(float(learnt["steps"][one, two]) for one, two in pairwise(path))
            return sum(scores[at, label] for at, label in enumerate(path)) + walked

        paths = product(range(3), repeat=len(words))
        total += math.log(sum(math.exp(score(path)) for path in paths)) - score(tuple(labels))
    return 10 * total / sum(len(words) for words, _, _ in SENTENCES)


def test_what_was_trained_reads_its_sentences():
    settings = NetworkSettings(width=16, hidden=8, epochs=60, batch=2, rate=0.02, rarest=1)
    network = Network(train_network(Corpus(SENTENCES, 1), 3, settings))
    for words, marks, labels in SENTENCES:
        scores = network.emissions(words, marks, [0], [len(words)], len(words))
        assert scores.argmax(axis=1).tolist() == labels


def test_the_same_input_gives_the_same_bytes_and_another_seed_others():
    corpus = Corpus(SENTENCES, 1)
    one, two, other = (
        train_network(corpus, 3, NetworkSettings(width=8, hidden=4, epochs=3, seed=seed)).to_bytes()
        for seed in (1, 1, 2)
    )
    assert one == two != other


def test_a_file_holds_what_was_trained_to_within_a_byte():
    made = train_network(Corpus(SENTENCES, 1), 3, NetworkSettings(width=8, hidden=4, epochs=3, rarest=1))
    read = Parameters.from_bytes(made.to_bytes())
    assert read.hashes.tolist() == made.hashes.tolist()
    assert read.vectors == pytest.approx(made.vectors, abs=float(np.abs(made.vectors).max()) / 127)
    for name in ("window", "bias", "out", "out_bias", "steps"):
        assert getattr(read, name) == pytest.approx(getattr(made, name), rel=1e-3, abs=1e-4)


def test_a_word_is_made_of_itself_its_marks_and_runs_of_its_characters():
    assert pieces("Abc", ("F",)) == [
        "w=abc", "g=F", "ascii", "capital", "^a", "ab", "bc", "c$", "^ab", "abc", "bc$", "^abc", "abc$",
    ]  # fmt: skip
    assert "digits" in pieces("२०२४", ())


def test_labels_do_not_depend_on_the_sentences_beside_or_on_what_was_read_before(monkeypatch):
    weights = read_weights(model_path("hi").read_bytes())
    parameters = Parameters.from_bytes(network_path("hi").read_bytes())
    cut = [sentence.tokens for sentence in sentences(TEXT, "hi")]
    scorer = Scorer(weights, template("hi"), Network(parameters))
    together = scorer.label(cut)
    monkeypatch.setattr(network_module, "_CACHED_WORDS", 5)  # forgotten from sentence to sentence, and too few for one
    forgetful = Scorer(weights, template("hi"), Network(parameters))
    for _ in range(2):
        for tokens, labelling, rows in zip(cut, together, scorer.probabilities(together), strict=True):
            (alone,) = forgetful.label([tokens])
            assert alone.best == labelling.best
            assert forgetful.probabilities([alone])[0] == pytest.approx(rows, abs=1e-4)


@pytest.mark.parametrize("word", ["दिल्ली", "Ravi", "2024", "a", "अअअअअ", "x" * 60, "é\U0001d400"])
def test_hashes_are_those_of_the_pieces(word):
    assert hashes_of_pieces(word, ("F", "LB1")) == [text_hash(piece) for piece in pieces(word, ("F", "LB1"))]
