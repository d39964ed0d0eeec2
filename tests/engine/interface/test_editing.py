"""A tree can be changed by hand and by the model; what cannot be done says where and leaves everything as it was."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EditRefused
from engine.interface.catalogue import bundled
from engine.interface.editing import (
    apply_patch,
    blank,
    duplicate,
    insert,
    move,
    moved,
    names_of,
    patched,
    put_prop,
    remove,
    replace,
    take_prop,
    wrap,
)
from engine.interface.places import first_changed, holders, node_at, nodes_below
from engine.interface.reading import checked

if TYPE_CHECKING:
    from collections.abc import Callable


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "style": "body", "text": words}


def tree() -> dict[str, Any]:
    card = {"type": "card", "title": None, "tone": "neutral", "children": [text("b"), text("c")]}
    tabs = {"type": "tabs", "tabs": [{"label": "first", "children": [text("d")]}]}
    return {"type": "root", "title": "r", "children": [text("a"), card, tabs, text("e")]}


def shape(node: Any) -> Any:
    """Return a node as its text, or as a list of its type and the shapes of what it holds."""
    if node.get("type") == "text":
        return node["text"]
    return [node.get("type", "tab"), *(shape(each) for slot in ("children", "tabs") for each in node.get(slot, ()))]


def shapes(*children: Any) -> list[Any]:
    return ["root", *children]


CARD, TABS = ["card", "b", "c"], ["tabs", ["tab", "d"]]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda it: insert(it, "/children/1", text("n")), shapes("a", "n", CARD, TABS, "e")),
        (lambda it: insert(it, "/children/4", text("n")), shapes("a", CARD, TABS, "e", "n")),
        (lambda it: insert(it, "/children/2/tabs/0", text("n")),
         shapes("a", CARD, ["tabs", ["tab", "n"], ["tab", "d"]], "e")),
        (lambda it: remove(it, "/children/1/children/0"), shapes("a", ["card", "c"], TABS, "e")),
        (lambda it: remove(it, "/children/2/tabs/0"), shapes("a", CARD, ["tabs"], "e")),
        (lambda it: move(it, "/children/3", "/children/0"), shapes("e", "a", CARD, TABS)),
        (lambda it: move(it, "/children/0", "/children/4"), shapes(CARD, TABS, "e", "a")),
        (lambda it: move(it, "/children/0", "/children/1/children/2"), shapes(["card", "b", "c", "a"], TABS, "e")),
        (lambda it: move(it, "/children/1/children/0", "/children/0"), shapes("b", "a", ["card", "c"], TABS, "e")),
        (lambda it: move(it, "/children/0", "/children/2/tabs/1"),
         shapes(CARD, ["tabs", ["tab", "d"], ["tab", "a"]], "e")),
        (lambda it: move(it, "/children/2/tabs/0", "/children/0"), shapes(["section", "d"], "a", CARD, ["tabs"], "e")),
        (lambda it: duplicate(it, "/children/1"), shapes("a", CARD, CARD, TABS, "e")),
        (lambda it: replace(it, "/children/1", text("n")), shapes("a", "n", TABS, "e")),
        (lambda it: replace(it, "/children/2/tabs/0", text("n")), shapes("a", CARD, ["tabs", ["tab", "n"]], "e")),
        (lambda it: wrap(it, "/children/0", {"type": "row", "children": []}), shapes(["row", "a"], CARD, TABS, "e")),
        (lambda it: wrap(it, "/children/0", {"type": "tabs", "tabs": []}),
         shapes(["tabs", ["tab", "a"]], CARD, TABS, "e")),
        (lambda it: wrap(it, "", {"type": "column", "children": []}), shapes(["column", "a", CARD, TABS, "e"])),
        (lambda it: wrap(it, "/children/2/tabs/0", {"type": "row", "children": []}),
         shapes("a", CARD, ["tabs", ["tab", ["row", "d"]]], "e")),
    ],
)  # fmt: skip
def test_an_edit_changes_what_it_says_and_nothing_else(edit: Callable[[Any], Any], expected: Any) -> None:
    before = tree()
    kept = copy.deepcopy(before)
    assert shape(edit(before)) == expected
    assert before == kept


@pytest.mark.parametrize(
    ("edit", "where"),
    [
        (lambda it: remove(it, ""), ""),
        (lambda it: remove(it, "/children/9"), "/children/9"),
        (lambda it: remove(it, "/children/x"), "/children/x"),
        (lambda it: remove(it, "/rows/0"), "/rows/0"),
        (lambda it: remove(it, "children/0"), "children/0"),
        (lambda it: insert(it, "/children/5", text("n")), "/children/5"),
        (lambda it: insert(it, "/children/0/children/0", text("n")), "/children/0"),
        (lambda it: insert(it, "/children/0", tree()), "/children/0"),
        (lambda it: insert(it, "/children/0", "text"), "/children/0"),
        (lambda it: move(it, "/children/1", "/children/1/children/0"), "/children/1/children/0"),
        (lambda it: replace(it, "", text("n")), ""),
        (lambda it: put_prop(it, "/children/1", "children", []), "/children/1"),
        (lambda it: put_prop(it, "/children/1", "type", "row"), "/children/1"),
        (lambda it: wrap(it, "/children/0", text("n")), ""),
    ],
)  # fmt: skip
def test_what_cannot_be_done_names_the_place(edit: Callable[[Any], Any], where: str) -> None:
    with pytest.raises(EditRefused) as refused:
        edit(tree())
    assert refused.value.where == where


def test_a_change_of_one_node_shares_all_the_others() -> None:
    before = tree()
    after = put_prop(before, "/children/1/children/0", "text", "new")
    assert after["children"][1]["children"][0]["text"] == "new"
    assert after["children"][2] is before["children"][2]
    assert after["children"][1]["children"][1] is before["children"][1]["children"][1]
    assert take_prop(after, "/children/0", "style")["children"][0] == {"type": "text", "text": "a"}


def test_a_node_ten_thousand_levels_down_can_be_changed() -> None:
    deep: dict[str, Any] = text("bottom")
    for _ in range(10_000):
        deep = {"type": "column", "children": [deep]}
    after = put_prop(deep, "/children/0" * 10_000, "text", "new")
    assert node_at(after, "/children/0" * 10_000)["text"] == "new"


@given(st.data())
def test_a_node_that_was_moved_stands_where_it_is_said_to(data: st.DataObject) -> None:
    before = tree()
    pointers = [pointer for pointer, _ in nodes_below(before) if pointer]
    source = data.draw(st.sampled_from(pointers))
    holder = data.draw(st.sampled_from(holders(before)))
    place = f"{holder}/children/{data.draw(st.integers(0, len(node_at(before, holder)['children'])))}"
    if f"{place}/".startswith(f"{source}/") and place != source:
        return
    node = node_at(before, source)
    after = move(before, source, place)
    found = node_at(after, moved(source, place))
    assert found["children"] == node["children"] if "label" in node else found == node


def form() -> dict[str, Any]:
    field = {"type": "field", "kind": "text", "name": "city", "label": "City {city} {{city}} {other}"}
    button = {"type": "button", "label": "x", "action": {"kind": "set", "target": "city", "value": "city"}}
    when = {"type": "when", "name": "city", "op": "filled", "value": None, "children": [button]}
    icon = {"type": "icon", "name": "house", "label": "city"}
    return {"type": "root", "title": "", "children": [{"type": "column", "children": [field, when, icon]}]}


def test_a_copy_has_names_of_its_own_and_what_refers_to_them_follows() -> None:
    field, when, icon = duplicate(form(), "/children/0")["children"][1]["children"]
    assert field["name"] == when["name"] == when["children"][0]["action"]["target"] == "city_2"
    assert field["label"] == "City {city_2} {{city}} {other}"
    assert when["children"][0]["action"]["value"] == "city"
    assert icon["name"] == "house"
    again = duplicate(duplicate(form(), "/children/0"), "/children/1")
    assert names_of(again) == {"city", "city_2", "city_3"}


@pytest.mark.parametrize("component", bundled().components.values(), ids=lambda component: component.type)
def test_a_new_component_is_whole_and_has_a_name_that_is_free(component: Any) -> None:
    node = blank(component, {"field", "form"})
    if component.type not in {"tab", "root"}:
        assert checked({"type": "root", "title": "", "children": [node]}, bundled())[1] == []
    assert names_of({"type": "root", "children": [node]}).isdisjoint({"field", "form"})


def change(op: str, at: str, node: Any = None) -> dict[str, Any]:
    return {"op": op, "at": at, **({} if node is None else {"node": node})}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([change("remove", "/children/0"), change("replace", "/children/3", text("n"))], shapes(CARD, TABS, "n")),
        ([change("after", "/children/0", text("1")), change("after", "/children/0", text("2"))],
         shapes("a", "1", "2", CARD, TABS, "e")),
        ([change("before", "/children/0", text("1")), change("before", "/children/0", text("2"))],
         shapes("1", "2", "a", CARD, TABS, "e")),
        ([change("append", "", text("1")), change("append", "/children/1", text("2"))],
         shapes("a", ["card", "b", "c", "2"], TABS, "e", "1")),
        ([change("append", "/children/2", text("1"))], shapes("a", CARD, ["tabs", ["tab", "d"], ["tab", "1"]], "e")),
        ([change("append", "/children/2/tabs/0", text("1"))], shapes("a", CARD, ["tabs", ["tab", "d", "1"]], "e")),
        ([change("remove", "/children/1"), change("replace", "/children/1/children/0", text("n"))],
         shapes("a", TABS, "e")),
        ([change("remove", "/children/1"), change("remove", "/children/1")], shapes("a", TABS, "e")),
        ([change("replace", "/children/1", text("n")), change("remove", "/children/1/children/0")],
         shapes("a", "n", TABS, "e")),
        ([change("replace", "/children/1", text("n")), change("replace", "/children/1", text("m"))],
         shapes("a", "m", TABS, "e")),
        ([change("remove", "/children/1/children/0"), change("after", "/children/1/children/1", text("n"))],
         shapes("a", ["card", "c", "n"], TABS, "e")),
        ([change("before", "/children/1", text("n")), change("remove", "/children/1/children/1")],
         shapes("a", "n", ["card", "b"], TABS, "e")),
        ([], shapes("a", CARD, TABS, "e")),
    ],
)  # fmt: skip
def test_the_changes_of_a_patch_name_the_tree_as_it_was_before_all_of_them(changes: Any, expected: Any) -> None:
    before = tree()
    kept = copy.deepcopy(before)
    assert shape(apply_patch(before, changes)) == expected
    assert before == kept


@pytest.mark.parametrize(
    "broken",
    [
        change("replace", "/children/7", text("n")),
        change("replace", "/children/1"),
        change("append", "/children/0", text("n")),
        change("paint", "/children/1", text("n")),
        change("before", "", text("n")),
        {"op": "remove"},
        "remove",
    ],
)
def test_a_change_that_cannot_be_made_is_told_and_the_others_are_made(broken: Any) -> None:
    made = patched(tree(), [change("remove", "/children/2"), broken, change("remove", "/children/3")])
    assert shape(made.tree) == shapes("a", CARD)
    assert len(made.refused) == 1
    with pytest.raises(EditRefused):
        apply_patch(tree(), [broken])


def test_the_first_place_that_differs_is_the_innermost_one() -> None:
    def screen(*children: object) -> dict[str, object]:
        return {"type": "root", "title": "", "children": list(children)}

    text = {"type": "text", "style": "body", "text": "Hello"}
    row = {"type": "row", "children": [text, text]}
    before = screen(text, row)
    assert first_changed(before, before) is None
    assert (
        first_changed(before, screen(text, {**row, "children": [text, {**text, "text": "Bye"}]}))
        == "/children/1/children/1"
    )
    assert first_changed(before, screen(text, row, text)) == "/children/2"
    assert first_changed(before, screen(text, {**row, "children": [text]})) == "/children/1"
    assert first_changed(before, {**before, "title": "Other"}) == ""
