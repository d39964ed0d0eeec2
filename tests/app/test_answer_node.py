from __future__ import annotations

from typing import Any

import pytest

from app.exchange import Closed
from app.models.answer_node import MISSING, Node, json_words, words_of
from app.models.shape import ANYTHING, Shape

NUMBER, STRING = Shape(kind="number"), Shape(kind="string")


def node(value: Any = MISSING, shape: Shape = ANYTHING, name: str | int = "a") -> Node:
    made = Node(name, f"/{name}", shape, Node("", "", ANYTHING, None))
    made.value = value
    made.state = "waiting" if value is MISSING else "done"
    made.text, made.hint = words_of(made, {}, "")
    return made


@pytest.mark.parametrize(
    ("value", "shape", "words"),
    [
        (MISSING, STRING, ("", "")),
        ("Nor", STRING, ("Nor", "")),
        ("DE", Shape(kind="string", choices=2), ("DE", "of 2 choices")),
        ("2024-03-18", Shape(kind="string", format="date"), ("18 March 2024", "2024-03-18")),
        ("soon", Shape(kind="string", format="date"), ("soon", "")),
        (False, Shape(kind="boolean"), ("no", "")),
        (None, STRING, ("none", "")),
        (["red", 2], Shape(kind="array", item=STRING), ("red \u00b7 2", "2 items")),
        ([{}], Shape(kind="array", item=Shape(kind="object")), ("", "")),
        ({"b": 1}, ANYTHING, ("", "")),
        (48.0, NUMBER, ("48.0", "")),
    ],
)
def test_values_read_as_people_write_them(value: Any, shape: Shape, words: tuple[str, str]) -> None:
    assert words_of(node(value, shape), {}, "") == words


def test_a_number_reads_as_the_model_wrote_it() -> None:
    assert words_of(node(48.0, NUMBER), {"/a": Closed(6, 11)}, '{"a": 48.00}') == ("48.00", "")


def test_items_are_counted_from_one() -> None:
    assert node(name=0).label == "1"


def test_fields_on_the_stem_have_depth_nought() -> None:
    field = node()
    assert field.depth == 0
    assert Node("b", "/a/b", ANYTHING, field).depth == 1


def test_only_text_is_a_train_of_thought() -> None:
    assert node(shape=STRING, name="reasoning").reasoning
    assert not node(shape=NUMBER, name="reasoning").reasoning


def test_a_field_can_be_heard() -> None:
    assert node("Nor", STRING).spoken == "a: Nor"
    assert node().spoken == "a (still to come)"


def test_the_row_of_a_table_is_heard_with_its_cells() -> None:
    row = node({"what": "tree"}, Shape(kind="object"), name=0)
    row.cells = [node("tree", STRING, "what"), node(shape=NUMBER, name="price")]
    assert row.spoken == "1: what tree, price still to come"


def test_a_row_looks_otherwise_once_a_cell_has_changed() -> None:
    row = node({"what": "tr"}, Shape(kind="object"), name=0)
    row.cells = [node("tr", STRING, "what")]
    before = row.look
    row.cells[0].text = "tree"
    assert row.look != before


def test_of_a_huge_text_the_beginning_is_shown_and_how_much_is_missing() -> None:
    words, _ = words_of(node("x" * 1_000_000, STRING), {}, "")
    start, note = words.split("\n")
    assert start == "x" * len(start)
    assert note == f"… and {1_000_000 - len(start):,} more characters. Copy the value to have all of it."
    lines, _ = words_of(node("a\n" * 100_000, STRING), {}, "")
    assert lines.count("\n") < 1_000


def test_controls_in_a_value_are_shown_as_signs() -> None:
    assert words_of(node("a\x1b[0m\u202eb", STRING), {}, "") == ("a\ufffd[0m\ufffdb", "")
    assert node(name="\u202eeman\n").label == "\ufffdeman "


def test_a_value_within_a_cell_is_told_in_short() -> None:
    assert json_words({"a": [1, "ü"]}) == '{"a": [1, "ü"]}'
    assert len(json_words(["x" * 1_000] * 10_000)) < 30_000
