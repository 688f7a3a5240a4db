"""The names that an inflected form of a place's name may come from: "Москва" of "Москве", "Budapest" of "Budapesten".

Endings as data per language. What they give is looked up among known places, so that a wrong guess finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice, product

from pipeline.ner.places import place_key

_MIN_STEM = 2
_MAX_FORMS = 60
_MAX_WORDS = 4

# ending=what stands in its place in the basic form; `-` is nothing, `/` parts alternatives.
_RULES: dict[str, str] = {
    "ru": """е=-/а/ь/о/я и=ь/я/а/ы ы=а у=-/а/о ю=ь/я/й ой=а/ый ей=я/ь ом=-/о/ый ем=ь/й/е/ий а=-/о я=ь/й/е ами=ы/а
        ах=ы/а ам=ы/а ях=и ью=ь ого=ый/ий/ое/ой его=ий/ее ому=ый/ий/ое ему=ий ую=ая ым=ый/ое/ой им=ий ых=ые их=ие
        ии=ия ию=ия ией=ия ска=ск ове=ов ово=ов ового=овый""",
    "uk": """і=-/а/ь/я/о/е и=а/я/ы у=-/а/о ю=я/ь ою=а ею=я ом=-/о ем=ь/е єм=й а=-/о я=ь/й/е ові=-/ів/ов ова=ів овом=ів
        еві=ь/- єва=їв єві=їв євом=їв єву=їв ову=ів ого=ий/е ому=ий/е ій=а/ий ії=ія ію=ія ією=ія ами=и ах=и зі=га
        ці=ка сі=ха жжі=жжя ських=ські""",
    "be": "е=-/а у=-/а ы=а і=ь/я ом=- ам=- ай=а ва=ў ве=ў",
    "hr": """u=-/o/a/e a=-/o/ac/i e=a/i i=a/-/e/ci om=-/o/a/i em=-/e im=i ama=e/a ima=i oj=a og=i/o ci=ka zi=ga si=ha
        dru=dar dra=dar dre=dar ju=ja/- ja=-/je jem=j iji=ija ije=ija""",
    "sl": "u=-/o a=-/o i=a/- e=a om=-/o em=-/e ni=na",
    "pl": """ie=-/a/- u=-/o iu=- a=-/o ia=- em=- iem=- y=a/- i=-/a e=a/- o=a owie=ow owa=ow owem=ow owi=ow dze=ga
        ce=ka/co ze=ga ym=y/o ami=y ach=y/e icach=ice rze=r/ra le=l/la/lo scie=sto scia=st sku=sk skiem=sk
        zie=d/da ej=a gu=g niu=n""",
    "cs": """e=-/a/o u=-/a/o y=a/- a=-/o em=-/o ou=a i=-/e ze=ha/ga ich=e ich=y ach=y ech=y ovem=ov ove=ov ne=en
        ovi=-""",
    "sk": "e=-/a/o u=-/a/o y=a/- a=-/o om=-/o ou=a i=-/a/e iach=e ach=y ave=ava",
    "hu": """ban=-/a ben=-/e bol=- rol=- tol=- hoz=- hez=- nal=- nel=- val=- vel=- ert=- nak=- nek=- ra=- re=- ba=-
        be=- ig=- on=- en=- n=- t=- ot=- et=- at=- ott=- i=-""",
    "fi": """ssa=-/i sta=-/i lla=- lta=- lle=- n=-/i en=-/i an=-/a in=-/i on=-/o un=-/u seen=-/e hin=- na=- ksi=- a=-/i
