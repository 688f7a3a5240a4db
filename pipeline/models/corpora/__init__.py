"""The public corpora that the models are trained from: where they lie (table), their formats, how they are fetched.

`python -m pipeline.models.corpora FOLDER [LANGUAGE…]` (`make corpora NER=FOLDER`) fetches them at their commits and
writes what `train.py` reads.
"""
