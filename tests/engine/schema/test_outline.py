"""What the tree of a schema shows: every keyword, in rows that go on for as long as somebody looks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.schema.editing import Syntax
from engine.schema.outline import Outline, RowKind

if TYPE_CHECKING:
    from engine.schema.outline import Row

INVOICE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "invoice",
    "type": "object",
    "additionalProperties": False,
    "required": ["vendor", "total"],
    "properties": {
        "vendor": {"$ref": "#/$defs/party"},
        "issued": {"type": "string", "format": "date", "description": "The day it was written."},
        "lines": {
            "type": "array", "minItems": 1, "maxItems": 40, "uniqueItems": True,
            "items": {"type": "object", "properties": {"text": {"type": "string"}}},
        },
        "total": {"type": "number", "minimum": 0, "multipleOf": 0.01},
        "notes": {"type": ["string", "null"], "examples": ["paid in cash"]},
        "country": {"enum": [f"country {number}" for number in range(27)]},
    },
    "$defs": {"party": {"type": "object", "properties": {"name": {"type": "string", "minLength": 1}}}},
}  # fmt: skip

CHAIN = {
    "$ref": "#/$defs/a",
    "$defs": {
        "a": {"$ref": "#/$defs/b"},
        "b": {"$ref": "#/$defs/c"},
        "c": {"$ref": "#/$defs/d"},
        "d": {"$ref": "#/$defs/e"},
        "e": {"type": "object", "properties": {"again": {"$ref": "#/$defs/a"}}},
    },
}

EVERYTHING: list[Any] = [
    INVOICE,
    CHAIN,
    {
        "type": "object", "properties": {"a": True, "b": False}, "patternProperties": {"^x-": {"type": "string"}},
        "additionalProperties": {"type": "integer"}, "unevaluatedProperties": False, "propertyNames": {"maxLength": 3},
        "minProperties": 1, "maxProperties": 9, "required": ["a", "elsewhere"],
        "dependentRequired": {"a": ["b"]}, "dependentSchemas": {"b": {"required": ["c"]}},
        "dependencies": {"c": ["d"], "e": {"minProperties": 2}},
    },
    {
        "type": "array", "prefixItems": [{"type": "string"}, True], "items": False, "unevaluatedItems": True,
        "contains": {"const": 5}, "minContains": 1, "maxContains": 3, "minItems": 2, "uniqueItems": False,
    },
    {"items": [{"type": "string"}, {}], "additionalItems": {"type": "null"}},
    {
        "anyOf": [{"type": "string"}, {"$ref": "#"}], "oneOf": [{"title": "One"}, {"type": "null"}],
        "allOf": [{"minLength": 1}, {"maxLength": 5}], "not": {"const": 1}, "if": {"type": "string"},
        "then": {"pattern": "^a"}, "else": True,
    },
    {
        "type": "string", "minLength": 3, "maxLength": 3, "pattern": "^a+$", "format": "email", "default": "aaa",
        "examples": ["aaa"], "contentEncoding": "base64", "contentMediaType": "text/plain",
        "contentSchema": {"type": "object"}, "title": "A", "description": "B", "$comment": "C", "deprecated": True,
        "readOnly": True, "writeOnly": False, "$anchor": "here", "$id": "https://example.org/a",
    },
    {"type": "number", "minimum": 1, "exclusiveMinimum": 0, "maximum": 9, "exclusiveMaximum": 10, "multipleOf": 0.5},
    {"minimum": 1, "exclusiveMinimum": True, "maximum": 9, "exclusiveMaximum": False},
    {"const": {"a": [1]}, "enum": [1, "a", None], "nullable": True, "x-own": {"deep": {"er": [1, {"a": 2}]}}, "x-y": 5},
    {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}], "default": None, "title": "Maybe"},
    {
        "type": 5, "minLength": "long", "enum": {"a": 1}, "properties": ["a"], "required": True, "anyOf": {"a": 1},
        "items": "string", "pattern": 5, "$ref": 7, "description": ["none"], "title": 1, "format": None, "allOf": [],
        "$defs": [], "definitions": {}, "minimum": "1", "additionalProperties": "no", "if": 1, "not": [],
        "dependentRequired": {"a": 5}, "examples": 5, "uniqueItems": "yes", "patternProperties": {}, "maxItems": None,
    },
    {"type": ["string", 5]},
    {"type": []},
    {"$dynamicRef": "#node", "$defs": {"node": {"$dynamicAnchor": "node"}}},
    {"$vocabulary": {"https://example.org/v": True}, "$recursiveAnchor": True, "$recursiveRef": "#"},
    {"properties": {"properties": {"properties": {"type": {"type": "string"}}}, "$ref": {"type": "string"}}},
]  # fmt: skip


def outline(schema: Any) -> Outline:
    return Outline(Syntax(schema if isinstance(schema, str) else json.dumps(schema, indent=1)))


def root(tree: Outline) -> Row:
    found = tree.root()
    assert found is not None
    return found


def row(tree: Outline, *names: str) -> Row:
    """Return the row that is reached from the root by the names of rows, as they are shown."""
    here = root(tree)
    for name in names:
        inside = {tree.says(child).name: child for child in tree.children(here)}
        assert name in inside, f"{name} is not among {list(inside)}"
        here = inside[name]
    return here


def names(tree: Outline, *path: str) -> list[str]:
    return [tree.says(child).name for child in tree.children(row(tree, *path))]


def said(schema: Any) -> str:
    tree = outline(schema)
    return tree.says(root(tree)).line


def every_row(tree: Outline, deepest: int = 6) -> list[Row]:
    found, pending = [], [(root(tree), 0)]
    while pending:
        here, depth = pending.pop()
        found.append(here)
        if depth < deepest:
            pending += [(child, depth + 1) for child in tree.children(here)]
    return found


def shown_keywords(tree: Outline, here: Row) -> set[str]:
    """Return the keywords of a row's schema that can be seen in the row or in those directly below it."""
    says = tree.says(here)
    below = [child for child in tree.children(here) if child.pointer.startswith(f"{here.pointer}/")]
    seen = {word.keyword for word in says.words} | {child.keyword for child in below}
    if says.type:
        seen.add("type")
    if says.description:
        seen.add("description")
    if says.name and here.node.get("title") is not None:
        seen.add("title")
    if says.inner != here.pointer:
        seen.add(says.inner[len(here.pointer) + 1 :].split("/")[0])
    told = " ".join(word.text for word in says.words)
    for low, high in (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")):
        if low in seen:
            seen |= {high} if "…" in told or "exactly" in told else set()
    for low, high in (("minContains", "maxContains"), ("minProperties", "maxProperties")):
        if low in seen and "…" in told:
            seen.add(high)
    for bound, sign in (("exclusiveMinimum", ">"), ("exclusiveMaximum", "<")):
        if sign in told:
            seen.add(bound)
    if {child.name for child in below if child.required} >= set(_strings(here, "required")):
        seen.add("required")
    return seen


def _strings(here: Row, keyword: str) -> list[str]:
    node = here.node.get(keyword)
    return [str(each.value()) for each in node.items()] if node is not None else []


@pytest.mark.parametrize("schema", EVERYTHING, ids=lambda schema: "-".join(list(schema)[:3]))
def test_everything_that_a_schema_says_can_be_seen(schema: Any) -> None:
    tree = outline(schema)
    for here in every_row(tree):
        if here.is_schema and not here.referred:
            hidden = {member.key for member in here.node.members()} - shown_keywords(tree, here)
            assert not hidden, f"{here.pointer or 'the root'} hides {hidden}"


@pytest.mark.parametrize("schema", EVERYTHING, ids=lambda schema: "-".join(list(schema)[:3]))
def test_a_row_that_can_be_unfolded_has_rows_below_it_and_no_other_has(schema: Any) -> None:
    tree = outline(schema)
    for here in every_row(tree, deepest=4):
        assert tree.has_children(here) == bool(tree.children(here)), here.path


@pytest.mark.parametrize("schema", EVERYTHING, ids=lambda schema: "-".join(list(schema)[:3]))
def test_no_two_rows_are_taken_for_one_another(schema: Any) -> None:
    paths = [here.path for here in every_row(outline(schema))]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("schema", EVERYTHING, ids=lambda schema: "-".join(list(schema)[:3]))
def test_a_row_stands_for_what_its_pointer_names(schema: Any) -> None:
    tree = outline(schema)
    for here in every_row(tree):
        node = tree.syntax.find(here.pointer)
        assert node is not None
        assert (node.start, node.end) == (here.node.start, here.node.end)


def test_an_invoice_reads_as_its_author_would_say_it() -> None:
    tree = outline(INVOICE)
    rows = [tree.says(child) for child in tree.children(root(tree))]
    assert [(says.name, says.type, says.line) for says in rows] == [
        ("vendor", "object", "$ref party"),
        ("issued", "string", "format date"),
        ("lines", "array", "1…40, uniqueItems"),
        ("total", "number", "≥ 0, multipleOf 0.01"),
        ("notes", "string?", "1 example"),
        ("country", "enum", "27 values"),
        ("$defs", "1 definition", ""),
    ]
    whole = tree.says(root(tree))
    assert (whole.name, whole.type, whole.line) == ("invoice", "object", "6 properties, closed, draft 2020-12")
    assert [child.name for child in tree.children(root(tree)) if child.required] == ["vendor", "total"]
    assert tree.says(row(tree, "issued")).description == "The day it was written."


@pytest.mark.parametrize(
    ("schema", "spoken"),
    [
        ({"type": "string"}, "string"),
        ({"type": ["string", "null"]}, "string?"),
        ({"type": "string", "nullable": True}, "string?"),
        ({"anyOf": [{"type": "null"}, {"type": "array"}]}, "array?"),
        ({"oneOf": [{"$ref": "#/$defs/a"}, {"type": "null"}], "$defs": {"a": {"type": "integer"}}}, "integer?"),
        ({"type": ["string", "integer", "null"]}, "string or integer or null"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "string or integer"),
        ({"anyOf": [{"type": "object"}, {"type": "object"}]}, "any of 2"),
        ({"oneOf": [{"type": "object"}, {"type": "object"}, {"type": "null"}]}, "one of 2?"),
        ({"enum": ["a", None]}, "enum?"),
        ({"type": "integer", "enum": [1]}, "integer enum"),
        ({"const": 5}, "const"),
        ({"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"type": "object"}}}, "object"),
        ({"properties": {}}, "(object)"),
        ({"minLength": 1}, "(string)"),
        ({}, "any"),
        (True, "anything"),
        (False, "nothing"),
        ({"type": 5}, "5"),
        ({"type": "strnig"}, '"strnig"'),
        ([1, 2], "[1, 2]"),
        ({"$ref": "#/nowhere"}, "$ref"),
        ({"$ref": "#"}, "$ref"),
        ({"$ref": "https://example.org/elsewhere"}, "$ref"),
    ],
)
def test_a_type_is_told_in_a_word_or_two(schema: Any, spoken: str) -> None:
    tree = outline(json.dumps(schema))
    assert tree.says(root(tree)).type == spoken


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        ({"minLength": 2, "maxLength": 5}, "2…5 characters"),
        ({"minLength": 2, "maxLength": 2}, "exactly 2 characters"),
        ({"maxLength": 240}, "maxLength 240"),
        ({"minimum": 1, "maximum": 5}, "1…5"),
        ({"minimum": 1, "exclusiveMinimum": True}, "> 1"),
        ({"exclusiveMinimum": 0, "maximum": 5}, "> 0, ≤ 5"),
        ({"minProperties": 1, "maxProperties": 2}, "1…2 keys"),
        ({"pattern": "^[A-Z]{2}"}, "pattern ^[A-Z]{2}"),
        ({"enum": ["a", "b"]}, '"a", "b"'),
        ({"const": {"a": 1}}, '{"a": 1}'),
        ({"additionalProperties": True}, "open"),
        ({"required": ["a", "b"]}, "requires a, b"),
        ({"required": list("abcdef")}, "requires a, b, c, d and 2 more"),
        ({"prefixItems": [{}], "items": False}, "no more items"),
        ({"properties": {}}, "no properties"),
        ({"default": "x", "maxLength": 3}, 'maxLength 3, default "x"'),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "draft 7"),
        ({"x-order": 3, "x-shown": True}, "x-order 3, x-shown"),
        ({"minLength": "long"}, 'minLength "long"'),
        ('{"type": "string", "type": "number", "maximum": 3}', "type stands twice, ≤ 3"),
    ],
)
def test_keywords_are_told_in_a_few_words(schema: Any, line: str) -> None:
    assert said(json.dumps(schema) if isinstance(schema, dict) else schema) == line


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"properties": {"kind": {"const": "a"}}, "required": ["kind"]}, 'if kind is "a"'),
        ({"properties": {"kind": {"enum": ["a", "b"]}}}, 'if kind is "a" or "b"'),
        ({"required": ["a", "b"]}, "if it has a, b"),
        ({"type": "string"}, "if it is a string"),
        ({"properties": {"a": {"properties": {"b": {"const": 1}}}}}, "if a.b is 1"),
        ({"not": {"required": ["a"]}}, "if not (it has a)"),
        ({"properties": {"a": {"type": "integer"}}}, "if a is an integer"),
        ({"pattern": "^a"}, "if"),
        ({"properties": {"a": {"pattern": "^a"}}}, "if"),
        (True, "if"),
    ],
)
def test_a_condition_is_told_in_words_where_it_is_short(asked: Any, name: str) -> None:
    tree = outline({"if": asked, "then": {"required": ["x"]}})
    assert names(tree) == [name, "then"]


