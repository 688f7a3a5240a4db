"""French."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="fr",
    name="French",
    analyzer="french",
)
