"""Messages as people see them: golden outputs, users' templates, and hostile articles that come out harmless.

`messages/` has what the shipped templates make. To accept what they make now, read the difference, then:
NEWSWIRE_TEST_GOLDEN=update pytest tests/test_channel_templates.py.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipeline.alert_examples import sample_message
from pipeline.alert_records import Snippet
from pipeline.config import Channel, ConfigError
from pipeline.deliveries import open_channel
from pipeline.deliveries._view import view_of
from pipeline.deliveries._words import clean, one_line, safe_url
from pipeline.deliveries.apprise import AppriseService
from pipeline.deliveries.mail import Mail
from pipeline.deliveries.slack import Slack
from pipeline.delivery_records import Failed, Message
from tests.channels import CONTEXT, HOSTILE, KEY, NOW, alert, hostile, message

GOLDEN = Path(__file__).parent / "messages"
LINKED = replace(CONTEXT, link="https://kibana.example/s/desk", product="Newswire/0")
MAIL = {"kind": "mail", "url": "smtp://mail.example", "sender": "Alerts <a@desk.example>", "to": ["x@desk.example"]}
SLACK = {"kind": "slack", "url": "https://hooks.slack.example/T/B"}
APPRISE = {"kind": "apprise", "url": "json://news.example/in"}


def channel(settings: dict[str, Any], **others: Any) -> Any:
    return open_channel("desk", Channel.model_validate(settings | others), LINKED)


def mail_parts(sent: Message, **others: Any) -> tuple[EmailMessage, str, str]:
    """The mail as a reader parses it, its text and its HTML."""
    made: Mail = channel(MAIL, **others)
    parsed = message_from_bytes(made.mail(sent).as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    return parsed, text.get_content(), html.get_content()


def slack_texts(sent: Message, **others: Any) -> list[str]:
    made: Slack = channel(SLACK, **others)
    payload = made.payload(sent)
    blocks = payload["blocks"]
    assert len(blocks) <= 50
    texts = [
        payload["text"],
        *(text["text"] for block in blocks for text in block.get("elements", [block.get("text")])),
    ]
    assert all(0 < len(text) <= 3000 for text in texts)
    return texts


def apprise_texts(sent: Message, **others: Any) -> tuple[str, str]:
    made: AppriseService = channel(APPRISE, **others)
    return made.texts(sent)


TWO_RULES = message(alert(), alert(rule="2", name="Ferries & boats"))
SCRIPTS = message(
    alert(
        "سد المد يصمد",
        language="ar",
        rule="ar",
        name="حاجز المد",
        snippet=Snippet(field="body", text="أغلق المهندسون سد المد.", marks=((15, 22),)),
    ),
    alert(
        "潮汐屏障首次关闭",
        language="zh",
        article="2",
        rule="zh",
        name="潮汐",
        snippet=Snippet(field="body", text="工程师关闭了潮汐屏障。", marks=((6, 10),)),
    ),
    alert(article="3", rule="zh", name="潮汐"),
    kind="digest",
    more=3,
)


@pytest.mark.parametrize(("name", "sent"), [("alert", TWO_RULES), ("digest", SCRIPTS), ("hostile", hostile())])
def test_messages_look_as_they_did(name: str, sent: Message) -> None:
    parsed, text, html = mail_parts(sent)
    title, body = apprise_texts(sent)
    payload = json.dumps(channel(SLACK).payload(sent), indent=1, ensure_ascii=False)
    made = {
        "mail.txt": f"Subject: {parsed['Subject']}\n\n{text}".replace("\r\n", "\n"),
        "mail.html": html.replace("\r\n", "\n"),
        "slack.json": payload + "\n",
        "apprise.txt": f"{title}\n\n{body}\n",
    }
    for file, content in made.items():
        if os.environ.get("NEWSWIRE_TEST_GOLDEN") == "update":
            (GOLDEN / f"{name}.{file}").write_text(content, encoding="utf-8")
        assert content == (GOLDEN / f"{name}.{file}").read_text(encoding="utf-8"), f"{name}.{file}"


# --- hostile articles ---


class Tags(HTMLParser):
    """Tags and links that a reader of mail finds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str | None] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.links |= {value for name, value in attrs if name in ("href", "src")}


