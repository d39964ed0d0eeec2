"""A schema from examples holds for all of them, keeps their order, and guesses only where there is evidence."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from genson import SchemaBuilder  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ConversionError, SchemaInvalid, SchemaSyntaxError
from engine.schema.document import read_schema
from engine.schema.interchange import from_example, from_example_lines, infer_schema, lay_out

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=4),
    max_leaves=12,
)


def inferred(*values: Any, **options: Any) -> dict[str, Any]:
    return infer_schema(values, **options).schema


def of(values: list[Any]) -> dict[str, Any]:
    """Return the schema of one field that has these values."""
    schema: dict[str, Any] = inferred(*({"x": value} for value in values))["properties"]["x"]
    return schema


@given(st.lists(VALUES, min_size=1, max_size=6), st.booleans())
def test_every_example_satisfies_the_schema(values: list[Any], closed: bool) -> None:
    schema = inferred(*values, closed=closed)
    read_schema(lay_out(schema))
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    assert all(map(validator.is_valid, values))


def types(schema: Any) -> Any:
    """Return what genson tells of a schema: types and required keys, whatever the order."""
    if not isinstance(schema, dict):
        return schema
    if "anyOf" in schema:
        parts = [types(each) for each in schema["anyOf"]]
    elif isinstance(schema.get("type"), list):
        parts = [types({**schema, "type": kind}) for kind in schema["type"]]
    elif schema.get("type") == "object":
        keys = {key: types(each) for key, each in schema.get("properties", {}).items()}
        parts = [json.dumps(["object", keys, sorted(schema.get("required", []))], sort_keys=True)]
    elif schema.get("type") == "array":
        parts = [json.dumps(["array", types(schema["items"]) if "items" in schema else None])]
    else:
        parts = [schema["type"]]
    return sorted({each for part in parts for each in (part if isinstance(part, list) else [part])})


@given(st.lists(VALUES, min_size=1, max_size=6))
def test_types_and_required_keys_are_those_that_genson_finds(values: list[Any]) -> None:
    builder = SchemaBuilder(schema_uri=None)
    for value in values:
        builder.add_object(value)
    assert types(inferred(*values)) == types(builder.to_schema())


def test_keys_stand_in_the_order_in_which_they_are_first_seen() -> None:
    assert inferred({"zeta": 1, "alpha": "x"}, {"zeta": 2.5, "beta": None, "alpha": "y"}) == {
        "type": "object",
        "properties": {"zeta": {"type": "number"}, "alpha": {"type": "string"}, "beta": {"type": "null"}},
        "required": ["zeta", "alpha"],
    }
    assert list(inferred({"zeta": 1, "alpha": "x"}, {"beta": 1})["properties"]) == ["zeta", "alpha", "beta"]


def test_what_was_null_too_is_a_union_with_null() -> None:
    assert of(["a", None]) == {"type": ["string", "null"]}
    assert of([None, {"y": 1}]) == {
        "type": ["object", "null"], "properties": {"y": {"type": "integer"}}, "required": ["y"],
    }  # fmt: skip
    assert of([None, 1, "a"]) == {"type": ["integer", "string", "null"]}


def test_objects_of_an_array_are_merged() -> None:
    assert of([[{"a": 1, "b": 2}, {"a": 1.5}], [], [{"a": 2}]])["items"] == {
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "integer"}},
        "required": ["a"],
    }


def test_values_of_more_than_one_type_become_alternatives_and_a_note() -> None:
    found = infer_schema([{"x": "2024-01-05"}, {"x": {"y": 1}}, {"x": None}])
    assert [each["type"] for each in found.schema["properties"]["x"]["anyOf"]] == ["string", "object", "null"]
    assert found.notes == ("Of more than one type: /properties/x.",)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (["2024-01-05", "1999-12-31"], "date"),
        (["2024-01-05T10:00:00Z", "2024-01-05T10:00:00+02:00"], "date-time"),
        (["10:00:00Z"], "time"),
        (["a@b.de", "c.d@e.org"], "email"),
        (["https://example.org/a?b=1", "urn:isbn:1"], "uri"),
        (["c9bf9e57-1685-4c89-bafb-ff5af830be8a"], "uuid"),
        (["10.0.0.1"], "ipv4"),
        (["::1", "2001:db8::1"], "ipv6"),
        (["2024-01-05", "soon"], None),
        (["2024-02-30"], None),
        (["note: later", "key:value"], None),
        (["10:30", "12"], None),
        (["a@b"], None),
        (["2024-01-05", ""], None),
    ],
)
def test_a_format_is_one_that_all_strings_have(values: list[str], name: str | None) -> None:
    assert of(values).get("format") == name


@pytest.mark.parametrize(
    ("values", "enum"),
    [
        (["a", "b", "c"] * 3, ["a", "b", "c"]),
        (["b", "a"] * 4, ["b", "a"]),
        (["a", None] * 8 + ["b"] * 4, ["a", "b", None]),
        (["a", "b"] * 3, None),  # six strings are too few
        (["a", "b", "c", "d"] * 2, None),  # each is seen only twice
        ([str(n) for n in range(11)] * 5, None),  # too many of them
        (["EUR"] * 40, None),  # nothing says that there is no other
        (["x" * 61, "y"] * 10, None),  # these are no labels
        (["a", "b", 3] * 10, None),
        (["2024-01-05", "2024-01-06"] * 10, None),  # these are dates
    ],
)
def test_an_enum_needs_evidence(values: list[Any], enum: list[str] | None) -> None:
    assert of(values).get("enum") == enum


def test_a_guess_is_told() -> None:
    notes = infer_schema([{"u": each, "e": [], "n": None} for each in "ab" * 10]).notes
    assert notes == (
        "Taken for an enum, because few values recur: /properties/u (2 values in 20 strings).",
        "Always an empty array, so that nothing is known of its items: /properties/e.",
        "Always null, so that its type is not known: /properties/n.",
    )


def test_an_object_whose_keys_are_all_different_is_a_map() -> None:
    found = infer_schema([{"by id": {f"k{i}{j}": {"n": j} for j in range(3)}} for i in range(30)], closed=True)
    entry = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    assert found.schema["properties"]["by id"] == {
        "type": "object",
        "additionalProperties": {**entry, "additionalProperties": False},
    }
    assert "/properties/by id" in found.notes[0]
    wide = {f"k{i}": i for i in range(200)}
    assert len(inferred(wide, wide)["properties"]) == 200


def test_further_keys_are_forbidden_and_examples_kept_where_asked_for() -> None:
    schema = inferred({"a": {"b": 1}}, {"a": {"b": 2}}, {"a": {"b": 3}}, closed=True, examples=2)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["a"]["additionalProperties"] is False
    assert schema["examples"] == [{"a": {"b": 1}}, {"a": {"b": 2}}]
    assert "additionalProperties" not in inferred({"a": 1})


def test_what_was_passed_in_is_left_as_it_is() -> None:
    values = [{"a": [1, {"b": None}]}, {"a": []}]
    before = json.dumps(values)
    infer_schema(values, closed=True)
    assert json.dumps(values) == before


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def test_examples_that_make_no_schema_are_refused_with_a_sentence() -> None:
    with pytest.raises(ConversionError, match="no example"):
        infer_schema([])
    with pytest.raises(ConversionError, match="levels deep"):
        infer_schema([nested(60)])
    with pytest.raises(ConversionError, match="different keys"):
        infer_schema([{f"{i}": {f"{i} {j}": 1 for j in range(300)}} for i in range(400)])
    read_schema(lay_out(inferred(nested(48))))


def test_a_hundred_thousand_examples_are_read() -> None:
    values = [{"id": i, "unit": "kg" if i % 2 else "m", "lines": [{"q": i, "p": 0.5}]} for i in range(100_000)]
    schema = inferred(*values)
    assert schema["properties"]["unit"]["enum"] == ["m", "kg"]
    assert schema["required"] == ["id", "unit", "lines"]


def test_examples_one_a_line_are_read_and_a_broken_line_is_named() -> None:
    incoming = from_example_lines('{"a": 1}\r\n\n{"a": "\u2028", "b": 2}\n', name="lines")
    assert json.loads(incoming.text)["required"] == ["a"]
    assert (incoming.name, incoming.notes[0]) == ("lines", "Read as 2 examples, one a line.")
    with pytest.raises(SchemaSyntaxError) as caught:
        from_example_lines('{"a": 1}\n\n{"a": }\n{"a": 3}')
    assert caught.value.where == "line 3, column 7"
    with pytest.raises(SchemaInvalid) as twice:
        from_example_lines('{"a": 1}\n{"a": 1, "a": 2}')
    assert twice.value.where == "line 2"


def test_an_array_is_one_example_or_many() -> None:
    text = '[{"a": 1}, {"a": 2, "b": 3}]'
    assert json.loads(from_example(text).text)["type"] == "array"
    items = json.loads(from_example(text, each_item=True, closed=True).text)
    assert (items["type"], items["required"], items["additionalProperties"]) == ("object", ["a"], False)
    with pytest.raises(ConversionError, match="no array"):
        from_example('{"a": 1}', each_item=True)
