"""How pages say, in many languages, that they show no story: data for `_no_story`.

Patterns are matched without regard to case. Wording alone decides nothing.
"""

from __future__ import annotations

import re


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


ERROR_TITLE = _any_of(
    r"(?:error|fehler|erreur|errore|erro|ошибка|помилка|hata|błąd|fout|エラー|"
    r"错误)?\s*[:#]?\s*(?:4(?:0[0134]|10|29|51)|50[0234])"
    r"(?:\s*(?:[-–—:.|!]\s*)?(?:\w{1,15}\s+){0,5}\w{0,15})?[.!]?",
    r"(?:oops|sorry|hoppla|ups|opss?)[!,.…]*(?:\s+.{0,40})?",
    r"(?:the )?page (?:was |could )?(?:not (?:be )?found|not available|missing|does not exist|has moved)",
    r"not found|access (?:to this page has been )?denied|forbidden|bad gateway|service unavailable|"
    r"gateway time-?out|"
    r"internal server error|too many requests|request (?:blocked|rejected)|unauthori[sz]ed|under maintenance",
    r"just a moment\.*|attention required!?.*|one more step|are you (?:a robot|human)\??|robot or human\??|"
    r"security check|verif(?:y|ying) (?:you are|that you are) (?:a )?human.*|human verification|captcha|"
    r"please wait\.*|"
    r"checking your browser.*|ddos-guard|pardon our interruption\.*|blocked",
    r"(?:die )?seite (?:wurde )?nicht gefunden|zugriff verweigert|zugang verweigert|sicherheitsüberprüfung",
    r"page (?:introuvable|non trouvée)|accès (?:refusé|interdit)|vérification de sécurité",
    r"página no (?:encontrada|disponible)|no se (?:ha )?encontr(?:ó|ado) la página|acceso denegado",
    r"página não (?:encontrada|disponível)|acesso negado",
    r"pagina non (?:trovata|disponibile)|accesso negato",
    r"pagina niet gevonden|toegang geweigerd",
    r"(?:nie znaleziono strony|strona nie (?:została znaleziona|istnieje)|odmowa dostępu)",
    r"страница не найдена|такой страницы (?:нет|не существует)|доступ (?:запрещ[её]н|ограничен)|"
    r"сторінк[ау] не знайдено|доступ заборонено",
    r"sayfa bulunamadı|erişim engellendi",
    r"halaman (?:yang anda cari )?tidak (?:di)?temukan|akses ditolak|halaman tidak dijumpai",
    r"الصفحة غير موجودة|لم يتم العثور على الصفحة|تم رفض الوصول|صفحه (?:مورد نظر )?(?:پیدا|یافت) نشد",
    r"पृष्ठ नहीं मिला|पेज नहीं मिला|পৃষ্ঠাটি পাওয়া যায়নি|không tìm thấy trang|ไม่พบหน้า(?:ที่คุณต้องการ)?",
    r"ページが見つかりません(?:でした)?|お探しのページは見つかりません(?:でした)?|アクセスが拒否されました",
    r"页面不存在|找不到(?:该)?[页頁]面|页面未找到|访问被拒绝|페이지를 찾을 수 없습니다|접근이 거부되었습니다",
)
"""A title or first heading that is nothing but this, the name of the site aside."""

