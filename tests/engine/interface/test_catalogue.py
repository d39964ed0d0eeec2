"""The components are data: what ships is whole, and what a person makes of it is read or refused with its place."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.constraint.report import check_schema
from engine.errors import EngineError, SchemaInvalid, SchemaSyntaxError
from engine.interface.catalogue import bundled, from_schema
from engine.interface.key_order import in_order, key_order
from engine.interface.reading import checked_prop

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.interface.catalogue import Component, Prop

COMPONENTS = bundled().components
PROPS = [(component, prop) for component in COMPONENTS.values() for prop in component.props]


def test_the_catalogue_has_the_components_that_screens_are_made_of() -> None:
    assert set(COMPONENTS) == {
        "root", "row", "column", "grid", "card", "section", "tabs", "tab", "split", "dialog", "form", "when", "repeat",
        "text", "markdown", "image", "icon", "badge", "alert", "metric", "facts", "progress", "divider", "tree",
        "table", "chart", "field", "choice", "toggle", "slider", "button",
    }  # fmt: skip
    assert [component.type for component in COMPONENTS.values() if component.slots == ("tabs",)] == ["tabs"]
    nullable = {f"{component.type}.{prop.name}" for component, prop in PROPS if prop.nullable}
    assert nullable == {
        "card.title", "when.value", "metric.delta", "table.source", "chart.source", "field.placeholder", "field.value",
        "choice.value",
    }  # fmt: skip


@pytest.mark.parametrize("component", COMPONENTS.values(), ids=lambda component: component.type)
def test_a_component_says_what_it_is(component: Component) -> None:
    assert component.title
    assert component.description
    assert component.group in {"Layout", "Content", "Data", "Input"}


@pytest.mark.parametrize(("component", "prop"), PROPS, ids=[f"{each.type}.{prop.name}" for each, prop in PROPS])
def test_a_prop_says_what_it_is_for_and_its_default_is_right(component: Component, prop: Prop) -> None:
    assert prop.description
    if prop.kind == "nodes":
        assert prop.default == []
    elif prop.default != "":
        assert checked_prop(component, prop.name, prop.default) == (prop.default, None)


def test_the_catalogue_is_a_schema_that_can_be_held_to_and_read_back() -> None:
    report = check_schema(bundled().schema)
    assert {use.how for use in report.uses} == {"mask", "annotation"}
    assert report.slips == ()
    assert set(from_schema(json.dumps(bundled().schema)).components) == set(COMPONENTS)


def test_the_keys_of_all_components_have_one_order_that_contradicts_none() -> None:
    order = key_order(bundled())
    for component in COMPONENTS.values():
        places = [order.index(prop.name) for prop in component.props]
        assert places == sorted(places), component.type


def test_where_components_contradict_each_other_what_holds_nodes_comes_last() -> None:
    schema = edited(lambda defs: defs["divider"]["properties"].update(
        children={"$ref": "#/$defs/children"}, title={"type": "string"}, tone={"type": "string"}
    ))  # fmt: skip
    order = key_order(from_schema(schema))
    assert order.index("title") < order.index("children")
    node = {"children": [{"text": "a", "type": "text"}], "zebra": 1, "title": "t", "type": "card"}
    assert json.dumps(in_order(node, bundled())) == (
        '{"type": "card", "title": "t", "children": [{"type": "text", "text": "a"}], "zebra": 1}'
    )


def edited(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    schema = copy.deepcopy(bundled().schema)
    change(schema["$defs"])
    return schema


def gauge() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "label", "value"],
        "properties": {
            "type": {"const": "gauge"},
            "label": {"type": "string"},
            "value": {"type": ["number", "null"], "minimum": 0},
            "shape": {"enum": ["round", "flat"]},
        },
    }


def test_a_new_component_needs_nothing_but_a_type() -> None:
    catalogue = from_schema(edited(lambda defs: defs.update({"my gauge": gauge()})))
    component = catalogue.component("gauge")
    assert component is not None
    assert (component.title, component.group, component.slots) == ("gauge", "Own", ())
    assert [(prop.name, prop.kind, prop.nullable, prop.default) for prop in component.props] == [
        ("label", "text", False, ""),
        ("value", "number", True, None),
        ("shape", "choice", False, "round"),
    ]


def test_a_component_can_be_taken_out() -> None:
    def without_tree(defs: dict[str, Any]) -> None:
        del defs["tree"], defs["branch"]
        defs["node"]["anyOf"].remove({"$ref": "#/$defs/tree"})

    assert from_schema(edited(without_tree)).component("tree") is None


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda defs: defs.pop("tree"), "/$defs/node/anyOf/21/$ref"),
        (lambda defs: defs.pop("root"), "/$ref"),
        (lambda defs: defs["root"]["properties"].pop("children"), "/$defs"),
        (lambda defs: defs.update(second=gauge(), first=gauge()), "/$defs/first"),
        (lambda defs: defs["card"]["properties"].update(left={"$ref": "#/$defs/children"}),
         "/$defs/card/properties/left"),
        (lambda defs: defs["card"]["properties"].update(far={"$ref": "https://example.com/x"}),
         "/$defs/card/properties/far/$ref"),
    ],
)  # fmt: skip
def test_a_catalogue_that_cannot_be_used_is_refused_with_its_place(change: Any, where: str) -> None:
    with pytest.raises(SchemaInvalid) as refused:
        from_schema(edited(change))
    assert refused.value.where == where
    assert refused.value.advice


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("{", SchemaSyntaxError),
        ({"type": 5}, SchemaInvalid),
        (True, SchemaInvalid),
        ({"type": "object"}, SchemaInvalid),
        ({"$defs": []}, SchemaInvalid),
        ({"$defs": {}}, SchemaInvalid),
    ],
)
def test_what_is_no_catalogue_is_refused(value: Any, error: type[EngineError]) -> None:
    with pytest.raises(error):
        from_schema(value)
