"""Tamil."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ta",
    name="Tamil",
    analyzer="standard",
    months=(
        "ஜனவரி|ஜன",
        "பிப்ரவரி|பிப்",
        "மார்ச்|மார்",
        "ஏப்ரல்|ஏப்",
        "மே",
        "ஜூன்",
        "ஜூலை",
        "ஆகஸ்ட்|ஆக",
        "செப்டம்பர்|செப்",
        "அக்டோபர்|அக்",
        "நவம்பர்|நவ",
        "டிசம்பர்|டிச",
    ),
)
