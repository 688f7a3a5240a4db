"""The public corpora: each format into sentences, the split, and the download from a server of our own."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipeline.errors import NewswireError
from pipeline.models import trained_languages
from pipeline.models.corpora import download
from pipeline.models.corpora.__main__ import conll, main
from pipeline.models.corpora.download import DownloadError, Hosts, fetch
from pipeline.models.corpora.formats import bio, factrueval, ner_wikipedia, ronec
from pipeline.models.corpora.table import CORPORA, NAME_LISTS, Corpus, split
from pipeline.models.train import examples

SHARED = Path("../shared/ner")
COMMIT = "0123456789abcdef0123456789abcdef01234567"

# Own sentences in the format that the language's first or last source has, and what they become.
FORMATS = {
    "UniversalNER": (
        CORPORA["da"].sources[0].read,
        "# sent_id = a-1\n# text = Mia bor i Ribe.\n1\tMia\tB-PER\tB-PER#O\ts\n2\tbor\tO\tO#O\ts\n3\ti\tO\tO#O\ts\n"
        "4\tRibe\tB-LOC\tB-LOC#O\ts\n5\t.\tO\tO#O\ts\n\n# sent_id = a-2\n# text = # dansk\n1\t#\tO\tO#O\ts\n"
        "2\tdansk\tB-OTH\tB-LOCderiv#O\ts\n\n",
        [["Mia B-PER", "bor O", "i O", "Ribe B-LOC", ". O"], ["# O", "dansk O"]],
    ),
    "UniversalNER without O": (
        CORPORA["hr"].sources[1].read,
        "# sent_id = b-1\n1\tGradska\tB-ORG\n2\tpošta\tI-ORG\n3\tradi\t_\n",
        [["Gradska B-ORG", "pošta I-ORG", "radi O"]],
    ),
    "GermEval": (
        CORPORA["de"].sources[0].read,
        "#\thttp://example.org/a\t[2009-01-01]\t\n1\tDie\tO\tO\n2\tUni\tB-ORG\tO\n3\tUlm\tI-ORG\tB-LOC\n"
        "4\tim\tO\tO\n5\tEU-Raum\tB-ORGpart\tO\n6\t.\tO\tO\n\n",
        [["Die O", "Uni B-ORG", "Ulm I-ORG", "im O", "EU-Raum O", ". O"]],
    ),
    "wikigold": (
        CORPORA["en"].sources[0].read,
        "-DOCSTART- O\n\nThe O\nRed I-ORG\nFerns I-ORG\nleft O\nOslo I-LOC\nJazz I-MISC\nBob I-PER\n# O\n\n",
        [["-DOCSTART- O"], ["The O", "Red B-ORG", "Ferns I-ORG", "left O", "Oslo B-LOC", "Jazz O", "Bob B-PER", "# O"]],
    ),
    "WNUT-17": (
        CORPORA["en"].sources[2].read,
        "Ann\tB-person\nat\tO\nAcme\tB-corporation\nLtd\tI-corporation\n#work\tO\n\n#only\tO\n#tags\tO\n\n"
        "Blue\tB-group\nOwls\tI-group\nin\tO\nCork\tB-location\nphone\tB-product\n\n",
        [
            ["Ann B-PER", "at O", "Acme B-ORG", "Ltd I-ORG"],
            [],
            ["Blue B-ORG", "Owls I-ORG", "in O", "Cork B-LOC", "phone O"],
        ],
    ),
    "HiNER": (
        CORPORA["hi"].sources[0].read,
        "सीमा\tB-PERSON\nराय\tI-PERSON\nदो\tB-NUMEX\nदिन\tO\nपुणे\tB-LOCATION\nमें\tO\n\n",
        [["सीमा B-PER", "राय I-PER", "दो O", "दिन O", "पुणे B-LOC", "में O"]],
    ),
    "NerKor": (
        CORPORA["hu"].sources[0].read,
        "# global.columns = FORM LEMMA UPOS XPOS FEATS CONLL:NER\n#Eger\tEger\tPROPN\t[/N]\t_\tB-LOC\n"
        "vár\tvár\tVERB\t[/V]\t_\tO\n\nMirtusz\tMirtusz\tPROPN\t[/N]\t_\tB-ORG\nKft.\tKft.\tPROPN\t[/N]\t_\tI-ORG\n\n",
        [["#Eger B-LOC", "vár O"], ["Mirtusz B-ORG", "Kft. I-ORG"]],
    ),
    "idner": (
        CORPORA["id"].sources[0].read,
        "Wali PROPN O\nkota NOUN O\nBima PROPN B-LOC\nRaya PROPN I-LOC\n(12/3) PUNCT O\n\n",
        [["Wali O", "kota O", "Bima B-LOC", "Raya I-LOC", "(12/3) O"]],
    ),
    "nergrit": (
        CORPORA["id"].sources[1].read,
        "Sinta\tB-PERSON\ndari\tO\nPalu\tB-PLACE\n,\tO\nKoperasi\tB-ORGANISATION\nMina\tI-ORGANISATION\n\n",
        [["Sinta B-PER", "dari O", "Palu B-LOC", ", O", "Koperasi B-ORG", "Mina I-ORG"]],
    ),
    "KLUE": (
        CORPORA["ko"].sources[0].read,
        "## 주석 : ##\n## 컬럼명 : CHAR\tNE_TAG\n## dev_0\t<강릉:LC> #\n강\tB-LC\n릉\tI-LC\n \tO\n"
        "#\tO\n\n## dev_1\t<하나:QT>\n하\tB-QT\n나\tI-QT\n\n",
        [["강 B-LOC", "릉 I-LOC", "  O", "# O"], ["하 O", "나 O"]],
    ),
    "NorNE": (
        CORPORA["nb"].sources[0].read,
        "# sent_id = 1\n# text = Kari, i Hamar.\n1\tKari\tKari\tPROPN\t_\t_\t0\troot\t_\tSpaceAfter=No name=B-PER\n"
        "2\t,\t$,\tPUNCT\t_\t_\t1\tpunct\t_\tname=O\n3\ti\ti\tADP\t_\t_\t4\tcase\t_\tname=O\n"
        "4\tHamar\tHamar\tPROPN\t_\t_\t1\tnmod\t_\tSpaceAfter=No name=B-GPE_LOC\n"
        "5\tNorge\tNorge\tPROPN\t_\t_\t1\tx\t_\tname=B-GPE_ORG\n\n",
        [["Kari B-PER", ", O", "i O", "Hamar B-LOC", "Norge B-ORG"]],
    ),
    "RONEC": (
        ronec,
        json.dumps([{"ner_tags": ["B-PERSON", "O", "B-GPE", "B-DATE"], "tokens": ["Ana", "la", "Iași", "azi"]}]),
        [["Ana B-PER", "la O", "Iași B-LOC", "azi O"]],
    ),
    "ner-wikipedia": (
        ner_wikipedia,
        json.dumps(
            [
                {
                    "curid": "1",
                    "text": "森は青空社と奈良へ",
                    "entities": [
                        {"name": "森", "span": [0, 1], "type": "人名"},
                        {"name": "青空社", "span": [2, 5], "type": "法人名"},
                        {"name": "奈良", "span": [6, 8], "type": "地名"},
                    ],
                },
                {"curid": "2", "text": "雨", "entities": [{"name": "雨", "span": [0, 1], "type": "製品名"}]},
            ]
        ),
        [["森 B-PER", "は O", "青 B-ORG", "空 I-ORG", "社 I-ORG", "と O", "奈 B-LOC", "良 I-LOC", "へ O"], ["雨 O"]],
    ),
}  # fmt: skip


def written(sentences):
    return [[f"{token} {label}" for token, label in sentence] for sentence in sentences]


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_format_is_read_into_bio_labels(name, ends):
    read, text, expected = FORMATS[name]
    assert written(read({"a": text.replace("\n", ends), "b": text})) == expected * 2


def test_factrueval_takes_names_from_objects_and_prefers_the_shorter():
    words = ["Мэрия", "города", "Тула", "и", "мэр", "Пётр", "Ильин", ".", "Фонд", "друзей", "Тулы"]
    tokens = "".join(f"{10 + i} {i} 1 {word}\n" + ("\n" if word == "." else "") for i, word in enumerate(words))
    spans = (
        "1 org_descr 0 5 10 1  # 10 Мэрия\n2 loc_name 0 4 12 1  # 12 Тула\n3 loc_descr 0 6 11 1  # 11 города\n"
        "4 job 0 3 14 1  # 14 мэр\n5 name 0 4 15 1  # 15 Пётр\n6 surname 0 5 16 1  # 16 Ильин\n"
        "7 org_name 0 9 18 3  # 18 19 20 Фонд друзей Тулы\n"
        "8 loc_name 0 4 20 1  # 20 Тулы\n9 prj_name 0 1 13 1  # 13 и\n"
    )
    objects = (
        "1 LocOrg 2 3 # Тула города\n2 Org 1 2 3 # Мэрия\n3 Person 5 6 # Пётр Ильин\n4 Org 7 # Фонд\n"
        "5 LocOrg 8 # Тулы\n6 Project 9 # и\n"
    )
    files = {"devset/b.tokens": tokens, "devset/b.spans": spans, "devset/b.objects": objects}
    assert written(factrueval(files)) == [
        ["Мэрия O", "города O", "Тула B-LOC", "и O", "мэр O", "Пётр B-PER", "Ильин I-PER", ". O"],
        ["Фонд B-ORG", "друзей I-ORG", "Тулы B-LOC"],
    ]


def test_a_name_that_is_cut_off_from_its_beginning_begins_again():
    assert bio([("a", "B-ORG"), ("b", "B-LOC"), ("c", "I-ORG"), ("d", "I-MISC"), ("e", "I-PER")]) == [
        ("a", "B-ORG"), ("b", "B-LOC"), ("c", "B-ORG"), ("d", "O"), ("e", "B-PER"),
    ]  # fmt: skip


def test_split_is_nine_to_one_loses_nothing_and_repeats():
    sentences = [[(str(number), "O")] for number in range(95)]
    corpus = Corpus((), "")
    train, dev = split(corpus, [*sentences, []])
    assert (len(train), len(dev)) == (85, 10)
    assert sorted(train + dev) == sorted(sentences)
    assert split(corpus, sentences) == (train, dev)
    assert train != sentences[:85]


def test_split_of_a_sample_throws_the_test_part_away():
    sentences = [[(str(number), "O")] for number in range(500)]
    train, dev = split(Corpus((), "", sample=200, ours_percent=85), sentences)
    assert (len(train), len(dev)) == (153, 17)
    assert len({sentence[0] for sentence in train + dev}) == 170


def test_training_reads_what_is_written(tmp_path):
    path = tmp_path / "ko.train.conll"
    path.write_bytes(conll([[("강", "B-LOC"), (" ", "O")], [("나", "O")]]))
    assert [(example.tokens, example.labels) for example in examples(path, "ko")] == [
        (["강", " "], ["B-LOC", "O"]),
        (["나"], ["O"]),
    ]


def test_every_language_with_a_model_has_a_corpus_at_full_commits_and_no_test_file():
    assert set(CORPORA) == trained_languages() - {"th"}  # that model comes ready made, see lists.py
    for corpus in CORPORA.values():
        assert re.fullmatch("[0-9a-f]{64}", corpus.digest)
        for source in corpus.sources:
            assert re.fullmatch("[0-9a-f]{40}", source.commit)
            assert source.licence
            assert not any("test" in path for path in source.paths)


@pytest.mark.parametrize("language", sorted(CORPORA))
def test_digest_is_that_of_the_data_the_models_were_made_with(language):
    paths = [SHARED / f"{language}.{part}.conll" for part in ("train", "dev")]
    if not all(path.exists() for path in paths):
        pytest.skip(f"needs {SHARED}, which is not in the repository")
    assert sha256(b"".join(path.read_bytes() for path in paths)).hexdigest() == CORPORA[language].digest


def blob_id(body):
    return sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


@contextmanager
def github(files, *, spoil=None):
    """A server of `files`, for any repository and commit; `spoil` makes another (status, length, body) of an answer."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = unquote(self.path).partition("?")[0]
            asked.append(path)
            if path.startswith("/api/"):
                tree = [{"path": "data", "type": "tree", "sha": "0" * 40}]
                tree += [{"path": name, "sha": blob_id(body), "size": len(body)} for name, body in files.items()]
                body = json.dumps({"tree": tree, "truncated": False}).encode()
            else:
                body = next(body for name, body in files.items() if path.endswith(f"/{name}"))
            status, length, body = (spoil or (lambda _, body: (200, len(body), body)))(path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield Hosts(f"{base}/api", f"{base}/raw"), asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


FILES = {"data/train/b c.txt": b"two", "data/train/a.txt": b"one", "data/test/a.txt": b"unseen", "README": b"hello"}


def test_fetch_takes_what_matches_in_order_and_asks_for_nothing_else():
    with github(FILES) as (hosts, asked):
        files = fetch("someone/corpus", COMMIT, ("README", "data/train/*.txt"), hosts)
    assert list(files.items()) == [("README", b"hello"), ("data/train/a.txt", b"one"), ("data/train/b c.txt", b"two")]
    assert asked == [
        f"/api/repos/someone/corpus/git/trees/{COMMIT}",
        *(f"/raw/someone/corpus/{COMMIT}/{path}" for path in files),
    ]


def raw(change):
    return lambda path, body: change(body) if path.startswith("/raw/") else (200, len(body), body)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (raw(lambda body: (200, len(body), body[::-1])), "README: not the content that the commit lists"),
        (raw(lambda body: (200, 10, body * 2)), "README: larger than 5 bytes"),
        (raw(lambda body: (200, len(body), body[:3])), "README: .*IncompleteRead"),
        (raw(lambda _: (404, 0, b"")), "README: HTTP 404"),
        (lambda _path, _body: (403, 0, b""), "HTTP 403; GitHub answers 60 listings an hour"),
        (lambda _path, _body: (200, 6, b"<html>"), "not a listing of files"),
        (lambda _path, _body: (200, 32, b'{"tree": [], "truncated": true} '), "lists only a part"),
    ],
    ids=["checksum", "too large", "interrupted", "missing", "rate limit", "no listing", "cut listing"],
)
def test_a_file_that_is_not_what_the_commit_holds_is_refused(spoil, message):
    with github(FILES, spoil=spoil) as (hosts, _), pytest.raises(DownloadError, match=message):
        fetch("someone/corpus", COMMIT, ("README",), hosts)