def test_branches_are_called_by_their_title_or_by_what_tells_them_apart() -> None:
    tree = outline(
        {
            "oneOf": [
                {"title": "Cat"},
                {"properties": {"kind": {"const": "dog"}}},
                {"$ref": "#/$defs/fish"},
            ],
            "allOf": [{"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}}],
            "$defs": {"fish": {"type": "object"}},
        }
    )
    assert names(tree) == ["one of 1: Cat", 'one of 2: kind "dog"', "one of 3", "all of 1: if a is 1", "$defs"]


def test_what_is_this_or_null_is_shown_as_a_nullable_this() -> None:
    tree = outline(
        {
            "properties": {
                "who": {
                    "anyOf": [{"type": "object", "properties": {"name": {}}, "minProperties": 2}, {"type": "null"}],
                    "default": None,
                    "description": "Nobody, if nobody.",
                }
            }
        }
    )
    who = tree.says(row(tree, "who"))
    assert (who.type, who.line, who.description) == (
        "object?", "1 property, minProperties 2, default null", "Nobody, if nobody.",
    )  # fmt: skip
    assert who.inner == "/properties/who/anyOf/0"
    assert [child.pointer for child in tree.children(row(tree, "who"))] == ["/properties/who/anyOf/0/properties/name"]


def test_recursion_through_five_references_unfolds_for_as_long_as_one_likes() -> None:
    tree = outline(CHAIN)
    here = root(tree)
    met = set()
    for _ in range(200):
        assert tree.says(here).type == "object"
        here = next(child for child in tree.children(here) if child.name == "again")
        assert here.pointer == "/$defs/e/properties/again"
        met.add(here.path)
    assert len(met) == 200
    assert here.referred


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"allOf": [{"$ref": "#"}]},
        {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        {"$ref": "#/$ref"},
    ],
)
def test_references_that_go_round_in_circles_end(schema: Any) -> None:
    tree = outline(schema)
    assert len(every_row(tree, deepest=8)) < 100


