"""What tells a right value from a wrong one by where it stands."""

from __future__ import annotations

from engine.extraction.signals import beside, fold, shared, signals

TEXT = "harrow & finch\n\ninvoice no: 17    date: 3 march\nnet | 10.00\ntotal due\n12.00 of which 2.00 is tax\n"


def at(words: str) -> tuple[int, int]:
    place = TEXT.index(words)
    return place, place + len(words)


def test_a_label_counts_by_the_share_of_its_words_on_the_line_and_the_line_above() -> None:
    assert beside(TEXT, at("17")[0], ["invoice", "number"]) == (0.5, 0)
    assert beside(TEXT, at("12.00")[0], ["total", "due"]) == (0, 1)
    assert beside(TEXT, at("harrow")[0], ["total"]) == (0, 0)
    assert beside(TEXT, at("17")[0], ["date"]) == (0, 0)
    assert beside(TEXT, at("17")[0], []) == (0, 0)


def test_a_quote_that_fills_a_line_a_cell_or_what_follows_a_colon_has_two_edges() -> None:
    edges = {
        words: signals(TEXT, "text", at(words), [], 1)["edges"]
        for words in ("harrow & finch", "17", "3 march", "10.00", "12.00", "finch", "which 2.00")
    }
    assert edges == {
        "harrow & finch": 2, "17": 2, "3 march": 2, "10.00": 2, "12.00": 1, "finch": 1, "which 2.00": 0,
    }  # fmt: skip


def test_a_value_without_a_place_tells_what_it_is_and_no_more() -> None:
    assert signals(TEXT, "choice", None, ["currency"], 3) == {"kind": "choice", "others": 3}


def test_a_place_that_several_values_quote_is_told_by_whether_they_are_of_one_field() -> None:
    counted = shared({"/vendor": (0, 14), "/customer": (9, 14), "/items/0/net": (50, 55), "/items/1/net": (50, 55)})
    assert counted == {
        "/vendor": {"taken": 1, "repeats": 0},
        "/customer": {"taken": 1, "repeats": 0},
        "/items/0/net": {"taken": 0, "repeats": 1},
        "/items/1/net": {"taken": 0, "repeats": 1},
    }
    assert shared({"/a": (0, 5), "/b": (5, 9)})["/a"] == {"taken": 0, "repeats": 0}


def test_items_of_a_list_belong_to_one_field_and_names_that_hold_digits_do_not() -> None:
    assert fold("/items/12/price") == "/items/*/price"
    assert fold("/rows/0/1") == "/rows/*/*"
    assert fold("/line2/b7") == "/line2/b7"
