"""Taggers: families of models for names that users install, chosen by language in `entities.models` of newswire.toml.

A tagger is a function from a text to the named spans in it: start, end, label, in code points. Labels are the model's
own (PER or PERSON, ORG, LOC or GPE; what is none of these is left out). A member of this family makes taggers: a
factory `(model: str) -> TaggerFunction` with `@tagger("name")`, in a file here or in a module that the entry point of
an installed package names in the group `newswire.taggers`. It raises MissingModelError at once when the model is not
installed, and loads it when the first text comes. The same text must give the same spans, without network or clock.
"""