def test_a_pattern_without_a_file_is_an_error():
    with (
        github(FILES) as (hosts, _),
        pytest.raises(DownloadError, match=r"someone/corpus has no \*\.tsv at commit 0123"),
    ):
        fetch("someone/corpus", COMMIT, ("*.tsv",), hosts)


def test_a_file_that_is_listed_as_too_large_is_not_asked_for(monkeypatch):
    with github({"big": b"x" * 2000}) as (hosts, asked):
        monkeypatch.setattr(download, "MAX_BYTES", 1000)
        with pytest.raises(DownloadError, match="2,000 bytes, more than the 1,000"):
            fetch("someone/corpus", COMMIT, ("big",), hosts)
    assert len(asked) == 1


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(download, "MAX_SECONDS", 0.0)
    with github(FILES) as (hosts, _), pytest.raises(DownloadError, match="not here after 0 seconds"):
        fetch("someone/corpus", COMMIT, ("README",), hosts)


def test_no_server_is_said_in_one_line():
    with github(FILES) as (hosts, _):
        pass
    with pytest.raises(DownloadError, match="is the network there") as caught:
        fetch("someone/corpus", COMMIT, ("README",), hosts)
    assert "\n" not in str(caught.value)


DANISH = {
    f"da_ddt-ud-{part}.iob2": "".join(f"1\tRibe\tB-LOC\n2\t{part}{i}\tO\n\n" for i in range(10)).encode()
    for part in ("train", "dev", "test")
}


