"""Generated interfaces in the store: a gallery of their newest trees, apart from the conversations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.store import INTERFACE, Answer, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TREE: dict[str, Any] = {"type": "root", "title": "Guests", "children": []}
OTHER: dict[str, Any] = {"type": "root", "title": "Menu", "children": [{"type": "divider"}]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as made:
        yield made


def answered(store: Store, thread: int, tree: Any, parent: int | None = None) -> int:
    """Save an answer with a tree; return its id."""
    return store.messages.add(thread, parent, "assistant", json.dumps(tree), answer=Answer({}, details={"tree": tree}))


def test_the_gallery_lists_interfaces_alone_with_their_newest_tree(store: Store) -> None:
    store.threads.create(title="a conversation", kind="schema")
    first = store.threads.create(title="Guests", kind=INTERFACE).id
    second = store.threads.create(kind=INTERFACE).id
    answered(store, first, OTHER)
    answered(store, first, TREE)
    (newest, oldest) = store.interfaces.all()
    assert (newest.id, newest.title, json.loads(newest.tree_text)) == (first, "Guests", TREE)
    assert (oldest.id, oldest.tree_text) == (second, "")


def test_the_tree_is_that_of_the_message_the_thread_ends_with(store: Store) -> None:
    thread = store.threads.create(kind=INTERFACE).id
    chosen = answered(store, thread, TREE)
    answered(store, thread, OTHER)
    store.threads.go_to(thread, chosen)
    assert json.loads(store.interfaces.all()[0].tree_text) == TREE


def test_an_interface_in_the_bin_is_not_in_the_gallery(store: Store) -> None:
    thread = store.threads.create(kind=INTERFACE).id
    store.threads.delete([thread])
    assert store.interfaces.all() == []
    store.threads.restore([thread])
    assert [row.id for row in store.interfaces.all()] == [thread]


def test_a_tree_that_was_changed_by_hand_is_there_after_a_restart(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create(kind=INTERFACE).id
        message = store.messages.add(
            thread, None, "assistant", "{}", answer=Answer({"seed": 7}, details={"tokens": 3, "tree": TREE})
        )
        store.interfaces.keep_tree(message, OTHER)
    with Store(tmp_path) as store:
        kept = store.messages.answer(message)
        assert kept is not None
        assert kept.details == {"tokens": 3, "tree": OTHER}
        assert kept.request == {"seed": 7}
        assert json.loads(store.interfaces.all()[0].tree_text) == OTHER


def test_a_tree_of_a_message_that_came_without_details_is_kept(store: Store) -> None:
    thread = store.threads.create(kind=INTERFACE).id
    message = store.messages.add(thread, None, "assistant", json.dumps(TREE))
    store.interfaces.keep_tree(message, OTHER)
    store.interfaces.keep_tree(message + 1, OTHER)
    assert json.loads(store.interfaces.all()[0].tree_text) == OTHER
    assert store.messages.answer(message + 1) is None


@pytest.mark.parametrize("tree", [None, 3, "root", [TREE]], ids=repr)
def test_details_that_hold_no_tree_leave_the_one_before(store: Store, tree: Any) -> None:
    thread = store.threads.create(kind=INTERFACE).id
    answered(store, thread, TREE)
    answered(store, thread, tree)
    assert json.loads(store.interfaces.all()[0].tree_text) == TREE


def test_details_nested_beyond_reading_cost_their_own_picture_only(store: Store) -> None:
    deep, other = store.threads.create(kind=INTERFACE).id, store.threads.create(kind=INTERFACE).id
    message = answered(store, deep, TREE)
    answered(store, other, OTHER)
    text = '{"tree":' + '{"a":' * 100_000 + "1" + "}" * 100_001
    store.messages._database.write("UPDATE answers SET details = ? WHERE message = ?", (text, message))
    assert {row.id: row.tree_text for row in store.interfaces.all()} == {deep: "", other: json.dumps(OTHER)}


def test_a_search_can_leave_interfaces_out(store: Store) -> None:
    thread = store.threads.create(title="Medlar", kind="schema").id
    interface = store.threads.create(title="Medlar form", kind=INTERFACE).id
    for each in (thread, interface):
        store.messages.ask(each, None, "a form for medlars", {}, attachments=())
    assert {hit.thread for hit in store.search.find("medlar")} == {thread, interface}
    assert {hit.thread for hit in store.search.find("medlar", without=INTERFACE)} == {thread}
