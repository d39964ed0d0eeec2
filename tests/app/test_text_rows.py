from __future__ import annotations

import json
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from app.pages.schemas.text import rows as rows_module
from app.pages.schemas.text.partition import Partition
from app.pages.schemas.text.rows import LONGEST, Fold, Rows
from app.pages.schemas.text.signs import is_hidden, name, place_in, shown, units
from engine.schema.editing import Edit, Syntax
from engine.schema.editing.edits import apply

NASTY = 'a"{}[]:, \t\n\r\x00\xa0\u2028\u2029\ufdd0\ufffc\u202e\u200b\U0001f600\ud800\udc00é\ufeff\U000e0041'
_TEXTS = st.text(NASTY, max_size=40) | st.text("ab\r\n\U0001f600", max_size=100)
_LONGEST = st.sampled_from([LONGEST, 20])


@st.composite
def _steps(draw: st.DrawFn, text: str) -> tuple[Edit, ...]:
    cuts = sorted(set(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6))))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False)) or [(0, 0)]
    return tuple(Edit(start, end, draw(_TEXTS)) for start, end in pairs)


def _display(rows: Rows) -> list[str]:
    return [rows.shown(row) for row in range(len(rows))]


def _check(rows: Rows, longest: int) -> None:
    """Check that rows show their text, each character once and in order, but for line ends and folds."""
    text = rows.text
    assert rows.start(0) == 0
    assert all(rows.start(row) < rows.start(row + 1) for row in range(len(rows) - 1))
    for row in range(len(rows)):
        start, end, after = rows.start(row), rows.end(row), rows.next_start(row)
        assert shown(text[start:end]) == rows.shown(row)
        assert end - start <= longest
        assert rows.line(row) == text.count("\n", 0, start)
        if rows.hidden(row):
            assert text[end:after].startswith(("\n", "\r\n"))
            assert rows.folds_at(row)
        elif rows.ends_line(row) and row + 1 < len(rows):
            assert text[end:after] in {"\n", "\r\n"}
        else:
            assert end == after
        for place in {*range(start, end + 1, 97), *range(start, min(end + 1, start + 5)), end}:
            if place < after or row + 1 == len(rows):
                assert rows.position(place)[0] == row
                assert rows.place(*rows.position(place)) == place


@given(st.lists(st.integers(0, 5), max_size=20), st.data())
def test_a_partition_is_an_ascending_list(gaps: list[int], data: st.DataObject) -> None:
    plain = list(accumulate(gaps))
    partition = Partition(list(plain))
    for _ in range(5):
        first = data.draw(st.integers(0, len(plain)))
        if data.draw(st.booleans()):
            by = data.draw(st.integers(0, 4))
            partition.move(first, by)
            plain[first:] = [place + by for place in plain[first:]]
        else:
            low = plain[first - 1] if first else 0
            high = plain[first] if first < len(plain) else low + 3
            put = sorted(data.draw(st.lists(st.integers(low, high), max_size=3)))
            partition.put(first, first, put)
            plain[first:first] = put
        assert [partition[index] for index in range(len(partition))] == plain
        place = data.draw(st.integers(0, 100))
        assert partition.find(place) == sum(each <= place for each in plain) - 1


@given(_TEXTS, _LONGEST)
def test_every_character_is_shown_in_its_place(text: str, longest: int) -> None:
    _check(Rows(text, (), longest), longest)
    assert Rows(text, (), longest).whole() == "\n".join(_display(Rows(text, (), longest)))
    assert len(shown(text)) == len(text)
    assert "\r" not in shown(text)
    shown(text).encode("utf-16")


@given(_TEXTS)
def test_units_are_counted_as_qt_does(text: str) -> None:
    display = shown(text)
    for place in range(len(display) + 1):
        assert place_in(display, units(display[:place])) == place


@settings(max_examples=300)
@given(_TEXTS, _LONGEST, st.data())
def test_edits_change_the_rows_that_they_touch(text: str, longest: int, data: st.DataObject) -> None:
    rows = Rows(text, (), longest)
    display = _display(rows)
    for _ in range(4):
        step = data.draw(_steps(text))
        text = apply(text, step)
        splices = rows.edited(text, step)
        assert splices is not None
        for splice in reversed(splices):
            display[splice.first : splice.first + splice.removed] = splice.shown
        assert display == _display(rows)
        _check(rows, longest)


_VALUES = st.recursive(
    st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=15,
)


@settings(max_examples=200)
@given(_VALUES, st.data())
def test_folds_stay_while_the_text_changes_around_them(value: object, data: st.DataObject) -> None:
    text = json.dumps(value, indent=1)
    rows = Rows(text)
    display = _display(rows)
    for _ in range(5):
        holders = [Fold(node.start, node.end) for node in Syntax(text).holders(0, len(text))]
        match data.draw(st.sampled_from(["fold", "unfold", "edit"])):
            case "fold" if holders:
                splices = rows.refold(data.draw(st.lists(st.sampled_from(holders), max_size=3)))
            case "unfold" if rows.folds:
                splices = rows.refold([], [data.draw(st.sampled_from(rows.folds))])
            case _:
                step = data.draw(_steps(text))[:1]
                step = (Edit(step[0].start, step[0].end, data.draw(st.text("{}[]\n1", max_size=3))),)
                text = apply(text, step)
                splices = rows.edited(text, step) or []
        for splice in reversed(splices):
            display[splice.first : splice.first + splice.removed] = splice.shown
        assert display == _display(rows) == _display(Rows(text, tuple(rows.folds)))
        assert [rows.line(row) for row in range(len(rows))] == [
            text.count("\n", 0, rows.start(row)) for row in range(len(rows))
        ]


def test_what_is_folded_is_told_with_its_lines() -> None:
    text = '{\n  "a": {\n    "b": 1,\n    "c": 2\n  },\n  "d": 1\n}'
    rows = Rows(text)
    inner = Fold(text.index("{", 1), text.index("}") + 1)
    (splice,) = rows.refold([inner])
    assert _display(rows) == ["{", '  "a": {', "  },", '  "d": 1', "}"]
    assert (rows.hidden(1), rows.line(2), rows.folds_at(1)) == (2, 4, [inner])
    assert splice.removed - len(splice.shown) == 2
    assert rows.is_hidden(text.index('"c"'))
    assert not rows.is_hidden(text.index('"d"'))
    rows.refold([], [inner])
    assert len(rows) == 7


def test_a_line_without_end_is_several_rows() -> None:
    text = "x" * 100_000
    rows = Rows(f"{{\n{text}\n}}")
    assert len(rows) > 50
    assert [rows.line(0), rows.line(1), rows.line(50), rows.line(len(rows) - 1)] == [0, 1, 1, 2]
    assert rows.row_of_line(2) == len(rows) - 1
    assert rows.row_of_line(1) == 1


def test_many_edits_at_once_make_all_rows_new() -> None:
    text = "a\n" * 1000
    step = tuple(Edit(2 * line, 2 * line + 1, "bb") for line in range(rows_module._MOST_EDITS + 1))
    rows = Rows(text)
    after = apply(text, step)
    assert rows.edited(after, step) is None
    assert rows.whole() == after


def test_hidden_characters_have_names() -> None:
    assert name("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert name("\0") == "U+0000 null"
    assert name("\ud800") == "U+D800 half a character (a lone surrogate)"
    assert is_hidden("\u202e")
    assert not is_hidden("é")
    assert not is_hidden("\U0001f600")
