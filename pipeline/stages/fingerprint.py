"""fingerprint: the hash by which two copies of one text are known."""

from __future__ import annotations

from hashlib import blake2b

from msgspec.structs import replace

from pipeline.records import Article, RawArticle
from pipeline.registry import stage
from pipeline.text import normalise_line, normalise_text


@stage("fingerprint", version="1")
def fingerprint(article: Article, _raw: RawArticle) -> Article:
    """Set `content_hash`, see there."""
    return replace(article, content_hash=content_hash(article.headline, article.body))


def content_hash(headline: str | None, body: str) -> str:
    """BLAKE2b-128 in hex of the UTF-8 of headline, one newline and body, both as `pipeline.text` normalises them.

    Hashes are compared over the years: a change here changes that of every article, so raise the stage's version.
    """
    text = f"{normalise_line(headline) or ''}\n{normalise_text(body)}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
