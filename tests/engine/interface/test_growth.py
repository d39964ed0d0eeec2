"""A tree that grows from text in pieces, and what is told of it."""

from __future__ import annotations

import itertools
import json
import sys
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.interface.growth import (
    DEEPEST,
    Event,
    GrowingTree,
    Node,
    NodeClosed,
    NodeDropped,
    NodeOpened,
    NodeReopened,
    PropClosed,
    PropDropped,
    PropGrown,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["type", "title", "text", "rows", "children", "tabs", "a/b", "m~n", "é\n", ""])
TYPES = st.sampled_from(["row", "text", "tab", "schön", ""])


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """Spell an object whose `type` comes early, late, twice or never, whose keys may come again."""
    pairs = [(draw(NAMES), draw(inner)) for _ in range(draw(st.integers(0, 4)))]
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 1, 2]))):
        pairs.insert(draw(st.integers(0, len(pairs))), ("type", draw(TYPES.map(json.dumps))))
    blank = draw(st.sampled_from(["", " ", "\n\t"]))
    return "{" + blank + f",{blank}".join(f"{spelled(key)}{blank}: {value}" for key, value in pairs) + blank + "}"


def spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=len(str(value)) % 2 == 0)


def arrays(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")


TREES = st.recursive(JSON.map(spelled), lambda inner: objects(arrays(inner) | inner) | arrays(inner), max_leaves=20)
SCREENS = objects(arrays(TREES) | TREES)


class Replay:
    """Somebody who knows nothing but what was told."""

    def __init__(self) -> None:
        self.nodes: dict[str, tuple[str, dict[str, Any]]] = {}
        self.growing: set[tuple[str, str]] = set()
        self.closed: set[str] = set()

    def hear(self, events: list[Event]) -> None:
        for event in events:
            path = event.path
            match event:
                case NodeOpened():
                    assert path not in self.nodes, "opened twice"
                    above = path.rsplit("/", 2)[0]
                    assert path == "" or above in self.nodes, "opened within nothing"
                    self.nodes[path] = (event.type, {})
                case NodeDropped():
                    assert path in self.nodes
                    for each in [p for p in self.nodes if p == path or p.startswith(f"{path}/")]:
                        del self.nodes[each]
                        self.closed.discard(each)
                        self.growing = {place for place in self.growing if place[0] != each}
                case NodeClosed():
                    assert path in self.nodes
                    assert path not in self.closed
                    self.closed.add(path)
                case NodeReopened():
                    self.closed.remove(path)
                case PropDropped():
                    del self.nodes[path][1][event.name]
                    self.growing.discard((path, event.name))
                case PropGrown() | PropClosed():
                    self.nodes[path][1][event.name] = event.value
                    self.growing.discard((path, event.name))
                    if isinstance(event, PropGrown):
                        self.growing.add((path, event.name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Replay) and vars(self) == vars(other)

    def __hash__(self) -> int:
        raise TypeError


def seen(root: Node | None) -> Replay:
    """Return what somebody has to know of a tree."""
    known = Replay()
    for node in root.below() if root else ():
        known.nodes[node.path] = (node.type, dict(node.props))
        if node.closed:
            known.closed.add(node.path)
        if node.growing is not None:
            known.growing.add((node.path, node.growing))
    return known


def grown(text: str, at: str = "") -> GrowingTree:
    tree = GrowingTree(at)
    tree.feed(text)
    return tree


def pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[start:end] for start, end in itertools.pairwise(places)]


@settings(max_examples=100, deadline=None)
@given(SCREENS, st.lists(st.integers(0, 10_000), max_size=30))
def test_however_the_text_is_cut_the_tree_is_the_one_that_the_json_says(text: str, cuts: list[int]) -> None:
    tree, heard = GrowingTree(), Replay()
    for piece in pieces(text, cuts):
        heard.hear(tree.feed(piece))
        assert heard == seen(tree.root)
    whole = grown(text)
    assert tree.root == whole.root
    assert tree.root is not None
    assert tree.complete
    assert tree.broken is None
    assert tree.text == text
    assert tree.root.value() == json.loads(text)


@settings(max_examples=40, deadline=None)
@given(SCREENS)
def test_each_character_by_itself_gives_at_each_the_tree_of_the_prefix(text: str) -> None:
    tree = GrowingTree()
    for end in range(1, len(text) + 1):
        tree.feed(text[end - 1 : end])
        assert tree.root == grown(text[:end]).root


@settings(max_examples=100, deadline=None)
@given(SCREENS | st.text(), SCREENS | st.text(), st.integers(0, 400), st.integers(0, 400))
@example('{"type":"a","x":1}', '{"type":"a","x":true}', 100, 100)
@example('{"type":"a","x":"abc"}', '{"type":"a","x":"abc"}', 20, 21)
@example('{"type": "row","title": {"type": []}}', '{"type": "row"}', 35, 14)
def test_what_is_told_of_another_text_makes_one_tree_into_the_other(a: str, b: str, end_a: int, end_b: int) -> None:
    tree, heard = GrowingTree(), Replay()
    heard.hear(tree.show(a[:end_a]))
    heard.hear(tree.show(b[:end_b]))
    fresh = grown(b[:end_b])
    assert tree.root == fresh.root
    assert heard == seen(fresh.root)
    assert tree.broken == fresh.broken
    heard.hear(tree.show(b))
    assert heard == seen(grown(b).root)


@settings(max_examples=100, deadline=None)
@given(SCREENS)
def test_the_same_text_shown_again_tells_nothing(text: str) -> None:
    tree = GrowingTree()
    tree.show(text)
    assert tree.show(text) == []
    tree.show("")
    assert tree.root is None


@settings(max_examples=100, deadline=None)
@given(SCREENS, st.text(max_size=3), st.integers(0, 1_000), st.lists(st.integers(0, 1_000), max_size=10))
@example('{"a": }', "-", 6, [7])
@example('{"a": [1, 2]}', "-1-", 10, [11, 12])
def test_text_that_is_no_json_is_broken_at_the_same_character_however_it_is_cut(
    text: str, noise: str, place: int, cuts: list[int]
) -> None:
    place %= len(text) + 1
    spoiled = text[:place] + noise + text[place:]
    whole = grown(spoiled)
    tree = GrowingTree()
    for piece in pieces(spoiled, cuts):
        tree.feed(piece)
    assert tree.broken == whole.broken
    assert tree.root == whole.root
    try:
        json.loads(spoiled)
    except ValueError:
        assert tree.broken or not tree.complete
    else:
        assert tree.broken is None


def test_a_screen_is_told_as_it_comes() -> None:
    tree = GrowingTree()
    assert tree.feed('{"type": "ro') == []
    assert tree.feed('ot", "title": "Gre') == [NodeOpened("", "root"), PropGrown("", "title", "Gre")]
    assert tree.feed('en", "children": [{"type": "text", "text": "a"') == [
        PropClosed("", "title", "Green"),
        NodeOpened("/children/0", "text"),
        PropClosed("/children/0", "text", "a"),
    ]
    assert tree.feed("}") == [NodeClosed("/children/0")]
    assert tree.feed("]}") == [NodeClosed("")]
    assert tree.complete


def test_items_of_a_prop_are_told_as_each_is_closed() -> None:
    tree = grown('{"type": "table", "rows": ')
    assert tree.feed('[["a", "b"') == []
    assert tree.feed("], [") == [PropGrown("", "rows", [["a", "b"]])]
    assert tree.feed('"c"') == []
    assert tree.feed(']], "labels": [1, 2') == [
        PropClosed("", "rows", [["a", "b"], ["c"]]),
        PropGrown("", "labels", [1]),
    ]
    assert tree.feed("]") == [PropClosed("", "labels", [1, 2])]


def test_what_was_told_of_a_growing_prop_does_not_change_afterwards() -> None:
    tree = grown('{"type": "facts", "items": ')
    (first,) = tree.feed('[{"label": "a"}, ')
    tree.feed('{"label": "b"}, ')
    assert first == PropGrown("", "items", [{"label": "a"}])


def test_half_an_escape_and_half_a_character_are_held_back() -> None:
    tree = grown('{"type": "text", "text": "a')
    assert tree.feed("\\") == []
    assert tree.feed("n") == [PropGrown("", "text", "a\n")]
    for piece in ("\\u", "D8", "3D", "\\", "uDE", "0"):
        assert tree.feed(piece) == []
    assert tree.feed("0") == [PropGrown("", "text", "a\n😀")]
    assert tree.feed("\\ud83d") == []
    assert tree.feed("!") == [PropGrown("", "text", "a\n😀\ud83d!")]


def test_a_number_is_told_when_something_follows_it() -> None:
    tree = grown('{"type": "slider", "value": 1')
    assert tree.feed("2.") == []
    assert tree.feed("5e1") == []
    assert tree.feed(" ") == [PropClosed("", "value", 125.0)]


def test_a_number_of_thousands_of_digits_is_read_as_infinite() -> None:
    tree = grown('{"type": "metric", "value": ' + "9" * 5_000 + "}")
    assert tree.root is not None
    assert tree.root.props["value"] == float("inf")


def test_a_node_whose_type_comes_last_is_told_then_with_all_it_holds() -> None:
    tree = GrowingTree()
    assert tree.feed('{"title": "x", "children": [{"type": "text", "text": "y"}, 5], ') == []
    assert tree.root is None
    assert tree.feed('"type": "card"') == [
        NodeOpened("", "card"),
        PropClosed("", "title", "x"),
        NodeOpened("/children/0", "text"),
        PropClosed("/children/0", "text", "y"),
        NodeClosed("/children/0"),
        NodeOpened("/children/1", ""),
        PropClosed("/children/1", "value", 5),
        NodeClosed("/children/1"),
    ]


def test_a_node_without_a_type_is_told_at_its_end() -> None:
    tree = grown('{"type": "row", "children": [')
    assert tree.feed('{"text": "x", "children": [{"type": "divider"}]') == []
    assert tree.feed("}") == [
        NodeOpened("/children/0", ""),
        PropClosed("/children/0", "text", "x"),
        NodeOpened("/children/0/children/0", "divider"),
        NodeClosed("/children/0/children/0"),
        NodeClosed("/children/0"),
    ]


def test_tabs_need_no_type() -> None:
    tree = grown('{"type": "tabs", "tabs": [')
    assert tree.feed('{"label": "One", "children": [') == [
        NodeOpened("/tabs/0", "tab"),
        PropClosed("/tabs/0", "label", "One"),
    ]
    assert tree.feed('{"type": "text"') == [NodeOpened("/tabs/0/children/0", "text")]
    assert grown("{", at="/children/3/tabs/0").root == Node("/children/3/tabs/0", "tab")


def test_a_slot_that_is_no_array_is_a_plain_value() -> None:
    tree = grown('{"type": "row", "children": {"type": "text"}, "tabs": null}')
    assert tree.root == Node("", "row", props={"children": {"type": "text"}, "tabs": None}, slots={}, closed=True)


def test_of_a_slot_that_comes_twice_the_last_counts() -> None:
    tree = grown('{"type": "row", "children": [{"type": "text"}, {"type": "icon"}]')
    assert tree.feed(', "children": [{"type": "badge"') == [
        NodeDropped("/children/1"),
        NodeDropped("/children/0"),
        NodeOpened("/children/0", "badge"),
    ]


def test_a_part_that_is_written_anew_has_the_paths_of_its_place() -> None:
    tree = GrowingTree("/children/2")
    assert tree.feed('{"type": "card", "children": [{"type": "text"') == [
        NodeOpened("/children/2", "card"),
        NodeOpened("/children/2/children/0", "text"),
    ]


def test_going_back_to_an_earlier_prefix_drops_only_what_was_not_there_yet() -> None:
    text = (
        '{"type": "column", "children": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}], "gap": 1}'
    )
    tree = grown(text)
    assert tree.show(text[: text.index("wo")]) == [
        NodeReopened(""),
        PropDropped("", "gap"),
        NodeReopened("/children/1"),
        PropGrown("/children/1", "text", "t"),
    ]
    assert tree.show(text[: text.index('"two')]) == [PropDropped("/children/1", "text")]
    assert tree.show(text[: text.index(', {"type": "text", "text": "two')]) == [NodeDropped("/children/1")]
    assert tree.show(text)[-1] == NodeClosed("")


def test_a_node_that_becomes_another_is_dropped_alone() -> None:
    tree = grown('{"type": "row", "children": [{"type": "text", "text": "a"}, {"type": "icon"}]}')
    assert tree.show('{"type": "row", "children": [{"type": "badge", "text": "a"}, {"type": "icon"}]}') == [
        NodeDropped("/children/0"),
        NodeOpened("/children/0", "badge"),
        PropClosed("/children/0", "text", "a"),
        NodeClosed("/children/0"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Sure! ", "A value was expected at character 1."),
        ('{"type": "row", }', "A key in quotes was expected at character 17."),
        ('{"type" "row"}', "A colon was expected at character 9."),
        ('{"a": 1 "b"', 'A comma or "}" was expected at character 9.'),
        ('{"a": [1 2', 'A comma or "]" was expected at character 10.'),
        ('{"a": 01}', "A number was expected at character 7."),
        ('{"a": nul!', "The word null was expected at character 10."),
        ('{"a": "\\x', "An escape was expected at character 9."),
        ('{"a": "\\u12g', "A hexadecimal digit was expected at character 12."),
        ('{"a": "x\ny', "A character that is no control character was expected at character 9."),
        ('{"type": "row"} and more', "Nothing more was expected at character 17."),
    ],
)
def test_what_is_no_json_is_said_with_its_place_and_what_came_before_stays(text: str, sentence: str) -> None:
    tree = GrowingTree()
    for character in text:
        tree.feed(character)
    assert tree.broken == sentence
    assert tree.feed("{") == []
    assert tree.text == text + "{"
    assert (tree.root is not None) == text.startswith('{"type": ')


def test_values_and_nodes_may_be_nested_deeper_than_python_calls() -> None:
    depth = 10 * sys.getrecursionlimit()
    tree, heard = GrowingTree(), Replay()
    heard.hear(tree.feed('{"type": "row", "children": [' * depth))
    heard.hear(tree.feed("]}" * depth))
    assert tree.complete
    assert len(heard.nodes) == DEEPEST
    deep = "[" * depth + "]" * depth
    tree.show(f'{{"type": "a", "b": {deep}}}')
    assert tree.complete
    assert tree.show(f'{{"type": "a", "b": {deep}, "c": 1}}') == [PropClosed("", "c", 1)]
