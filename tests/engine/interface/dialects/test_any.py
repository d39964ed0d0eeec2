"""Whatever is given to be imported becomes a tree that can be shown, or a sentence why not; never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.interface.catalogue import bundled
from engine.interface.dialects import NotImported, read_any, read_text
from engine.interface.reading import checked

_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12))
_IDS = st.sampled_from(["root", "a", "b", "c"])
_PATHS = st.sampled_from(["/x", "/x/0", "x", "", "/", "/list", "name", "//"])
_CALLS = st.sampled_from(
    ["formatString", "formatDate", "formatNumber", "and", "or", "pluralize", "regex", "divide", "nothing"]
)
_KINDS = st.sampled_from(
    [
        "Text",
        "Icon",
        "Image",
        "Video",
        "AudioPlayer",
        "Row",
        "Column",
        "List",
        "Card",
        "Tabs",
        "Modal",
        "Divider",
        "Button",
        "TextField",
        "CheckBox",
        "ChoicePicker",
        "Slider",
        "DateTimeInput",
        "Unheard",
    ]
)
_VALUES = st.recursive(
    st.one_of(_SCALARS, _IDS, st.sampled_from(["${/x}", "${", "${x(", "${a(b:${/x})}", "{x}"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.builds(lambda path: {"path": path}, _PATHS),
        st.builds(
            lambda name, args: {"call": name, "args": args},
            _CALLS,
            st.dictionaries(st.sampled_from(["value", "values", "a", "b", "format"]), inner, max_size=3),
        ),
        st.builds(lambda path, name: {"path": path, "componentId": name}, _PATHS, _IDS),
        st.dictionaries(
            st.sampled_from(
                ["path", "call", "event", "name", "title", "child", "condition", "label", "value", "args", "context"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)
_PROPS = st.dictionaries(
    st.sampled_from(
        [
            "text",
            "value",
            "label",
            "name",
            "url",
            "children",
            "child",
            "tabs",
            "trigger",
            "content",
            "options",
            "checks",
            "action",
            "variant",
            "min",
            "max",
            "weight",
            "align",
            "justify",
            "enableDate",
            "enableTime",
        ]
    ),
    _VALUES,
    max_size=5,
)
_COMPONENTS = st.builds(lambda name, kind, props: {"id": name, "component": kind, **props}, _IDS, _KINDS, _PROPS)


def _walk(tree: Any) -> list[Any]:
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += node.get("children", [])
        waiting += [{"type": "tab", **entry} for entry in node.get("tabs", [])]
    return found


@settings(max_examples=300, deadline=None)
@given(st.lists(_COMPONENTS, min_size=1, max_size=8), _VALUES)
def test_any_components_and_data_become_a_tree_of_known_parts(components: list[Any], data: Any) -> None:
    messages = [
        {"updateComponents": {"surfaceId": "s", "components": components}},
        {"updateDataModel": {"surfaceId": "s", "value": data}},
    ]
    try:
        imported = read_any(messages)
    except NotImported:
        assert not any(each["id"] == "root" for each in components)
        return
    assert all(node["type"] == "tab" or bundled().component(node["type"]) for node in _walk(imported.tree))
    tree, problems = checked(imported.tree, bundled())
    assert [each for each in problems if each.kind in {"unknown", "bare"}] == []
    assert tree["type"] == "root"


_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "label",
                    "children",
                    "attributes",
                    "name",
                    "value",
                    "component",
                    "columns",
                    "rows",
                    "values",
                    "content",
                    "messages",
                ]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(_ANYTHING)
def test_any_other_value_is_read_or_refused_with_a_sentence(value: Any) -> None:
    try:
        tree = read_any(value).tree
    except EngineError:
        return
    assert tree["type"] == "root"


def test_a_tree_of_ours_stays_as_it_is_and_a_part_of_one_becomes_a_screen() -> None:
    tree = {"type": "root", "title": "T", "children": [{"type": "divider"}]}
    assert read_any(tree).tree == tree
    assert read_any({"type": "divider"}).tree == {"type": "root", "title": "", "children": [{"type": "divider"}]}


@pytest.mark.parametrize("value", [None, 3, "text", [], {}, {"type": "spaceship"}, {"openapi": "3.1"}])
def test_what_is_no_screen_is_refused_with_what_can_be_imported(value: Any) -> None:
    with pytest.raises(NotImported) as caught:
        read_any(value)
    assert caught.value.advice


def test_what_is_nested_too_deeply_or_no_json_is_refused_with_its_line() -> None:
    with pytest.raises(NotImported, match="deep"):
        read_text("[" * 100_000)
    deep: Any = {"type": "root"}
    for _ in range(400):
        deep = [deep]
    with pytest.raises(NotImported, match="deep"):
        read_any(deep)
    with pytest.raises(NotImported) as caught:
        read_text('{"type": "root"}\n{"type": oops}')
    assert caught.value.where == "line 2"


def test_a_text_that_begins_with_a_mark_of_its_order_is_read() -> None:
    assert read_text("\ufeff" + json.dumps({"type": "divider"})).tree["children"] == [{"type": "divider"}]
