"""Schemas and records are one: each example passes both, each file is what the records make."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from pipeline import schemas
from pipeline.records import Article, encode


def ids(schema: schemas.Schema) -> str:
    return schema.file


every_schema = pytest.mark.parametrize("schema", schemas.SCHEMAS, ids=ids)


def validator(schema: schemas.Schema) -> Draft202012Validator:
    return Draft202012Validator(schema.document(), format_checker=FormatChecker())


@every_schema
def test_the_file_is_what_the_records_make(schema: schemas.Schema) -> None:
    content = (schemas.FOLDER / schema.file).read_text(encoding="utf-8")
    assert content == schemas.files()[schema.file], "run `make schemas`; an incompatible change needs a new version"


def test_there_are_no_other_files_of_these_versions() -> None:
    assert {path.name for path in schemas.FOLDER.glob("*.json")} == set(schemas.files())


@every_schema
def test_it_is_json_schema_2020_12_with_a_title_and_a_description(schema: schemas.Schema) -> None:
    document = schema.document()
    Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == f"urn:newswire:{schema.name}:{schema.version}"
    assert document["title"]
    assert document["description"]


@every_schema
def test_each_example_passes_the_schema_and_the_codec(schema: schemas.Schema) -> None:
    examples = schema.document()["examples"]
    assert examples
    for example, record in zip(examples, schema.examples, strict=True):
        validator(schema).validate(example)
        assert msgspec.json.decode(json.dumps(example), type=schema.record) == record


@every_schema
def test_schema_and_codec_refuse_the_same_mistakes(schema: schemas.Schema) -> None:
    example: dict[str, Any] = schema.document()["examples"][0]
    broken = [
        {name: value for name, value in example.items() if name != missing} for missing in schema.document()["required"]
    ]
    broken += [{**example, name: {"a": 1}} for name in example if name not in ("source", "stages", "delivery")]
    for mistake in broken:
        assert not validator(schema).is_valid(mistake), mistake
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(json.dumps(mistake), type=schema.record)


@every_schema
def test_schema_and_codec_pass_over_unknown_fields(schema: schemas.Schema) -> None:
    example = {**schema.document()["examples"][0], "from_the_future": [1]}
    validator(schema).validate(example)
    msgspec.json.decode(json.dumps(example), type=schema.record)


def test_the_spans_of_the_example_article_are_true() -> None:
    for schema in schemas.SCHEMAS:
        for example in schema.examples:
            if isinstance(example, Article):
                for entity in example.entities:
                    assert example.body[entity.start : entity.end] == entity.text
                assert encode(example)
