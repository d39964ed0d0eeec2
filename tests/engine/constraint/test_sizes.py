"""The sizes of a schema's instances: the least is one that was found, the largest is never too small."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine import check_schema
from engine.constraint.closing import Closer
from engine.constraint.compile import compile_constraint
from engine.constraint.sizes import longest_text, measure
from engine.constraint.spec import MatchesSchema

if TYPE_CHECKING:
    from llguidance import LLTokenizer

    from engine.constraint.compile import CompiledConstraint

D4 = "http://json-schema.org/draft-04/schema#"
D7 = "http://json-schema.org/draft-07/schema#"


def compiled(schema: Any, tokenizer: LLTokenizer | None = None) -> CompiledConstraint:
    done = compile_constraint(MatchesSchema(schema_text=json.dumps(schema)), tokenizer)
    assert done is not None
    return done


def closed(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


TREE = closed({"v": {"type": "integer", "minimum": 0, "maximum": 9}, "n": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}})

LARGEST: dict[str, tuple[Any, Any]] = {
    "null": ({"type": "null"}, None),
    "a boolean": ({"type": "boolean"}, False),
    "an enum": ({"enum": ["a", "bcd", 12]}, "bcd"),
    "a const object": ({"const": {"a": [1, 2], "b": "ä"}}, {"a": [1, 2], "b": "ä"}),
    "an integer within bounds": ({"type": "integer", "minimum": -5, "maximum": 120}, 120),
    "a negative integer": ({"type": "integer", "exclusiveMinimum": -1000, "maximum": -5}, -999),
    "a bounded string": ({"type": "string", "maxLength": 3}, "\x01\x01\x01"),
    "a pattern of ASCII": ({"type": "string", "pattern": "^[A-Z]{2}-[0-9]{1,4}$"}, "AB-1234"),
    "a pattern beyond ASCII": ({"type": "string", "pattern": "^[😀-😅]{2}$"}, "😀😁"),
    "a pattern and a length": ({"type": "string", "pattern": "^[a-z]*$", "maxLength": 5}, "abcde"),
    "a date": ({"type": "string", "format": "date"}, "2024-02-29"),
    "a UUID": ({"type": "string", "format": "uuid"}, "123e4567-e89b-12d3-a456-426614174000"),
    "a bounded array": ({"type": "array", "items": {"enum": [1, 22]}, "maxItems": 3}, [22, 22, 22]),
    "a prefix alone": ({"type": "array", "prefixItems": [{"const": 1}, {"type": "null"}], "items": False}, [1, None]),
    "an object of named keys": (closed({"a": {"enum": [1, 2]}, "bb": {"type": "null"}}), {"a": 1, "bb": None}),
    "a choice": ({"anyOf": [{"type": "null"}, {"enum": ["abcdef"]}]}, "abcdef"),
    "bounds that stand apart": ({"type": "string", "allOf": [{"maxLength": 9}, {"pattern": "^a*$"}]}, "a" * 9),
    "a choice of what is bounded outside": (
        {"type": "array", "items": {"const": 1}, "anyOf": [{"minItems": 1}, {"maxItems": 0}], "maxItems": 2},
        [1, 1],
    ),
    "a reference": ({**closed({"a": {"$ref": "#/$defs/d"}}), "$defs": {"d": {"const": 12}}}, {"a": 12}),
    "a flag of draft 4": (
        {"$schema": D4, "type": "integer", "minimum": 7, "maximum": 12, "exclusiveMaximum": True},
        11,
    ),
}


@pytest.mark.parametrize("case", LARGEST)
def test_the_largest_size_is_that_of_the_longest_text(case: str) -> None:
    schema, longest = LARGEST[case]
    found = longest_text(compiled(schema).planned)
    spelled = json.dumps(longest, ensure_ascii=False).encode()
    assert found is not None
    assert len(spelled) <= found <= len(spelled) + 1  # "-0" and bounds that are excluded


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"type": "string"},
        {"type": "integer"},
        {"type": "integer", "minimum": 0},
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": "^a+$"},
        {"type": "string", "format": "email"},
        {"type": "array", "items": {"type": "null"}},
        {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        {"type": "object"},
        closed({"a": {"type": "string"}}),
        {"type": "object", "patternProperties": {"^[ab]$": {"type": "null"}}, "additionalProperties": False},
        {"anyOf": [{"type": "null"}, {"type": "string"}]},
        TREE,
    ],
)
def test_where_something_can_go_on_for_ever_there_is_no_largest_size(schema: Any) -> None:
    assert longest_text(compiled(schema).planned) is None


def test_a_limit_of_keys_bounds_an_object_whose_keys_are_bounded() -> None:
    pairs = {"type": "object", "patternProperties": {"^[ab]{1,2}$": {"type": "null"}}, "additionalProperties": False}
    found = longest_text({**pairs, "maxProperties": 2})
    assert found == len('{"ab": null, "ba": null}')


def test_of_more_keys_than_an_object_may_have_the_largest_count() -> None:
    named = closed({"a": {"const": "xxx"}, "b": {"const": "yy"}, "c": {"const": ""}}, maxProperties=2)
    assert longest_text(named) == len('{"a": "xxx", "b": "yy"}')


def test_a_huge_limit_is_counted_and_not_walked() -> None:
    found = longest_text(compiled({"type": "array", "items": {"type": "null"}, "maxItems": 10**9}).planned)
    assert found == 2 + 4 * 10**9 + 2 * (10**9 - 1)


@pytest.mark.parametrize("case", LARGEST)
def test_in_tokens_an_instance_takes_no_more_than_in_bytes(case: str, mask_tokenizer: LLTokenizer) -> None:
    schema, longest = LARGEST[case]
    sizes = measure(compiled(schema, mask_tokenizer), Closer(mask_tokenizer, frozenset()))
    assert sizes.unit == "tokens"
    assert sizes.minimum is not None
    assert sizes.maximum is not None
    assert sizes.minimum <= sizes.maximum <= (longest_text(compiled(schema).planned) or 0)
    assert len(mask_tokenizer.tokenize_str(json.dumps(longest, ensure_ascii=False))) <= sizes.maximum


def test_an_instance_of_the_least_size_is_reached_in_so_many_tokens(mask_tokenizer: LLTokenizer) -> None:
    schema = closed(
        {"name": {"type": "string", "minLength": 12}, "tags": {"type": "array", "minItems": 2}}, "name", "tags"
    )
    constraint, closer = compiled(schema, mask_tokenizer), Closer(mask_tokenizer, frozenset())
    least = measure(constraint, closer).minimum
    assert least is not None
    matcher = constraint.matcher(mask_tokenizer)
    way = closer.shortest(matcher, least)
    assert way is not None
    assert len(way) == least
    constraint.check_text(mask_tokenizer.decode_str(way))


def test_what_is_forced_from_end_to_end_has_one_size(mask_tokenizer: LLTokenizer) -> None:
    sizes = measure(
        compiled({"const": {"name": "Anna", "age": 34}}, mask_tokenizer), Closer(mask_tokenizer, frozenset())
    )
    assert sizes.minimum == sizes.maximum


def test_without_a_vocabulary_sizes_are_in_bytes() -> None:
    sizes = check_schema({"type": "array", "items": {"type": "null"}, "minItems": 1, "maxItems": 2}).sizes
    assert (sizes.minimum, sizes.maximum, sizes.unit) == (6, 12, "bytes")
