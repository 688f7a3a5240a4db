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
)
