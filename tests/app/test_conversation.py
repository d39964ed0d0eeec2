"""A thread's messages as a tree: whichever branch is shown, none of the others is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.conversation import Conversation
from app.session import Node

AT = "2026-01-01T00:00:00+00:00"


def node(message: int, parent: int | None, role: str = "") -> Node:
    depth_role = role or ("user" if parent is None or message % 2 else "assistant")
    return Node(message, parent, depth_role, "done", 1, AT)  # type: ignore[arg-type]


def tree(*parents: int | None) -> list[Node]:
    """Return messages 1, 2, 3 … with these parents."""
    return [node(message, parent) for message, parent in enumerate(parents, 1)]


TREES = st.lists(st.integers(0, 30), min_size=1, max_size=30).map(
    lambda picks: tree(*(None if pick % (place + 1) == 0 else pick % (place + 1) for place, pick in enumerate(picks)))
)


def ids(conversation: Conversation) -> list[int]:
    return [entry.id for entry in conversation.path]


def test_the_shown_branch_goes_from_the_first_message_to_the_head() -> None:
    conversation = Conversation(tree(None, 1, 2, 3, 2), head=4)
    assert ids(conversation) == [1, 2, 3, 4]
    conversation.go_to(5)
    assert ids(conversation) == [1, 2, 5]


@given(TREES, st.data())
def test_every_message_can_be_shown_and_leads_back_to_a_first_one(nodes: list[Node], data: st.DataObject) -> None:
    conversation = Conversation(nodes, None)
    message = data.draw(st.sampled_from([entry.id for entry in nodes]))
    conversation.go_to(conversation.leaf(message))
    path = ids(conversation)
    assert message in path
    assert conversation.path[0].parent is None
    assert [entry.parent for entry in conversation.path[1:]] == path[:-1]
    assert all(conversation.place(each) == place for place, each in enumerate(path))


@given(TREES, st.data())
def test_walking_along_the_alternatives_meets_each_once(nodes: list[Node], data: st.DataObject) -> None:
    conversation = Conversation(nodes, None)
    message = data.draw(st.sampled_from([entry.id for entry in nodes]))
    beside = conversation.alternatives(message)
    first = conversation.alternatives(beside.ids[0])
    met, current = [beside.ids[0]], first
    while (following := current.beside(1)) is not None:
        met.append(following)
        current = conversation.alternatives(following)
    assert tuple(met) == beside.ids
    assert first.beside(-1) is None


@given(TREES, st.data())
def test_what_is_removed_is_gone_with_all_that_follows_and_nothing_else(nodes: list[Node], data: st.DataObject) -> None:
    conversation = Conversation(nodes, None)
    message = data.draw(st.sampled_from([entry.id for entry in nodes]))
    below = {entry.id for entry in nodes if message in [step.id for step in conversation.way(entry.id)]}
    conversation.remove(message)
    for entry in nodes:
        assert (entry.id in conversation) == (entry.id not in below)
    assert not below & set(ids(conversation))


def test_after_a_branch_is_removed_the_one_beside_it_is_shown() -> None:
    conversation = Conversation(tree(None, 1, 1, 3), head=2)
    conversation.remove(2)
    assert ids(conversation) == [1, 3, 4]
    conversation.remove(3)
    assert ids(conversation) == [1]


def test_messages_whose_branch_is_in_the_bin_are_left_out() -> None:
    conversation = Conversation([node(1, None), node(3, 2), node(4, 3)], head=4)
    assert ids(conversation) == [1]


def test_an_exchange_is_a_question_and_the_answer_of_the_shown_branch() -> None:
    nodes = [node(1, None, "user"), node(2, 1, "assistant"), node(3, 1, "assistant"), node(4, None, "assistant")]
    conversation = Conversation(nodes, head=2)

    def pair(message: int) -> tuple[int | None, int | None]:
        question, answer = conversation.exchange(message)
        return (question.id if question else None, answer.id if answer else None)

    assert pair(1) == (1, 2)
    assert pair(3) == (1, 3)
    assert pair(4) == (None, 4)
    conversation.go_to(3)
    assert pair(1) == (1, 3)
