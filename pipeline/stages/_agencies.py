"""News agencies, and publishers as datelines write them, by every spelling that credits use."""

from __future__ import annotations

import re

from pipeline.text import fold

# Full name = spellings, folded; a line that begins with a blank goes on with the one before.
_AGENCIES = """
Agence France-Presse = afp | agence france presse | l'afp | афп | एएफपी | فرانس برس | أ ف ب | ا ف ب | 法新社 | 法新社電
Agencia EFE = efe | agencia efe | efe verde
Agenzia ANSA = ansa | agenzia ansa
Agência Brasil = agência brasil | agencia brasil
Adnkronos = adnkronos
AGERPRES = agerpres
Al Jazeera = al jazeera | aljazeera | الجزيرة
Algemeen Nederlands Persbureau = anp | algemeen nederlands persbureau
Anadolu Agency = aa | anadolu | anadolu agency | anadolu ajansı | anadolu agensi | الأناضول | анадолу
ANI = ani | asian news international | एएनआई
ANA-MPA = ana-mpa | απε-μπε | αμπε | απε
ANTARA = antara | lkbn antara | kantor berita antara | antara news | antaranews
Associated Press = ap | associated press | the associated press | asosiasi pers | أسوشيتد برس | ا ب | 美联社 | 美聯社
    | ap通信 | ap通信社 | एपी | এপি | ассошиэйтед пресс
Australian Associated Press = aap
Austria Presse Agentur = apa
Azertag = azertac | azərtac | азертадж
Bangladesh Sangbad Sangstha = bss | বাসস
Belga = belga
BTA = bta | бта
Bernama = bernama
Bloomberg = bloomberg | 블룸버그 | 彭博社
British Broadcasting Corporation = bbc | bbc news
Cable News Network = cnn
Central News Agency = cna | 中央社
Canadian Press = canadian press | the canadian press | la presse canadienne
Česká tisková kancelář = čtk | ctk | česká tisková kancelář
China News Service = 中新社 | 中新网 | 中新網 | china news service
Deutsche Presse-Agentur = dpa | dpa-afx | deutsche presse-agentur | deutsche presse agentur
Europa Press = europa press | europapress
Folhapress = folhapress
Hina = hina
Interfax = interfax | интерфакс | interfax.ru
Interfax-Ukraine = interfax-ukraine | інтерфакс-україна | интерфакс-украина
IANS = ians | आईएएनएस
IRNA = irna | ایرنا
ISNA = isna | ایسنا
Jiji Press = jiji | jiji press | 時事 | 時事通信 | 時事通信社
Kyodo News = kyodo | kyodo news | 共同 | 共同通信 | 共同通信社 | 共同社
Keystone-SDA = sda | keystone-sda | ats | keystone-ats
Korean Central News Agency = kcna | 조선중앙통신
Lusa = lusa | agência lusa
Maghreb Arabe Presse = map | maghreb arabe presse
Mehr = مهر
MTI = mti | magyar távirati iroda
News1 = 뉴스1
Newsis = 뉴시스 | newsis
Norsk Telegrambyrå = ntb
PA Media = pa | pa media | press association
Polska Agencja Prasowa = pap | polska agencja prasowa
Press Trust of India = pti | press trust of india | भाषा | पीटीआई | पीटीआई-भाषा
Reuters = reuters | thomson reuters | reuters.com | рейтер | reuter | رويترز | رویترز | 路透社 | 路透 | ロイター |
    로이터 |
    로이터통신 | रॉयटर्स | রয়টার্স | รอยเตอร์ | рейтерс
RIA Novosti = ria novosti | риа новости | ria | риа
Ritzau = ritzau
Saudi Press Agency = spa | واس
Suomen Tietotoimisto = stt
TANJUG = tanjug | танјуг
TASR = tasr
TASS = tass | тасс | итар-тасс | تاس | 塔斯社
Tasnim = tasnim | تسنیم
Thai News Agency = สำนักข่าวไทย
TT = tt
UNI = united news of india | वार्ता
UNIAN = unian | уніан | униан
United Press International = upi | united press international
Ukrinform = ukrinform | укрінформ | укринформ
UNB = unb | ইউএনবি
Vietnam News Agency = ttxvn | vna | thông tấn xã việt nam | vietnam+ | vietnamplus
WAM = wam | وام
Xinhua = xinhua | 新华社 | 新華社 | 新华网 | シンフア | 신화통신 | شينخوا | शिन्हुआ | синьхуа
Yonhap = yonhap | yonhap news agency | 연합뉴스 | 연합 | 聯合ニュース | 韩联社 | 韓聯社
"""

_PUBLISHERS = """
CNBC Indonesia = cnbc indonesia
CNN Indonesia = cnn indonesia
iNews = inews
JPNN = jpnn
Jawa Pos = jawapos | jawa pos
Republika = republika
Tempo = tempo | tempo.co
VOA = voa
"""


def _read(table: str) -> dict[str, str]:
    entries = table.replace("\n    ", " ").strip().splitlines()
    named = [(name.strip(), spellings) for name, _, spellings in (entry.partition(" = ") for entry in entries)]
    return {spelling.strip(): name for name, spellings in named for spelling in (fold(name), *spellings.split("|"))}


_SPELLINGS, _PUBLISHER_SPELLINGS = _read(_AGENCIES), _read(_PUBLISHERS)
# Too short or too common in other senses to be a name unless written as one.
_ONLY_IN_CAPITALS = {
    "aa",
    "ap",
    "pa",
    "pap",
    "tt",
    "map",
    "spa",
    "ani",
    "apa",
    "ria",
    "ats",
    "uni",
    "sda",
    "stt",
    "bta",
    "mti",
    "hina",
    "ctk",
}
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+){0,2}\.(?:[A-Za-z]{2,6})")


def agency(name: str) -> str | None:
    """The usual full name of a news agency, or None when this is none that is known."""
    name = name.strip(" .,;:/()[]").replace("’", "'")
    key = fold(name)
    found = _SPELLINGS.get(key) or _SPELLINGS.get(key.replace(".", ""))
    return None if found and key in _ONLY_IN_CAPITALS and not name.isupper() else found


def publisher(name: str) -> str | None:
    """The name of a publisher as a dateline gives it ("KOMPAS.TV", "CNN Indonesia"), or None."""
    name = name.strip(" ,;:/()[]")
    return _PUBLISHER_SPELLINGS.get(fold(name)) or (name if _HOST.fullmatch(name) else None)
