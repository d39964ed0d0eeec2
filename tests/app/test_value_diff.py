from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.models.text_diff import compare_texts
from app.models.value_diff import PENDING, OpenArray, OpenObject, compare_values, same, settled
from engine.schema.pointer import unescape

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab~/ü", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab~/", max_size=2), inner, max_size=4),
    max_leaves=12,
)


def found(*values: Any) -> list[tuple[str | None, ...]]:
    return [entry.pointers for entry in compare_values(values).differences]


def at(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        value = value[int(token)] if isinstance(value, list) else value.get(unescape(token), "nothing here")
    return value


@given(VALUES)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert found(value, copy.deepcopy(value), json.loads(json.dumps(value))) == []


@given(VALUES, VALUES, VALUES)
def test_values_differ_somewhere_exactly_if_they_are_unequal(one: Any, two: Any, three: Any) -> None:
    assert (found(one, two, three) == []) == (same(one, two) and same(two, three))


@given(VALUES, VALUES)
def test_every_difference_leads_to_values_that_differ(one: Any, two: Any) -> None:
    for here, there in found(one, two):
        assert here is not None or there is not None
        if here is not None and there is not None:
            assert not same(at(one, here), at(two, there))


@given(VALUES, VALUES)
def test_whichever_is_first_as_many_places_differ_in_objects(one: Any, two: Any) -> None:
    both = {"a": one, "b": two}, {"a": two, "b": one}
    assert bool(found(*both)) == (not same(one, two))


@given(VALUES, VALUES)
def test_what_is_pending_differs_from_nothing(one: Any, two: Any) -> None:
    assert found(one, PENDING) == []
    assert found(one, PENDING, two) == [(here, None, there) for here, there in found(one, two)]


@given(VALUES, st.data())
def test_what_is_still_growing_does_not_differ_from_what_it_will_be(value: Any, data: st.DataObject) -> None:
    pointers = [place[0] for place in compare_values([value, value]).places if place[0]]
    closed = data.draw(st.sets(st.sampled_from(pointers)) if pointers else st.just(set()))
    if not has_array(value):
        assert found(value, settled(value, closed)) == []


def has_array(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else ()
    return isinstance(value, list) or any(map(has_array, parts))


def test_true_is_not_one_and_one_is_one_point_nought() -> None:
    assert found({"a": [True]}, {"a": [1]}) == [("/a/0", "/a/0")]
    assert found({"a": 1}, {"a": 1.0}) == []


def test_pointers_are_escaped() -> None:
    assert found({"a/b~": 1}, {"a/b~": 2}) == [("/a~1b~0", "/a~1b~0")]


def test_an_item_more_at_the_front_is_the_only_difference() -> None:
    assert found(["a", "b", "c"], ["new", "a", "b", "c"]) == [(None, "/0")]


def test_an_item_that_was_changed_is_compared_with_what_it_was() -> None:
    one = [{"what": "Apple tree", "price": 48}, {"what": "Vine eyes", "price": 3}]
    two = [{"what": "Delivery", "price": 9}, {"what": "Apple tree", "price": 50}, {"what": "Vine eyes", "price": 3}]
    assert found(one, two) == [(None, "/0"), ("/0/price", "/1/price")]


def test_items_that_nothing_matches_are_compared_in_their_order() -> None:
    assert found([1, 2, 3], [1, 7, 3]) == [("/1", "/1")]


def test_long_arrays_are_aligned_by_their_equal_items() -> None:
    one = [{"number": number} for number in range(3_000)]
    two = [item for item in copy.deepcopy(one) if item["number"] not in {7, 1_500}]
    two[2_000]["number"] = -1
    assert found(one, two) == [("/7", None), ("/1500", None), ("/2002/number", "/2000/number")]


def test_a_third_array_is_aligned_with_both_others() -> None:
    assert found(["a", "b"], ["b"], ["a", "b", "c"]) == [("/0", None, "/0"), (None, None, "/2")]
    diff = compare_values([["a", "b"], ["b"], ["a", "b", "c"]])
    assert diff.beside(0, 1)["/1"] == "/0"
    assert diff.beside(2, 0) == {"": "", "/0": "/0", "/1": "/1"}


def test_of_several_values_only_those_that_differ_from_the_first_are_marked() -> None:
    diff = compare_values([{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}])
    assert [diff.differing(at) for at in range(3)] == [{"/a", "/b"}, {"/b"}, {"/a"}]


def test_what_all_that_are_known_lack_is_no_difference() -> None:
    assert found({"a": 1}, {}, settled({"a": 1}, {"/a"}), {}) == [("/a",) * 4]
    assert found({}, {}, OpenObject()) == []


def test_a_key_that_others_lack_stands_behind_the_one_it_follows() -> None:
    assert found({"a": 1, "z": 1}, {"a": 2, "m": 0, "z": 2}) == [("/a", "/a"), ("/m", "/m"), ("/z", "/z")]


def test_of_a_growing_value_only_what_is_closed_is_compared() -> None:
    whole = {"name": "N", "items": [1, 2, 3], "note": "x"}
    growing = settled({"name": "M", "items": [1, 5], "note": "y"}, {"/name", "/items/0", "/items/1"})
    assert isinstance(growing, OpenObject)
    assert isinstance(growing["items"], OpenArray)
    assert found(whole, growing) == [("/name", "/name"), ("/items/1", "/items/1")]


def test_differing_words_are_found_in_every_text() -> None:
    texts = ["The tree is tall, and old.", "The vine is tall, and old.", None, "The tree is tall."]
    words = [
        [text[span[0] : span[1]] if text and span else None for text, span in zip(texts, entry.spans, strict=True)]
        for entry in compare_texts(texts)
    ]
    assert words == [["tree", "vine", None, None], [", and old", None, None, None]]


@given(st.lists(st.text("ab .\n", max_size=20), min_size=2, max_size=4))
def test_texts_without_differences_have_the_same_words(texts: list[str]) -> None:
    differs = bool(compare_texts(texts))
    assert differs == (len({"".join(text.split()) for text in texts}) > 1 or len({tuple(words(t)) for t in texts}) > 1)


def words(text: str) -> list[str]:
    return "".join(char if char != "." else " . " for char in text).split()


def test_texts_of_very_many_words_are_compared_by_their_lines() -> None:
    lines = [f"line {number} of a long text" for number in range(2_000)]
    one, two = "\n".join(lines), "\n".join([*lines[:999], "another", *lines[1_000:]])
    (entry,) = compare_texts([one, two])
    assert entry.spans[0] is not None
    assert one[slice(*entry.spans[0])] == "line 999 of a long text"
    assert two[slice(*entry.spans[1] or (0, 0))] == "another"


def test_texts_of_very_many_lines_are_compared_at_their_ends() -> None:
    lines = [f"line {number}" for number in range(9_000)]
    one, two = "\n".join(lines), "\n".join([*lines[:10], "x", *lines[11:-10], "y", *lines[-9:]])
    (entry,) = compare_texts([one, two])
    assert entry.spans[0] == (one.index("line 10"), one.index("\nline 8991"))
