"""Who said a quotation, where the pattern is plain: a verb of saying beside it, and a name beside the verb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.languages import Language, languages
from pipeline.ner.territories import day_and_month_names
from pipeline.ner.variants import key_of, same_person
from pipeline.records import Entity
from pipeline.stages._quotations import Quotation
from pipeline.stages._wording import alternatives

REACH = 160
"""Characters before and after a quotation within its paragraph that may name its speaker."""
_TO_VERB = 70
"""Between the quotation and its verb stand at most so many characters: a name and an apposition."""
_TO_NAME = 70
"""Between the verb and the name: what the person is."""
_DIRECTLY = 3
"""Between a verb and the quotation that it introduces stand so many characters."""
_SENTENCE_END = re.compile(r"(?<=[\w)\]”»\"]{2})[.!?](?=\s|$)|[。！？।]|\n|;")
_OPENING = re.compile(r"[“„«「『\"‘‚\n]")
_ADDRESSEE = re.compile(
    r"(?<!\w)(?:to|kepada|pada|à|au|aux|al|alla|ai|agli|gegenüber|zu|aan|tegen|إلى|who|whose|yang|qui|que|che|"
    r"który|która|который|которая|about|tentang|of|über|sur|that|bahwa|dass|что|że|що)(?!\w)"
    r"|,\s(?:der|die|das|dem|den)\s",
    re.IGNORECASE,
)
"""What makes the name that follows somebody else than the speaker."""
_WORD = re.compile(r"[^\W\d_][\w’'.\-]*")
_PARTICLES = frozenset("de da do dos das di del della van von der den bin binti ibn al el la le ter ten y".split())  # noqa: SIM905 -- shorter
_MOST_WORDS = 5
_CASED_NOUNS = frozenset(("de",))
_TITLED = {
    "ar": r"(?:السيدة?|الدكتورة?|الشيخ|الأستاذة?) ",
    "bn": r"(?:জনাব|ড\.|ডা\.|মো\.|মোছা\.|অ্যাডভোকেট) ?",
    "fa": r"(?:آقای|خانم|دکتر) ",
    "th": r"(?:นางสาว|น\.ส\.|นาง|นาย(?!กรัฐมนตรี|กฯ|กเทศมนตรี|กสมาคม|ก )|ดร\.) ?",
}
"""Where there are neither capitals nor a model: the forms of address after which two words are a name."""
_NO_NAME = {
    "ar": r"(?:إن|أن|في|من|على|عن|إلى|خلال|مع|بعد|قبل|وهو|وهي|الذي|التي|ل\w+|رئيس|مدير|وزير)(?!\w)",
    "bn": r"(?:বলেন|জানান|এবং|ও|যে|থেকে)(?!\w)",
    "fa": r"(?:در|که|با|از|به|تا|را|و|هم|نیز|رئیس|مدیر|وزیر|سخنگوی)(?!\w)",
    "th": r"(?:ผู้|นายก|รอง|ประธาน|รัฐมนตรี|อายุ|ใน|ที่|และ|กล่าว|เปิดเผย|ซึ่ง|โฆษก|เจ้าของ|ชาว|หัวหน้า|อธิบดี|เลขา|แกนนำ|ได้|ว่า)",
}
"""What no name goes on with."""
_NAME_WORD = r"[^\W\d_][\w\u0e31-\u0e4e\u0980-\u09e3\u200c-]*"


@dataclass(frozen=True, slots=True)
class Names:
    """The named people of the body in its order, other names, and how the article calls its people."""

    people: Sequence[Entity]
    others: Sequence[Entity]
    called: Sequence[str]


def attribution(text: str, quotation: Quotation, previous: int, language: str, names: Names) -> Attribution | None:
    """Whose words these are by what stands beside them, after `previous`, the end of the quotation before this one.
    None where no verb of saying does."""
    verbs = _verbs(language)
    if verbs is None:
        return None
    start, end = quotation.start, quotation.end
    after_end = _window_end(text, end)
    before_start = max(previous, _window_start(text, start))
    before = list(verbs.finditer(text, before_start, start))
    is_led = bool(before) and _leads_in(text[before[-1].end() : start])
    is_introduced = is_led and start - before[-1].end() <= _DIRECTLY
    after = None if is_introduced or _is_over(text, end) else verbs.search(text, end, after_end)
    if after and after.start() - end <= _TO_VERB:
        found = _beside(text, after, (end, after_end), language, names)
        if found is None and verb_last(language) and _is_next(text[end : after.start()]):
            found = _last_name(text, before_start, start, language, names)
        return Attribution(found, after_end)
    if not is_led:
        return None
    return Attribution(_lead(text, before[-1], (before_start, start), language, names), None)


@dataclass(frozen=True, slots=True)
class Attribution:
    """`speaker` is None where the text names nobody; `end` is where the sentence ends in which the name follows."""

    speaker: str | None
    end: int | None


def resolved(name: str, language: str, called: Sequence[str]) -> str:
    """As the article's `people` call this person; the name itself where they do not."""
    if name in called:
        return name
    short = _key(name, language)
    longer = [each for each in called if short == _key(each, language) or same_person(short, _key(each, language))]
    return longer[0] if longer else name


def _key(name: str, language: str) -> tuple[str, ...]:
    return key_of(name.split(), language)


def _beside(text: str, verb: re.Match[str], window: tuple[int, int], language: str, names: Names) -> str | None:
    """After the quotation: the name that precedes the verb, else the one that follows it."""
    between = text[window[0] : verb.start()]
    if _WORD.search(between):
        return _name_in(text, window[0], verb.start(), language, names, last=False)
    stop = min(window[1], verb.end() + _TO_NAME)
    hearer = _ADDRESSEE.search(text, verb.end(), stop)
    return _name_in(text, verb.end(), hearer.start() if hearer else stop, language, names, last=False)


