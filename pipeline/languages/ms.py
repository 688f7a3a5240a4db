"""Malay."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ms",
    name="Malay",
    analyzer="indonesian",
    related={
        "baca_juga": (
            "baca juga",
            "baca lagi",
            "baca lanjut",
            "artikel berkaitan",
            "berita berkaitan",
            "artikel lain",
            "berita lain",
            "laporan berkaitan",
        ),
    },
    promotion={
        "channel": (
            "(ikuti|sertai|langgan|langgani) … (telegram|whatsapp|channel|saluran|facebook|twitter|instagram|tiktok|youtube)",
            "dapatkan … (telegram|whatsapp|aplikasi)",
            "muat turun (aplikasi|apl) …",
            "langgan surat berita …",
            "ikuti kami di …",
        ),
        "advertisement": (
            "iklan$",
            "iklan - teruskan …",
        ),
        "share": (
            "kongsi(kan|) artikel ini …",
            "kongsi:$",
        ),
        "video": ("tonton video …",),
    },
    credit={
        "sumber": (
            "sumber",
            "dipetik daripada",
        ),
    },
    byline={
        "oleh": (
            "oleh",
            "wartawan",
            "penulis",
        ),
    },
    editorial={
        "foto": (
            "foto",
            "gambar",
            "kredit foto",
            "gambar hiasan",
        ),
        "hakcipta": (
            "hak cipta terpelihara$",
            "© hak cipta …",
        ),
        "editor": (
            "editor",
            "penyunting",
        ),
    },
    months=(
        "januari|jan",
        "februari|feb",
        "mac",
        "april|apr",
        "mei",
        "jun",
        "julai|jul",
        "ogos|ogo",
        "september|sep",
        "oktober|okt",
        "november|nov",
        "disember|dis",
    ),
    dateline_places=(
        "kuala lumpur",
        "putrajaya",
        "ipoh",
        "johor bahru",
        "george town",
        "shah alam",
        "kota bharu",
        "kota kinabalu",
        "kuching",
        "melaka",
        "seremban",
        "alor setar",
        "kuala terengganu",
        "kuantan",
    ),
)
