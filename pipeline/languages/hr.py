"""Croatian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="hr",
    name="Croatian",
    analyzer="standard",
    months=(
        "siječnja|sij|siječanj",
        "veljače|velj|veljača",
        "ožujka|ožu|ožujak",
        "travnja|tra|travanj",
        "svibnja|svi|svibanj",
        "lipnja|lip|lipanj",
        "srpnja|srp|srpanj",
        "kolovoza|kol|kolovoz",
        "rujna|ruj|rujan",
        "listopada|lis|listopad",
        "studenoga|stu|studeni",
        "prosinca|pro|prosinac",
    ),
    unlike={
        "sr": (
            "što tko gdje uvijek prije poslije lijepo mjesto mjesta vrijeme riječ dio cijeli tisuća tisuće tisuću "
            "općina općine priopćio priopćenje europski europske europska kolovoza siječnja veljače ožujka "
            "travnja svibnja lipnja srpnja rujna listopada studenoga prosinca predsjednik predsjednika "
            "predsjednica djeca djece svijet svijeta svijetu vidjeti ovdje tijekom željeznica zrak sigurnost "
            "sigurnosti tjedan tjedna glazba sveučilište nogomet nogometaš zrakoplov zračna luka vlak točno "
            "također uvjet uvjeti izvješće izvješća vojska obitelj obitelji tvrtka tvrtke kazalište povijest "
            "znanost znanstvenik suradnja sukladno unatoč zahtjev zahtjevi dvije dvjesto njemačka njemački "
            "rješenje promjena promjene vijeće vijeća vijesti mjera mjere mjeseca mjesec primjer sjednica "
            "sjednice cijena cijene osječke riječi izvan županija županije stoljeća prosvjed prosvjedi kazneni "
            "sudac ravnatelj gospodarstvo gospodarski izbornik"
        ),
    },
)