def _lead(text: str, verb: re.Match[str], window: tuple[int, int], language: str, names: Names) -> str | None:
    """Before the quotation: the subject stands before the verb, or just after it as in Arabic."""
    found = _last_name(text, window[0], verb.start(), language, names)
    if found is None and not text[window[0] : verb.start()].strip(" ,،"):
        hearer = _ADDRESSEE.search(text, verb.end(), window[1])
        found = _name_in(text, verb.end(), hearer.start() if hearer else window[1], language, names, last=False)
    return found


def _last_name(text: str, start: int, end: int, language: str, names: Names) -> str | None:
    return _name_in(text, start, end, language, names, last=True)


def _name_in(text: str, start: int, end: int, language: str, names: Names, *, last: bool) -> str | None:
    """The first or last person between two offsets, by the model, else by its capitals."""
    inside = [person.text for person in names.people if start <= person.start and person.end <= end]
    if inside:
        return resolved(inside[-1 if last else 0], language, names.called)
    if language in _TITLED:
        found = _titled(text, start, end, language, last=last)
    else:
        found = _capitalised_before(text, start, end) if last else _capitalised(text, start, end, language)
    if found is None:
        return None
    first, stop = found
    if any(other.start < stop and first < other.end for other in names.others):
        return None
    return resolved(text[first:stop], language, names.called)


def _capitalised(text: str, start: int, end: int, language: str) -> tuple[int, int] | None:
    """The first run of capitalised words: two or more, or one that stands first."""
    run: list[re.Match[str]] = []
    skipped = 0
    for word in _WORD.finditer(text, start, end):
        if run and text[run[-1].end() : word.start()].strip(" ") != "":
            break
        if word[0][0].isupper() or (run and word[0] in _PARTICLES):
            run.append(word)
        elif run:
            break
        else:
            skipped += 1
            if skipped > _MOST_WORDS:
                return None
    while run and run[-1][0] in _PARTICLES:
        run.pop()
    if language in _CASED_NOUNS and len(run) > 2 and run[-2][0] not in _PARTICLES:
        run = run[-2:]  # what goes before the names is what the person is
    if not run or len(run) > _MOST_WORDS or (len(run) == 1 and (skipped or language in _CASED_NOUNS)):
        return None
    stop = run[-1].end()
    if text[stop - 1] in ".'’-":
        stop -= 1
    if len(run) == 1 and (stop - run[0].start() < 3 or run[0][0].lower() in day_and_month_names(language)):
        return None
    return run[0].start(), stop


def _capitalised_before(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The run of two or more capitalised words that ends at the offset: one word alone may be any subject."""
    run: list[re.Match[str]] = []
    following = end
    for word in reversed(list(_WORD.finditer(text, start, end))):
        is_part = word[0][0].isupper() or (run and word[0] in _PARTICLES)
        if not is_part or text[word.end() : following].strip(" "):
            break
        run.append(word)
        following = word.start()
    while run and run[-1][0] in _PARTICLES:
        run.pop()
    return (run[-1].start(), run[0].end()) if 2 <= len(run) <= _MOST_WORDS else None


def _titled(text: str, start: int, end: int, language: str, *, last: bool) -> tuple[int, int] | None:
    """The first or last two words after a form of address: "นายสมชาย ใจดี", "السيدة ليلى منصور"."""
    found = list(_titled_name(language).finditer(text, start, end))
    return found[-1 if last else 0].span("name") if found else None


@cache
def _titled_name(language: str) -> re.Pattern[str]:
    family = rf" (?!{_NO_NAME[language]}){_NAME_WORD}"
    if language == "th":  # what the person is may follow the first name at once; a third word tells that it does not
        family = rf"(?: (?!{_NO_NAME[language]})[^ ]{{2,14}}(?= [^ ]))?"
    return re.compile(rf"(?<!\w){_TITLED[language]}(?P<name>{_NAME_WORD}{family})(?!\w)")


def _window_end(text: str, end: int) -> int:
    """Where the sentence of the quotation goes on to, before another quotation begins."""
    limit = min(len(text), end + REACH)
    first = _SENTENCE_END.search(text, end, limit)
    if first:
        limit = first.start()
    other = _OPENING.search(text, end, limit)
    return other.start() if other else limit


def _window_start(text: str, start: int) -> int:
    limit = max(0, start - REACH)
    for found in _SENTENCE_END.finditer(text, limit, start):
        limit = found.end()
    return limit


def _is_over(text: str, end: int) -> bool:
    """Whether a full stop within the quotation ends the sentence: the next one begins with a capital."""
    following = text[end : end + 2].lstrip(" ")[:1]
    return text[end - 2] == "." and following.isupper()


def _leads_in(between: str) -> bool:
    """Whether what stands between a verb and the quotation after it leads on to that."""
    if not between.strip():
        return len(between) <= 3
    return len(between) <= _TO_VERB and between.rstrip(" \u3000")[-1] in ",،:：，、"


def _is_next(between: str) -> bool:
    return len(between) <= 12


@cache
def _verbs(language: str) -> re.Pattern[str] | None:
    known = languages().get(language)
    if known is None or not known.saying:
        return None
    return re.compile(alternatives((*known.saying, *known.pronoun_saying), language), re.IGNORECASE)


@cache
def verb_last(language: str) -> bool:
    """Whether the verb of saying follows the quotation, and the speaker stands before it."""
    return languages().get(language, Language(tag=language, name="", analyzer="")).verb_last
