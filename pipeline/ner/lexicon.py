"""Words around names, as data per language: titles, forms of state, small words inside names, case endings."""

from __future__ import annotations

from functools import cache

# Words before a person's name that are no part of it, in lower case; longer titles are made of several of them.
_TITLES: dict[str, str] = {
    "en": """mr mrs ms miss dr prof professor sir dame lord lady president vice prime minister premier chancellor
        senator congressman congresswoman representative governor mayor judge justice
        ambassador secretary general colonel captain major lieutenant sergeant admiral chief chairman chairwoman
        director ceo coach rev reverend father sister sheikh imam ex-president former then-president deputy""",
    "id": """presiden wapres wakil perdana menteri pm menko menlu mendagri menkeu menhan gubernur bupati wali walikota
        camat lurah ketua umum sekretaris jenderal sekjen direktur utama dirut kepala kapolri kapolda kapolres panglima
        jaksa hakim bapak ibu pak bu mas mbak bang kiai kh ustaz ustad syekh dr drs
        dra ir prof profesor letjen mayjen brigjen kolonel kombes komjen irjen jenderal marsekal laksamana letkol mayor
        kapten akbp kompol iptu ipda aiptu mantan eks duta besar dubes senator pengamat pakar juru bicara jubir pelatih
        negeri dalam luar keuangan pertahanan""",
    "de": "herr frau dr prof präsident präsidentin kanzler kanzlerin minister ministerin könig königin papst "
    "bundeskanzler bundespräsident ministerpräsident us-präsident",
    "es": "sr sra don doña presidente presidenta ministro ministra rey reina papa doctor doctora dr dra",
    "fr": "m mme monsieur madame président présidente ministre roi reine pape docteur dr",
    "it": "signor signora presidente ministro ministra re regina papa dottor dott",
    "pt": "sr sra presidente presidenta ministro ministra rei rainha papa dom dr dra",
    "nl": "de heer mevrouw president premier minister koning koningin paus dr",
    "ru": "президент президента премьер-министр министр министра король папа господин госпожа г-н г-жа",
    "da": "statsminister minister præsident kong dronning hr fru direktør formand borgmester partileder",
    "hr": """premijer premijerka predsjednik predsjednica ministar ministrica gradonačelnik gradonačelnica direktor
        direktorica guverner guvernerka kralj kraljica papa veleposlanik zastupnik profesor profesorica""",
    "hu": "miniszter miniszterelnök elnök köztársasági polgármester igazgató kormányfő pápa király úr asszony doktor",
    "nb": "statsminister minister president kong dronning direktør leder ordfører partileder fru herr",
    "pl": """prezydent premier minister papież król królowa pan pani burmistrz wojewoda prezes dyrektor poseł posłanka
        marszałek prof ks""",
    "ro": """președintele președinta președinte premierul premier ministrul ministra ministru primarul primar
        guvernatorul guvernator papa regele regina domnul doamna directorul director senatorul senator deputatul""",
    "sr": """predsednik predsednica premijer premijerka ministar ministarka gradonačelnik gradonačelnica direktor
        direktorka guverner ambasador kralj papa profesor patrijarh trener""",
    "sv": "statsminister minister president kung drottning direktör ordförande borgmästare partiledare fru herr",
    "uk": "президент президента прем'єр-міністр міністр міністра король папа пан пані",
    "hi": "श्री श्रीमती डॉ डॉक्टर प्रधानमंत्री राष्ट्रपति मुख्यमंत्री",
}  # fmt: skip

# First words of a state's full name: "Republik Rakyat China", "Kingdom of Denmark".
_STATE_FORMS: dict[str, str] = {
    "en": "republic kingdom federation state commonwealth emirate sultanate principality people's islamic democratic",
    "id": "republik federasi kerajaan emirat kesultanan kepangeranan negara persemakmuran",
    "de": "republik königreich bundesrepublik volksrepublik",
    "es": "república reino federación",
    "fr": "république royaume fédération",
    "it": "repubblica regno federazione",
    "pt": "república reino federação",
}

CONNECTORS = frozenset(
    """of and the for in on to & dan untuk di ke dari yang de del la le les des du et pour y e do da dos das della und
    für der die von van voor en och og i za na și pentru a az és""".split()  # noqa: SIM905 -- words read best so
)
"""Small words inside the names of organisations; an acronym may or may not have their letters."""

# Endings that case puts on names. Stripped from both, two forms of one name are equal; it is no lemma.
_ENDINGS: dict[str, str] = {
    "ru": "ами ями ого его ому ему ыми ими ая яя ой ый ий ей ою ею ую юю ым им ом ем ах ях ам ям а я у ю е ы и ь й",
    "uk": "ами ями ого ому ові еві ими ій ий ої ою ею єю ом ем ам ям ах ях им а я у ю е і ї и ь й",
    "hr": "ovima ima ama om em og oj im ih u a e i o",
    "pl": "owie iego iemu ego emu ami ach owi iem ow ie em om ów ą ę a u y i e o",
    "hu": "jának ának nak nek ban ben ból ből ról ről tól től hoz hez höz nál nél val vel ért ként jára ára "
    "ra re ba be ja je ot et at öt ok ek ön on en ig t n",
    "de": "s",
    "sv": "s",
}
_ENDINGS |= {"sr": _ENDINGS["hr"], "bs": _ENDINGS["hr"], "nb": _ENDINGS["sv"], "da": _ENDINGS["sv"]}
_MIN_STEM = 3
"""Letters that an ending of one letter must leave; longer ones one more."""


@cache
def titles(language: str) -> frozenset[str]:
    """Titles of this language; of English too, whose "Mr" and "Dr" travel."""
    return frozenset(_TITLES.get(language, "").split()) | frozenset({"mr", "mrs", "ms", "dr", "prof", "sir"})


@cache
def state_forms(language: str) -> frozenset[str]:
    """First words of full names of states, in lower case."""
    return frozenset(_STATE_FORMS.get(language, "").split())


@cache
def _endings(language: str) -> tuple[str, ...]:
    return tuple(sorted(_ENDINGS.get(language, "").split(), key=len, reverse=True))


def is_inflected(language: str) -> bool:
    """Whether names change their endings in a language."""
    return bool(_endings(language))


def stem(token: str, language: str) -> str:
    """A token in lower case without its case ending, where the language has such."""
    low = token.lower()
    for ending in _endings(language):
        if low.endswith(ending) and len(low) - len(ending) >= _MIN_STEM + (len(ending) > 1):
            return low[: -len(ending)]
    return low
