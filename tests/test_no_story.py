"""Pages without a story are dropped with a reason; short real articles that look like them are kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.chain import Chain
from pipeline.outcomes import Dropped, Kept
from pipeline.records import RawArticle
from pipeline.registry import plugins
from pipeline.stages._page import read_page
from tests.test_golden import GOLDEN

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
NAV = '<nav><a href="/">Home</a> <a href="/sport">Sport</a> <a href="/abo">Subscribe</a></nav>'
FOOTER = "<footer><a href='/privacy'>Privacy</a> © 2024 Example</footer>"
LINKED = (
    '<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{headline}",'
    '"datePublished":"2024-05-30T08:00:00Z"{more}}}</script>'
)


def page(title: str, body: str, head: str = "", lang: str = "en") -> str:
    top = f'<html lang="{lang}"><head><meta charset=utf-8><title>{title}</title>{head}</head>'
    return f"{top}<body>{NAV}<main>{body}</main>{FOOTER}</body></html>"


def article(headline: str, body: str, more: str = "", lang: str = "en", site: str = "Example News") -> str:
    head = LINKED.format(headline=headline, more=more) + f'<meta property="og:title" content="{headline}">'
    return page(f"{headline} - {site}", f"<article><h1>{headline}</h1>{body}</article>", head, lang)


def outcome_of(html: str) -> Kept | Dropped:
    stages = [plugins("stages")[name] for name in ("normalise", "clean")]
    raw = RawArticle(id="0" * 32, content=html, content_type="text/html", first_seen=NOW, fetched_at=NOW)
    made = Chain(stages).run(raw, NOW).outcome
    assert isinstance(made, Kept | Dropped), made
    return made


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


ERRORS = {
    "en": page("404 Not Found", "<h1>Page not found</h1><p>The page you were looking for does not exist. It may have been moved.</p>"),
    "en denied": page("Access Denied", "<h1>Access Denied</h1><p>You don't have permission to access this page on this server. Reference #18.2d351ab8.17</p>"),
    "en challenge": page("Just a moment...", '<div class="cf-wrapper"><h1>news.example</h1><p>Checking if the site connection is secure. '
                         "Enable JavaScript and cookies to continue. news.example needs to review the security of your connection.</p></div>"),
    "en captcha": page("Are you a robot?", '<div class="px-captcha"><p>We have detected unusual activity from your computer network. '
                       "To continue, please click the box below to let us know you are not a robot.</p></div>"),
    "nginx": "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr><center>nginx</center></body></html>",
    "de": page("Seite nicht gefunden | Tagblatt", "<h1>Seite nicht gefunden</h1><p>Die gesuchte Seite existiert nicht oder wurde verschoben.</p>", lang="de"),
    "fr": page("Page introuvable - Le Courrier", "<h1>Page introuvable</h1><p>La page que vous recherchez n'existe pas ou n'existe plus.</p>", lang="fr"),
    "es": page("Página no encontrada", "<h1>Error 404</h1><p>La página que busca ya no existe o ha cambiado de dirección. Vuelva a la portada.</p>", lang="es"),
    "pt": page("Página não encontrada", "<h1>Página não encontrada</h1><p>A página que você procura não existe ou foi removida do nosso portal.</p>", lang="pt"),
    "ru": page("Страница не найдена | Вестник", "<h1>404</h1><p>Запрашиваемая вами страница была удалена или перемещена.</p>", lang="ru"),
    "id": page("Halaman Tidak Ditemukan - Warta", "<h1>404</h1><p>Maaf, halaman yang Anda cari tidak tersedia lagi atau sudah dihapus.</p>", lang="id"),
    "tr": page("Sayfa bulunamadı", "<h1>Sayfa bulunamadı</h1><p>Aradığınız sayfa kaldırılmış ya da hiç var olmamış olabilir.</p>", lang="tr"),
    "ar": page("الصفحة غير موجودة", "<h1>404</h1><p>عذرا، الصفحة التي تبحث عنها غير متوفرة أو تم نقلها إلى عنوان آخر.</p>", lang="ar"),
    "ja": page("ページが見つかりません｜みさき新報", "<h1>ページが見つかりません</h1><p>お探しのページは削除されたか、アドレスが変更された可能性があります。</p>", lang="ja"),
    "zh": page("页面不存在", "<h1>404</h1><p>抱歉，您访问的页面不存在或已被删除，请返回首页继续浏览。</p>", lang="zh"),
}  # fmt: skip

WALLS = {
    "en": page("Before you continue", '<div class="consent-page"><h1>Before you continue</h1><p>We and our 842 partners use cookies and tracking technologies to '
               "show personalised ads and content. You can change your privacy settings at any time.</p><button>Accept all</button><button>Manage options</button></div>"),
    "de": page("Zwölf Störche über dem Moor - Tagblatt", '<div id="purabo"><h2>Weiterlesen mit Werbung</h2><p>Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Ihre '
               "Zustimmung in die Verwendung von Cookies ist jederzeit widerrufbar. Details finden Sie in der Datenschutzerklärung.</p>"
               "<button>Akzeptieren und weiter</button></div>", '<meta property="og:type" content="article"><meta property="article:published_time" content="2024-05-30">', "de"),
    "fr": page("Votre vie privée - Le Courrier", "<h1>Votre vie privée</h1><p>Avec votre accord, nos 154 partenaires et nous utilisons des cookies pour afficher des publicités "
               "personnalisées. Vous pouvez retirer votre consentement à tout moment.</p><button>Tout accepter</button>", lang="fr"),
    "es": page("Tu privacidad", "<h1>Tu privacidad es importante</h1><p>Nosotros y nuestros 321 socios utilizamos cookies para mostrar anuncios personalizados. Puedes retirar tu consentimiento "
               "en la política de privacidad.</p><button>Aceptar todo</button>", lang="es"),
    "it": page("La tua privacy", "<h1>La tua privacy</h1><p>Noi e i nostri partner utilizziamo cookie per mostrare pubblicità personalizzata. Puoi revocare il consenso in ogni momento "
               "dalla informativa sulla privacy.</p><button>Accetta e continua</button>", lang="it"),
    "pl": page("Szanujemy Twoją prywatność", "<h1>Szanujemy Twoją prywatność</h1><p>My i nasi 211 partnerów używamy plików cookies, aby wyświetlać spersonalizowane reklamy. Zgodę można wycofać "
               "zgodnie z polityką prywatności.</p><button>Akceptuję i przechodzę</button><div class='cmp-wrapper'></div>", lang="pl"),
}  # fmt: skip

PAYWALLS = {
    "en": article("Harbour board sells the old crane", paragraphs("The harbour board has sold the crane that has stood on the quay since 1911, and the buyer wants …")
                  + '<div class="paywall-offer"><p>Subscribe to continue reading</p><p>Already a subscriber? Log in</p></div>', ',"isAccessibleForFree":"False"'),
    "de": article("Hafenamt verkauft den alten Kran", paragraphs("Das Hafenamt hat den Kran verkauft, der seit 1911 am Kai steht. Der Käufer will ihn")
                  + '<div id="paywall"><p>Jetzt abonnieren und weiterlesen</p><p>Noch kein Abonnent?</p></div>', ',"isAccessibleForFree":false', "de"),
    "fr": article("Le port vend sa vieille grue", paragraphs("Le port a vendu la grue qui se dresse sur le quai depuis 1911. L'acheteur veut en faire […]")
                  + "<div><p>Article réservé aux abonnés</p><p>Il vous reste 82 % de cet article à lire.</p></div>", lang="fr"),
    "es": article("El puerto vende su vieja grúa", paragraphs("El puerto ha vendido la grúa que se alza en el muelle desde 1911. El comprador quiere...")
                  + '<div class="subscriber-wall"><p>Suscríbete para seguir leyendo</p></div>', ',"isAccessibleForFree":false', "es"),
    "pt": article("Porto vende o velho guindaste", paragraphs("O porto vendeu o guindaste que está no cais desde 1911. O comprador pretende")
                  + '<div class="paywall"><p>Assine para continuar lendo</p><p>Conteúdo exclusivo para assinantes</p></div>', lang="pt"),
    "ru": article("Порт продал старый кран", paragraphs("Порт продал кран, стоявший на причале с 1911 года. Покупатель намерен…")
                  + '<div class="paywall"><p>Материал доступен только по подписке. Оформите подписку, чтобы прочитать полностью.</p></div>', lang="ru"),
    "id": article("Pelabuhan menjual derek tua", paragraphs("Pelabuhan menjual derek yang berdiri di dermaga sejak 1911. Pembelinya ingin...")
                  + '<div class="paywall"><p>Berlangganan untuk melanjutkan membaca artikel ini.</p></div>', lang="id"),
    "ja": article("港の古いクレーン売却", paragraphs("港湾局は1911年から岸壁に立つクレーンを売却した。買い主は…")
                  + '<div class="paywall"><p>この記事は有料会員限定記事です。残り1243文字</p></div>', ',"isAccessibleForFree":false', "ja"),
}  # fmt: skip

SHELLS = {
    "script": page("Example", "<div id=app>You need to enable JavaScript to run this app.</div>"),
    "loading": page("Example", "<div id=root>Loading...</div>"),
    "nothing": page("Example", ""),
}

SHORT = (
    "The harbour board sold the crane on Monday for one crown, its chairwoman said. It will stand in a park from May."
)
SHORT_ARTICLES = {
    "flash": article("Crane sold", paragraphs(SHORT)),
    "flash without markup": page("Crane sold - Example News", f"<article><h1>Crane sold</h1>{paragraphs(SHORT)}</article>"),
    "about a missing page": article(
        "Page not found: museum loses a leaf of its oldest book",
        paragraphs("A page of the museum's oldest book cannot be found, the curator said on Monday. Police are looking for the leaf, which shows a whale."),
    ),
    "titled like an error": article(
        "Access denied", paragraphs("Access to the cliff path was denied to walkers on Monday after a rock fall, the coast guard said. Nobody was hurt."),
    ),
    "about error 404": article(
        "404", paragraphs("The band 404 plays its last concert tonight in the old mill. Tickets were gone within an hour, the organisers said on Monday."),
    ),
    "about captchas": article(
        "Are you a robot? Court rules on captchas",
        paragraphs("A court in The Hague ruled on Monday that sites may not ask blind visitors to solve picture puzzles to prove that they are not a robot."),
    ),
    "about cookies, with a banner": article(
        "Fine for hidden cookie consent",
        paragraphs("The data authority fined a travel site 2 million euros on Monday over cookies that it set without consent.",
                   "The site had hidden the button for refusing cookies behind three pages, and its privacy policy was out of date.")
        + '<div id="onetrust-banner"><p>We use cookies.</p><button>Accept all</button></div>',
    ),
    "de about cookies": article(
        "Gericht: Einwilligung in Cookies muss freiwillig sein",
        paragraphs("Die Einwilligung in Cookies ist nur wirksam, wenn Nutzer sie ablehnen können, entschied das Gericht am Montag.")
        + '<div id="usercentrics"><button>Alle akzeptieren</button></div>', lang="de",
    ),
    "marked as paid, text in full": article("Crane sold", f'<div class="paywall">{paragraphs(SHORT)}</div>', ',"isAccessibleForFree":false'),
    "free, with an offer": article(
        "Crane sold", paragraphs(SHORT) + '<div class="paywall-offer"><p>Subscribe to continue reading</p></div>', ',"isAccessibleForFree":true',
    ),
    "hidden template of an offer": article(
        "Crane sold", paragraphs(SHORT) + '<div class="paywall" style="display:none"><p>Subscribe to continue reading</p></div>',
    ),
    "asks for the newsletter": article("Crane sold", paragraphs(SHORT, "Subscribe to our newsletter to get the news every morning.")),
    "about a paywall": article(
        "Gazette ends its paywall",
        paragraphs("Readers of the Gazette no longer have to pay: the paper dropped its paywall on Monday. Until now, articles were for subscribers only."),
    ),
    "ru about a paywall": article(
        "Газета отменила подписку",
        paragraphs("Газета «Вестник» с понедельника открыла сайт для всех, сообщил редактор. Раньше новости были только для подписчиков, а архив оставался закрытым."),
        lang="ru",
    ),
    "paywall in a short line": article(
        "Gazette ends its paywall",
        paragraphs("Readers of the Gazette no longer have to pay since Monday, its editor said.", "Until now, articles were for subscribers only."),
    ),
    "ja flash": article("港の古いクレーン売却", paragraphs("港湾局は月曜日、1911年から岸壁に立つクレーンを1円で売却したと発表した。来春から公園に展示される。"), lang="ja"),
    "ar flash": article("بيع الرافعة القديمة", paragraphs("باعت إدارة الميناء يوم الاثنين الرافعة القديمة التي تقف على الرصيف منذ عام 1911، وستعرض في حديقة عامة."), lang="ar"),
    "story behind an error title": page(
        "Error 404 - Example", "<article><h1>Crane sold</h1>" + paragraphs(*(f"{SHORT} This was decision {number}." for number in range(8))) + "</article>",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        pytest.param(html, reason, id=f"{reason}: {name}")
        for reason, pages in (("error_page", ERRORS), ("cookie_wall", WALLS), ("paywall", PAYWALLS), ("empty", SHELLS))
        for name, html in pages.items()
    ],
)
def test_a_page_without_a_story_is_dropped_with_the_reason(html: str, reason: str) -> None:
    assert outcome_of(html) == Dropped(reason, "clean")


@pytest.mark.parametrize("name", SHORT_ARTICLES)
def test_a_short_article_is_kept(name: str) -> None:
    made = outcome_of(SHORT_ARTICLES[name])
    assert isinstance(made, Kept), made
    assert made.article.body


TEMPLATES = {
    "consent banner": '<article><h1>{headline}</h1><p>{text}</p></article><div id="onetrust-consent-sdk"><p>We use cookies and our 200 '
    "partners process data with your consent.</p><button>Accept all</button></div><footer>Subscribe | Login</footer>",
    "marked as paid": '<script type="application/ld+json">{{"@type":"NewsArticle","isAccessibleForFree":false}}</script>'
    '<div class="subscribe-offer"><a href="/s">Subscribe</a></div><div class="content paywall"><p>{text}</p></div>',
    "form with a captcha": '<h1>{headline}</h1><div><p>{text}</p></div><form class="g-recaptcha"><button>OK</button></form>',
}


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES.keys())
def test_no_paragraph_of_a_story_in_any_language_is_taken_for_no_story(template: str) -> None:
    taken = []
    for path in sorted(GOLDEN.glob("*.expected.json")):
        story = json.loads(path.read_text(encoding="utf-8"))
        for text in story["body"].split("\n"):
            html = f"<html><body>{template.format(headline=story['headline'], text=text)}</body></html>"
            if read_page(html, None).no_story:
                taken.append(text)
    assert not taken
