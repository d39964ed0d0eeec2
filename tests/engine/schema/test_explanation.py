from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.schema.drafts import Draft
from engine.schema.editing import Syntax
from engine.schema.explanation import Explanation, explanation


def _at(text: str, draft: Draft = Draft.D2020) -> Explanation | None:
    return explanation(Syntax(text.replace("|", "", 1)), text.index("|"), draft)


def _sentence(text: str, draft: Draft = Draft.D2020) -> str:
    found = _at(text, draft)
    return found.sentence if found is not None else ""


def test_a_keyword_is_explained_as_its_draft_has_it() -> None:
    found = _at('{"properties": {"a": {"exclusive|Minimum": 1}}}')
    assert found == Explanation(
        22, 40, "exclusiveMinimum", "The number has to be above this one.",
        "JSON Schema Validation 2020-12, section 6.2.5",
    )  # fmt: skip
    assert "equal" in _sentence('{"exclusive|Minimum": true}', Draft.D4)


def test_a_keyword_of_another_draft_is_named_as_such() -> None:
    said = _sentence('{"$de|fs": {}}', Draft.D7)
    assert said == "Draft 7 does not have this keyword: it says nothing here. It stands in 2019-09 and 2020-12."
    assert _sentence('{"x-no|te": 1}') == "No draft knows this keyword: it says nothing."


def test_a_reference_tells_what_it_leads_to() -> None:
    text = '{"$ref": "#/$defs/par|ty", "$defs": {"party": {"description": "Who  sells", "type": "object"}}}'
    assert _sentence(text) == "Who sells: object."
    assert _sentence('{"$ref": "#/$defs/no|ne"}') == "There is nothing at this place."
    assert _at('{"$ref": "https://example.org/|a"}') is None


def test_names_of_properties_tell_what_is_asked_of_them() -> None:
    assert _sentence('{"properties": {"ty|pe": {"type": ["string", "null"]}}}') == "String or null."
    assert _sentence('{"properties": {"a|": {"enum": [1, 2]}}}') == "One of 2 values."


def test_types_formats_and_drafts_are_explained_where_they_are_named() -> None:
    assert _sentence('{"type": "inte|ger"}').startswith("A number without")
    assert "RFC 3339" in _sentence('{"format": "da|te"}')
    assert _sentence('{"format": "da|et"}') == "No draft defines this format."
    assert _sentence('{"$schema": "http://json-schema.org/|draft-07/schema#"}') == "JSON Schema, draft 7."


def test_data_and_blanks_are_not_explained() -> None:
    assert _at('{"enum": ["str|ing"]}') is None
    assert _at('{"examples": [{"ty|pe": "string"}]}') is None
    assert _at('{ |"type": "string"}') is not None
    assert _at('{"type": "string" | }') is None


@given(st.text(alphabet='{}[]",:\\ #/"aétyperf$', max_size=60), st.data())
def test_no_text_is_too_broken(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    found = explanation(Syntax(text), place, Draft.D2020)
    assert found is None or (found.start <= place < found.end and found.sentence)