def test_a_chain_of_a_thousand_references_is_followed() -> None:
    chain = {f"d{number}": {"$ref": f"#/$defs/d{number + 1}"} for number in range(1_000)}
    tree = outline({"$ref": "#/$defs/d0", "$defs": {**chain, "d1000": {"properties": {"end": {}}}}})
    assert names(tree) == ["end", "$defs"]


def test_what_leads_to_itself_in_many_ways_is_shown_without_trying_them_all() -> None:
    tree = outline({"allOf": [{"allOf": [{"$ref": "#"}] * 8}] * 8, "anyOf": [{"$ref": "#"}, {"type": "null"}]})
    assert tree.says(root(tree)).type
    assert len(names(tree)) == 10


def test_what_is_nullable_over_and_over_is_shown_one_level_at_a_time() -> None:
    text = '{"anyOf": [' * 2_000 + '{"type": "string"}' + ', {"type": "null"}]}' * 2_000
    tree = outline(text)
    assert names(tree) == ["either 1", "either 2"]
    assert tree.says(root(tree)).nullable


@pytest.mark.parametrize(
    ("reference", "more", "target"),
    [
        ("#/$defs/a%20b", {"$defs": {"a b": {"type": "string"}}}, "/$defs/a b"),
        ("#/$defs/a~1b", {"$defs": {"a/b": {"type": "string"}}}, "/$defs/a~1b"),
        ("#here", {"$defs": {"a": {"$anchor": "here"}}}, "/$defs/a"),
        ("#here", {"$defs": {"a": {"$id": "#here"}}}, "/$defs/a"),
        ("item.json", {"$id": "https://x.org/root.json", "$defs": {"a": {"$id": "item.json"}}}, "/$defs/a"),
        ("item.json#/properties/b", {"$defs": {"a": {"$id": "item.json", "properties": {"b": {}}}}},
         "/$defs/a/properties/b"),
        ("https://x.org/root.json", {"$id": "https://x.org/root.json"}, ""),
        ("#/properties", {"properties": {"$id": {"type": "string"}}}, "/properties"),
        ("#/$defs/none", {}, None),
        ("other.json", {}, None),
        ("http://[", {}, None),
    ],
)  # fmt: skip
def test_a_reference_leads_where_json_schema_says(reference: str, more: dict[str, Any], target: str | None) -> None:
    tree = outline({"allOf": [{"$ref": reference}], **more})
    assert tree.says(tree.children(root(tree))[-2 if "$defs" in more else -1]).target == target


