"""Over schemas of every keyword, a plan decides instances as `jsonschema` does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, note, reject, settings
from hypothesis import strategies as st

from engine.constraint.keywords import MASKED, REWRITTEN
from engine.errors import ConstraintUnsatisfiable, ConstraintUnsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.conftest import MakeJudge

KEYS = ["a", "b", "ab", "c"]
TYPES = ["integer", "number", "string", "object", "array", "null", "boolean"]
SCALARS = [None, True, False, 0, 1, 2, 3, -1, 1.5, 2.5, "", "a", "b", "ab", "abc", "2023-02-30", "2024-02-29"]
ALWAYS = [None, True, 0, 1, 2.5, "a", "", [], {}, {"a": 1}, {"a": 1, "b": 2}, {"a": {"a": 1}, "c": []}, [1], [1, "a"]]

small = st.integers(0, 3)
keys = st.lists(st.sampled_from(KEYS), max_size=2, unique=True)
patterns = st.sampled_from(["^a", "b$", "^[ab]+$", "^(?!a)", "^(?=.b)", ".", "^$"])
instances: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)

LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "type": st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
    "const": instances,
    "enum": st.lists(instances, min_size=1, max_size=3),
    "minimum": small,
    "maximum": small,
    "exclusiveMinimum": small,
    "exclusiveMaximum": small,
    "multipleOf": st.sampled_from([1, 2, 3, 0.5]),
    "minLength": small,
    "maxLength": small,
    "pattern": patterns,
    "format": st.sampled_from(["date", "regex", "no-such-format"]),
    "minItems": small,
    "maxItems": small,
    "uniqueItems": st.booleans(),
    "minProperties": small,
    "maxProperties": small,
    "required": keys,
    "dependentRequired": st.dictionaries(st.sampled_from(KEYS), keys, min_size=1, max_size=2),
    "minContains": small,
    "maxContains": small,
    "propertyNames": st.sampled_from(
        [False, {"enum": ["a", "b"]}, {"const": "a"}, {"maxLength": 1}, {"pattern": "^a"}, {"not": {"const": "a"}}]
    ),
    "$ref": st.sampled_from(["#/$defs/d", "#d"]),
    "$dynamicRef": st.sampled_from(["#/$defs/d", "#e"]),
}
ONE = ["additionalProperties", "contains", "else", "if", "items", "not", "then", "unevaluatedItems",
       "unevaluatedProperties"]  # fmt: skip
MANY = ["allOf", "anyOf", "oneOf", "prefixItems"]
NAMED = ["dependentSchemas", "patternProperties", "properties"]
OF_OLDER_DRAFTS = {"$recursiveAnchor", "$recursiveRef", "additionalItems"}
IN_EACH = {"$dynamicAnchor", "dependencies"}
KINDS = [jsonschema.Draft7Validator, jsonschema.Draft202012Validator]


def schemas(depth: int) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: st.booleans() | objects(depth)) if depth else st.sampled_from([True, False, {}])


@st.composite
def objects(draw: Callable[..., Any], depth: int) -> dict[str, Any]:
    """Draw a schema of a few keywords, all those of objects and arrays as likely as the others."""
    below = schemas(depth - 1)
    values = (
        LEAVES
        | dict.fromkeys(ONE, below)
        | dict.fromkeys(MANY, st.lists(below, min_size=1, max_size=3))
        | dict.fromkeys(("dependentSchemas", "properties"), named(below, st.sampled_from(KEYS)))
        | {"patternProperties": named(below, patterns)}
    )
    chosen = draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=4, unique=True))
    return {keyword: draw(values[keyword]) for keyword in chosen}


def named(values: st.SearchStrategy[Any], names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.dictionaries(names, values, min_size=1, max_size=2)


@st.composite
def whole_schemas(draw: Callable[..., Any]) -> dict[str, Any]:
    """Draw a schema with what its references lead to; it refers to itself through properties only."""
    schema: dict[str, Any] = draw(objects(2))
    leaf = draw(leaves())
    again = {"properties": {"c": {"$ref": "#"}}} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        schema |= draw(st.sampled_from([{"dependencies": {"a": ["b"]}}, {"dependencies": {"b": {"required": ["a"]}}}]))
    if draw(st.booleans()):
        schema.setdefault("properties", {})["c"] = draw(embedded())
    definitions = {"d": {"$anchor": "d", **leaf}, "e": {"$dynamicAnchor": "e", "type": ["string", "object"], **again}}
    return {**schema, "$defs": definitions}


@st.composite
def embedded(draw: Callable[..., Any]) -> dict[str, Any]:
    """Draw a resource with an `$id` of its own, whose references lead to its own definitions."""
    resource: dict[str, Any] = draw(objects(1))
    definitions = {"d": draw(leaves()), "e": {"$dynamicAnchor": "own", "type": ["integer", "array"]}}
    own = {"properties": {"a": {"$ref": "#/$defs/e"}}, "items": {"$dynamicRef": "#own"}}
    return own | resource | {"$id": "https://example.org/own", "$defs": definitions}


@st.composite
def leaves(draw: Callable[..., Any]) -> dict[str, Any]:
    """Draw a schema that refers to nothing."""
    return {keyword: draw(LEAVES[keyword]) for keyword in draw(st.lists(st.sampled_from(LEAVES_ALONE), max_size=2))}


LEAVES_ALONE = sorted(LEAVES.keys() - {"$ref", "$dynamicRef"})


def test_every_keyword_of_the_draft_can_be_drawn() -> None:
    drawn = {*LEAVES, *ONE, *MANY, *NAMED, *IN_EACH}
    assert (MASKED | REWRITTEN) - drawn == OF_OLDER_DRAFTS


@pytest.mark.parametrize("kind", KINDS, ids=["draft 7", "2020-12"])
@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(schema=whole_schemas(), drawn=st.lists(instances, min_size=4, max_size=8))
def test_a_plan_decides_as_jsonschema_does(judge: MakeJudge, kind: Any, schema: Any, drawn: list[Any]) -> None:
    declared = {"$schema": kind.META_SCHEMA["$id"], **schema}
    note(json.dumps(declared))
    validator = kind(declared, format_checker=kind.FORMAT_CHECKER)
    try:
        plan = judge(declared)
    except ConstraintUnsupported as error:
        if error.keyword != "$ref":
            raise
        reject()  # an anchor of a later draft is none in this one
    except ConstraintUnsatisfiable:
        assert [instance for instance in (*ALWAYS, *drawn) if validator.is_valid(instance)] == []
        return
    for instance in (*ALWAYS, *drawn):
        text, holds = plan.spell(instance), validator.is_valid(instance)
        masked, fault = plan.masks(text), plan.violation(text)
        assert plan.checks(text) == holds, text
        if holds:
            assert masked, text
            assert fault is None, text
        else:
            assert not masked or fault is not None, text


@pytest.mark.parametrize("schema", [True, {}])
def test_what_says_nothing_allows_everything(judge: MakeJudge, schema: Any) -> None:
    plan = judge(schema)
    assert all(plan.accepts(instance) for instance in (*ALWAYS, *SCALARS))
