"""Our reading of a CRFsuite model against CRFsuite's own tagger: same labels, same probabilities."""

from __future__ import annotations

import numpy as np
import pycrfsuite
import pytest

from pipeline.models import model_path
from pipeline.ner.crfsuite import read_weights
from pipeline.ner.features import features
from pipeline.ner.scores import Scorer
from pipeline.ner.tagger import template
from pipeline.ner.tokens import sentences

TEXTS = {
    "de": "Kanzlerin Weber besuchte Köln. Die Deutsche Bahn schweigt.",
    "hi": "दिल्ली में प्रधानमंत्री रमेश शर्मा ने कहा। ठीक है।",
    "id": "Gubernur Bengkulu Rohidin Salim tiba. Ia disambut Badan Pengusahaan Pesisir (BPP).\nAyo!\nPT AB-CD naik.",
    "ru": "В Казани выступил инженер Павел Сорокин. Да. Проект поддержали партнёры из Китая.",
    "zh": "日本和韩国的科学家在北京举行会议。张伟说AI很好。会议由中国主办",
    "ko": "대한민국과 베트남의 연구진이 서울에서 만났다. 네.",
}


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_labels_and_probabilities_are_those_of_crfsuite(language):
    tagger = pycrfsuite.Tagger()
    tagger.open(str(model_path(language)))
    scorer = Scorer(read_weights(model_path(language).read_bytes()), template(language))
    cut = [sentence.tokens for sentence in sentences(TEXTS[language], language)]
    assert len(cut) > 1
    for _ in range(2):  # the second time from what was remembered
        labellings = scorer.label(cut)
        for tokens, labelling, rows in zip(cut, labellings, scorer.probabilities(labellings), strict=True):
            assert [scorer.labels[i] for i in labelling.best] == tagger.tag(features(template(language), tokens))
            expected = [[tagger.marginal(label, i) for label in scorer.labels] for i in range(len(tokens))]
            assert rows.tolist() == [pytest.approx(row, abs=1e-4) for row in expected]


ODD = {
    "en": "A-b-c-d a-a || |x| x|y 12:30 ÉCOLE McDONALD'S iPhone ǅ ªb ß İstanbul II 3D "
    + "Long" * 30
    + " New York Times.",
    "hi": "कि|की -- ॐ नई दिल्ली AB-12 १२३ ठीक।",
    "id": "PT. Bank Rakyat Indonesia (BRI) di Kota Jakarta Selatan | naik 3,5% … Ayo! X",
}


@pytest.mark.parametrize("language", sorted(TEXTS.keys() | ODD.keys()))
def test_weights_added_up_are_those_of_the_features_written_out(language):
    weights = read_weights(model_path(language).read_bytes())
    text = f"{TEXTS.get(language, '')}\n{ODD.get(language, '')}\n{' '.join(TEXTS.values())}"
    cut = [sentence.tokens for sentence in sentences(text, language)]
    scorer = Scorer(weights, template(language))
    for _ in range(2):  # the second time from what was remembered
        for tokens, labelling in zip(cut, scorer.label(cut), strict=True):
            written = features(template(language), tokens)
            known = [[weights.attributes[name] for name in names if name in weights.attributes] for names in written]
            expected = [weights.states[given].sum(axis=0) for given in known]
            assert labelling.scores == pytest.approx(np.array(expected), abs=1e-4)


def test_a_sentence_is_read_alike_alone_and_among_others():
    scorer = Scorer(read_weights(model_path("id").read_bytes()), template("id"))
    cut = [sentence.tokens for sentence in sentences(TEXTS["id"], "id")]
    together = scorer.label(cut)
    for tokens, labelling, rows in zip(cut, together, scorer.probabilities(together), strict=True):
        (alone,) = scorer.label([tokens])
        assert alone.best == labelling.best
        assert scorer.probabilities([alone])[0] == pytest.approx(rows, abs=1e-5)


def test_nothing_is_read_as_nothing():
    scorer = Scorer(read_weights(model_path("id").read_bytes()), template("id"))
    assert scorer.label([]) == []
    assert scorer.probabilities([]) == []


def test_another_file_is_refused():
    with pytest.raises(ValueError, match="not a CRFsuite model"):
        read_weights(b"\0" * 100)
