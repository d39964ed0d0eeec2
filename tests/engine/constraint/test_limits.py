"""What is too large to be planned in bounded time is refused with its place; what only looks so is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.constraint.compile import compile_constraint
from engine.constraint.limits import MOST_BRANCHES, MOST_HOPS, MOST_PATTERNS
from engine.constraint.spec import MatchesSchema
from engine.errors import ConstraintUnsupported
from engine.schema.patterns import finds


def compile_schema(schema: Any) -> None:
    compile_constraint(MatchesSchema(schema_text=json.dumps(schema)))


def aliases(count: int) -> dict[str, Any]:
    return {
        "$ref": "#/$defs/0",
        "$defs": {**{str(i): {"$ref": f"#/$defs/{i + 1}"} for i in range(count)}, str(count): {}},
    }


@pytest.mark.parametrize(
    ("schema", "keyword", "where"),
    [
        ({"items": {"properties": {f"k{i}": {} for i in range(MOST_BRANCHES + 1)}}}, "properties", "/items"),
        ({"items": {"enum": [{"a": i} for i in range(MOST_BRANCHES + 1)]}}, "enum", "/items"),
        ({"allOf": [{"pattern": f"{i}"} for i in range(MOST_PATTERNS + 1)]}, "allOf", "the root"),
        ({"properties": {"a": {"pattern": "("}}}, "pattern", "/properties/a"),
        ({"patternProperties": {"a{9999999999}": {}}}, "patternProperties", "the root"),
        (aliases(MOST_HOPS + 1), "$ref", "the root"),
    ],
)
def test_what_is_too_large_is_refused_with_its_place(schema: Any, keyword: str, where: str) -> None:
    with pytest.raises(ConstraintUnsupported) as refused:
        compile_schema(schema)
    assert (refused.value.keyword, refused.value.where) == (keyword, where)


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": list(range(2 * MOST_BRANCHES))},
        {"allOf": [{"pattern": f"{i}"} for i in range(10)]},
        aliases(MOST_HOPS - 2),
        {"properties": {f"p{i}": {"$ref": "#/$defs/a"} for i in range(3 * MOST_HOPS)}, "$defs": {"a": {}}},
        {
            "$ref": "#/$defs/0",
            "$defs": {
                str(i): {"properties": {"l": {"$ref": f"#/$defs/{(i + 1) % 40}"}, "r": {"$ref": "#"}}}
                for i in range(40)
            },
        },
    ],
)
def test_what_is_merely_long_is_taken(schema: Any) -> None:
    compile_schema(schema)


def test_a_key_is_matched_in_bounded_time_and_by_the_rules_of_ecma() -> None:
    assert finds("a+$", "baa")
    assert not finds("^(a+)+$", "a" * 60 + "!")
    assert not finds("^\\d$", "٣")
    assert not finds("(", "(")
