"""Turkish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="tr",
    name="Turkish",
    analyzer="turkish",
    related={
        "ilgili_haber": (
            "ilgili haber",
            "ilgili haberler",
            "bunu da okuyun",
            "ayrıca okuyun",
            "okumaya devam et",
            "haberin devamı",
            "haberin detayları",
            "benzer haberler",
            "diğer haberler",
            "ayrıca bakınız",
            "ilginizi çekebilir",
            "bunlar da ilginizi çekebilir",
            "öne çıkan haberler",
            "önerilen haberler",
            "daha fazla oku",
            "devamını oku",
            "çok okunanlar",
            "ayrıca izleyin",
        ),
    },
    promotion={
        "channel": (
            "… (takip edin|takip et|abone olun|abone ol|katılın|indirin|tıklayın|tıklayınız)$",
            "bizi … (takip edin|takip et)",
        ),
        "newsletter": (
            "bültenimize …",
            "e-bültenimize …",
            "haber bültenimize …",
            "uygulamamızı …",
        ),
        "advertisement": (
            "reklam$",
            "reklamdan sonra devam ediyor$",
            "ilan$",
            "sponsorlu içerik$",
        ),
        "share": (
            "paylaş$",
            "haberi paylaş$",
            "yorumlar$",
            "yorum yap$",
        ),
    },
    credit={
        "kaynak": (
            "kaynak",
            "kaynaklar",
            "haber kaynağı",
        ),
    },
    byline={
        "yazan": (
            "haber",
            "yazan",
            "yazar",
            "muhabir",
            "haberi hazırlayan",
        ),
    },
    editorial={
        "foto": (
            "fotoğraf",
            "fotoğraflar",
            "foto",
            "görsel",
            "kamera",
        ),
        "hak": (
            "tüm hakları saklıdır …",
            "tüm hakları saklıdır$",
            "… tüm hakları saklıdır$",
        ),
        "editor": (
            "editör",
            "yayına hazırlayan",
        ),
        "zaman": (
            "okuma süresi …",
            "güncelleme",
            "son güncelleme",
            "yayınlanma",
        ),
    },
    months=(
        "ocak|oca",
        "şubat|şub",
        "mart|mar",
        "nisan|nis",
        "mayıs|may",
        "haziran|haz",
        "temmuz|tem",
        "ağustos|ağu",
        "eylül|eyl",
        "ekim|eki",
        "kasım|kas",
        "aralık|ara",
    ),
    dateline_places=(
        "ankara",
        "istanbul",
        "izmir",
        "bursa",
        "antalya",
        "adana",
        "konya",
        "gaziantep",
        "diyarbakır",
        "kayseri",
        "trabzon",
        "lefkoşa",
    ),
)