ERROR_TEXT = _any_of(
    r"(?:page|article|story|url|content|file) (?:that )?you(?:'re| are|’re)? (?:were )?(?:looking for|"
    r"requested|trying to)",
    r"(?:could not|couldn['’]t|cannot|can['’]t|can not) (?:be found|find (?:the|that|this) page)|"
    r"no longer (?:exists|available)",
    r"page (?:you requested )?(?:does not|doesn['’]t) exist|you (?:don['’]t|do not) have permission|"
    r"you have been blocked",
    r"enable (?:javascript and )?cookies(?: and javascript)? to continue|your (?:ip(?: address)?|"
    r"connection|browser) .{0,60}"
    r"(?:secure|verif|check|block)|unusual (?:traffic|activity)|reference #\d|ray id|not a robot|"
    r"complete the (?:security check|captcha)",
    r"gesuchte seite|seite (?:existiert nicht|ist nicht mehr|wurde (?:leider )?(?:nicht gefunden|"
    r"verschoben))|keine berechtigung",
    r"page (?:que vous (?:recherchez|cherchez|demandez)|demandée)|n['’]existe (?:pas|plus)|"
    r"n['’]avez pas (?:l['’]autorisation|accès)",
    r"página (?:que (?:busca|buscas|intenta|está buscando|você|procura)|solicitada)|(?:ya )?no existe|"
    r"no tiene permiso",
    r"não existe|não tem permissão|não foi encontrada|pagina (?:che (?:cerchi|stai cercando)|richiesta)|"
    r"non esiste",
    r"pagina die (?:je|u) (?:zoekt|zocht)|bestaat niet|strona,? której szukasz|nie istnieje|została usunięta",
    r"запрашива\w{1,15} (?:вами )?страниц|страниц\w{1,15} (?:была )?(?:удалена|перемещена|не существует)|не робот|"
    r"запитувана сторінка|сторінк\w{1,15} (?:було )?(?:видалено|переміщено)",
    r"aradığınız sayfa|mevcut değil|(?:halaman|laman) yang (?:anda|kamu) (?:cari|minta|tuju)|"
    r"tidak tersedia lagi|sudah dihapus",
    r"الصفحة (?:التي تبحث عنها|المطلوبة)|صفحه\u200c?ای که|आप जिस पृष्ठ|(?:पृष्ठ|पेज) (?:मौजूद|"
    r"उपलब्ध) नहीं|trang (?:bạn|mà bạn)|หน้าที่คุณ",
    r"お探しのページ|ご指定のページ|削除された|您(?:访问|要找|查找)的[页頁]面|已被?删除|요청하신 페이지|"
    r"존재하지 않",
)

ERROR_MARKS = re.compile(
    r"\b(?:error-?page|page-?error|error-?(?:40[34]|50\d)|page-?404|not-?found(?:-page)?|cf-(?:error|"
    r"browser|challenge|wrapper)[\w-]*|"
    r"challenge-(?:form|running|platform)|px-captcha|g-recaptcha|h-captcha|captcha(?:-\w{1,15})?|main-message)\b",
    re.IGNORECASE,
)
"""Classes and ids."""

CONSENT = _any_of(
    r"\bcookies?\b|\bкуки\b|\bcookie-?fil|куки-?файл|файл\w{0,15} cookie|クッキー|쿠키|\bkuki\b|"
    r"ملفات تعريف الارتباط|कुकी|คุกกี้|کوکی",
    r"\bconsent\b|einwilligung|zustimm(?:en|ung)|consentement|consentimiento|consentimento|consenso|"
    r"toestemming|\bzgod[aęy]\b|"
    r"персональн\w{1,15} данн|açık rıza|persetujuan|\bموافق|सहमति|同意|동의",
    r"privacy (?:policy|settings|notice|choices)|datenschutz|politique de confidentialité|vie privée|"
    r"política de privaci?dad|"
    r"política de privacidade|informativa (?:sulla )?privacy|privacybeleid|polityk\w{1,15} prywatności|"
    r"политик\w{1,15} конфиденциальности|"
    r"gizlilik|kebijakan privasi|プライバシー|隐私|개인정보",
    r"personali[sz]ed (?:ads|advertising|content)|personalisierte|publicités? personnalisée?s?|"
    r"anuncios personalizados|"
    r"pubblicità personalizzat|spersonalizowan|advertising partners|\b\d{2,4} (?:partners?|partnern?|"
    r"partenaires|socios|partnerów)\b|tracking",
)
CONSENT_TITLE = _any_of(
    r"before you continue.*|(?:your )?privacy(?: settings| choices| matters)?|we value your privacy|"
    r"cookie(?:s| consent| wall| settings)?",
    r"zustimmung (?:erforderlich|nötig)|weiter(?:lesen)? mit werbung.*|datenschutz(?:einstellungen)?|"
    r"cookie-einstellungen",
    r"(?:gérer|gestion des?) (?:les )?cookies|votre (?:vie privée|consentement).*|"
    r"configuración de cookies|tu privacidad.*|"
    r"la tua privacy.*|privacy-?instellingen|twoja prywatność.*|szanujemy (?:twoją|państwa) prywatność.*|"
    r"согласие на .{0,40}",
)
ACCEPT = _any_of(
    r"^\s*(?:(?:yes,? )?(?:i )?(?:accept|agree|consent)(?: and continue| all(?: cookies)?| to all|"
    r" & continue)?|allow all(?: cookies)?|got it)\s*$",
    r"^\s*(?:alle(?:s)? (?:cookies )?(?:akzeptieren|zulassen)|akzeptieren(?: und weiter(?:lesen)?)?|"
    r"zustimmen(?: und weiter(?:lesen)?)?|einverstanden)\s*$",
    r"^\s*(?:tout accepter|accepter(?: et (?:continuer|fermer)| tout)?|j['’]accepte|aceptar(?: todo|"
    r" todas| y continuar| todas las cookies)?|"
    r"aceitar(?: tudo| todos| e continuar)?|accett[ao](?: tutti?| e continua)?|accetta e continua|"
    r"(?:alles )?accepteren|akkoord|"
    r"(?:akceptuj[ęe]?|zaakceptuj)(?: wszystkie| i przejdź.*)?|zgadzam się|przejdź do serwisu)\s*$",
    r"^\s*(?:принять(?: все)?|согласен|я согласен|соглашаюсь|прийняти(?: все)?|kabul et(?:iyorum)?|"
    r"tümünü kabul et|setuju|terima semua|"
    r"أوافق|قبول(?: الكل)?|موافق|स्वीकार करें|सहमत|同意する|すべて(?:同意|許可)する?|同意(?:并继续)?|"
    r"接受(?:全部)?|동의(?:합니다)?)\s*$",
)
"""The text of a button."""
CONSENT_MARKS = re.compile(
    r"(?:cookie|consent|privacy)-?_?(?:wall|gate|page|message|layer|container)|onetrust|didomi|"
    r"usercentrics|sp_message|cmpbox|"
    r"cmp-?(?:container|wrapper|root)|qc-cmp|pur-?abo|purabo|truste|cybot",
    re.IGNORECASE,
)

