"""What of a schema is asked at once, and what is gathered from the whole of a document."""

import json
from typing import Any

import pytest

from engine.extraction.long.division import Division
from engine.extraction.long.fields import list_field, record_fields, words_of
from engine.schema.document import read_schema

ITEM = {"type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "number"}}}
ITEMS = {"type": "array", "items": ITEM, "minItems": 1, "maxItems": 500, "uniqueItems": True, "title": "Lines"}


def divide(**schema: Any) -> Division:
    return Division(json.dumps({"type": "object", **schema}))


def test_a_record_and_its_lists_are_asked_apart() -> None:
    made = divide(
        properties={"vendor": {"type": "string"}, "lines": ITEMS, "total": {"type": "number"}},
        required=["lines", "total"],
    )
    assert made.record is not None
    record = json.loads(made.record)
    assert list(record["properties"]) == ["vendor", "total"]
    assert record["required"] == ["total"]
    assert record["additionalProperties"] is False
    asked = json.loads(made.items(16))
    assert asked["required"] == ["lines"]
    assert asked["properties"]["lines"] == {"type": "array", "items": ITEM, "title": "Lines", "maxItems": 16}
    assert made.lists[0].most == 500
    assert made.lists[0].distinct
    read_schema(made.record)
    read_schema(made.items(16))


def test_a_root_that_is_a_list_has_no_record() -> None:
    made = Division(json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **ITEMS}))
    assert made.record is None
    assert made.lists[0].name is None
    assert json.loads(made.items(8))["maxItems"] == 8


def test_lists_are_known_behind_references_and_beside_null() -> None:
    made = divide(
        properties={
            "a": {"$ref": "#/$defs/lines"},
            "b": {"anyOf": [{"$ref": "#/$defs/lines"}, {"type": "null"}]},
            "c": {"type": ["array", "null"], "items": {"type": "string"}},
            "d": {"type": "string"},
        },
        **{"$defs": {"lines": ITEMS}},
    )
    assert [each.name for each in made.lists] == ["a", "b", "c"]
    assert "$defs" in json.loads(made.items(4))


def test_a_record_behind_a_reference_is_parted_too() -> None:
    record = {"type": "object", "properties": {"vendor": {"type": "string"}, "lines": ITEMS}}
    made = Division(json.dumps({"$ref": "#/$defs/invoice", "$defs": {"invoice": record}}))
    assert made.record is not None
    assert list(json.loads(made.record)["properties"]) == ["vendor"]
    assert "$ref" not in json.loads(made.record)
    assert made.names == ("vendor", "lines")


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"tags": {"type": "array", "items": {"enum": ["new", "old"]}}}},
        {"properties": {"pair": {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "string"}}}},
        {"properties": {"told": {"type": "array", "items": {"type": "string", "x-grounding": "free"}}}},
        {"properties": {"lines": ITEMS}, "if": {"required": ["lines"]}, "then": {"required": ["total"]}},
        {"properties": {"lines": ITEMS, "tree": {"$ref": "#"}}},
        {"properties": {"lines": ITEMS}, "additionalProperties": {"type": "string"}},
        {"properties": {"vendor": {"properties": {"phones": ITEMS}}}},
    ],
)
def test_what_cannot_be_parted_is_asked_as_a_whole(schema: dict[str, Any]) -> None:
    made = divide(**schema)
    assert not made.lists
    assert made.record is not None
    assert json.loads(made.record) == {"type": "object", **schema}


def test_definitions_that_lead_to_themselves_end() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "more": {"$ref": "#/$defs/node"}}}
    assert not divide(
        properties={"nodes": {"type": "array", "items": {"$ref": "#/$defs/node"}}}, **{"$defs": {"node": node}}
    ).lists
    assert record_fields({"$ref": "#/$defs/node", "$defs": {"node": node}}) == []


def test_fields_are_known_by_all_that_the_schema_says_of_them() -> None:
    schema = {
        "type": "object",
        "properties": {
            "vendor": {
                "title": "Seller",
                "properties": {"taxId": {"type": "string", "examples": ["DE123"]}, "mail": {"format": "email"}},
            },
            "kind": {"enum": ["credit note", "invoice", 3]},
            "due": {"type": "string", "format": "date", "description": "When it is to be paid."},
            "rate": {"anyOf": [{"type": "number"}, {"type": "null"}], "title": "Rate"},
        },
    }
    tax, mail, kind, due, rate = record_fields(schema)
    assert words_of(tax.name) == ["tax", "id"]
    assert tax.examples == ["DE123"]
    assert tax.above == ["vendor", "Seller"]
    assert mail.signs == ("@",)
    assert kind.examples == ["credit note", "invoice"]
    assert (due.kinds, due.said) == ({"date"}, ["When it is to be paid."])
    assert (rate.name, rate.kinds) == (["rate", "Rate"], {"number"})


def test_a_list_is_looked_for_by_the_fields_of_its_items() -> None:
    made = divide(properties={"lines": ITEMS, "total": {"type": "number"}})
    field = list_field(made.lists[0], {})
    assert field.name == ["lines", "Lines", "name", "price"]
    assert field.kinds == {"number"}
