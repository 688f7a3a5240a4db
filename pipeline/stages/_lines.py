"""Lines that are no part of the story: found by wording (language files), shape and position together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.records import Removal
from pipeline.stages._agencies import agency, publisher
from pipeline.stages._inline_related import find_inline, opens_inline
from pipeline.stages._phrases import Rule, rulebook
from pipeline.stages._prose import goes_on_as_sentence, is_no_headline, is_prose, is_said, opens_small
from pipeline.stages._stamps import is_read_time, is_stamp

HEAD, TAIL = 4, 8
"""Lines from either end of the story where bylines, credits and notes of the editors stand."""
_LONGEST = 400
_LONGEST_HEADLINE = 220
_LONGEST_PARAGRAPH = 20_000
_LONGEST_NAME = 120
_HEADLINE_WORDS = 5

# Bullets, arrows, brackets and emoji in front of a line. Quotation marks are none: what stands in them was said.
_LEAD = re.compile(
    r"[\s•‣▪●○■□►▶▸▷◆◇★☆»›>*#|+~=_–—:·\-\[({【〔〈《（→➡👉🔗📌☛✅⬇❗‼\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d]*"
)
_TRAIL = re.compile(r"[\s\])}】〕〉》）|*»›>→]+$")
_SEPARATOR = re.compile(r"\s*[:：|›»>·]\s*|\s+[-–—]+\s+|\s*[\])】〕》）]\s*")
_COLON = re.compile(r"\s*[:：]\s*|\s+[-–—|]\s+")
_QUOTES = re.compile('["“”„«»「」『』‟]')
_SENTENCE_END = re.compile(r"[.。।؟۔](?:$|[\s”\"»])")
_INITIALS = re.compile(r"\(\s*[a-z]{2,6}(?:\s*[/.,]\s*[a-z]{2,6}){0,4}\s*\)")
_INITIALS_TAIL = re.compile(r"(?<=[\s.!?”\"])\([a-z]{2,4}(?:/[a-z]{2,4}){1,4}\)$")
_CREDIT_TAIL = re.compile(r"(?:^|(?<=[\s.。!?”\"»]))[(\[（]([^()\[\]（）]{2,40})[)\]）]\.?$")
_COPYRIGHT = re.compile(
    r"(?:(?:copyright|hak cipta)\b(?P<rest>.{0,200})|(?:copr\.|©|\(c\)\s*(?:copyright\b|\d{4})).{0,200})", re.IGNORECASE
)
_PERSON = r"[^\W\d_][\w.'’-]*(?: (?:(?:de|van|von|da|dos|del|la|bin|al)\b ?)*[^\W\da-z_][\w.'’-]*){1,3}"
_PERSONS = re.compile(
    rf"\s+(?=[^\W\da-z_]){_PERSON}(?:(?:, | and | & | dan | und | et | y | e ){_PERSON}){{0,3}}(?:, [A-Z]\w+)?"
)
_MAIL = re.compile(r"(?P<name>[^@]{0,60}?)[\s(<]*[\w.+-]+@[\w-]+(?:\.[\w-]+)+[)>]?")
_NO_NAME = re.compile(r"[?!:：？！]|\w{3}\.\s")
_AND = r"\s*[,;/&、，|]\s*|\s+(?:and|dan|und|et|y|e|en|og|och|và|ve|и|та|و)\s+"
_NAMES = re.compile(_AND)
_URL = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Swept:
    """What is left, and what was found in the rest."""

    lines: list[str]
    removed: list[Removal]
    related: list[str]
    sources: list[str]
    by: str | None


def sweep(body: str) -> Swept:
    """The lines of the body without those that are no part of the story. A second sweep finds nothing."""
    return _Sweep(body.split("\n") if body else [], rulebook().relevant(body)).run()


@dataclass(frozen=True, slots=True)
class _Line:
    place: int
    text: str
    core: str
    """The text without bullets and brackets around it."""
    below: int | None
    """Place of the next line."""


def _line(place: int, text: str, below: int | None = None) -> _Line:
    lead = _LEAD.match(text)
    return _Line(place, text, _TRAIL.sub("", text[lead.end() if lead else 0 :]), below)


class _Sweep:
    def __init__(self, lines: list[str], rules: list[Rule]) -> None:
        self.lines: list[str | None] = list(lines)
        self.rules = rules
        self.removed: dict[int, list[Removal]] = {}
        self.related: dict[int, list[str]] = {}
        self.sources: dict[int, list[str]] = {}
        self.by: dict[int, str] = {}

    def run(self) -> Swept:
        """Passes until nothing more goes: what goes brings others nearer to an end, where more rules hold."""
        self._cut_inline()
        while self._pass() or self._cut_inline():
            pass
        return Swept(
            lines=[line for line in self.lines if line is not None],
            removed=[removal for place in sorted(self.removed) for removal in self.removed[place]],
            related=[text for place in sorted(self.related) for text in self.related[place]],
            sources=[name for place in sorted(self.sources) for name in self.sources[place]],
            by=self.by[min(self.by)] if self.by else None,
        )

    def _pass(self) -> bool:
        self._remove_stamp()
        kept = [place for place, line in enumerate(self.lines) if line is not None]
        before = 0
        for order, place in enumerate(kept):
            text = self.lines[place]
            if text is None or len(text) > _LONGEST:
                before += text is not None  # else it was the headline under a label that this pass removed
                continue
            below = kept[order + 1] if order + 1 < len(kept) else None
            self._judge(_line(place, text, below), near_end=before < HEAD or len(kept) - order <= TAIL)
            before += self.lines[place] is not None
        gone = any(self.lines[place] is None for place in kept)
        return gone or (len(kept) > 0 and self._trim_last(kept[-1]))

    def _judge(self, line: _Line, *, near_end: bool) -> None:
        if near_end and self._judge_without_words(line):
            return
        for rule in self.rules:
            if rule.kind in ("credit", "byline") and not near_end:
                continue
            match = rule.pattern.match(line.core) if rule.opens else rule.pattern.search(line.core)
            if match and self._apply(rule, line, line.core[match.end() :]):
                return

    def _judge_without_words(self, line: _Line) -> bool:
        """Initials of the desk, the name of an agency, a copyright: the same in every language."""
        text = line.text
        if len(text) <= _LONGEST_NAME and not _SENTENCE_END.search(line.core) and (name := agency(line.core)):
            self.sources.setdefault(line.place, []).append(name)
            self._remove(line.place, "credit", "any.credit.agency")
        elif len(text) <= _LONGEST_NAME and (mail := _MAIL.fullmatch(line.core)):
            name = mail["name"].strip(" ,;:=-/|").removesuffix("기자").strip()
            if name and not _NO_NAME.search(name):
                self.by.setdefault(line.place, name)
            self._remove(line.place, "byline", "any.byline.mail")
        elif _INITIALS.fullmatch(text):
            self._remove(line.place, "editorial", "any.editorial.initials")
        elif is_read_time(text):
            self._remove(line.place, "editorial", "any.editorial.read_time")
        elif len(text) <= 250 and (_is_copyright(text) or _is_agency_mark(text)):
            self._remove(line.place, "editorial", "any.editorial.copyright")
        return self.lines[line.place] is None

    def _apply(self, rule: Rule, line: _Line, rest: str) -> bool:
        """Whether the line is gone: `rest` is what follows the rule's phrase."""
        if rule.kind == "related":
            return self._apply_related(rule, line, rest)
        if rule.kind == "promotion" or rule.closes:
            if not rule.opens and _QUOTES.search(line.text):
                return False
            if rule.kind == "promotion" and is_said(line.core, rule, phrase=line.core.removesuffix(rest)):
                return False
        elif not self._apply_naming(rule, line, rest):
            return False
        self._remove(line.place, rule.kind, rule.name)
        return True

    def _apply_naming(self, rule: Rule, line: _Line, rest: str) -> bool:
        """Credits, bylines and notes: a name after a colon, or right after phrases that end with `…`."""
        separator = _COLON.match(rest)
        if separator is None and not (
            rule.runs_on
            or (rule.kind == "byline" and _names_persons(rest))
            or (rule.kind == "editorial" and is_stamp(rest.strip()))
        ):
            return False
        value = (rest[separator.end() :] if separator else rest).strip()
        if not value or len(value) > _LONGEST_NAME:
            return False
        if is_prose(rule, value, after_colon=separator is not None, phrase=line.core.removesuffix(rest)):
            return False
        if rule.kind == "credit":
            names = _names_of_sources(value)
            known = [name for name in names if agency(name) or publisher(name)]  # "Reporting by" names persons, too
            self.sources.setdefault(line.place, []).extend(known if rule.runs_on else names)
        elif rule.kind == "byline":
            self.by.setdefault(line.place, value.strip(" .,;|"))
        return True

    def _apply_related(self, rule: Rule, line: _Line, rest: str) -> bool:
        separator = _SEPARATOR.match(rest)
        headline = (rest[separator.end() :] if separator else rest).strip()
        if len(headline) > _LONGEST_HEADLINE:
            return False
        if separator is None and headline and not (rule.several_words and _stands_alone(headline)):
            return False
        if is_no_headline(headline):
            return False
        if headline:
            self.related.setdefault(line.place, []).append(headline)
        else:
            self._take_headline_below(rule, line.below, certain=line.text.endswith((":", "：")))
        self._remove(line.place, "related", rule.name)
        return True

    def _take_headline_below(self, rule: Rule, place: int | None, *, certain: bool) -> None:
        """After a label with a colon; after another one only what cannot be anything but a headline."""
        text = self.lines[place] if place is not None else None
        if place is None or text is None or len(text) > _LONGEST_HEADLINE or _SENTENCE_END.search(text):
            return
        core = _line(place, text).core
        if not certain and not (rule.several_words and _is_headline(core)):
            return
        if not core or _QUOTES.match(text) or any(other.pattern.match(core) for other in self.rules):
            return
        self.related.setdefault(place, []).append(core)
        self._remove(place, "related", rule.name)

    def _remove_stamp(self) -> None:
        """The date above the story; where there are more of them, it is a chronicle or a ticker, and they are story."""
        first = next((place for place, line in enumerate(self.lines) if line is not None), None)
        if first is None or not is_stamp(self.lines[first] or ""):
            return
        if not any(line and is_stamp(line) for line in self.lines[first + 1 :]):
            self._remove(first, "editorial", "any.editorial.date")

    def _cut_inline(self) -> bool:
        """`The wall fell. (Read more: The storm) Nobody was hurt.`: the headline goes, the sentences stay."""
        cut = False
        rules = [rule for rule in self.rules if opens_inline(rule)]
        for place, line in enumerate(self.lines if rules else ()):
            text = line or ""
            while len(text) <= _LONGEST_PARAGRAPH and (found := find_inline(text, rules)):
                removal = Removal(kind="related", text=text[found.start : found.end], rule=found.rule.name)
                self.removed.setdefault(place, []).append(removal)
                self.related.setdefault(place, []).append(found.headline)
                glue = " " if found.rule.spaced else ""
                text = (text[: found.start].rstrip() + glue + text[found.end :].lstrip()).strip()
                self.lines[place] = text or None
                cut = True
        return cut

    def _trim_last(self, place: int) -> bool:
        """`… he said. (AP)`: the agency or the initials go from the end of the last line, the sentence stays."""
        line = self.lines[place] or ""
        found = _CREDIT_TAIL.search(line[-60:])
        if found and (name := agency(found[1])):
            kind, rule = "credit", "any.credit.agency"
            self.sources.setdefault(place, []).append(name)
        elif found := _INITIALS_TAIL.search(line[-60:]):
            kind, rule = "editorial", "any.editorial.initials"
        else:
            return False
        start = len(line) - len(line[-60:]) + found.start()
        self.removed.setdefault(place, []).append(Removal(kind=kind, text=line[start:], rule=rule))
        self.lines[place] = line[:start].rstrip() or None
        return True

    def _remove(self, place: int, kind: str, rule: str) -> None:
        text = self.lines[place]
        if text is not None:
            self.removed.setdefault(place, []).append(Removal(kind=kind, text=text, rule=rule))
            self.lines[place] = None


