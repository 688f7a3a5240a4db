"""Samples for the demo, written for Newswire: articles in eight languages, with the clutter that real pages carry,
alert rules that fire for some of them, and a site with a feed (`site/`; `{site}` stands for the address at which it is
served)."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path


def sample_articles() -> Path:
    """A JSON Lines file that `newswire push` takes."""
    with as_file(files(__name__) / "articles.jsonl") as path:
        return path


def sample_rules() -> Path:
    """A JSON Lines file of alert rules."""
    with as_file(files(__name__) / "rules.jsonl") as path:
        return path


def sample_site() -> dict[str, str]:
    """The pages of the site by path: `/`, `/feed.xml`, and stories."""
    root = files(__name__) / "site"
    stories = {
        f"/stories/{page.name.removesuffix('.html')}": page.read_text("utf-8") for page in (root / "stories").iterdir()
    }
    return {
        "/": (root / "index.html").read_text("utf-8"),
        "/feed.xml": (root / "feed.xml").read_text("utf-8"),
    } | stories
