"""Names of places that the press writes and that the data behind places.geonames lack; by code, as text."""

from __future__ import annotations

# Countries, by ISO 3166-1.
_COUNTRIES = """
AE=UAE, UEA, EAU, ОАЭ, ОАЕ, УАЕ, SAE, ZEA, BAE, Emirates, Эмираты, الإمارات, امارات
BA=BiH, БиХ, Bosnia, Bosna, Bosnien, Bosnie, Босния, Bosznia
CD=DR Congo, DRC, RDC, RD Congo, DR Kongo, Kongo-Kinshasa
BY=Белоруссия, Bjelorusija, Белорусија, Weißrussland, Biélorussie, Wit-Rusland, Vitryssland, Fehéroroszország
CN=Kínai Népköztársaság, RRC, RRT, КНР, PRC, Cina
CZ=Czech Republic, Ceko, ČR, Чешская Республика
DE=ФРГ, ФРН, BRD
GB=UK, Britain, Great Britain, Velika Britanija, Велика Британија, Velká Británie, Veľká Británia, Nagy-Britannia,
    Marea Britanie, Groot-Brittannië, Gran Bretaña, Grã-Bretanha, Gran Bretagna, Grande-Bretagne, Großbritannien,
    Inggris, Британия, Соединенное Королевство, 英国, 英國, 영국, برطانیہ, بريطانيا, انگلیس, ब्रिटेन, ব্রিটেন
KP=КНДР, 北朝鮮, 朝鲜, 朝鮮, 북한, Korut
KR=Korsel, 韓国, 韩国, 南韓, 한국
MD=Молдавия, Moldavija, Moldavia, Moldavie, Молдавија
MK=Macedonia, Makedonija, Македонија, Македония, Македонія, Makedonien, Makedonia, Makedonie, Macédoine, Macedónia
MM=Burma, Birma, Birmanie, Бирма
NL=Holland, Holandija, Olanda, Holanda, Hollande, Голландия, Голландія, Belanda
RU=РФ, Российская Федерация, Russian Federation, Федерация Российская
SA=السعودية, KSA
TW=Taiwan, 台灣, 台湾, Тайвань
US=US, USA, U.S., America, SAD, САД, США, ZDA, SUA, EUA, EE.UU., EEUU, VS, ABD, АҚШ, AS,
    Amerikai Egyesült Államok, 米国, 美国, 美國, 미국,
    آمریکا, أمريكا, أميركا, امریکہ, अमेरिका, আমেরিকা, যুক্তরাষ্ট্র, สหรัฐ, สหรัฐฯ, Mỹ
ZA=RPA, JAR, ЮАР, ПАР, Afsel
"""
# Regions, by the name that GeoNames lists first and the country.
_REGIONS = """
England/GB=Engleska, Енглеска, Англия, Англія, Anglia, Inglaterra, Angleterre, Engeland, Inghilterra, Anglie, Anglicko,
    İngiltere, Англија, 英格兰, 英格蘭, イングランド, 잉글랜드, إنجلترا
Scotland/GB=Škotska, Шкотска, Шотландия, Шотландія, Szkocja, Skócia, Escocia, Escócia, Écosse, Schottland, Schotland,
    Scozia, Scoția, Skottland, Skotland, Skotlandia, İskoçya, Skotsko, Škótsko,
    苏格兰, 蘇格蘭, スコットランド, 스코틀랜드
Wales/GB=Vels, Велс, Уэльс, Уельс, Walia, Gales, Galles, Pays de Galles, Țara Galilor, 威尔士, ウェールズ, 웨일스
California/US=Kalifornija, Калифорнија, Калифорния, Каліфорнія, Kalifornia, Californie, Kalifornien, Californië,
    Kaliforniya, Kalifornie, 加利福尼亚, 加州, カリフォルニア, 캘리포니아, كاليفورنيا
Texas/US=Teksas, Тексас, Техас, Texasu, 得克萨斯, 德州, テキサス, 텍사스, تكساس
Florida/US=Флорида, Флоріда, Floride, 佛罗里达, フロリダ, 플로리다, فلوريدا
Alaska/US=Аляска, 阿拉斯加, アラスカ, 알래스카
Hawaii/US=Гавайи, Havaji, Hawaje, Havaí, Hawái, 夏威夷, ハワイ, 하와이
Bayern/DE=Бавария, Баварія, Bavarska, Bawaria, Baviera, Bavière, Beieren, Bajorország, Bavorsko, Bavyera
Catalunya/ES=Каталония, Каталонія, Katalonija, Katalonia, Catalogne, Catalogna, Katalonien, Catalonië, Catalunha
Sicilia/IT=Sicily, Sicile, Sizilien, Сицилия, Сицилія, Sicilija, Sicilien, Sycylia, Szicília
Sardegna/IT=Sardinia, Sardaigne, Sardinien, Сардиния, Sardinija, Sardynia, Cerdeña
Toscana/IT=Tuscany, Toscane, Toskana, Тоскана, Toszkána
Lombardia/IT=Lombardy, Lombardie, Lombardei, Ломбардия, Lombardija
"""
AREAS = frozenset(
    """balkan balkans balkany balkani балканы балкани балкан балкани kavkaz кавказ caucasus kaukasus jupiter юпитер mars
    марс merkur меркурий venera венера venus saturn сатурн uran уран pluto земля luna луна republic republika republik
    federation federacija old city старый город старе місто happy valley downtown midtown central island islands
    university""".split()  # noqa: SIM905 -- words read best so
)
"""Keys of what is no place of GeoNames' list but shares a name with one: areas, planets, kinds of places."""


def country_names() -> dict[str, list[str]]:
    """More names of countries by their codes."""
    return _parse(_COUNTRIES)


def region_names() -> dict[tuple[str, str], list[str]]:
    """More names of regions by main name and country."""
    parts = ((region.partition("/"), names) for region, names in _parse(_REGIONS).items())
    return {(name, country): names for (name, _, country), names in parts}


def _parse(text: str) -> dict[str, list[str]]:
    lines = text.strip().replace("\n    ", " ").splitlines()
    return {
        key: [name.strip() for name in names.split(",")] for key, _, names in (line.partition("=") for line in lines)
    }