def _names_persons(rest: str) -> bool:
    """Capitals tell names from words; where there are none, "report of the United Nations" looks like a byline."""
    return any(mark.isupper() for mark in rest) and _PERSONS.fullmatch(rest) is not None


def _is_copyright(text: str) -> bool:
    """Not "Copyright on the song expires in 2031."."""
    found = _COPYRIGHT.fullmatch(text)
    rest = (found["rest"] or "").strip() if found else ""
    return found is not None and not (opens_small(rest) and goes_on_as_sentence(rest))


def _is_agency_mark(text: str) -> bool:
    """`(c) dpa`: not every line behind a c in brackets, which may be the third point of a list."""
    return text[:3].lower() == "(c)" and agency(text[3:]) is not None


def _stands_alone(headline: str) -> bool:
    """Without a colon it is a headline only if it begins as one and is no sentence: "Baca Juga Harga Naik"."""
    first = headline[0]
    return (first.isupper() or first.isdigit() or first in "\"“'‘«") and not _SENTENCE_END.search(headline)


def _is_headline(text: str) -> bool:
    """In letters with capitals, where sentences end with a stop; more words than a heading within the story has."""
    return text[:1].isupper() and len(text) <= _LONGEST_NAME and len(text.split()) >= _HEADLINE_WORDS


def _names_of_sources(value: str) -> list[str]:
    whole = _URL.sub("", value).strip(" .,;:")
    if name := agency(whole) or publisher(whole):
        return [name]
    parts = [part.strip(" .,;:()[]") for part in _NAMES.split(whole)]
    return [agency(part) or publisher(part) or part for part in parts if 2 <= len(part) <= 60 and not part.isdigit()]