PAYWALL = _any_of(
    r"(?:subscribe|sign (?:up|in)|log ?in|register|become a (?:member|subscriber)|join)(?: now| today|"
    r" for free)?(?: or \w{1,15}(?: in)?)? to "
    r"(?:continue(?: reading)?|keep reading|read (?:the (?:full|rest|whole)|this|more|on)|unlock|"
    r"view (?:the|this)|access (?:the|this))",
    r"(?:this|the) (?:article|story|content|page) is (?:only |exclusively )?(?:for|"
    r"available (?:only )?(?:to|for)|reserved for) (?:our )?(?:paying |premium )?"
    r"(?:subscribers|members)|(?:for )?subscribers only|subscriber[- ]exclusive|to (?:continue|"
    r"keep) reading[,:]? .{0,40}subscri|"
    r"you(?:['’]ve| have) (?:reached|used|read) (?:your|all|the) .{0,40}(?:articles?|limit)|"
    r"unlock this (?:article|story)|"
    r"already (?:a|an) (?:subscriber|member)\?",
    r"weiterlesen mit|(?:jetzt )?(?:abonnieren|anmelden|registrieren|testen) und (?:weiterlesen|sofort)|"
    r"nur für abonnenten|"
    r"exklusiv für abonnent|(?:dieser|diesen) (?:artikel|inhalt|beitrag) (?:ist|lesen sie) .{0,40}(?:abo|"
    r"plus|premium|abonnent)|"
    r"sie haben bereits ein (?:digital-?)?abo|bereits (?:abonnent|registriert)|noch kein abonnent",
    r"(?:article |contenu )?réservé (?:à nos|aux) abonnés|(?:il (?:vous )?reste|"
    r"la suite est) .{0,40}(?:à lire|abonnés)|"
    r"abonnez-vous (?:pour|et) (?:lire|poursuivre|continuer|accéder)|pour lire la suite.{0,40}abonn|"
    r"déjà abonné",
    r"(?:suscríbete|suscríbase|regístrate|inicia sesión)(?: ahora| ya)? (?:para|y) (?:seguir leyendo|"
    r"continuar|leer|sigue)|"
    r"(?:contenido|artículo|noticia) (?:exclusiv[oa]|solo|reservad[oa]) para (?:nuestros )?suscriptores|"
    r"ya (?:eres|soy|es) suscriptor",
    r"(?:assine|faça login|cadastre-se)(?: já| agora)? (?:para|e) (?:continu\w{1,15}|ler|ter acesso)|"
    r"(?:conteúdo|matéria|artigo) exclusiv[oa] para "
    r"assinantes|exclusivo para assinantes|já é assinante|artigo (?:exclusivo|reservado) (?:para|a) assinantes",
    r"(?:articolo|contenuto) (?:riservato|disponibile solo) (?:agli|per gli) abbonati|abbonati (?:per|"
    r"e) (?:continu\w{1,15}|legg\w{1,15})|"
    r"(?:sei già|già) abbonat[oa]|per continuare a leggere",
    r"(?:alleen|exclusief) voor abonnees|(?:neem|word) .{0,30}(?:abonnement|abonnee|lid) (?:en|"
    r"om) .{0,20}(?:verder|lees|te lezen)|"
    r"log in om verder te lezen|al abonnee",
    r"(?:artykuł|treść|tekst) (?:jest )?(?:dostępn[yae]|tylko|przeznaczon[ya])\s*(?:tylko |"
    r"wyłącznie )?(?:dla|w) (?:subskrybentów|prenumerator\w{1,15}|prenumeracie)|"
    r"(?:wykup|kup) (?:dostęp|subskrypcję|prenumeratę)|pozostało .{0,20}(?:tekstu|artykułu)|"
    r"aby (?:czytać dalej|przeczytać)",
    r"(?:материал|статья|текст) доступ\w{1,15} (?:только )?(?:по подписке|подписчикам|для подписчиков)|"
    r"(?:оформите|купите) подписку,? чтобы|"
    r"только для подписчиков|чтобы (?:продолжить чтение|читать дальше|прочитать полностью)|"
    r"доступно за передплатою|лише для передплатників|оформіть передплату,? щоб",
    r"(?:yazının|haberin|içeriğin) (?:devamı|tamamı) .{0,40}abone|"
    r"(?:okumaya )?devam etmek için .{0,30}(?:abone|giriş|üye)|sadece abonelere",
    r"(?:untuk|agar bisa) (?:melanjutkan (?:membaca|baca)|membaca (?:selengkapnya|lebih lanjut)|"
    r"baca selengkapnya).{0,50}(?:langgan|masuk|daftar|login)|"
    r"(?:berlangganan|daftar|masuk|login)(?: sekarang)? untuk (?:melanjutkan|membaca|lanjut)|(?:khusus|"
    r"eksklusif) (?:untuk )?pelanggan|konten (?:ini )?(?:khusus|eksklusif)",
    r"(?:هذا )?(?:المقال|المحتوى) (?:متاح|مخصص|حصري) .{0,20}(?:مشترك|للمشتركين)|"
    r"اشترك (?:الآن )?(?:لمواصلة|لمتابعة|لقراءة)|للمشتركين فقط|ویژه مشترکان",
    r"(?:पूरा|आगे) पढ़ने के लिए .{0,30}(?:सब्सक्राइब|सदस्य|लॉग)|केवल (?:सदस्यों|ग्राहकों) के लिए|"
    r"शुधु গ্রাহকদের|শুধুমাত্র গ্রাহকদের",
    r"(?:この記事は)?(?:有料|会員限定|有料会員限定)(?:の)?(?:会員限定)?(?:の)?記事|続きを(?:読む|"
    r"お読みいただく)には.{0,20}(?:会員|登録|ログイン|購読)|残り\s*[\d,０-９]+\s*(?:文字|字)",
    r"(?:订阅|訂閱|登录|登入|付费|付費)(?:后|後)?(?:即可|以|可)?(?:继续|繼續)?(?:阅读|閱讀)(?:全文)?|"
    r"(?:会员|會員|订户|訂戶)(?:专享|專享|专属|專屬|限定)|"
    r"(?:구독|로그인|회원가입)(?:하고|하시면|후|하면).{0,20}(?:계속|전체|전문)|유료 (?:회원|구독자) 전용",
    r"(?:đăng ký|đăng nhập) để (?:đọc tiếp|tiếp tục)|สมัครสมาชิกเพื่ออ่าน|เฉพาะสมาชิก",
)
PAYWALL_MARKS = re.compile(
    r"pay-?_?wall|reg-?_?wall|meter-?_?wall|subscri(?:be|ber|ption)-?_?(?:wall|gate|only|prompt|offer|"
    r"overlay)|premium-?_?(?:wall|gate|overlay|offer)|"
    r"piano-(?:container|offer|inline)|tp-(?:container-inner|modal)|poool|plus-?_?(?:gate|wall|offer)|"
    r"article-?_?(?:gate|locked|truncated|teaser-end)|"
    r"content-?_?(?:gate|locked)|locked-?_?content|abo-?_?(?:wall|gate|box)|offer-?_?(?:gate|page)|"
    r"reserved-?_?content",
    re.IGNORECASE,
)

NEEDS_SCRIPT = _any_of(
    r"(?:enable|turn on|requires?|need) .{0,30}javascript|javascript (?:is |must be )?(?:disabled|"
    r"required|enabled)|"
    r"javascript .{0,20}(?:aktivieren|activer|activ[ae]|habilit|abilit|włącz|inschakelen)|(?:aktivieren|"
    r"activez|activer|activa|habilite|"
    r"abilita|włącz|включите|увімкніть|aktifkan|etkinleştirin).{0,30}javascript|javascript.{0,10}(?:有効|"
    r"启用|啟用|활성화)|^\W*loading\W*$",
)
