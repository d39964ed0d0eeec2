"""Refactorings: what names or refers to a place follows it, the rest stays as it is written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import EditRefused
from engine.schema.editing import EditableSchema, Kind, Node, Syntax
from engine.schema.refactoring import (
    Refactoring,
    add_entry,
    add_property,
    change_type,
    delete_definition,
    drop_keyword,
    duplicate,
    extract,
    inline,
    inline_all,
    is_nullable,
    move,
    put_keyword,
    refer,
    referred_to,
    remove,
    rename,
    set_nullable,
    set_required,
    target_of,
    uses,
    wrap,
)

INVOICE = """{
  "type": "object",
  "required": ["vendor", "buyer", "total"],
  "properties": {
    "vendor": { "$ref": "#/$defs/party" },
    "buyer": { "$ref": "#/$defs/party", "description": "Who pays" },
    "total": { "type": "number", "minimum": 0 },
    "same": { "$ref": "#/properties/total" },
    "notes": { "type": "string", "examples": [{ "$ref": "#/$defs/party" }] }
  },
  "dependentRequired": { "notes": ["total"], "total": ["notes"] },
  "$defs": {
    "party": { "type": "object",   "properties": { "name": { "type": "string" } } },
    "node": { "properties": { "next": { "$ref": "#/$defs/node" } } }
  }
}
"""


def done(text: str, refactoring: Refactoring) -> str:
    """Return the text after a refactoring, which one undo takes back and whose selection exists."""
    schema = EditableSchema(text)
    schema.apply(*refactoring.operations, label=refactoring.label)
    after = schema.text
    assert all(schema.syntax.find(pointer) is not None for pointer in refactoring.select)
    schema.undo()
    assert schema.text == text
    return after


def say(text: str, pointer: str = "") -> Any:
    node = Syntax(text).find(pointer)
    return None if node is None else node.value()


def references(text: str) -> dict[str, str | None]:
    """Return where each reference of a text leads to."""
    syntax = Syntax(text)
    found: dict[str, str | None] = {}
    pending: list[tuple[Node | None, str]] = [(syntax.root, "")]
    while pending:
        node, pointer = pending.pop()
        if node is not None and node.kind is Kind.OBJECT:
            for member in node.members():
                if member.key == "$ref":
                    found[pointer] = target_of(syntax, pointer)
                if member.key != "examples":
                    pending.append((member.value, f"{pointer}/{member.key}"))
    return found


def test_a_property_is_renamed_wherever_it_is_named_or_referred_to() -> None:
    text = done(INVOICE, rename(Syntax(INVOICE), "/properties/total", "sum"))
    assert text == (
        INVOICE.replace('"total": { "type"', '"sum": { "type"')
        .replace('"buyer", "total"]', '"buyer", "sum"]')
        .replace("#/properties/total", "#/properties/sum")
        .replace('["total"], "total"', '["sum"], "sum"')
    )


def test_a_definition_is_renamed_with_all_its_uses_and_data_that_looks_like_one_is_not_touched() -> None:
    text = done(INVOICE, rename(Syntax(INVOICE), "/$defs/party", "a b/c"))
    assert text.count("#/$defs/a%20b~1c") == 2
    assert say(text, "/properties/notes/examples/0") == {"$ref": "#/$defs/party"}
    assert references(text)["/properties/vendor"] == "/$defs/a b~1c"


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(EditRefused, match="stands there already"):
        rename(Syntax(INVOICE), "/properties/total", "vendor")
    with pytest.raises(EditRefused, match="no name"):
        rename(Syntax(INVOICE), "/properties/total/type", "kind")


def test_a_property_that_is_taken_away_is_no_longer_required() -> None:
    text = done(INVOICE, remove(Syntax(INVOICE), ["/properties/total", "/properties/vendor"]))
    assert say(text, "/required") == ["buyer"]
    assert say(text, "/dependentRequired") == {"notes": []}
    assert "required" not in say(
        done(
            '{"properties": {"a": {}}, "required": ["a"]}',
            remove(Syntax('{"properties": {"a": {}}, "required": ["a"]}'), ["/properties/a"]),
        )
    )


def test_before_something_is_taken_away_one_can_ask_who_needs_it() -> None:
    assert referred_to(Syntax(INVOICE), ["/properties/total"]) == ["/properties/same/$ref"]
    assert referred_to(Syntax(INVOICE), ["/properties/total", "/properties/same"]) == []
    assert referred_to(Syntax(INVOICE), ["/$defs/node"]) == []
    assert uses(Syntax(INVOICE), "/$defs/party") == ["/properties/vendor/$ref", "/properties/buyer/$ref"]


def test_when_a_branch_goes_references_to_those_behind_it_follow() -> None:
    text = (
        '{"anyOf": [{}, {"type": "string"}, {"title": "c"}], '
        '"not": {"$ref": "#/anyOf/2/title"}, "if": {"$ref": "#/anyOf/1"}}'
    )
    after = done(text, remove(Syntax(text), ["/anyOf/0"]))
    assert say(after, "/not") == {"$ref": "#/anyOf/1/title"}
    assert say(after, "/if") == {"$ref": "#/anyOf/0"}


def test_properties_move_together_into_another_object_and_are_required_there() -> None:
    text = done(
        INVOICE, move(Syntax(INVOICE), ["/properties/total", "/properties/notes"], "/$defs/party/properties", 0)
    )
    assert list(say(text, "/$defs/party/properties")) == ["total", "notes", "name"]
    assert say(text, "/$defs/party/required") == ["total"]
    assert say(text, "/required") == ["vendor", "buyer"]
    assert references(text)["/properties/same"] == "/$defs/party/properties/total"


def test_a_property_moves_among_its_siblings_and_keeps_how_it_is_written() -> None:
    text = done(INVOICE, move(Syntax(INVOICE), ["/properties/notes"], "/properties", 0))
    assert list(say(text, "/properties")) == ["notes", "vendor", "buyer", "total", "same"]
    assert sorted(text.replace(",", "").split()) == sorted(INVOICE.replace(",", "").split())
    back = done(text, move(Syntax(text), ["/properties/notes"], "/properties"))
    assert back == INVOICE


def test_a_branch_moves_into_one_that_moves_up_by_that() -> None:
    text = '{"anyOf": [{"title": "a"}, {"allOf": [{"title": "b"}]}], "not": {"$ref": "#/anyOf/1/allOf/0"}}'
    refactoring = move(Syntax(text), ["/anyOf/0"], "/anyOf/1/allOf", 0)
    after = done(text, refactoring)
    assert say(after, "/anyOf") == [{"allOf": [{"title": "a"}, {"title": "b"}]}]
    assert say(after, "/not/$ref") == "#/anyOf/0/allOf/1"
    assert refactoring.select == ("/anyOf/0/allOf/0",)


def test_an_object_without_properties_gets_some_when_one_is_moved_into_it() -> None:
    text = '{"properties": {"a": {"type": "object"}, "b": {"type": "string"}}}'
    after = done(text, move(Syntax(text), ["/properties/b"], "/properties/a/properties"))
    assert say(after, "/properties") == {"a": {"type": "object", "properties": {"b": {"type": "string"}}}}
    with pytest.raises(EditRefused, match="into itself"):
        move(Syntax(text), ["/properties/a"], "/properties/a/properties")


def test_what_depends_on_a_property_can_be_named_anew_by_itself() -> None:
    text = done(INVOICE, rename(Syntax(INVOICE), "/dependentRequired/notes", "same"))
    assert say(text, "/dependentRequired") == {"same": ["total"], "total": ["notes"]}


def test_nothing_moves_into_itself_and_a_taken_name_gets_a_number() -> None:
    with pytest.raises(EditRefused, match="into itself"):
        move(Syntax(INVOICE), ["/$defs/party"], "/$defs/party/properties")
    text = '{"properties": {"a": {"properties": {"b": {}}}, "b": {"type": "string"}}}'
    after = done(text, move(Syntax(text), ["/properties/b"], "/properties/a/properties"))
    assert say(after, "/properties/a/properties") == {"b": {}, "b_2": {"type": "string"}}


def test_a_copy_stands_behind_its_original_and_is_required_like_it() -> None:
    text = done(INVOICE, duplicate(Syntax(INVOICE), ["/properties/total"]))
    assert list(say(text, "/properties"))[2:4] == ["total", "total_2"]
    assert say(text, "/required") == ["vendor", "buyer", "total", "total_2"]


def test_a_new_property_is_required_where_all_others_are() -> None:
    strict = '{"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": false}'
    assert say(done(strict, add_property(Syntax(strict), "")), "/required") == ["a", "property"]
    assert "property" not in say(done(INVOICE, add_property(Syntax(INVOICE), "")), "/required")
    fresh = say(done("{}", add_property(Syntax("{}"), "", "name")))
    assert fresh == {"type": "object", "properties": {"name": {"type": "string"}}}


def test_required_names_stand_in_the_order_of_the_properties() -> None:
    text = done(INVOICE, set_required(Syntax(INVOICE), "/properties/vendor", required=False))
    assert say(text, "/required") == ["buyer", "total"]
    assert done(text, set_required(Syntax(text), "/properties/vendor", required=True)) == INVOICE


def test_branches_and_definitions_are_added_where_they_belong() -> None:
    assert say(done("{}", add_entry(Syntax("{}"), "", "anyOf")), "/anyOf") == [{"type": "string"}]
    assert list(say(done(INVOICE, add_entry(Syntax(INVOICE), "", "$defs", "party")), "/$defs")) == [
        "party",
        "node",
        "party_2",
    ]


def test_a_changed_type_keeps_what_still_applies() -> None:
    text = '{"description": "d", "type": "string", "minLength": 2, "enum": ["a", 1, 2], "default": "a", "x-mine": 1}'
    after = say(done(text, change_type(Syntax(text), "", "integer")))
    assert after == {"description": "d", "type": "integer", "enum": [1, 2], "x-mine": 1}
    number = say(done(INVOICE, change_type(Syntax(INVOICE), "/properties/total", "integer")), "/properties/total")
    assert number == {"type": "integer", "minimum": 0}
    assert say(done("true", change_type(Syntax("true"), "", "array"))) == {"type": "array", "items": {"type": "string"}}
    assert say(done(INVOICE, change_type(Syntax(INVOICE), "/properties/total", None)), "/properties/total") == {
        "minimum": 0
    }


@pytest.mark.parametrize(
    ("without", "with_null"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"enum": ["a"]}, {"enum": ["a", None]}),
        ({"$ref": "#/x"}, {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, {"anyOf": [{"const": 1}, {"const": 2}, {"type": "null"}]}),
        ({"type": "integer", "const": 1}, {"anyOf": [{"type": "integer", "const": 1}, {"type": "null"}]}),
    ],
)
def test_null_is_allowed_and_refused_again_in_the_form_that_fits(without: Any, with_null: Any) -> None:
    text = json.dumps({"properties": {"a": without}}, indent=2)
    assert not is_nullable(Syntax(text), "/properties/a")
    after = done(text, set_nullable(Syntax(text), "/properties/a", nullable=True))
    assert say(after, "/properties/a") == with_null
    assert is_nullable(Syntax(after), "/properties/a")
    back = done(after, set_nullable(Syntax(after), "/properties/a", nullable=False))
    assert say(back) == json.loads(text)


def test_a_changed_type_keeps_null() -> None:
    text = '{"type": ["string", "null"], "pattern": "a"}'
    assert say(done(text, change_type(Syntax(text), "", "number"))) == {"type": ["number", "null"]}


def test_a_keyword_stands_where_people_look_for_it() -> None:
    text = done(INVOICE, put_keyword(Syntax(INVOICE), "/properties/total", "description", "d"))
    assert '"total": { "description": "d", "type": "number", "minimum": 0 }' in text
    assert done(text, drop_keyword(Syntax(text), "/properties/total", "description")) == INVOICE


@pytest.mark.parametrize("how", ["array", "object", "anyOf"])
def test_what_is_wrapped_keeps_its_text_and_references_into_it(how: Any) -> None:
    text = done(INVOICE, wrap(Syntax(INVOICE), ["/properties/total"], how))
    assert '{ "type": "number", "minimum": 0 }' in text
    target = references(text)["/properties/same"]
    assert target is not None
    assert target.startswith("/properties/total/")
    assert say(text, target) == {"type": "number", "minimum": 0}


def test_several_properties_are_wrapped_in_one_object() -> None:
    text = done(INVOICE, wrap(Syntax(INVOICE), ["/properties/vendor", "/properties/buyer"], "object"))
    assert list(say(text, "/properties")) == ["group", "total", "same", "notes"]
    assert say(text, "/properties/group/required") == ["vendor", "buyer"]
    assert say(text, "/required") == ["group", "total"]


def test_a_definition_is_made_of_a_property_and_references_to_it_follow() -> None:
    text = done(INVOICE, extract(Syntax(INVOICE), "/properties/total"))
    assert '"total": { "$ref": "#/$defs/total" }' in text
    assert '    "total": { "type": "number", "minimum": 0 }\n' in text
    assert references(text)["/properties/same"] == "/$defs/total"
    old = '{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"type": "string"}}}'
    assert "definitions" in say(done(old, extract(Syntax(old), "/properties/a", "word")))


def test_a_reference_is_written_out_as_its_definition_is_written() -> None:
    text = done(INVOICE, inline(Syntax(INVOICE), "/properties/vendor"))
    assert '"vendor": { "type": "object",   "properties"' in text
    text = done(INVOICE, inline(Syntax(INVOICE), "/properties/buyer"))
    assert say(text, "/properties/buyer")["description"] == "Who pays"
    everywhere = done(INVOICE, inline_all(Syntax(INVOICE), "/$defs/party"))
    assert list(say(everywhere, "/$defs")) == ["node"]
    assert None not in references(everywhere).values()


def test_what_would_change_the_meaning_is_refused() -> None:
    text = '{"properties": {"a": {"$ref": "#/$defs/b", "minLength": 1}}, "$defs": {"b": {"type": "string"}}}'
    with pytest.raises(EditRefused, match="minLength"):
        inline(Syntax(text), "/properties/a")
    with pytest.raises(EditRefused, match="refers to itself"):
        inline_all(Syntax(INVOICE), "/$defs/node")
    with pytest.raises(EditRefused, match="/properties/vendor/\\$ref and 1 more"):
        delete_definition(Syntax(INVOICE), "/$defs/party")


def test_a_definition_that_only_refers_to_itself_can_be_deleted() -> None:
    assert list(say(done(INVOICE, delete_definition(Syntax(INVOICE), "/$defs/node")), "/$defs")) == ["party"]


def test_a_subschema_becomes_a_reference_and_keeps_its_description() -> None:
    text = '{"properties": {"a": {"type": "string", "description": "d"}}, "$defs": {"b": {}}}'
    assert say(done(text, refer(Syntax(text), "/properties/a", "/$defs/b")), "/properties/a") == {
        "$ref": "#/$defs/b",
        "description": "d",
    }


def test_references_in_a_resource_of_its_own_count_from_there() -> None:
    text = (
        '{"$defs": {"r": {"$id": "https://example.org/r", "$defs": {"x": {}}, "not": {"$ref": "#/$defs/x"}}, "x": {}}}'
    )
    after = done(text, rename(Syntax(text), "/$defs/r/$defs/x", "y"))
    assert say(after, "/$defs/r/not") == {"$ref": "#/$defs/y"}
    assert done(text, rename(Syntax(text), "/$defs/x", "y")) == text.replace('}, "x": {}}}', '}, "y": {}}}')


def test_what_is_no_name_among_the_required_ones_does_no_harm() -> None:
    text = '{"properties": {"a": {}, "b": {}}, "required": [{}, 5, ["b"], "b"]}'
    after = done(text, set_required(Syntax(text), "/properties/a", required=True))
    assert say(after, "/required") == [{}, 5, ["b"], "a", "b"]
