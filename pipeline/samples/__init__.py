"""Sample articles for the demo, written for Newswire: eight languages, with the clutter that real pages carry."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path


def sample_articles() -> Path:
    """A JSON Lines file that `newswire push` takes."""
    with as_file(files(__name__) / "articles.jsonl") as path:
        return path
