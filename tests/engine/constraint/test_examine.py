"""An examination tells everything that is wrong with a text; each fix it offers mends what it is offered for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.constraint.examine import Examination, examine
from engine.errors import SchemaError
from engine.schema.document import read_schema
from engine.schema.editing import EditableSchema
from engine.schema.problems import RULES, Problem, Profile, Settings, Severity

ALL = Settings(frozenset(Profile), token_limit=100)
D4 = {"$schema": "http://json-schema.org/draft-04/schema#"}
D7 = {"$schema": "http://json-schema.org/draft-07/schema#"}
LOOP = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "required": ["next"]}
EXAMPLES: dict[str, Any] = {
    "syntax": '{"type": }',
    "duplicate-key": '{"type": "string", "type": "null"}',
    "huge-number": '{"minimum": 1e999}',
    "half-character": '{"title": "\\ud800"}',
    "hidden-character": '{"properties": {"a\u200bb": {"type": "null"}}}',
    "nesting": '{"not":' * 120 + "{}" + "}" * 120,
    "metaschema": {"type": "strng"},
    "unknown-draft": {"$schema": "draft-07"},
    "bad-pattern": {"patternProperties": {"\\Aa(": True, "\\Aa": True}},
    "unresolved-ref": {"properties": {"a": {"$ref": "#/$defs/Adress"}}, "$defs": {"Address": {}}},
    "idle-ref": {"type": "object", "$defs": {"a": {"$ref": "#/$defs/b"}}},
    "unknown-keyword": {"type": "string", "maxlength": 3},
    "foreign-keyword": {**D7, "dependentRequired": {"a": ["b"]}, "prefixItems": [{}]},
    "ignored-keyword": {
        **D7,
        "definitions": {"a": {}},
        "properties": {"a": {"$ref": "#/definitions/a", "minLength": 1}},
    },
    "undefined-required": {"properties": {"name": {}}, "required": ["nmae"]},
    "duplicate-enum": {"enum": ["a", 1, "a", 1.0]},
    "unused-definition": {"type": "null", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {}}},
    "bad-default": {"type": "null", "default": 3},
    "bad-example": {"type": "null", "examples": [3, None, 3]},
    "endless": {"$defs": {"node": LOOP}, "$ref": "#/$defs/node"},
    "impossible-pattern": {"type": "string", "pattern": "^[a-z]{5}$", "maxLength": 4},
    "empty-range": {"minimum": 9, "maximum": 1},
    "no-multiple": {"minimum": 8, "maximum": 13, "multipleOf": 7},
    "no-value": {"type": "string", "enum": [1, 2]},
    "impossible-value": {"type": "string", "enum": ["a", 2, None]},
    "contradiction": {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "required": ["a", "b"]},
    "unsupported": {"properties": {f"p{i}": {"type": "null"} for i in range(5_001)}},
    "answer-first": {"properties": {"finalAnswer": {"type": "null"}, "chain_of_thought": {"maxLength": 5}}},
    "free-string": {"type": "string"},
    "free-array": {"type": "array"},
    "least-size": {"type": "string", "minLength": 500, "maxLength": 600},
    "checked-only": {"uniqueItems": True},
    "strict-root": {"properties": {}},
    "strict-type": {"type": "object", "properties": {"a": {"enum": ["x"]}}},
    "strict-boolean": {"type": "object", "properties": {"a": True}},
    "strict-keyword": {"type": "object", "definitions": {"a": {}}, "properties": {"a": {"$ref": "#/definitions/a"}}},
    "strict-properties": {"type": "object"},
    "strict-required": {"type": "object", "properties": {"a": {"type": "string", "enum": ["x"]}}},
    "strict-additional": {"type": "object", "properties": {}, "required": []},
    "strict-items": {"type": "object", "properties": {"a": {"type": "array"}}},
    "strict-beside-any-of": {"properties": {"a": {"type": "null", "anyOf": [{"type": "null"}]}}},
    "strict-beside-reference": {"$defs": {"a": {}}, "properties": {"a": {"$ref": "#/$defs/a", "title": "A"}}},
    "strict-reference": {"type": "object", "properties": {"a": {"type": "null"}, "b": {"$ref": "#/properties/a"}}},
    "strict-value": {"properties": {"a": {"type": "object", "enum": [{}]}}},
    "strict-format": {"properties": {"a": {"type": "string", "format": "uri"}}},
    "strict-pattern": {"properties": {"a": {"type": "string", "pattern": "(?=a)b"}}},
    "strict-nesting": {"type": "array", "items": {"type": "array"}},
    "strict-size": {"properties": {f"p{i}": {"type": "null"} for i in range(5_001)}},
    "strict-names": {"properties": {"a" * 120_001: {"type": "null"}}},
    "strict-values": {"enum": list(range(1_001))},
    "strict-long-enum": {"type": "string", "enum": [f"{i:0100}" for i in range(300)]},
}
for _ in range(5):
    EXAMPLES["strict-nesting"] = {"type": "array", "items": {"type": "array", "items": EXAMPLES["strict-nesting"]}}
TOLD_BY_OTHERS = {"not-examined"}
"""Rules that no text breaks."""


def text_of(schema: Any) -> str:
    return schema if isinstance(schema, str) else json.dumps(schema, indent=2)


def identity(problem: Problem) -> tuple[str, str, str | None, str]:
    return problem.rule, problem.pointer, problem.keyword, problem.sentence


def refute(text: str, examined: Examination, rules: Settings = ALL) -> None:
    """Make each fix of an examination, and hold it to its word."""
    for problem in examined.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
        for fix in problem.fixes:
            edited = EditableSchema(text)
            edited.apply(*fix.operations, label=fix.label)
            json.loads(edited.text)
            after = {identity(each) for each in examine(edited.text, rules).problems}
            assert identity(problem) not in after, (problem.sentence, fix.label, edited.text)


def test_every_rule_has_an_example_here() -> None:
    assert EXAMPLES.keys() | TOLD_BY_OTHERS == RULES.keys()


@pytest.mark.parametrize("rule", EXAMPLES)
def test_each_rule_is_found_and_each_fix_mends_what_it_is_offered_for(rule: str) -> None:
    text = text_of(EXAMPLES[rule])
    examined = examine(text, ALL)
    found = [each for each in examined.problems if each.rule == rule]
    assert found
    assert all(each.profile is RULES[rule].profile and each.severity is RULES[rule].severity for each in found)
    refute(text, examined)


@pytest.mark.parametrize("rule", EXAMPLES)
def test_an_examination_goes_to_another_process_and_back(rule: str) -> None:
    examined = examine(text_of(EXAMPLES[rule]), ALL)
    restored = Examination.from_json(json.loads(json.dumps(examined.to_json())))
    assert restored.problems == examined.problems
    assert (restored.enforcement, restored.valid, restored.draft) == (
        examined.enforcement,
        examined.valid,
        examined.draft,
    )
    assert str(restored.refused) == str(examined.refused)


def test_a_rule_can_be_switched_off_and_made_graver() -> None:
    text = text_of({"type": "string", "maxlength": 3})
    quiet = Settings(severities={"free-string": Severity.OFF, "unknown-keyword": Severity.ERROR})
    assert [(each.rule, each.severity) for each in examine(text, quiet).problems] == [
        ("unknown-keyword", Severity.ERROR)
    ]
    assert examine(text, quiet).valid


def test_a_profile_can_be_switched_off() -> None:
    text = text_of({"type": "string", "maxlength": 3})
    rules = {profile: examine(text, Settings(frozenset({profile}))).problems for profile in Profile}
    assert [each.rule for each in rules[Profile.JSON_SCHEMA]] == ["unknown-keyword"]
    assert [each.rule for each in rules[Profile.GENERATION]] == ["free-string"]
    assert {each.profile for each in rules[Profile.STRICT]} == {Profile.STRICT}


def test_settings_of_another_version_lose_what_is_not_known() -> None:
    kept = Settings(frozenset({Profile.STRICT}), {"endless": Severity.HINT}, token_limit=9)
    told = json.loads(json.dumps(kept.to_json()))
    told["profiles"].append("poetry")
    told["severities"] |= {"no-rhyme": "error", "syntax": "fatal"}
    assert Settings.from_json(told) == kept


def test_each_keyword_of_each_subschema_is_told_how_it_is_held_to() -> None:
    examined = examine(text_of({"type": "object", "properties": {"a": {"title": "A", "uniqueItems": True}}}))
    assert examined.enforcement == {
        "": {"type": "mask", "properties": "mask"},
        "/properties/a": {"title": "annotation", "uniqueItems": "check"},
    }
    assert examined.planned
    assert examined.draft is not None


def test_a_refused_schema_is_valid_and_says_why_nothing_can_be_written() -> None:
    examined = examine(text_of(EXAMPLES["contradiction"]))
    assert examined.valid
    assert examined.enforcement == {}
    assert "contradicts itself" in str(examined.refused)


def test_what_is_known_before_the_planning_is_told_then() -> None:
    told: list[Examination] = []
    examined = examine(text_of({"uniqueItems": True, "minimum": 9, "maximum": 1}), tell=told.append)
    (first,) = told
    assert [each.rule for each in first.problems] == ["empty-range"]
    assert not first.planned
    assert {each.rule for each in examined.problems} == {"empty-range", "checked-only"}


def test_problems_are_in_the_order_of_the_text() -> None:
    text = text_of(
        {"type": "strng", "properties": {"a": {"maxlength": 3, "type": "string"}}, "enum": [1, 1], "title": 3}
    )
    starts = [each.start for each in examine(text).problems]
    assert len(starts) > 3
    assert starts == sorted(starts)


KEYS = st.sampled_from(["a", "b", "answer", "reasoning", "a/b", "~x", "", "\N{GRINNING FACE}"])
ANY = st.sampled_from([None, True, 3, -1, 0.5, 1e300, "x", "3", "string", "[", [], {}, [1, 1]])
KINDS = st.sampled_from(["string", "integer", "number", "object", "array", "null", "int", ["string", "null"]])
COUNTS = st.integers(0, 5)
REFERENCES = st.sampled_from(["#", "#/$defs/a", "#/$defs/aa", "#/definitions/a", "http://example.com/a"])
PATTERNS = st.sampled_from(["^a$", "^[a-z]{3}$", "a^b", "[", "\\Z", "(?=a)b"])
DRAFTS = st.sampled_from([D4["$schema"], D7["$schema"], "https://json-schema.org/draft/2020-12/schema", "draft-06"])


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    named, several = st.dictionaries(KEYS, inner, max_size=3), st.lists(inner, max_size=3)
    values: dict[str, st.SearchStrategy[Any]] = {
        "type": KINDS, "$schema": DRAFTS, "$ref": REFERENCES, "pattern": PATTERNS, "default": ANY, "const": ANY,
        "requred": st.lists(KEYS, max_size=2), "multipleOf": st.sampled_from([1, 2, 0.1, 7]),
        **dict.fromkeys(("properties", "$defs", "definitions", "dependentSchemas"), named),
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), several),
        **dict.fromkeys(("not", "if", "then", "contains", "additionalProperties", "propertyNames"), inner),
        "items": inner | several,
        **dict.fromkeys(("enum", "examples"), st.lists(ANY, max_size=4)),
        "required": st.lists(KEYS, max_size=3, unique=True),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), st.integers(-1, 6)),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), COUNTS),
    }  # fmt: skip

    def pair(keyword: str) -> st.SearchStrategy[tuple[str, Any]]:
        right = values[keyword]
        return st.tuples(st.just(keyword), st.one_of(right, right, right, right, right, ANY))

    pairs = st.sampled_from(sorted(values)).flatmap(pair)
    return st.lists(pairs, max_size=6, unique_by=lambda each: each[0]).map(dict)


LEAVES = st.booleans() | st.builds(dict, type=KINDS) | st.builds(lambda to: {"$ref": to}, REFERENCES)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema=schemas(st.recursive(LEAVES, schemas, max_leaves=8)), indent=st.sampled_from([None, 2]))
def test_whatever_a_schema_says_its_fixes_keep_their_word(schema: Any, indent: int | None) -> None:
    text = json.dumps(schema, indent=indent, ensure_ascii=False)
    examined = examine(text, ALL)
    try:
        read_schema(text)
        readable = True
    except SchemaError:
        readable = False
    assert examined.valid == readable
    assert readable or any(each.severity is Severity.ERROR for each in examined.problems)
    refute(text, examined)


@pytest.mark.parametrize(
    "schema",
    [
        {"$id": "http://[", "$defs": {"a": {"$id": "http://[x"}}, "properties": {"b": {"$ref": "http://["}}},
        {"allOf": [{"additionalItems": None, "$schema": D7["$schema"]}], "$ref": "#/$defs/a"},
        {"$ref": "#/$defs/d0", "$defs": {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(99)}},
        {"pattern": "(a+)+$(", "properties": {"b": {"pattern": "(((a{1000}){1000}){1000})", "default": "a" * 999}}},
        {"required": [f"r{i}" for i in range(20_000)], "properties": {"a": {}}},
        {"properties": {f"p{i}": {"$ref": f"#/$defs/x{i}"} for i in range(2_000)}, "$defs": {"y": {}}},
        {f"propertie{i}": 1 for i in range(5_000)},
        {"enum": [1] * 20_000},
    ],
    ids=["ids", "drafts", "ways", "patterns", "required", "references", "keywords", "enum"],
)
def test_a_hostile_schema_is_examined_too(schema: Any) -> None:
    assert examine(json.dumps(schema)).problems
