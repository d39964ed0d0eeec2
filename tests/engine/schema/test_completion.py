from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.schema.completion import Completion, completions
from engine.schema.drafts import Draft
from engine.schema.editing import Syntax
from engine.schema.editing.edits import apply
from engine.schema.vocabulary import TYPES, keywords

_INVOICE = """{
  "$defs": {
    "party": { "title": "Party", "type": "object", "properties": { "name": {}, "city": {} } },
    "a b/c": true
  },
  "type": "object",
  "properties": {
    "vendor": @1,
    "total": { "type": "number", @2 },
    "lines": { "type": "array", "items": { "type": "string" @3 } }
  },
  "required": ["total", @4]
}"""


def _at(text: str, draft: Draft = Draft.D2020) -> list[Completion]:
    """Return the completions where `|` stands."""
    return completions(Syntax(text.replace("|", "", 1)), text.index("|"), draft)


def _invoice(place: int, written: str) -> str:
    text = _INVOICE.replace(f"@{place}", written)
    for other, kept in ((1, "{}"), (2, '"minimum": 0'), (3, ""), (4, '"vendor"')):
        text = text.replace(f"@{other}", kept)
    return text


def _names(text: str, draft: Draft = Draft.D2020) -> list[str]:
    return [each.name for each in _at(text, draft)]


def _accepted(text: str, name: str, draft: Draft = Draft.D2020) -> str:
    """Return the text with a completion made, what is selected then in `«»`."""
    (chosen,) = (each for each in _at(text, draft) if each.name == name)
    after = apply(text.replace("|", "", 1), chosen.edits)
    start, end = chosen.select
    return f"{after[:start]}«{after[start:end]}»{after[end:]}"


def test_in_a_schema_the_keywords_of_its_draft_are_suggested() -> None:
    assert set(_names("{|}")) == {each.name for each in keywords(Draft.D2020)}
    assert "prefixItems" not in _names("{|}", Draft.D7)
    assert "$defs" not in _names('{"|": {}}', Draft.D4)


def test_keywords_that_are_there_are_not_suggested_again_nor_roots_ones_below() -> None:
    names = _names('{"type": "object", "properties": {"a": {"type": "string", |}}}')
    assert "type" not in names
    assert "$schema" not in names
    assert names.index("minLength") < names.index("minItems")


@pytest.mark.parametrize("written", ['"ma|', '"ma|"', "ma|", '"ma|": ', '"ma|": 1'])
def test_a_key_is_completed_however_far_it_is_written(written: str) -> None:
    assert _names(_invoice(2, written))[0] == "maximum"


@pytest.mark.parametrize("written", ['"str|', '"str|"', "str|"])
def test_a_value_is_completed_however_far_it_is_written(written: str) -> None:
    assert _names(_invoice(1, '{ "type": ' + written + " }")) == ["string"]


def test_what_is_written_is_replaced_with_a_value_to_begin_with() -> None:
    assert _accepted('{"min|}', "minLength") == '{"minLength": «1»}'
    assert _accepted('{"ty|"}', "type") == '{"type": "«string»"}'
    assert _accepted('{"pro|"}', "properties") == '{"properties": {«»}}'
    assert _accepted('{"$r|"}', "$ref") == '{"$ref": "#/$defs/«»"}'
    assert _accepted('{"|"}', "$schema") == '{"$schema": "«https://json-schema.org/draft/2020-12/schema»"}'
    assert _accepted('{"|"}', "$schema", Draft.D7) == '{"$schema": "«http://json-schema.org/draft-07/schema#»"}'


def test_a_key_that_has_a_value_keeps_it() -> None:
    assert _accepted('{"min|": 3}', "minLength") == '{"minLength"«»: 3}'


def test_missing_commas_are_put_in() -> None:
    assert _accepted('{\n  "a": 1\n  "ty|"\n}', "type") == '{\n  "a": 1,\n  "type": "«string»"\n}'
    assert _accepted('{"ty| "a": 1}', "type") == '{"type": "«string»", "a": 1}'
    assert _accepted('{"a": 1 |}', "type") == '{"a": 1, "type": "«string»"}'
    assert _accepted('{"type": ["null" "st|"]}', "string") == '{"type": ["null", "string"«»]}'


def test_types_are_suggested_once_each() -> None:
    assert _names('{"type": |}') == list(TYPES)
    assert "null" not in _names('{"type": ["null", |]}')


def test_references_lead_to_what_is_defined_and_say_what_it_is() -> None:
    found = {each.name: each.help for each in _at(_invoice(1, '{ "$ref": "|" }'))}
    assert found == {
        "#/$defs/party": "Party: object with 2 properties",
        "#/$defs/a%20b~1c": "any value",
        "#": "this schema itself, from its root on",
    }


def test_required_names_are_those_of_the_properties_beside_it() -> None:
    assert _names(_invoice(4, '"|"')) == ["vendor", "lines"]


def test_names_of_properties_are_a_persons_own_but_for_those_that_are_required() -> None:
    assert _names('{"properties": {"|"}, "required": ["total"]}') == ["total"]
    assert _names('{"$defs": {"|"}}') == []
    assert _names('{"patternProperties": {"|"}}') == []


def test_what_depends_on_a_property_is_found_by_its_name() -> None:
    text = '{"properties": {"a": {}, "b": {}}, "dependentRequired": {"a": [|]}}'
    assert _names(text) == ["a", "b"]
    assert _accepted('{"properties": {"a": {}}, "dependentSchemas": {"|"}}', "a").endswith('{"a": {«»}}}')


def test_formats_are_those_of_the_draft() -> None:
    assert "uuid" in _names('{"format": "|"}')
    assert "uuid" not in _names('{"format": "|"}', Draft.D7)


def test_data_is_left_alone() -> None:
    assert _names('{"enum": ["|"]}') == []
    assert _names('{"examples": [{"ty|"}]}') == []
    assert _names('{"x-note": {"ty|"}}') == []
    assert _names('{"default": |, "type": "boolean"}') == ["true", "false"]
    assert _names('{"description": "a ty|pe"}') == []


def test_behind_a_whole_string_nothing_is_suggested() -> None:
    assert _names('{"type"|: "string"}') == []


def test_an_empty_text_begins_with_an_object() -> None:
    assert _accepted("|", "{ }") == "{«»}"


def test_a_schema_may_be_an_object_or_a_truth_value() -> None:
    assert _names('{"additionalProperties": |}') == ["{ }", "false", "true"]
    assert _names('{"not": |}', Draft.D4) == ["{ }"]


def test_a_place_is_known_though_the_text_is_broken_elsewhere() -> None:
    text = '{"properties": {"a": {"type": "string", "min|"}, "b": {"type": }}, "required": ["a"'
    assert _names(text)[0] == "minLength"


def test_a_name_with_blanks_is_replaced_as_a_whole() -> None:
    text = '{"properties": {"total amount": {}}, "required": ["to|tal amou"]}'
    assert _accepted(text, "total amount") == text.replace('to|tal amou"', 'total amount"«»')


def test_in_a_line_without_end_the_tree_tells_what_is_written() -> None:
    wide = json.dumps({"properties": {f"field_{number}": {"type": "string"} for number in range(1000)}})
    assert _names(wide[:-1] + ', "max|"}')[:2] == ["maximum", "maxLength"]


@given(st.text(alphabet='{}[]",:\\ \n"aé\U0001f600typerequired$f', max_size=60), st.data())
def test_no_text_is_too_broken(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    for each in completions(Syntax(text), place, Draft.D2020):
        after = apply(text, each.edits)
        assert 0 <= each.select[0] <= each.select[1] <= len(after)
        assert each.help
