"""Whatever a tree holds, it can be shown; what is wrong with it is told with its place, and what is cut can be seen."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.interface.catalogue import bundled, from_schema
from engine.interface.examples import examples
from engine.interface.places import nodes_below
from engine.interface.reading import Limits, checked, checked_prop

CATALOGUE = bundled()


def root(*children: Any) -> dict[str, Any]:
    return {"type": "root", "title": "r", "children": list(children)}


def text(words: Any = "a") -> dict[str, Any]:
    return {"type": "text", "style": "body", "text": words}


def prop(component: str, name: str, value: Any) -> tuple[Any, str | None]:
    found = CATALOGUE.component(component)
    assert found is not None
    return checked_prop(found, name, value)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.key)
def test_a_whole_tree_is_read_as_it_stands(example: Any) -> None:
    assert checked(example.tree, CATALOGUE) == (example.tree, [])


@pytest.mark.parametrize(
    ("component", "name", "value"),
    [
        ("text", "text", "a\nb"),
        ("text", "text", "x" * 20_000),
        ("card", "title", None),
        ("grid", "columns", 3),
        ("progress", "value", 0.5),
        ("choice", "value", ["a", "b"]),
        ("choice", "value", "a"),
        ("choice", "value", None),
        ("when", "value", False),
        ("table", "rows", [["a", ""], ["b", "c"]]),
        ("tree", "nodes", [{"label": "a", "children": [{"label": "b", "children": []}]}]),
        ("button", "action", {"kind": "set", "target": "a", "value": 1}),
    ],
)
def test_a_right_value_stays_what_it_is(component: str, name: str, value: Any) -> None:
    assert prop(component, name, value) == (value, None)


@pytest.mark.parametrize(
    ("component", "name", "value", "right", "wrong"),
    [
        ("text", "style", "blue", "body", "“blue” is none of title, heading, body, caption, label, code. “body”"),
        ("text", "text", 5, "5", "5 is a number"),
        ("text", "text", True, "true", "true is no text"),
        ("text", "text", ["a"], "", "A list is not text. Nothing stands for it."),
        ("text", "text", None, "", "null is not text"),
        ("text", "text", "x" * 20_001, "x" * 20_000 + "…", "cut after 20,000"),
        ("text", "text", "a\ud83d", "a\ufffd", None),
        ("grid", "columns", 40, 6, "40 is above 6"),
        ("grid", "columns", 2.5, 2, "no whole number"),
        ("grid", "columns", "3", 3, "written as text"),
        ("grid", "columns", True, 2, "true is not a whole number"),
        ("grid", "columns", math.nan, 2, "NaN is not"),
        ("progress", "max", 0, 100, "0 is not above 0. 100 stands"),
        ("progress", "value", 10**400, 0, "too large"),
        ("progress", "value", math.inf, 0, "Infinity is not"),
        ("progress", "value", -1, 0, "-1 is below 0"),
        ("section", "open", "false", False, "written as text"),
        ("section", "open", 1, True, "1 is not true or false"),
        ("field", "name", "Not A Name", "", "not of the right form"),
        ("field", "name", "x" * 41, "", "not of the right form"),
        ("table", "rows", [["a", 1], "b", ["c"]], [["a", "1"], [], ["c"]], "1 is a number"),
        ("table", "columns", [{"label": "a"}, {"label": "b", "kind": "odd", "x": 1}, 3],
         [{"label": "a", "kind": "text"}, {"label": "b", "kind": "text"}], "kind: “odd” is none of"),
        ("chart", "series", [{"name": "a", "values": [1, "2", None, math.nan]}],
         [{"name": "a", "values": [1, 2, 0, 0]}], "a number"),
        ("choice", "options", "a,b", [], "“a,b” is not a list"),
        ("button", "action", {"kind": "run", "target": "x"},
         {"kind": "submit", "target": "x", "value": None}, "“run” is none of"),
        ("button", "action", "rm -rf", {"kind": "submit", "target": None, "value": None}, "is not an object"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_made_right_and_told(
    component: str, name: str, value: Any, right: Any, wrong: str | None
) -> None:
    found, sentence = prop(component, name, value)
    assert found == right
    assert type(found) is type(right)
    assert (sentence is None) == (wrong is None)
    assert wrong is None or wrong in str(sentence)


def test_a_prop_that_the_component_has_not_is_kept_and_told() -> None:
    assert prop("metric", "unit", "kg") == ("kg", "“metric” has no “unit”.")


def test_an_unknown_component_keeps_what_it_holds_and_what_it_says() -> None:
    given = root(
        {"type": "sparkline", "points": [1, 2], "children": [text()], "tabs": [{"label": "t", "children": []}]}
    )
    made, problems = checked(given, CATALOGUE)
    assert made == given
    assert [(problem.path, problem.kind, problem.sentence) for problem in problems] == [
        ("/children/0", "unknown", "There is no component “sparkline”.")
    ]


@pytest.mark.parametrize(
    ("child", "kind"),
    [
        ("text", "bare"),
        (None, "bare"),
        ([text()], "bare"),
        ({"text": "a"}, "unknown"),
        ({"type": 5}, "unknown"),
        ({"type": "root", "children": []}, "unknown"),
        ({"type": "tab", "label": "a", "children": []}, "unknown"),
        ({"type": "text", "style": "body"}, "missing"),
        ({"type": "divider", "thick": True}, "extra"),
        ({"type": "divider", "children": [text()]}, "extra"),
        ({"type": "column", "children": "a"}, "prop"),
        ({"type": "table", "columns": [{"label": "a", "kind": "text"}], "source": None, "rows": [["1", "2"]]}, "prop"),
        ({"type": "choice", "display": "radio", "name": "a", "label": "a", "options": ["x"], "value": "y"}, "prop"),
    ],
)
def test_what_is_wrong_with_a_node_is_told_with_its_place_and_the_next_one_is_shown(child: Any, kind: str) -> None:
    made, problems = checked(root(child, text("after")), CATALOGUE)
    assert [(problem.path, problem.kind) for problem in problems] == [("/children/0", kind)]
    assert made["children"][1] == text("after")


def test_rows_have_a_cell_for_each_column_and_no_number_is_made_up() -> None:
    columns = [{"label": "a", "kind": "text"}, {"label": "b", "kind": "text"}]
    table = {"type": "table", "columns": columns, "source": None, "rows": [["1"], ["1", "2", "3"]]}
    chart = {"type": "chart", "kind": "bar", "title": "c", "source": None, "labels": ["x", "y"],
             "series": [{"name": "s", "values": [1]}, {"name": "t", "values": [1, 2, 3]}]}  # fmt: skip
    made, problems = checked(root(table, chart), CATALOGUE)
    assert made["children"][0]["rows"] == [["1", ""], ["1", "2"]]
    assert [series["values"] for series in made["children"][1]["series"]] == [[1], [1, 2]]
    assert [problem.prop for problem in problems] == ["rows", "series"]


def test_a_table_with_a_source_has_no_rows_of_its_own_to_be_filled() -> None:
    columns = [{"label": "a", "kind": "text"}]
    given = root({"type": "table", "columns": columns, "source": "sales", "rows": []})
    assert checked(given, CATALOGUE) == (given, [])


def test_missing_props_are_null_or_their_defaults_without_a_word() -> None:
    made, problems = checked(root({"type": "card", "children": []}, {"type": "row"}), CATALOGUE)
    assert problems == []
    assert made["children"][0] == {"type": "card", "title": None, "tone": "neutral", "children": []}
    assert made["children"][1] == {"type": "row", "align": "stretch", "wrap": True, "children": []}


def test_a_million_nodes_are_cut_where_it_can_be_seen() -> None:
    given = root({"type": "column", "children": [text()] * 1_000_000}, *[text()] * 1_000)
    made, problems = checked(given, CATALOGUE)
    assert sum(node["type"] != "cut" for _, node in nodes_below(made)) == 2_000
    assert "998,002 more parts are not shown" in made["children"][0]["children"][-1]["reason"]
    assert made["children"][-1]["type"] == "cut"
    assert [(problem.path, problem.kind) for problem in problems] == [("/children/0", "cut"), ("", "cut")]


def test_ten_thousand_levels_are_cut_where_it_can_be_seen() -> None:
    deep: Any = text()
    for _ in range(10_000):
        deep = {"type": "tabs", "tabs": [{"label": "t", "children": [deep]}]}
    made, problems = checked(root(deep), CATALOGUE)
    assert [problem.kind for problem in problems] == ["cut"]
    assert max(path.count("/") // 2 for path, _ in nodes_below(made)) <= 41
    assert json.dumps(made).count('"cut"') == 1


def test_values_of_any_depth_and_size_are_cut() -> None:
    nested: Any = "x"
    for _ in range(sys.getrecursionlimit() * 3):
        nested = {"label": "a", "children": [nested]}
    big = {"type": "odd", "a": nested, "b": ["x" * 100_000] * 100_000, "c": {str(key): key for key in range(50_000)}}
    tree = {"type": "tree", "nodes": [nested]}
    rows = {"type": "table", "columns": [], "source": None, "rows": [["x"] * 5_000] * 5_000}
    made, problems = checked(root(big, tree, rows), CATALOGUE)
    assert {problem.path for problem in problems} == {"/children/0", "/children/1", "/children/2"}
    assert len(json.dumps(made)) < 50_000_000


def test_a_catalogue_that_refers_to_itself_without_end_still_reads_a_value() -> None:
    schema = json.loads(json.dumps(CATALOGUE.schema))
    loop = {"anyOf": [{"$ref": "#/$defs/loop"}, {"properties": {"in": {"$ref": "#/$defs/loop"}}, "type": "object"}]}
    schema["$defs"] |= {"loop": loop}
    schema["$defs"]["divider"]["properties"]["x"] = {"$ref": "#/$defs/loop"}
    value: Any = 1
    for _ in range(5_000):
        value = {"in": value}
    made, problems = checked(root({"type": "divider", "x": value}), from_schema(schema))
    assert [problem.path for problem in problems] == ["/children/0"]
    assert made["children"][0]["type"] == "divider"


@pytest.mark.parametrize("value", [None, 3, "text", [], [1], {}, {"type": "card", "children": []}])
def test_what_is_no_screen_is_read_all_the_same(value: Any) -> None:
    made, _ = checked(value, CATALOGUE)
    assert isinstance(made, type(value))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
types = st.sampled_from([*CATALOGUE.components, "odd"])


@st.composite
def nodes(draw: st.DrawFn, depth: int = 0) -> Any:
    if depth > 3 or draw(st.integers(0, 9)) == 0:
        return draw(values)
    kind = draw(types)
    component = CATALOGUE.component(kind)
    names = [prop.name for prop in component.props if prop.kind != "nodes"] if component else ["x"]
    node = {"type": kind} | {name: draw(values) for name in names if draw(st.booleans())}
    for slot in component.slots if component else ("children",):
        node[slot] = draw(st.lists(nodes(depth + 1), max_size=3))
    return node


@settings(max_examples=200)
@given(nodes())
def test_what_was_made_right_is_right(given_: Any) -> None:
    limits = Limits(nodes=10, depth=4)
    made, _ = checked(given_, CATALOGUE, limits)
    again, problems = checked(made, CATALOGUE, Limits())
    assert json.dumps(again) == json.dumps(made)
    assert {problem.kind for problem in problems} <= {"bare", "unknown", "extra", "missing", "prop"}
    assert not [problem for problem in problems if problem.kind == "prop" and problem.prop not in {"series", "values"}]
    json.dumps(made, allow_nan=False).encode()