def test_a_reference_in_a_schema_with_its_own_id_leads_from_there() -> None:
    inner = {"$id": "inner.json", "properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"type": "integer"}}}
    tree = outline({"$defs": {"b": {"type": "string"}, "inner": inner}})
    assert tree.says(row(tree, "$defs", "inner", "a")).target == "/$defs/inner/$defs/b"


def test_a_name_that_stands_twice_is_shown_twice_and_the_first_is_marked() -> None:
    tree = outline('{"properties": {"a": {"type": "string"}, "b": true, "a": {"type": "number"}}}')
    rows = tree.children(root(tree))
    assert [(each.name, each.overruled, each.occurrence) for each in rows] == [
        ("a", True, 0), ("b", False, None), ("a", False, 1),
    ]  # fmt: skip
    assert "overruled" in tree.says(rows[0]).line


def test_what_is_no_schema_is_shown_as_it_is() -> None:
    tree = outline(json.dumps({"properties": {"a": 5, "b": "text", "c": None, "d": [1]}, "x": {"y": [True]}}))
    assert [(tree.says(child).name, tree.says(child).type) for child in tree.children(root(tree))] == [
        ("a", "5"), ("b", '"text"'), ("c", "null"), ("d", "[1]"), ("x", ""),
    ]  # fmt: skip
    assert names(tree, "x") == ["y"]
    assert row(tree, "x", "y", "0").kind is RowKind.DATA


def test_names_and_texts_of_whatever_kind_and_length_are_shown() -> None:
    hostile = {"\u202eexe\x00\n": {"description": "\u2066" + "d" * 1_000_000}, "n" * 1_000_000: {"const": "c" * 9_999}}
    tree = outline({"properties": hostile})
    first, second = tree.children(root(tree))
    assert first.name == "\u202eexe\x00\n"
    assert len(tree.says(first).description) < 5_000
    assert len(second.name) == 1_000_000
    assert len(tree.says(second).line) < 100


def test_ten_thousand_properties_are_as_many_rows() -> None:
    tree = outline({"properties": {f"p{number}": {"type": "string"} for number in range(10_000)}})
    rows = tree.children(root(tree))
    assert len(rows) == 10_000
    assert tree.says(root(tree)).line == "10,000 properties"
    assert not tree.has_children(rows[5_000])


def test_a_text_that_says_nothing_has_no_rows() -> None:
    assert Outline(Syntax("")).root() is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(
            ["type", "properties", "items", "anyOf", "oneOf", "allOf", "$ref", "$defs", "required", "enum", "const",
             "if", "then", "not", "minimum", "exclusiveMinimum", "maximum", "minLength", "maxLength", "$id", "x",
             "additionalProperties", "dependentRequired", "title", "description", "prefixItems", "nullable"]
        ),
        inner | st.sampled_from(["string", "null", "#", "#/$defs/x", "#/properties/x", ["string", "null"]]),
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_whatever_json_there_is_it_has_rows_that_say_something(value: Any) -> None:
    tree = outline(json.dumps(value))
    for here in every_row(tree, deepest=3)[:300]:
        says = tree.says(here)
        assert says.name or here.name == ""
        assert tree.has_children(here) == bool(tree.children(here))
        if here.is_schema and not here.referred:
            assert {member.key for member in here.node.members()} <= shown_keywords(tree, here)