def test_markup_of_articles_is_text_in_mail() -> None:
    parsed, text, html = mail_parts(hostile())
    tags = Tags(html)
    assert tags.tags <= {"html", "head", "meta", "title", "body", "div", "a", "b", "p"}
    assert all(str(link).startswith(("https://news.example/", "https://kibana.example/")) for link in tags.links)
    assert "javascript:" not in html + text
    assert "49" not in html.replace("{{ 7*7 }}", "")
    assert set(parsed.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id",
        "User-Agent", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert len(str(parsed["Subject"])) <= 250
    assert "\u202e" not in html + text + str(parsed["Subject"])
    assert len(html) < 30_000


@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\r\n\r\n"])
def test_no_header_comes_from_a_headline_or_the_name_of_a_rule(separator: str) -> None:
    text = f"Calm{separator}Bcc: victim@evil.example{separator}{separator}body"
    sent = message(alert(text, name=text, source=text))
    made: Mail = channel(MAIL)
    raw = made.mail(sent).as_bytes()
    parsed, _, _ = mail_parts(sent)
    assert "Bcc" not in parsed
    assert b"\nBcc" not in raw.partition(b"\r\n\r\n")[0]
    assert "\n" not in str(parsed["Subject"])
    assert one_line(text, 100) in str(parsed["Subject"])


def test_nobody_is_mentioned_in_slack() -> None:
    texts = slack_texts(hostile())
    for text in texts[2:]:  # fallback and title follow
        bare = text
        for link in ("https://news.example/", "https://kibana.example/"):
            bare = bare.replace(f"<{link}", "")
        assert "<" not in bare
        assert "&<" not in text
        assert "`" not in text
    assert "<" not in texts[0]
    assert any("&lt;!channel&gt;" in text for text in texts)


def test_nobody_is_mentioned_through_apprise() -> None:
    together = "\n".join(apprise_texts(hostile()))
    assert "@everyone" not in together
    assert "@\u200beveryone" in together
    assert "<!" not in together
    assert "<@" not in together
    assert "](" not in together
    hidden = apprise_texts(message(alert("see https://x.example/@everyone and http://@here")))
    assert not any("@everyone" in text or "@here" in text for text in hidden)


def test_what_is_no_unicode_and_what_is_empty_still_makes_messages() -> None:
    sent = message(
        alert("\ud800 \x00", snippet=Snippet(field="body", text="", marks=((0, 5),)), name="\x01", source="")
    )
    assert mail_parts(sent)[0]["Subject"] == "tides: https://news.example/2026/03/tide-barrier?a=1&b=2"
    assert slack_texts(sent)
    assert apprise_texts(sent)


def test_a_digest_of_many_stays_within_slacks_limits_and_counts_the_others() -> None:
    alerts = [alert(f"& {'<' * 400} {number}", article=str(number), rule=str(number % 3)) for number in range(120)]
    texts = slack_texts(message(*alerts, kind="digest"))
    shown = sum("tide-barrier" in text for text in texts)
    assert 40 <= shown < 50
    assert f"And {120 - shown} more alerts." in texts[-1]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://news.example/a?b=1&c=ä", "https://news.example/a?b=1&c=ä"),
        ("HTTP://news.example/", "HTTP://news.example/"),
        ('https://news.example/">|x(y)', "https://news.example/%22%3E%7Cx%28y%29"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("//news.example/", None),
        ("https:///x", None),
        ("https://[::1", None),
        ("https://news.example/\u202efdp", None),
        ("https://news.example/" + "x" * 1500, None),
        (None, None),
    ],
)
def test_links_are_http_and_end_nowhere_within(url: str | None, safe: str | None) -> None:
    assert safe_url(url) == safe


def test_marks_survive_cleaning_and_nonsense() -> None:
    def pieces(text: str, *marks: tuple[int, int]) -> str:
        view = view_of(message(alert(snippet=Snippet(field="body", text=text, marks=marks))), CONTEXT)
        return "".join(
            f"[{piece.text}]" if piece.marked else piece.text for piece in view.groups[0].articles[0].snippet
        )

    assert pieces("a\x00\x01b tide c", (5, 9)) == "ab [tide] c"
    assert pieces("tide barrier", (5, 12), (0, 4)) == "[tide] [barrier]"
    assert pieces("tide barrier", (0, 8), (5, 99)) == "[tide bar][rier]"
    assert pieces("tide", (9, 12), (3, 1)) == "tide"
    assert pieces("x" * 1500, (0, 1)) == "[x]" + "x" * 999 + "…"


