"""A component of a person's own can stand for others; a template that cannot end is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import SchemaInvalid
from engine.interface.catalogue import Catalogue, bundled, from_schema
from engine.interface.places import nodes_below
from engine.interface.templates import expanded

TEXT = {"type": "text", "style": "body", "text": "{label} {{label}} {other}"}


def catalogue(**templates: Any) -> Catalogue:
    schema = json.loads(json.dumps(bundled().schema))
    for name, template in templates.items():
        schema["$defs"][name] = {
            "type": "object",
            "properties": {
                "type": {"const": name},
                "label": {"type": "string"},
                "share": {"type": "number"},
                "hint": {"type": ["string", "null"]},
                "children": {"$ref": "#/$defs/children"},
            },
            "x-template": template,
        }
    return from_schema(schema)


def card(*children: Any) -> dict[str, Any]:
    return {"type": "card", "title": "{label}", "tone": "neutral", "children": list(children)}


def root(*children: Any) -> dict[str, Any]:
    return {"type": "root", "title": "{label}", "children": list(children)}


def test_a_node_becomes_its_template_with_its_values_and_children() -> None:
    progress = {"type": "progress", "label": "{label} of {share}{hint}", "max": 1, "value": "{share}"}
    own = catalogue(goal=card(TEXT, progress, {"type": "children"}))
    node = {"type": "goal", "label": "Half", "share": 0.5, "children": [TEXT, {"type": "divider"}]}
    made = expanded(root(node), own)
    assert made["title"] == "{label}"
    (shown,) = made["children"]
    assert shown["type"] == "card"
    assert shown["title"] == "Half"
    assert shown["children"][0]["text"] == "Half {{label}} {other}"
    assert shown["children"][1] == {"type": "progress", "label": "Half of 0.5", "max": 1, "value": 0.5}
    assert shown["children"][2:] == node["children"]
    assert node["type"] == "goal"


def test_what_a_template_is_made_of_can_have_a_template() -> None:
    own = catalogue(inner=card(TEXT), outer=card({"type": "inner", "label": "{label}!"}, {"type": "children"}))
    node = {"type": "outer", "label": "a", "children": [{"type": "inner", "label": "b"}]}
    made = expanded({"type": "tabs", "tabs": [{"label": "t", "children": [node]}]}, own)
    assert [each["text"] for _, each in nodes_below(made) if each.get("type") == "text"] == [
        "a! {{label}} {other}",
        "b {{label}} {other}",
    ]


def test_a_tree_without_templates_stays_as_it_is() -> None:
    given = root(card(TEXT), "text", {"type": "odd", "children": 5})
    assert expanded(given, catalogue(goal=card())) == given


def test_templates_that_multiply_are_cut() -> None:
    own = catalogue(**{f"t{level}": card(*[{"type": f"t{level + 1}"}] * 9) for level in range(9)}, t9=TEXT)
    made = expanded(root({"type": "t0"}, TEXT), own)
    assert sum(node["type"] != "cut" for _, node in nodes_below(made)) == 2_000
    doubling = catalogue(**{f"t{level}": {**TEXT, "text": "x"} for level in range(1)},
                         twice={"type": "card", "children": [{"type": "children"}, {"type": "children"}]})  # fmt: skip
    node: Any = TEXT
    for _ in range(40):
        node = {"type": "twice", "children": [node]}
    assert len(list(nodes_below(expanded(node, doubling)))) < 5_000


@pytest.mark.parametrize(
    ("templates", "where"),
    [
        ({"a": card({"type": "sparkline"})}, "/$defs/a/x-template/children/0"),
        ({"a": card(card({"type": "root"}))}, "/$defs/a/x-template/children/0/children/0"),
        ({"a": {"type": "children"}}, "/$defs/a/x-template"),
        ({"a": "text"}, "/$defs/a/x-template"),
        ({"a": card("text")}, "/$defs/a/x-template/children/0"),
        ({"a": card({"type": "a"})}, "/$defs/a/x-template"),
        ({"a": card({"type": "b"}), "b": card({"type": "a"})}, "/$defs/a/x-template"),
        ({"a": {"type": "tabs", "tabs": [{"label": "t", "children": [{"type": "a"}]}]}}, "/$defs/a/x-template"),
    ],
)
def test_a_template_that_is_wrong_is_refused_with_its_place(templates: Any, where: str) -> None:
    with pytest.raises(SchemaInvalid) as refused:
        catalogue(**templates)
    assert refused.value.where == where
