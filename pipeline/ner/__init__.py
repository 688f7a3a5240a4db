"""Named entities: pure functions from text to spans, and from the spans of an article to its names.

tokens.py cuts text, features.py describes tokens, gazetteer.py and territories.py know lists of names, tagger.py runs a
language's model (pipeline/models), document.py decides over the whole article. stages/entities.py is their only caller.
"""
