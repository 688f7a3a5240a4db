"""Stages: one file each, a pure function `(Article, RawArticle) -> Article | Dropped | Rejected` with `@stage`.

Laws, held by tests/test_stage_laws.py: the same input gives the same output; a second application changes nothing;
the output survives JSON; the input is not changed; no input raises.
"""
