"""Words by which the names of organisations are known, as data: enough to tell where a name before "(WHO)" begins."""

from __future__ import annotations

NO_NAMES = frozenset(
    """GDP PIB BIP PDB BNP ВВП PKB AI IA KI ИИ ШІ YZ CEO CFO DNA DNS ADN ДНК HIV VIH ВИЧ AIDS SIDA VAT TVA IVA KDV НДС
    ПДВ PPN LNG GNL СПГ UAV UAS БПЛА UMKM KTT COVID ESG IPO SUV EV LED GPS PCR ICU ATM SMS SIM PR TV HR IT ID PHK KDRT
    HP MOU THR BBM EBITDA PMI CPI IHK NFT OTT SNS VR AR EU-27""".split()  # noqa: SIM905 -- words read best so
)
"""What brackets shorten besides names: gross domestic product (GDP), artificial intelligence (AI)."""

_STEMS = """organis organiz oganiz organizac organizaț bank banc banque ministr ministè ministé minister kementeri
    kementr universi agen agên agenc agenț komis commis kommis kommiss comisi comisií
    comiss comissã asocia associa asso federa
    föder union unión união unione unija unia partai partid partei partij parti partit partia institu fund fond fonds
    fundac fundaç fondat fundaț stiftung council conseil consej conselh consiliul vijeć rada rat råd nämnd forbund
    förbund verband verein badan lembaga dewan majelis serikat perhimpunan ikatan yayasan mahkamah komite komit comit
    szövetség szervezet hivatal tanács egyesület authorit office service servic company corporation group gesellschaft
    board court assembl league alliance allianz institute center centre centro zentrum laborator academ akadem società
    sociedad sociedade societ društv savez stranka zavod ured банк организац організац министерств міністерств комисс
    комісі фонд союз партия партія агентств служб комитет комітет университет університет институт інститут ассоциац
    асоціац федерац рада совет општин странка савез örgüt bakanlığ üniversite kurum birliğ dernek vakf
    partisi""".split()  # noqa: SIM905
_ENDS = ("organisation", "organisationen", "organisasjonen", "organization", "förbundet", "forbundet", "verket", "bank",
         "banken", "verband", "gesellschaft", "ministerium", "departementet", "myndigheten", "foreningen")  # fmt: skip
_STARTS = tuple(stem for stem in _STEMS if len(stem) > 3)
_WHOLE = frozenset(stem for stem in _STEMS if len(stem) <= 3)

HEAD_FIRST = frozenset({"ca", "es", "fr", "gl", "id", "it", "ms", "pt", "ro", "sw", "vi"})
"""Languages whose names of organisations begin with the word for what they are."""

# The same for scripts without capitals: the first word of the name.
HEADS: dict[str, frozenset[str]] = {
    "ar": frozenset(
        """منظمة وزارة بنك البنك جامعة شركة حزب مجلس لجنة اتحاد الاتحاد هيئة جمعية صندوق مؤسسة
            وكالة محكمة برنامج معهد مركز نقابة حركة رابطة المنظمة الهيئة اللجنة الوكالة الجمعية
            المؤسسة المحكمة""".split()  # noqa: SIM905
    ),
    "fa": frozenset(
        "سازمان وزارت بانک دانشگاه شرکت حزب مجلس کمیته اتحادیه انجمن صندوق آژانس بنیاد مرکز کمیسیون شورای".split()  # noqa: SIM905
    ),
    "ur": frozenset("ادارہ عالمی وزارت بینک".split()),  # noqa: SIM905
}

# Of scripts without blanks: how a name ends (zh, ja, ko) or begins (th).
UNSPACED_ENDS: dict[str, tuple[str, ...]] = {
    "zh": tuple(
        """组织 組織 委员会 委員會 银行 銀行 公司 集团 集團 大学 大學 协会 協會 联盟 聯盟 联合会
            聯合會 基金会 基金會 基金 研究院 研究所 中心 法院 检察院 檢察院 总局 總局 会议 會議 总署
            總署 学会 學會 党 黨""".split()  # noqa: SIM905
    ),
    "ja": tuple(
        """機関 機構 銀行 委員会 協会 連盟 連合 基金 会議 大学 研究所 センター 省 庁 党 会社 局
            学会 財団 組合 評議会 裁判所 総会""".split()  # noqa: SIM905
    ),
    "ko": tuple(
        "기구 은행 위원회 협회 연맹 연합 기금 대학교 연구소 연구원 공사 공단 센터 재단 학회 노조 의회 법원".split()  # noqa: SIM905
    ),
}
UNSPACED_STARTS: dict[str, tuple[str, ...]] = {
    "th": tuple(
        """องค์การ องค์กร กระทรวง กรม สำนักงาน ธนาคาร บริษัท มหาวิทยาลัย พรรค คณะกรรมการ สภา สมาคม
            กองทุน ศูนย์ สถาบัน สหภาพ สหพันธ์ มูลนิธิ การไฟฟ้า การท่า การรถไฟ ตลาดหลักทรัพย์
            สมาพันธ์""".split()  # noqa: SIM905
    ),
}


def is_organisation_word(token: str) -> bool:
    """Whether a word says that a name is an organisation's: "Organisation", "Kementerian", "банк"."""
    low = token.lower()
    return low in _WHOLE or low.startswith(_STARTS) or low.endswith(_ENDS)