def test_command_writes_training_data_and_leaves_what_is_there(tmp_path):
    for kind in NAME_LISTS:
        (tmp_path / f"id.gazetteer.{kind}.txt").write_text("Ribe\n", encoding="latin-1")
    said = []
    with github(DANISH) as (hosts, asked):
        main([str(tmp_path), "da"], said.append, hosts)
        main([str(tmp_path), "da"], said.append, hosts)
    assert said[0] == "da: not byte for byte the data of the shipped model (CARD.md)"
    assert said[2] == "da: already there"
    assert not any("test" in path for path in asked)
    tokens = [
        sorted(example.tokens[1] for example in examples(tmp_path / f"da.{part}.conll", "da"))
        for part in ("train", "dev")
    ]
    assert [len(part) for part in tokens] == [18, 2]
    assert sorted(tokens[0] + tokens[1]) == sorted(f"{part}{i}" for part in ("train", "dev") for i in range(10))


def test_broken_run_leaves_no_half_written_file(tmp_path):
    spoil = raw(lambda body: (200, len(body), body[:-5]))
    with github(DANISH, spoil=spoil) as (hosts, _), pytest.raises(DownloadError):
        main([str(tmp_path / "new"), "da"], print, hosts)
    assert list((tmp_path / "new").iterdir()) == []


