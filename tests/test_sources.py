"""Inputs and sources: what is read, what is refused and where it stood."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identity import article_id
from pipeline.inputs import Inputs
from pipeline.records import RawArticle, Source, decode_raw_article, encode
from pipeline.registry import plugins
from pipeline.sources import Defaults, Document, Found, Item, Problem, Skipped
from pipeline.sources.json_document import values
from pipeline.topics import MAX_RAW_BYTES, MIB

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DEFAULTS = Defaults(now=lambda: NOW)


def read(*paths: Path | str, defaults: Defaults = DEFAULTS, form: str | None = None, stdin: bytes = b"") -> list[Item]:
    return list(Inputs([str(path) for path in paths], defaults, form, io.BytesIO(stdin)))


def raws(items: list[Item]) -> list[RawArticle]:
    for item in items:
        assert isinstance(item, Found), item
    return [item.raw for item in items if isinstance(item, Found)]


def problem(items: list[Item]) -> Problem:
    (item,) = items
    assert isinstance(item, Problem)
    return item


def source(name: str, content: bytes) -> list[Item]:
    return list(plugins("sources")[name].function(Document("x", io.BytesIO(content)), DEFAULTS))


# Text


def test_a_text_file_is_content_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("First line\n\nSecond – “line”.\n", encoding="utf-8")
    (raw,) = raws(read(path))
    assert raw.content == "First line\n\nSecond – “line”.\n"
    assert (raw.content_type, raw.headline, raw.url) == ("text/plain", None, None)
    assert raw.id == article_id(None, None, raw.content)
    assert (raw.first_seen, raw.fetched_at) == (NOW, NOW)


def test_the_value_is_the_record_as_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Some text.")
    (item,) = read(path)
    assert isinstance(item, Found)
    assert decode_raw_article(item.value) == item.raw


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1251"])
def test_a_text_file_in_another_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    text = "Сегодня в городе открыли новый мост через реку, и движение по старому мосту прекратили на всё лето.\n" * 3
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert raws(read(path))[0].content == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no text"),
        (b" \n\t", "no text"),
        (b"\x7fELF\x00\x01", "binary"),
        (b"\xff\xfe\x00\xd8", "utf-16"),
        (b"x" * (MAX_RAW_BYTES + 1), "8,388,"),
    ],
)
def test_a_text_file_that_is_none_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    found = problem(read(path))
    assert reason in found.reason
    assert (found.path, found.line) == (str(path), None)


def test_a_20_megabyte_record_is_refused_with_its_size(tmp_path: Path) -> None:
    lines = [{"body": "a"}, {"body": "x" * 20_000_000}, {"body": "c"}]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    first, second, third = read(path)
    assert isinstance(first, Found)
    assert isinstance(second, Problem)
    assert second.line == 2
    assert "20,000," in second.reason
    assert isinstance(third, Found)


# HTML


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<html><meta charset=utf-8><p>naïve</p>".encode(), "naïve"),
        ("<html><meta charset='windows-1252'><p>naïve</p>".encode("cp1252"), "naïve"),
        ("<html><meta charset='iso-8859-1'><p>naïve</p>".encode(), "naïve"),  # it is UTF-8 all the same
        (
            "<html><meta http-equiv=content-type content='text/html; charset=shift_jis'><p>日本</p>".encode("sjis"),
            "日本",
        ),
        ("<html><p>日本</p>".encode("utf-16"), "日本"),
    ],
)
def test_the_encoding_of_a_page_is_found(content: bytes, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "a.HTML"
    path.write_bytes(content)
    (raw,) = raws(read(path))
    assert expected in raw.content
    assert raw.content_type == "text/html"


NEWS = {
    "ru": "Правительство одобрило новый бюджет на следующий год, сообщил во вторник министр финансов.",
    "uk": "Уряд схвалив новий бюджет на наступний рік, повідомив у вівторок міністр фінансів.",
    "bg": "Правителството одобри новия бюджет за следващата година, каза министърът във вторник в София.",
    "pl": "Rząd przyjął w środę nowy budżet na przyszły rok, poinformował minister finansów. Wzrosną też świadczenia.",
    "cs": "Vláda schválila nový rozpočet na příští rok, řekl v úterý ministr. Důchody se zvýší, školy dostanou více.",
    "hu": "A kormány elfogadta az új költségvetést, közölte a miniszter. Az őszi ülésszakon erről szavaznak.",
    "hr": "Vlada je usvojila novi proračun za sljedeću godinu, rekao je ministar. Škole će dobiti više novca, kaže.",
    "tr": "Hükümet gelecek yılın bütçesini onayladı, dedi bakan Salı günü. Okullara ödenek var, aylıklar artacak.",
    "de": "Die Regierung hat den Haushalt für das nächste Jahr beschlossen. Die Renten würden erhöht, hieß es.",
    "fr": "Le gouvernement a adopté le budget de l’année prochaine, a déclaré le ministre. Les élèves y gagneront.",
    "pt": "O governo aprovou o novo orçamento para o próximo ano, disse o ministro. As pensões vão aumentar.",
    "el": "Η κυβέρνηση ενέκρινε τον νέο προϋπολογισμό για το επόμενο έτος, δήλωσε ο υπουργός την Τρίτη στην Αθήνα.",
    "he": "הממשלה אישרה את התקציב החדש לשנה הבאה, אמר השר ביום שלישי בירושלים. הכנסת תצביע בשבוע הבא.",
    "ar": "وافقت الحكومة على الموازنة الجديدة للعام المقبل، وقال الوزير يوم الثلاثاء إن رواتب التقاعد سترتفع.",
    "lt": "Vyriausybė patvirtino kitų metų biudžetą, antradienį Vilniuje sakė ministras. Pensijos didės, žadėjo jis.",
    "th": "รัฐบาลอนุมัติงบประมาณใหม่สำหรับปีหน้า รัฐมนตรีกล่าวเมื่อวันอังคารที่กรุงเทพฯ โรงเรียนจะได้รับเงินเพิ่มขึ้น",
    "ja": "政府は来年度の新しい予算案を閣議決定したと、大臣が火曜日に東京で記者団に明らかにした。",
    "zh": "政府周二批准了明年的新预算，部长在北京表示。退休金将会增加，学校也将获得更多经费。",
    "zh-Hant": "政府週二批准了明年的新預算，部長在臺北表示。退休金將會增加，學校也將獲得更多經費。",
    "ko": "정부가 화요일 내년도 예산안을 의결했다고 장관이 서울에서 밝혔다. 연금이 오르고 학교 지원도 늘어난다.",
}
LEGACY = [
    ("ru", "windows-1251"), ("ru", "koi8-r"), ("uk", "windows-1251"), ("uk", "koi8-u"), ("bg", "windows-1251"),
    ("pl", "iso-8859-2"), ("pl", "windows-1250"), ("cs", "iso-8859-2"), ("cs", "windows-1250"), ("hu", "iso-8859-2"),
    ("hr", "windows-1250"), ("tr", "iso-8859-9"), ("tr", "windows-1254"), ("de", "windows-1252"),
    ("fr", "windows-1252"), ("pt", "iso-8859-1"), ("el", "windows-1253"), ("el", "iso-8859-7"), ("he", "windows-1255"),
    ("ar", "windows-1256"), ("ar", "iso-8859-6"), ("lt", "windows-1257"), ("th", "tis-620"), ("ja", "shift_jis"),
    ("ja", "euc-jp"), ("ja", "iso-2022-jp"), ("zh", "gb18030"), ("zh", "gb2312"), ("zh-Hant", "big5"), ("ko", "euc-kr"),
]  # fmt: skip
DECLARATIONS = ["<meta charset={}>", '<meta http-equiv="Content-Type" content="text/html; charset={}">', ""]


def page_in(language: str, declaration: str) -> str:
    furniture = "<style>.nav{color:#fff}</style><script>var a=1;</script>"
    head = f"<head>{declaration}{furniture}</head>"
    return f"<html>{head}<body><div class=nav>Home</div><p>{NEWS[language]}</p></body></html>"


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=["charset", "http-equiv", "undeclared"])
@pytest.mark.parametrize(("language", "encoding"), LEGACY)
def test_a_page_in_a_legacy_encoding_comes_out_right(
    language: str, encoding: str, declaration: str, tmp_path: Path
) -> None:
    content = page_in(language, declaration.format(encoding)).encode(encoding, "xmlcharrefreplace")
    path = tmp_path / "a.html"
    path.write_bytes(content)
    (raw,) = raws(read(path))
    assert raw.content == content.decode(encoding)


@pytest.mark.parametrize(
    ("language", "encoding", "declared"),
    [("ru", "cp1251", "iso-8859-1"), ("el", "cp1253", "utf-8"), ("th", "cp874", "windows-1252"),
     ("ja", "cp932", "utf-8"), ("ja", "euc-jp", "shift_jis"), ("pl", "utf-8", "iso-8859-2"),
     ("fr", "utf-16-le", "utf-16"), ("he", "utf-16-be", "")],
)  # fmt: skip
def test_a_page_that_declares_another_encoding_comes_out_right(
    language: str, encoding: str, declared: str, tmp_path: Path
) -> None:
    page = page_in(language, f"<meta charset={declared}>")
    path = tmp_path / "a.html"
    path.write_bytes(page.encode(encoding))
    (raw,) = raws(read(path))
    assert raw.content == page


def test_utf8_that_was_cut_within_a_character_stays_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(page_in("ru", "").encode().partition("финансов".encode())[0] + b"\xd1")
    (raw,) = raws(read(path))
    assert raw.content.endswith("министр \ufffd")


# JSON


def test_a_json_record_says_all_of_itself(tmp_path: Path) -> None:
    given_record = {
        "id": "a1",
        "url": "https://news.example/1",
        "headline": "H",
        "body": "Text",
        "published_at": "2026-03-01",
        "source": "The Example",
        "language": "en",
        "by": "Io Brand",
        "description": "D",
        "section": "Local",
        "keywords": ["cranes", "ports"],
        "first_seen": "2026-03-01T00:00:00Z",
        "fetched_at": "2026-03-01T01:00:00+01:00",
        "unknown": [1],
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps(given_record))
    (raw,) = raws(read(path))
    assert raw.id == "a1"
    assert raw.source == Source(id="news.example", name="The Example")
    assert (raw.headline, raw.content, raw.published_at, raw.language, raw.by, raw.description) == (
        "H",
        "Text",
        "2026-03-01",
        "en",
        "Io Brand",
        "D",
    )
    assert (raw.section, raw.keywords) == ("Local", ("cranes", "ports"))
    assert raw.first_seen == datetime(2026, 3, 1, tzinfo=UTC)
    assert raw.fetched_at == datetime(2026, 3, 1, tzinfo=UTC)


def test_defaults_fill_what_a_record_does_not_say() -> None:
    defaults = Defaults(now=lambda: NOW, source=Source(id="desk"), language="id", url="https://x.example/unused")
    first, second = raws(
        read("-", defaults=defaults, stdin=b'{"body":"a"}\n{"body":"b","source":{"id":"b"},"language":"en"}\n')
    )
    assert (first.source.id, first.language, first.url) == ("desk", "id", None)
    assert (second.source.id, second.language) == ("b", "en")
    assert first.id == article_id(None, "desk", "a")


def test_html_in_json_is_html_and_a_number_can_be_an_id() -> None:
    (raw,) = source("jsonl", b'{"id": 17, "html": "<p>x</p>"}')[0:1]
    assert isinstance(raw, Found)
    assert (raw.raw.id, raw.raw.content_type, raw.raw.content) == ("17", "text/html", "<p>x</p>")


def test_keywords_in_json_can_be_one_text() -> None:
    (found,) = source("jsonl", b'{"body": "a", "keywords": "cranes, ports"}')
    assert raws([found])[0].keywords == ("cranes, ports",)  # the chain parts them


def test_a_raw_record_can_be_pushed_again_unchanged() -> None:
    record = RawArticle(
        id="d" * 32,
        url="https://n.example/",
        source=Source(id="n", feed="https://n.example/feed"),
        content_type="text/html",
        content="<p>x",
        first_seen=NOW.replace(day=1),
        fetched_at=NOW.replace(day=1),
    )
    assert raws(source("jsonl", encode(record))) == [record]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{nope", "not JSON"),
        (b'["a"]', "expected object, got array"),
        (b'{"headline": "x"}', "body (or html) is missing"),
        (b'{"body": 5}', "field body: expected str | null, got int"),
        (b'{"body": "x", "source": {"name": 3}}', "field source.name"),
        (b'{"body": "x", "first_seen": "2026-03-01T00:00:00"}', "field first_seen"),
        (b'{"body": "x", "content": "y", "content_type": "image/png"}', "field content_type"),
        (b'{"body": "  "}', "no text"),
        (b'{"body": "\\ud800"}', "not JSON"),
        (b'{"body": "\xff"}', "not UTF-8"),
        (b'{"body": "x", "id": "a\\nb"}', "field id"),
        (b'{"body": "x", "id": "' + "é".encode() * 300 + b'"}', "field id: more than 512 bytes"),
        (b'{"body": "x", "more": ' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_wrong_line_is_told_by_its_number_and_the_rest_goes_on(line: bytes, reason: str) -> None:
    before, wrong, after = source("jsonl", b'\xef\xbb\xbf{"body":"1"}\n\n' + line + b'\n{"body":"2"}')
    assert isinstance(before, Found)
    assert isinstance(wrong, Problem)
    assert wrong.line == 3
    assert reason in wrong.reason
    assert isinstance(after, Found)
    assert after.line == 4


def test_a_line_without_end_is_passed_over_in_bounded_memory() -> None:
    class Endless(io.RawIOBase):
        left = 100

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if not self.left:
                return 0
            self.left -= 1
            buffer[:] = b"x" * len(buffer)
            return len(buffer)

    stream = io.BufferedReader(Endless(), MIB)
    found = problem(list(plugins("sources")["jsonl"].function(Document("x", stream), DEFAULTS)))
    assert found.line == 1
    assert f"{100 * MIB:,} bytes" in found.reason


def test_a_json_array_is_read_element_by_element(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[\n {"body":"a ] } \\" \\\\"},\n {"body":5},\n\n {"body":"c", "x":[[1],{"y":"]"}]}\n]\n')
    first, second, third = read(path)
    assert isinstance(first, Found)
    assert first.raw.content == 'a ] } " \\'
    assert isinstance(second, Problem)
    assert second.line == 3
    assert isinstance(third, Found)
    assert third.line == 5


def test_a_huge_element_of_an_array_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps([{"body": "a"}, {"body": "x" * 40_000_000}, {"body": "\\u0041" * 6_000_000}, {"body": "c"}])
    )
    first, second, third, fourth = read(path)
    assert isinstance(first, Found)
    assert isinstance(second, Problem)
    assert "40,000," in second.reason
    assert isinstance(third, Problem)
    assert isinstance(fourth, Found)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(st.dictionaries(st.text(), json_values, max_size=4), max_size=5), st.booleans(), st.integers(1, 40))
def test_splitting_json_finds_each_object_whatever_the_chunks(
    records: list[dict[str, Any]], array: bool, chunk: int
) -> None:
    text = json.dumps(records, indent=1) if array else "\n".join(map(json.dumps, records))

    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(chunk)

    found = [json.loads(value.content) for value in values(Dripping(text.encode()))]
    assert found == records


@given(st.binary(max_size=300), st.sampled_from(["text", "html", "json", "jsonl"]))
def test_no_bytes_raise(content: bytes, name: str) -> None:
    for item in source(name, content):
        assert isinstance(item, Found | Problem)


# Files, folders, streams


def test_a_folder_is_read_in_order_without_hidden_files_and_loops(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_text("two")
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "c.jsonl").write_text('{"body":"three"}\n')
    (tmp_path / ".hidden.txt").write_text("no")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("no")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    items = read(tmp_path)
    assert [item.raw.content for item in items if isinstance(item, Found)] == ["one", "two", "three"]
    assert [item for item in items if not isinstance(item, Found)] == [Skipped(str(tmp_path / "picture.png"))]


def test_what_is_not_there_or_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to("nowhere")
    (tmp_path / "a.xyz").write_text("x")
    assert problem(read(tmp_path / "none.txt")).reason == "no such file"
    assert problem(read(tmp_path / "link.txt")).reason == "no such file"
    assert "--format" in problem(read(tmp_path / "a.xyz")).reason
    assert raws(read(tmp_path / "a.xyz", form="text"))[0].content == "x"


def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads everything

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    assert "Permission denied" in problem(read(path)).reason


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (b'{"body":"a"}\n{"body":"b"}\n', ["text/plain", "text/plain"]),
        (b'\n{"body":"a"\n{"body":"b"}\n', [None, "text/plain"]),
        (b'{\n "body": "a"\n}\n', ["text/plain"]),
        (b'[{"body":"a"},{"html":"b"}]', ["text/plain", "text/html"]),
        (b"<!DOCTYPE html><p>a", ["text/html"]),
        (b"Just a text.\n{not json}\n", ["text/plain"]),
        (b"", [None]),
    ],
)
def test_standard_input_is_read_by_its_first_lines(content: bytes, kinds: list[str | None]) -> None:
    items = read("-", stdin=content)
    assert [item.raw.content_type if isinstance(item, Found) else None for item in items] == kinds


def test_lines_of_a_pipe_come_through_one_by_one() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as stream, open(writing, "wb", buffering=0) as pipe:  # noqa: PTH123 -- no paths
        items: Iterator[Item] = iter(Inputs(["-"], DEFAULTS, None, stream))
        for number in range(3):
            pipe.write(msgspec.json.encode({"body": f"text {number}"}) + b"\n")
            item = next(items)
            assert isinstance(item, Found)
            assert item.raw.content == f"text {number}"


def test_progress_is_known_in_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("12345")
    (tmp_path / "b.jsonl").write_text('{"body":"x"}')
    inputs = Inputs([str(tmp_path)], DEFAULTS)
    assert inputs.total() == 17
    assert len(list(inputs)) == 2
    assert inputs.consumed == 17
    assert Inputs([str(tmp_path), "-"], DEFAULTS).total() is None
