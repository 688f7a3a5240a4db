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
    unlike={
        "id": (
            "bahawa kerana polis kerajaan ringgit rm disember ogos mac jumaat isnin khamis ahad jun julai ialah "
            "iaitu manakala malah wang parti parlimen dewan syarikat kilang motosikal elektrik lebuhraya maut "
            "suspek kes rasuah mahkamah peguam daripada peratus bilion jepun ukraine perancis britain mesyuarat "
            "lawatan kerjasama keselamatan pasaran bomba pengerusi hospital universiti antarabangsa maklumat "
            "perlawanan jurulatih johan kelab persatuan aktiviti kualiti komuniti jurucakap selepas berjaya "
            "kejayaan sahaja mengesahkan menerusi ekoran susulan tular cikgu encik datuk umno pas mca semalam "
            "esok agensi beliau kereta pejabat telefon doktor pelaburan peniaga pembangkang memaklumkan berkenaan "
            "dilihat ujian lelaki tempatan kakitangan kebajikan kumpulan pelbagai peluang perkhidmatan pilihan "
            "raya wad bot lori terbabit tergendala pelancong pelancongan setiausaha timbalan kenyataan "
            "menasihatkan cukai jabatan hakmilik bertindak sepanjang turut tangkapan tahanan reman disiasat "
            "siasatan kanun keseksaan bahagian pertubuhan rekod baharu sekiranya mahupun seramai berikutan "
            "dimaklumkan dipercayai didakwa pertuduhan sesi tugasan filem pelakon stesen televisyen kapten kastam "
            "imigresen pendatang menyifatkan ramai kanak minit jururawat ubat klinik farmasi penjawat gaji pencen "
            "kewangan bajet ekonominya pekerja kesatuan pengurusan pejuang letupan tembakan tentera laut diraja "
            "sultan agong exco adun kampung felda sk smk spm stpm upsr murid penalti penjaring pasukan pengadil"
        ),
    },
    saying=(
        "kata",
        "ujar",
        "jelas",
        "tegas",
        "tambah",
        "berkata",
        "menyatakan",
        "menjelaskan",
        "menegaskan",
        "memberitahu",
        "mendakwa",
    ),
    moments={
        "hari ini": "0d",
        "semalam": "-1d",
        "kelmarin": "-2d",
        "esok": "+1d",
        "# hari (yang |)lalu": "-#d",
        "# minggu (yang |)lalu": "-#w",
        "# bulan (yang |)lalu": "-#m",
        "# tahun (yang |)lalu": "-#y",
        "minggu lalu": "-1w",
        "minggu depan": "+1w",
        "bulan lalu": "-1m",
        "bulan depan": "+1m",
        "tahun lalu": "-1y",
        "tahun depan": "+1y",
    },
    percent=("peratus",),
    scales={"ribu": 1_000, "juta": 1_000_000, "bilion": 1_000_000_000, "trilion": 1_000_000_000_000},
    currencies={
        "ringgit": "MYR",
        "dolar (as|amerika syarikat)": "USD",
        "dolar singapura": "SGD",
        "euro": "EUR",
        "rupiah": "IDR",
        "yen": "JPY",
        "yuan": "CNY",
        "dolar": "USD",
    },
    decimal=".",
)
