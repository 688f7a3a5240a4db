"""Lithuanian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="lt",
    name="Lithuanian",
    analyzer="lithuanian",
    months=(
        "sausio|saus|sausis",
        "vasario|vas|vasaris",
        "kovo|kov|kovas",
        "balandžio|bal|balandis",
        "gegužės|geg|gegužė",
        "birželio|birž|birželis",
        "liepos|liep|liepa",
        "rugpjūčio|rugp|rugpjūtis",
        "rugsėjo|rugs|rugsėjis",
        "spalio|spal|spalis",
        "lapkričio|lapkr|lapkritis",
        "gruodžio|gruod|gruodis",
    ),
)
