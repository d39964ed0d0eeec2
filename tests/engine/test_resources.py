"""The schemas that ship: each says what it is, can be held to, and thinks before it answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.constraint.report import check_schema
from engine.resources import ExampleSchema, example_schemas, resource

EXAMPLES = example_schemas()
SHOWN = [example for example in EXAMPLES if example.key.startswith("schemas/")]
THINKING = {"discussion", "evidence", "reasoning", "reading", "plan", "quote", "reason"}


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="resources/samples/none"):
        resource("samples", "none")


def test_every_schema_that_ships_is_listed_under_a_name_of_its_own() -> None:
    assert {example.key for example in EXAMPLES} >= {
        "schemas/meeting_actions",
        "schemas/review_rating",
        "schemas/org_chart",
        "schemas/dashboard",
        "invoices/schema",
    }
    names = [example.name for example in EXAMPLES]
    assert len(set(names)) == len(names)
    assert names == sorted(names, key=str.casefold)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.key)
def test_an_example_says_what_it_is_and_every_keyword_is_held_to(example: ExampleSchema) -> None:
    assert example.name
    assert example.description.endswith(".")
    assert "\n" not in example.description
    report = check_schema(example.text)
    assert {use.how for use in report.uses} <= {"mask", "annotation"}
    assert report.slips == ()


@pytest.mark.parametrize("example", SHOWN, ids=lambda example: example.key)
def test_an_example_to_show_has_a_text_to_try_it_on(example: ExampleSchema) -> None:
    assert len(example.prompt.split()) > 40


@pytest.mark.parametrize("key", ["meeting_actions", "review_rating", "org_chart", "dashboard"])
def test_the_examples_reason_before_they_answer(key: str) -> None:
    (example,) = (example for example in EXAMPLES if example.key == f"schemas/{key}")
    schema: dict[str, Any] = json.loads(example.text)
    assert THINKING & set(list(schema["properties"])[:-1])
    assert schema["$defs"]
    for part in schema["$defs"].values():
        properties = list(part.get("properties", {}))
        assert not THINKING & set(properties) or properties[0] in THINKING
