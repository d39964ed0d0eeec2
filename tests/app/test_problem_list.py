"""The problems of a schema as a list that keeps its rows while the text is edited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPersistentModelIndex, QPoint, Qt

from app.models.problem_list import ProblemList
from app.pages.schemas.problems import ProblemsPanel
from engine.schema.editing import Set
from engine.schema.problems import Fix, Problem, Profile, Severity

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme


def problem(rule: str, severity: Severity, start: int, *fixes: str) -> Problem:
    return Problem(
        rule,
        Profile.JSON_SCHEMA,
        severity,
        f"/{rule}",
        None,
        f"Something about {rule}.",
        start,
        start + 1,
        tuple(Fix(label, (Set("", 1),)) for label in fixes),
    )


ERROR = problem("a", Severity.ERROR, 9, "Mend it")
WARNING = problem("b", Severity.WARNING, 1)
HINT = problem("c", Severity.HINT, 0)


def test_the_gravest_come_first_and_rows_that_stay_are_not_touched(qtmodeltester: ModelTester) -> None:
    model = ProblemList()
    qtmodeltester.check(model)
    model.show_problems([HINT, WARNING])
    kept = QPersistentModelIndex(model.index(0))
    model.show_problems([replace(HINT, start=5, end=6), WARNING, ERROR])
    assert [each.rule for each in model.problems] == ["a", "b", "c"]
    assert kept.isValid()
    assert kept.row() == 1
    model.show_problems([])
    assert not kept.isValid()


def test_what_is_read_out_names_gravity_sentence_place_and_what_mends_it() -> None:
    model = ProblemList()
    model.show_problems([ERROR])
    assert model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole) == (
        "Error: Something about a., at /a, can be mended: Mend it"
    )


@pytest.fixture
def panel(theme: Theme, qtbot: QtBot) -> ProblemsPanel:
    made = ProblemsPanel(theme)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    made.show_problems([ERROR, WARNING, HINT], examined=True)
    return made


def test_the_counts_are_told_and_so_is_that_there_are_none(panel: ProblemsPanel) -> None:
    assert [count.accessibleName() for _, count in panel._counts.values()] == ["1 error", "1 warning", "1 hint"]
    panel.show_problems([], examined=True)
    assert panel.none.isVisible()
    assert panel.none.text() == "No problems."


def test_a_click_on_the_button_mends_and_one_beside_it_goes_to_the_place(panel: ProblemsPanel, qtbot: QtBot) -> None:
    view = panel.view
    index = panel.model.index(0)
    with qtbot.waitSignal(panel.fix_asked) as mended:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.fix_rect(index).center())
    assert mended.args == [ERROR, ERROR.fixes[0]]
    with qtbot.waitSignal(panel.jumped) as jumped:
        qtbot.mouseClick(
            view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).topLeft() + QPoint(60, 9)
        )
    assert jumped.args == [ERROR]


def test_the_keyboard_does_all_of_it(panel: ProblemsPanel, qtbot: QtBot) -> None:
    view = panel.view
    view.setCurrentIndex(panel.model.index(0))
    with qtbot.waitSignal(panel.fix_asked):
        qtbot.keyClick(view, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(panel.jumped):
        qtbot.keyClick(view, Qt.Key.Key_Return)
