"""A schema that cannot be used is refused with its place."""

from __future__ import annotations

import json

import pytest

from engine.errors import SchemaInvalid, SchemaSyntaxError
from engine.schema.document import read_schema
from engine.schema.walk import subschemas


def test_broken_json_names_its_line_and_column() -> None:
    with pytest.raises(SchemaSyntaxError) as caught:
        read_schema('{\n  "type": "object",\n  "properties" {}\n}')
    assert (caught.value.line, caught.value.column) == (3, 16)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"properties": {"a": {"type": "strin"}}}', "/properties/a/type"),
        ('{"required": "a"}', "/required"),
        ('{"minLength": -1}', "/minLength"),
        ('{"properties": []}', "/properties"),
        ('{"$schema": "https://example.org/my-draft"}', "/$schema"),
        ('{"$schema": "http://json-schema.org/draft-07/schema#", "exclusiveMinimum": true}', "/exclusiveMinimum"),
    ],
)
def test_what_the_metaschema_forbids_is_named_by_its_pointer(text: str, where: str) -> None:
    with pytest.raises(SchemaInvalid) as caught:
        read_schema(text)
    assert caught.value.where == where


@pytest.mark.parametrize(("written", "name"), [("null", "null"), ("5", "a number"), ("[]", "an array"),
                                              ("true", "a boolean"), ("{}", "an object")])  # fmt: skip
def test_a_schema_keyword_that_is_no_string_is_refused_in_a_sentence(written: str, name: str) -> None:
    with pytest.raises(SchemaInvalid) as caught:
        read_schema(f'{{"$schema": {written}}}')
    assert (caught.value.where, caught.value.message) == (
        "/$schema",
        f"$schema must be a string, the URI of a draft; this is {name}.",
    )


def test_draft_4_may_say_what_later_drafts_may_not() -> None:
    read_schema('{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": true}')


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"type": "object", "type": "array"}', '"type" stands twice'),
        ('{"const": NaN}', "NaN"),
        ("[]", "an array"),
        ('"x"', "a string"),
        ("{" + '"items": {' * 300 + "}" * 301, "levels deep"),
        ("[" * 100_000, "deep"),
    ],
)
def test_what_json_schema_does_not_say_is_refused_in_a_sentence(text: str, part: str) -> None:
    with pytest.raises(SchemaInvalid) as caught:
        read_schema(text)
    assert part in str(caught.value)


def test_every_subschema_is_found_where_it_stands() -> None:
    schema = {
        "properties": {"a/b": {"items": [{"type": "null"}, True]}, "c": {"anyOf": [{}, {"not": {}}]}},
        "$defs": {"d": {"additionalProperties": {"type": "string"}}},
        "enum": [{"properties": {"no": {}}}],
    }
    assert [each.pointer for each in subschemas(schema)] == [
        "",
        "/properties/a~1b",
        "/properties/a~1b/items/0",
        "/properties/a~1b/items/1",
        "/properties/c",
        "/properties/c/anyOf/0",
        "/properties/c/anyOf/1",
        "/properties/c/anyOf/1/not",
        "/$defs/d",
        "/$defs/d/additionalProperties",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"maximum": 1e400}', "The number 1e400 is too large"),
        ('{"const": -' + "9" * 400 + "}", "of 401 characters is too large"),
        ('{"enum": ["\\ud800"]}', "half a character"),
        ('{"properties": {"a\\uDFFF": {}}}', "half a character"),
    ],
)
def test_what_json_can_say_and_nobody_can_hold_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(SchemaInvalid, match=sentence):
        read_schema(text)


@pytest.mark.parametrize("text", ['{"maximum": 1e308}', '{"const": ' + "9" * 300 + "}", '{"const": "\\ud83d\\ude00"}'])
def test_large_numbers_and_whole_pairs_are_read(text: str) -> None:
    assert read_schema(text).root


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("https://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-07/schema#"),
        ("https://json-schema.org/draft-04/schema", "http://json-schema.org/draft-04/schema#"),
        ("http://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2020-12/schema"),
        ("http://json-schema.org/draft-06/schema/", "http://json-schema.org/draft-06/schema#"),
    ],
)
def test_a_draft_that_is_nearly_one_is_answered_with_the_one_that_is_meant(written: str, right: str) -> None:
    with pytest.raises(SchemaInvalid) as caught:
        read_schema(json.dumps({"$schema": written}))
    assert caught.value.where == "/$schema"
    assert caught.value.advice == f'Write "{right}".'
    read_schema(json.dumps({"$schema": right}))