def test_a_line_is_bounded_whatever_its_length() -> None:
    assert one_line("a" * 1_000_000, 10) == "a" * 9 + "…"
    assert one_line(" a \n b ", 10) == "a b"
    assert clean(HOSTILE).isprintable()


# --- users' templates ---


def own(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "desk.jinja"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_template_of_ones_own_redefines_blocks(tmp_path: Path) -> None:
    file = own(
        tmp_path,
        '{% extends "mail.jinja" %}\n'
        "{% macro loud(text) %}{{ text|upper }}{% endmacro %}\n"
        "{% block subject %}{{ loud(groups[0].articles[0].headline) }}{% endblock %}\n"
        "{% block html %}<p>{{ groups[0].articles[0].headline }}</p>{% endblock %}",
    )
    parsed, text, html = mail_parts(message(alert("Tide & <b>")), template=file)
    assert parsed["Subject"] == "TIDE & <B>"
    assert html.strip() == "<p>Tide &amp; &lt;b&gt;</p>"
    assert "Engineers closed" in text, "what is not redefined stays"


def test_slack_and_apprise_take_templates_too(tmp_path: Path) -> None:
    slack = own(tmp_path, '{% extends "slack.jinja" %}{% block article %}{{ article.headline }} "ok"{% endblock %}')
    assert slack_texts(message(alert("<!channel>")), template=slack)[2] == '&lt;!channel&gt; "ok"'
    apprise = own(tmp_path, '{% extends "apprise.jinja" %}{% block body %}{{ count }}{% endblock %}')
    assert apprise_texts(message(more=4), template=apprise)[1] == "5"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{% extends "mail.jinja" %}\n{% block text %}{{ x {% endblock %}', "line 2: "),
        (
            '{% extends "mail.jinja" %}\n{% block text %}\n{{ headline }}{% endblock %}',
            "line 3: 'headline' is undefined",
        ),
        ('{% extends "mail.jinja" %}\n{% block subjet %}{% endblock %}', "line 2: mail.jinja has no block 'subjet'"),
        ("Hello {{ id }}", 'line 1: it has to begin with {% extends "mail.jinja" %}'),
        ('{% extends "slack.jinja" %}', 'line 1: it has to begin with {% extends "mail.jinja" %}'),
        ('{% extends "mail.jinja" %}{% block text %}{{ id.__class__ }}{% endblock %}', "line 1: access to attribute"),
        ('{% extends "mail.jinja" %}{% block text %}{% include "/etc/passwd" %}{% endblock %}', "line 1: /etc/passwd"),
        ('{% extends "mail.jinja" %}{% block text %}{{ 1 / 0 }}{% endblock %}', "line 1: ZeroDivisionError"),
        ('{% extends "mail.jinja" %}{% block text %}{{ "x" * 2000000 }}{% endblock %}', "more than 1,000,000 char"),
    ],
)
def test_a_broken_template_is_told_at_start_with_file_and_line(text: str, said: str, tmp_path: Path) -> None:
    file = own(tmp_path, text)
    with pytest.raises(ConfigError) as wrong:
        channel(MAIL, template=file)
    assert str(wrong.value).startswith("deliver.channels.desk.template: ")
    assert said in str(wrong.value)
    assert str(file) in str(wrong.value) or "more than" in said


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), (b"\xff", "is no UTF-8 text")])
def test_a_template_that_cannot_be_read_is_told(content: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "desk.jinja"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        channel(SLACK, template=file)


def test_a_template_that_fails_later_fails_the_message(tmp_path: Path) -> None:
    for settings, block in ((MAIL, "subject"), (SLACK, "title"), (APPRISE, "title")):
        file = own(
            tmp_path,
            f'{{% extends "{settings["kind"]}.jinja" %}}\n'
            f"{{% block {block} %}}{{{{ 1 / (groups[0].articles|length - 2) }}}}{{% endblock %}}",
        )
        made = channel(settings, template=file)
        answer = asyncio.run(made.send(message(alert(), alert(article="2"))))
        assert answer == Failed(f"{file}: line 2: ZeroDivisionError: division by zero")


def test_the_sample_message_is_one_that_every_channel_takes() -> None:
    sample = sample_message(NOW, KEY)
    assert (sample.id, sample.made_at) == (KEY, NOW)
    for settings in (MAIL, SLACK, APPRISE):
        assert isinstance(channel(settings), Mail | Slack | AppriseService)
