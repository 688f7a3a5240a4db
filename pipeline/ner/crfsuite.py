"""A CRFsuite model's weights, read from its file.

Layout: crf1d_model.c and cqdb.c of CRFsuite 0.12. A header names the offsets of the features (20 bytes each: type,
source, destination, weight; type 0 is an attribute's weight for a label, type 1 that of a step from label to label) and
of two dictionaries (CQDB) for labels and attributes: a header of 24 bytes, 256 table references, then records of id,
key size with its NUL, key.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_HEADER = struct.Struct("<4sI4sIIIIIIIII")
_FEATURE = np.dtype([("type", "<u4"), ("source", "<u4"), ("destination", "<u4"), ("weight", "<f8")])
_CHUNK_HEADER = 12
_CQDB_RECORDS = 24 + 256 * 8

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """`states[attributes[name]]` are an attribute's weights for each label, `steps[i, j]` that of j after i."""

    labels: tuple[str, ...]
    attributes: dict[str, int]
    states: Floats
    steps: Floats


def added_up(states: Floats, features: NDArray[np.intp] | NDArray[np.int32]) -> Floats:
    """The weights of features, added up along the first axis; -1 is the last row. `take` is several times as quick as
    an index, and to add up whole planes as rows."""
    added: Floats = np.add.reduce(states.take(features, axis=0, mode="wrap"), axis=0)
    return added


def read_weights(model: bytes) -> Weights:
    """The weights in a model file. Raises ValueError for a file of another kind."""
    magic, _, kind, _, _, label_count, attribute_count, features_at, labels_at, attributes_at, _, _ = (
        _HEADER.unpack_from(model)
    )
    if (magic, kind) != (b"lCRF", b"FOMC"):
        raise ValueError("not a CRFsuite model")
    count = struct.unpack_from("<I", model, features_at + 8)[0]
    features = np.frombuffer(model, _FEATURE, count, features_at + _CHUNK_HEADER)
    is_step = features["type"] == 1
    states = np.zeros((attribute_count, label_count), np.float32)
    state = features[~is_step]
    states[state["source"], state["destination"]] = state["weight"]
    steps = np.zeros((label_count, label_count), np.float32)
    step = features[is_step]
    steps[step["source"], step["destination"]] = step["weight"]
    return Weights(tuple(_dictionary(model, labels_at)), _dictionary(model, attributes_at), states, steps)


def _dictionary(model: bytes, start: int) -> dict[str, int]:
    """Ids by key, in the order of the ids."""
    tables = [struct.unpack_from("<II", model, start + 24 + 8 * i) for i in range(256)]
    backward = struct.unpack_from("<I", model, start + 20)[0]
    end = start + min([offset for offset, size in tables if size] + ([backward] if backward else []))
    at = start + _CQDB_RECORDS
    ids = {}
    while at < end:
        number, size = struct.unpack_from("<II", model, at)
        ids[model[at + 8 : at + 7 + size].decode("utf-8")] = number
        at += 8 + size
    return dict(sorted(ids.items(), key=lambda entry: entry[1]))
