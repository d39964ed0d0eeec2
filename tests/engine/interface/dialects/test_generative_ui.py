"""The eight components of OpenAI's generative-ui sample become ours."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs

from engine.interface.catalogue import bundled
from engine.interface.dialects import read_any

_SCHEMA = jsonschema_rs.Draft202012Validator(bundled().schema)


def card(*children: dict[str, Any]) -> dict[str, Any]:
    return {"name": "card", "children": list(children)}


def test_all_eight_components_arrive() -> None:
    item = {
        "name": "item",
        "children": [{"name": "header", "content": "Lamp"}, {"name": "container", "content": "$20", "classes": "p-2"}],
    }
    table = {
        "name": "table",
        "columns": [{"key": "n", "title": "Name"}, {"key": "p", "title": "Price"}],
        "rows": [{"name": "row", "values": ["Lamp", 20]}, {"name": "row", "values": ["Desk", 180]}],
    }
    chart = {"name": "bar_chart", "columns": [{"label": "Mon", "value": "3"}, {"label": "Tue", "value": "$1,200"}]}
    imported = read_any(
        {
            "component": card(
                {"name": "header", "content": "Sales"}, {"name": "carousel", "children": [item, item]}, table, chart
            )
        }
    )
    _SCHEMA.validate(imported.tree)
    (whole,) = imported.tree["children"]
    grid, made_table, made_chart = whole["children"]
    assert whole["title"] == "Sales"
    assert [each["title"] for each in grid["children"]] == ["Lamp", "Lamp"]
    assert grid["children"][0]["children"][0]["text"] == "$20"
    assert [(column["label"], column["kind"]) for column in made_table["columns"]] == [
        ("Name", "text"),
        ("Price", "number"),
    ]
    assert made_table["rows"] == [["Lamp", "20"], ["Desk", "180"]]
    assert (made_chart["labels"], made_chart["series"][0]["values"]) == (["Mon", "Tue"], [3, 1200])
    assert imported.whole


def test_what_the_tool_is_called_with_is_read_as_text_too() -> None:
    called = {
        "name": "generate_ui",
        "arguments": json.dumps({"component": card({"name": "container", "content": "Hi"})}),
    }
    (whole,) = read_any(called).tree["children"]
    assert whole["children"][0]["text"] == "Hi"


def test_broken_rows_bars_and_components_are_told_with_their_place() -> None:
    imported = read_any(
        card(
            {"name": "table", "columns": [{"key": "a", "title": "A"}], "rows": [{"values": ["1", "2"]}, "nothing"]},
            {"name": "bar_chart", "columns": [{"label": "x", "value": "many"}]},
            {"name": "slideshow", "children": [{"name": "header", "content": "kept"}]},
        )
    )
    assert [note.pointer for note in imported.notes] == [
        "/children/0/rows/0",
        "/children/0/rows/1",
        "/children/1/columns/0",
        "/children/1",
        "/children/2",
    ]
    assert imported.tree["children"][0]["children"][-1]["text"] == "kept"
