from __future__ import annotations

import json

import jsonschema_rs
import jsonschema_specifications
import pytest

from engine.schema import walk
from engine.schema.drafts import Draft
from engine.schema.formats import FORMATS
from engine.schema.vocabulary import KEYWORDS, TYPES, Keyword, Takes, keyword, keywords, known

# What a metaschema still describes though its draft has replaced it.
_KEPT = {
    Draft.D2019: {"definitions", "dependencies"},
    Draft.D2020: {"definitions", "dependencies", "$recursiveAnchor", "$recursiveRef"},
}
# What drafts define in words, and their metaschemas leave out.
_UNDESCRIBED = {Draft.D4: {"$ref"}, Draft.D7: {"writeOnly"}}


def _described(draft: Draft) -> set[str]:
    """Return the keywords that a draft's metaschema has properties for, its vocabularies included."""
    registry = jsonschema_specifications.REGISTRY
    root = registry.get_or_retrieve(str(draft)).value.contents
    names = set(root["properties"])
    for part in root.get("allOf", []):
        if "$ref" in part:
            names |= set(registry.contents(f"{str(draft).rpartition('/')[0]}/{part['$ref']}")["properties"])
    return names


@pytest.mark.parametrize("draft", list(Draft))
def test_it_has_every_keyword_that_the_metaschema_describes(draft: Draft) -> None:
    ours = {each.name for each in keywords(draft)}
    assert ours - _UNDESCRIBED.get(draft, set()) == _described(draft) - _KEPT.get(draft, set())


@pytest.mark.parametrize("draft", list(Draft))
def test_a_draft_has_each_keyword_once(draft: Draft) -> None:
    names = [each.name for each in keywords(draft)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("draft", list(Draft))
def test_what_is_begun_with_is_valid_in_the_draft(draft: Draft) -> None:
    for each in keywords(draft):
        schema = {"$schema": str(draft)} | {each.name: json.loads(each.skeleton)}
        if each.name in {"enum", "anyOf", "oneOf", "allOf", "required", "prefixItems", "$anchor", "$dynamicAnchor"}:
            continue  # an empty one is where to begin, and not yet allowed everywhere
        if each.takes is Takes.BOOLEAN and each.name.startswith("exclusive"):
            schema |= {"minimum": 1, "maximum": 1}
        assert jsonschema_rs.meta.is_valid(schema), each


def test_it_agrees_with_what_the_drafts_can_say() -> None:
    for name in {each.name for each in KEYWORDS} - {"definitions"}:
        for draft in Draft:
            if keyword(name, draft) is not None:
                assert draft.knows(name), (name, draft)


def test_it_agrees_on_where_subschemas_are() -> None:
    holds_one = {each.name for each in KEYWORDS if each.takes in {Takes.SCHEMA, Takes.SCHEMA_OR_SCHEMAS}}
    holds_many = {each.name for each in KEYWORDS if each.takes in {Takes.SCHEMAS, Takes.SCHEMA_OR_SCHEMAS}}
    by_name = {each.name for each in KEYWORDS if each.takes in {Takes.NAMED_SCHEMAS, Takes.SCHEMAS_OR_NAMES}}
    assert (holds_one, holds_many, by_name) == (walk.ONE, walk.MANY, walk.NAMED)


@pytest.mark.parametrize("entry", [*KEYWORDS, *FORMATS], ids=lambda entry: entry.name)
def test_each_is_explained_in_one_plain_sentence(entry: Keyword) -> None:
    assert entry.meaning.endswith(".")
    assert entry.meaning[0].isupper()
    assert len(entry.meaning) <= 120


def test_types_are_those_of_the_metaschema() -> None:
    core = jsonschema_specifications.REGISTRY.contents("https://json-schema.org/draft/2020-12/meta/validation")
    assert set(TYPES) == set(core["$defs"]["simpleTypes"]["enum"])


def test_a_keyword_is_found_as_its_draft_has_it() -> None:
    old, new = keyword("exclusiveMinimum", Draft.D4), keyword("exclusiveMinimum", Draft.D7)
    assert old is not None
    assert new is not None
    assert (old.takes, new.takes) == (Takes.BOOLEAN, Takes.NUMBER)
    assert keyword("prefixItems", Draft.D7) is None
    assert known("prefixItems", Draft.D7) is not None
    assert known("x-note", Draft.D7) is None
    assert new.source == "JSON Schema Validation 2020-12, section 6.2.5"