""",
    "et": "as=-/a es=-/e us=-/u s=-/i/a st=- sse=- l=- lt=- le=- ni=- ga=- ta=- is=- ist=- i=- asse=a se=- lli=ll",
    "lt": """uje=us/as e=as/a oje=a eje=e yje=is o=as aus=us os=a es=e iaus=ius iuje=ius uose=ai iu=ius a=as u=us i=is
        ui=us a=a""",
    "lv": "a=-/a/as as=a e=e es=e i=a/is u=a/s us=us is=is ai=a ei=e im=i",
    "el": "ας=α ης=η ου=ος/ο ο=ος η=ης α=ας ων=α ους=οι",
    "tr": """da=- de=- ta=- te=- dan=- den=- tan=- ten=- a=- e=- ya=- ye=- i=- u=- yi=- yu=- in=- un=- nin=- nun=- li=-
        daki=- deki=-""",
    "az": "da=- de=- dan=- den=- a=- ya=- ye=- in=- nin=- nin=-",
    "uz": "da=- dan=- ga=- ning=- ni=- lik=-",
    "ro": "ului=-/ul/u ul=- l=- ei=a ii=ia",
    "de": "s=- er=-",
    "sv": "s=-",
    "nb": "s=-",
    "da": "s=-",
    "nl": "s=- se=-",
    "en": "s=-",
    "bn": "য়=- য়=- র=- তে=- ে=- ের=- কে=-",
    "eu": "n=- ko=- tik=- ra=- en=- an=- etik=- eko=-",
    "zh": "市=- 省=- 县=- 縣=- 区=- 區=- 州=-",
    "ja": "市=- 県=- 都=- 府=- 州=-",
    "ko": "시=- 에서=- 에=- 의=- 도=- 주=-",
}  # fmt: skip
_SAME = {"sr": "hr", "bs": "hr", "sh": "hr", "cnr": "hr", "nn": "nb", "no": "nb"}
# Particles that are written together with the name after them.
_PREFIXES: dict[str, str] = {
    "ar": "و=- ب=- ف=- ك=- ل=- ال=- لل=ال وال=ال بال=ال وب=- ول=-",
    "he": "ב=- ל=- מ=- ה=- ו=- ש=- כ=- וב=- ול=-",
}
# Words before the name: city, county.
_BEFORE = frozenset("kota kab kabupaten thanh pho tp tinh г город місто м grad miasto ciudad cidade provinsi".split())  # noqa: SIM905 -- words read best so

Rules = tuple[tuple[str, tuple[str, ...]], ...]


def basic_forms(key: str, language: str) -> Iterator[str]:
    """Other names that a key (see `place_key`) may be a form of, likely ones first; not the key itself."""
    words = key.split()
    if not 0 < len(words) <= _MAX_WORDS:
        return
    variants = [[word, *_word_forms(word, language)] for word in words]
    for forms in islice(product(*variants), 1, _MAX_FORMS):
        yield " ".join(forms)
    if len(words) > 1 and words[0] in _BEFORE:
        yield " ".join(words[2:] if words[:2] == ["thanh", "pho"] else words[1:])


def _word_forms(word: str, language: str) -> Iterator[str]:
    ends, begins = _rules(language)
    for ending, instead in ends:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM - (not ending.isascii()):
            stem = word[: -len(ending)]
            for each in instead:
                yield stem + each
            if language == "fi":
                yield from (_strengthened(stem + vowel) for vowel in ("", "i"))
                yield stem.removesuffix("e")  # Tampereella
    for beginning, instead in begins:
        if word.startswith(beginning) and len(word) - len(beginning) > _MIN_STEM:
            yield from (each + word[len(beginning) :] for each in instead)


def _strengthened(stem: str) -> str:
    """Finnish consonants of the open syllable: "Helsingi" of "Helsingissä" to "Helsinki", "Turu" to "Turku"."""
    for weak, strong in (("ng", "nk"), ("nn", "nt"), ("mm", "mp"), ("ll", "lt"), ("rr", "rt")):
        at = stem.rfind(weak)
        if at > 0 and len(stem) - at <= 4:
            return stem[:at] + strong + stem[at + 2 :]
    return stem[:-1] + "k" + stem[-1:]


@cache
def _rules(language: str) -> tuple[Rules, Rules]:
    language = _SAME.get(language, language)
    return _parse(_RULES.get(language, "")), _parse(_PREFIXES.get(language, ""))


def _parse(rules: str) -> Rules:
    made = []
    for rule in rules.split():
        ending, _, instead = rule.partition("=")
        made.append((_folded(ending), tuple("" if each == "-" else _folded(each) for each in instead.split("/"))))
    return tuple(sorted(made, key=lambda rule: -len(rule[0])))


def _folded(letters: str) -> str:
    """As they are at the end of a key."""
    return place_key(letters)
