from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from engine.schema.editing import Edit, EditableSchema
from engine.schema.editing.edits import apply, composed, moved

if TYPE_CHECKING:
    from engine.schema.editing import Step


@st.composite
def _steps(draw: st.DrawFn) -> tuple[str, list[Step]]:
    first = text = draw(st.text("ab\n", max_size=12))
    steps = []
    for _ in range(draw(st.integers(0, 5))):
        cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
        edits = [Edit(a, b, draw(st.text("XY", max_size=3))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
        steps.append(tuple(edits))
        text = apply(text, steps[-1])
    return first, steps


@given(_steps())
def test_one_step_does_what_several_do(case: tuple[str, list[Step]]) -> None:
    text, steps = case
    after = text
    for step in steps:
        after = apply(after, step)
    assert apply(text, composed(steps)) == after


@given(_steps(), st.data())
def test_a_place_outside_the_edits_keeps_its_character(case: tuple[str, list[Step]], data: st.DataObject) -> None:
    text, steps = case
    step = composed(steps)
    kept = [at for at in range(len(text)) if not any(edit.start <= at < edit.end for edit in step)]
    after = apply(text, step)
    for at in kept:
        assert after[moved(step, at, behind=True)] == text[at]
    assert moved(step, len(text), behind=True) == len(after)


@given(_steps())
def test_a_place_at_an_edit_stays_outside_what_is_put_in(case: tuple[str, list[Step]]) -> None:
    for edit in composed(case[1]):
        if edit.start < edit.end:
            assert moved((edit,), edit.start, behind=True) == edit.start
            assert moved((edit,), edit.end) == edit.start + len(edit.text)
        else:
            assert moved((edit,), edit.start) == edit.start
            assert moved((edit,), edit.start, behind=True) == edit.start + len(edit.text)


def test_a_place_stays_before_what_is_put_in_there_or_behind_it() -> None:
    step = (Edit(2, 2, "xyz"),)
    assert moved(step, 2) == 2
    assert moved(step, 2, behind=True) == 5
    assert moved((Edit(1, 4, "xy"),), 3) == 3


def test_edits_made_at_once_are_undone_together_and_may_break_the_text() -> None:
    schema = EditableSchema('{"a": 1, "b": 1}')
    assert schema.replace((Edit(1, 4, '"x"'), Edit(6, 7, "")), "Replace")
    assert schema.text == '{"x": , "b": 1}'
    assert schema.stale
    assert schema.undo_label == "Replace"
    schema.undo()
    assert schema.text == '{"a": 1, "b": 1}'


def test_edits_that_change_nothing_leave_nothing_to_undo() -> None:
    schema = EditableSchema('{"a": 1}')
    assert not schema.replace((Edit(1, 4, '"a"'),), "Replace")
    assert schema.undo_label is None