def test_list_of_names_that_changed_is_refused(tmp_path):
    lists = {names.path: b"Nobody\n" for names in NAME_LISTS.values()}
    with github(DANISH | lists) as (hosts, _), pytest.raises(DownloadError, match="not the list that was used before"):
        main([str(tmp_path), "da"], lambda _: None, hosts)
    assert not list(tmp_path.glob("*.gazetteer.*"))


@pytest.mark.parametrize(
    ("arguments", "message"), [([], "which folder"), (["x", "da", "xx"], "no corpus for xx; there are da")]
)
def test_wrong_use_is_told(arguments, message):
    with pytest.raises(NewswireError, match=message):
        main(arguments)


def test_signs_that_the_hindi_corpus_writes_together_with_a_name_are_no_part_of_it(tmp_path: Path):
    path = tmp_path / "hi.train.conll"
    path.write_text(
        ".भारत\tB-LOC\nका\tO\nआगरा\tB-LOC\nशहर,\tI-LOC\nडॉ.\tB-PER\nराम\tI-PER\n।\tB-LOC\n", encoding="utf-8"
    )
    (example,) = examples(path, "hi")
    assert list(zip(example.tokens, example.labels, strict=True)) == [
        (".", "O"), ("भारत", "B-LOC"), ("का", "O"), ("आगरा", "B-LOC"), ("शहर", "I-LOC"), (",", "O"),
        ("डॉ", "B-PER"), (".", "I-PER"), ("राम", "I-PER"), ("।", "B-LOC"),
    ]  # fmt: skip
    (other,) = examples(path, "hu")
    assert other.labels[:2] == ["B-LOC", "I-LOC"]
