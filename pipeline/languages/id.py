"""Indonesian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="id",
    name="Indonesian",
    analyzer="indonesian",
    related={
        "baca_juga": (
            "baca juga",
            "baca pula",
            "baca",
            "baca selengkapnya",
            "lihat juga",
            "simak juga",
            "baca berita lainnya",
            "berita terkait",
            "artikel terkait",
            "berita lainnya",
            "baca lainnya",
            "berita populer",
            "topik terkait",
        ),
    },
    promotion={
        "channel": (
            "(gabung|bergabung|join|ikuti|follow)(lah|) … (whatsapp|telegram|google news|channel|kanal|youtube|instagram|tiktok|facebook)",
            "mari (bergabung|gabung) …",
            "dapatkan (update |informasi |berita |)… (telegram|whatsapp|google news|aplikasi|setiap hari)",
            "(dapatkan|nikmati) … di (aplikasi|ponsel anda)",
            "ikuti … (berita terbaru|info terkini|update terbaru)",
            "ikuti kami di …",
            "… klik (link|tautan) (ini|berikut|https)",
        ),
        "app": (
            "(unduh|download|instal) (aplikasi|app) …",
            "berlangganan …$",
            "langganan (newsletter|buletin) …",
        ),
        "advertisement": (
            "advertisement$",
            "iklan$",
            "scroll to (continue|resume) …",
            "scroll ke bawah …",
            "lanjutkan membaca di bawah …",
            "artikel ini telah tayang di …",
            "artikel ini bersumber dari …",
            "advertisement scroll …",
        ),
        "video": (
            "gambas:video …",
            "gambas:video$",
            "(simak|saksikan|tonton) video …",
            "(simak|saksikan|tonton) juga video …",
            "tonton juga$",
            "video pilihan …",
            "[gambas …",
        ),
        "share": (
            "bagikan (artikel |berita |)(ini|ke) …",
            "bagikan:$",
            "bagikan$",
            "komentar$",
            "halaman selanjutnya$",
            "selanjutnya$",
            "pilihan editor …",
        ),
    },
    credit={
        "sumber": (
            "sumber",
            "sumber berita",
            "dilansir dari",
            "dikutip dari",
            "laporan",
        ),
    },
    byline={
        "penulis": (
            "penulis",
            "reporter",
            "wartawan",
            "kontributor",
            "pewarta",
            "oleh",
            "jurnalis",
        ),
    },
    editorial={
        "editor": (
            "editor",
            "redaktur",
            "penyunting",
            "penerjemah",
            "uploader",
            "copyright ©",
            "video editor",
            "produser",
        ),
        "foto": (
            "foto",
            "sumber foto",
            "ilustrasi",
            "dok",
            "keterangan foto",
        ),
        "read_time": ("waktu baca …",),
        "dilarang": ("dilarang (keras |)(mengambil|memperbanyak|mengutip) …",),
    },
    months=(
        "januari|jan",
        "februari|feb",
        "maret|mar",
        "april|apr",
        "mei",
        "juni|jun",
        "juli|jul",
        "agustus|agu|ags|agt",
        "september|sep",
        "oktober|okt",
        "november|nov|nop",
        "desember|des",
    ),
    dateline_places=(
        "jakarta",
        "bandung",
        "surabaya",
        "medan",
        "semarang",
        "makassar",
        "palembang",
        "yogyakarta",
        "denpasar",
        "bogor",
        "depok",
        "tangerang",
        "bekasi",
        "malang",
        "solo",
        "surakarta",
        "batam",
        "pekanbaru",
        "padang",
        "banjarmasin",
        "pontianak",
        "samarinda",
        "balikpapan",
        "manado",
        "kupang",
        "ambon",
        "jayapura",
        "mataram",
        "bengkulu",
        "jambi",
        "serang",
        "cirebon",
        "tasikmalaya",
        "sukabumi",
        "kediri",
        "sidoarjo",
        "gresik",
        "jember",
        "banyuwangi",
        "kudus",
        "purwokerto",
        "magelang",
        "klaten",
        "sleman",
        "bantul",
        "lampung",
        "bandar lampung",
        "banda aceh",
        "jakarta pusat",
        "jakarta selatan",
        "jakarta barat",
        "jakarta timur",
        "jakarta utara",
        "gorontalo",
        "kendari",
        "palu",
        "ternate",
        "karawang",
        "cianjur",
        "garut",
    ),
    unlike={
        "ms": (
            "bahwa karena polisi kantor bisa mobil gubernur bupati provinsi kementerian jakarta rupiah rp "
            "desember agustus maret kamis juni juli ujar tutur imbuh tapi usai uang pemilu partai dpr mpr kpk tni "
            "polri terkait perusahaan pabrik listrik bandara wib wita tewas pelaku tersangka kasus korupsi "
            "putusan jaksa pengadilan berbeda persen triliun miliar dolar serikat inggris prancis rusia ukraina "
            "tiongkok jepang selandia sore rapat pihaknya silam sedangkan yakni nasional internasional informasi "
            "kebijakan universitas gratis pria situs ponsel sepak pelatih juara laga klub asosiasi izin zona "
            "aktivitas kualitas komunitas prioritas parlemen jerman swiss mesir yunani direktur manajer teknologi "
            "energi ekspor impor jumat senin bahkan soal digelar warganya kabupaten kecamatan kelurahan mencapai "
            "sebesar unggahan unggah saham bursa efek inflasi bunga kredit usaha pengusaha wirausaha tetap hukum "
            "pidana perdata puskesmas dokter vaksin paham pendapat setuju gue lu nggak enggak butuh ketimbang "
            "lewat jelang pascapandemi pasca hingga silakan mengaku urung kerap kans para publik memakai peneliti "
            "militer desa dusun dampak awalnya nantinya otoritas medis mengkonfirmasi mengonfirmasi sma smp "
            "perguruan serial bagian film turnamen kualifikasi aktris aktor sutradara memenangkan rekor mantan "
            "lembaga stasiun rute menit pengacara pensiun telepon televisi kantong bertemu gempuran rudal "
            "penembakan ledakan wilayahnya memiliki melakukan sering cuma dosen rektor guru mahasiswa apotek obat "
            "sembako ojek angkot kemacetan macet longsor tsunami masker corona wabah keuangan pajak anggaran "
            "perekonomian pertumbuhan ekspansi karyawan buruh upah pimpinan sekretaris walikota polda polres "
            "polsek kapolres kapolri koruptor terdakwa dakwaan vonis penjara hukuman"
        ),
    },
)
