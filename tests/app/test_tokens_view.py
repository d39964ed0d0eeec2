from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.pages.playground.answer.token_text import ROW
from app.pages.playground.answer.token_tint import tint
from app.pages.playground.answer.tokens_view import TokensView
from app.token_trace import Alternative, Token, Trace
from engine.constraint.values import ClosedValue, ValueWatcher

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.exchange import Closed
    from app.style.theme import Theme

OTHERS = (
    Alternative(30, "3", 0.41, allowed=True),
    Alternative(31, "March", 0.14, allowed=False),
    Alternative(32, "5", 0.1, allowed=True),
    Alternative(33, "6", 0.05, allowed=True, refused=True),
    Alternative(34, "2", 0.04, allowed=True),
)
THREE = Token(30, "3", "drawn", 0.53, 0.22, OTHERS)
TOKENS = [
    Token(1, '{"', "forced"),
    Token(2, "issued", "forced"),
    Token(3, '": "', "forced"),
    Token(4, "2024-0", "drawn", 0.97),
    THREE,
    Token(5, '", ', "forced"),
    Token(6, '"total": ', "forced"),
    Token(7, "39", "drawn", 0.6),
    Token(8, "}", "drawn", 1.0),
]


def closed_in(trace: Trace) -> dict[str, Closed]:
    from app.exchange import Closed

    watcher = ValueWatcher()
    found = [entry for entry in watcher.feed(trace.text) + watcher.finish() if isinstance(entry, ClosedValue)]
    return {entry.pointer: Closed(entry.start, entry.end) for entry in found}


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> TokensView:
    made = TokensView(theme)
    qtbot.addWidget(made)
    made.resize(640, 560)
    made.show()
    trace = Trace(TOKENS)
    made.show_trace(trace, closed_in(trace), structured=True, running=False)
    return made


def press(view: TokensView, qtbot: QtBot, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(view.text, key)


def middle(view: TokensView, index: int) -> QPoint:
    return view.text.token_rect(index).center()


def point_at(view: TokensView, qtbot: QtBot, index: int) -> None:
    qtbot.mouseMove(view.text.viewport(), middle(view, index))


def colours(view: TokensView, index: int) -> set[str]:
    seen = view.text.viewport().grab(view.text.token_rect(index)).toImage()
    return {seen.pixelColor(x, y).name() for x in range(seen.width()) for y in range(seen.height())}


# What is painted


def test_only_doubtful_tokens_are_tinted(view: TokensView, theme: Theme) -> None:
    for name in ("light", "dark"):
        theme.choose(name)  # type: ignore[arg-type]
        ground = tint(theme, 0.53)
        assert ground is not None
        assert ground.name() in colours(view, 4)
        assert not any(found.name() in colours(view, 3) for p in (0.4, 0.6, 0.89) if (found := tint(theme, p)))
    assert tint(theme, 0.9) is None


def test_forced_tokens_are_quiet_and_underlined(view: TokensView, theme: Theme) -> None:
    assert theme.colour("line").name() in colours(view, 6)
    assert theme.colour("line").name() not in colours(view, 3)


def test_what_was_taken_back_has_a_mark_that_tells_of_it(view: TokensView, theme: Theme, qtbot: QtBot) -> None:
    trace = Trace(TOKENS)
    trace.extend(4, [Token(40, "4", "drawn", 0.2), *TOKENS[5:]])
    view.show_trace(trace, closed_in(trace), structured=True, running=False)
    rect = view.text.token_rect(4)
    mark = QPoint(rect.left() - 8, rect.center().y())
    seen = view.text.viewport().grab(rect.translated(-16, 0)).toImage()
    assert theme.colour("brickMark").name() in {
        seen.pixelColor(x, y).name() for x in range(seen.width()) for y in range(seen.height())
    }
    qtbot.mouseClick(view.text.viewport(), Qt.MouseButton.LeftButton, pos=mark)
    assert view.popover.facts is not None
    assert view.popover.facts.index == 4
    assert view.popover.facts.attempts is not None
    assert view.popover.facts.attempts.texts == ('3", "total": 39}',)


def test_text_that_nobody_vouches_for_is_spelled_out(view: TokensView, qtbot: QtBot) -> None:
    hostile = Trace([Token(1, "a\u202eb\x1b[31m<b>\n", "drawn", 0.5), Token(2, "\udce2\udc82", "drawn", 0.5)])
    view.show_trace(hostile, {}, structured=False, running=False)
    lines = [line.text for line in view.text._lines.lines]
    assert lines == ["a\\u202eb\\x1b[31m<b>↵", "\\xe2\\x82"]
    view.text.setFocus()
    press(view, qtbot, Qt.Key.Key_Right, Qt.Key.Key_Return)
    assert "\u202e" not in view.popover.accessibleName() + view.text.accessibleDescription()
    assert not view.grab().isNull()


# Walking and the popover


def test_the_keyboard_walks_along_tokens_and_rows(view: TokensView, qtbot: QtBot) -> None:
    view.text.setFocus()
    press(view, qtbot, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert view.text.index == 1
    press(view, qtbot, Qt.Key.Key_Left)
    assert view.text.index == 0
    press(view, qtbot, Qt.Key.Key_Down)
    assert view.text.index == 1
    press(view, qtbot, Qt.Key.Key_End)
    assert view.text.index == 5
    press(view, qtbot, Qt.Key.Key_Down)
    assert view.text.index in {6, 7}
    qtbot.keyClick(view.text, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert view.text.index == len(TOKENS) - 1
    press(view, qtbot, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert view.text.index == 0
    assert "token 1 of 9" in view.text.accessibleDescription()


def test_every_row_is_reached_with_the_down_key(view: TokensView, qtbot: QtBot) -> None:
    trace = Trace(Token(n, f"word{n} ", "drawn", 0.95) for n in range(400))
    view.show_trace(trace, {}, structured=False, running=False)
    press(view, qtbot, Qt.Key.Key_Down)
    rows = view.text._rows.count
    for row in range(1, rows):
        press(view, qtbot, Qt.Key.Key_Down)
        assert view.text._row_of(view.text.index) in {row - 1, row}
        assert view.text.viewport().rect().contains(view.text.token_rect(view.text.index))
    assert rows > 30
    assert view.text._row_of(view.text.index) == rows - 1


def test_enter_opens_and_escape_closes_the_popover(view: TokensView, qtbot: QtBot) -> None:
    view.text.setFocus()
    view.text.select(4)
    press(view, qtbot, Qt.Key.Key_Return)
    facts = view.popover.facts
    assert facts is not None
    assert (facts.title, facts.position) == ("“3” in /issued", "token 5 of 9")
    press(view, qtbot, Qt.Key.Key_Left)
    assert view.popover.facts is not None
    assert view.popover.facts.index == 3
    press(view, qtbot, Qt.Key.Key_Escape)
    assert not view.popover.isVisible()
    press(view, qtbot, Qt.Key.Key_Space)
    assert view.popover.isVisible()


def test_tab_leaves_and_closes(view: TokensView, qtbot: QtBot) -> None:
    view.strip.chips[0].setFocus()
    view.text.setFocus()
    view.text.select(4)
    press(view, qtbot, Qt.Key.Key_Return, Qt.Key.Key_Tab)
    assert not view.text.hasFocus()
    assert not view.popover.isVisible()


def test_the_popover_opens_below_and_stays_on_the_page(view: TokensView) -> None:
    view.text.select(4)
    view._pin(4)
    token = view.text.token_rect(4)
    bottom = view.text.viewport().mapTo(view, token.bottomLeft()).y()
    assert view.popover.y() > bottom
    assert view.rect().contains(view.popover.geometry())
    for height in (240, 280, 320, 400):
        view.resize(640, height)
        view._pin(4)
        over = view.text.token_rect(4).translated(view.text.viewport().mapTo(view, QPoint(0, 0)))
        assert view.rect().contains(view.popover.geometry())
        assert not view.popover.geometry().intersects(over)


def test_pointing_at_a_token_opens_it_and_leaving_closes_it(view: TokensView, qtbot: QtBot) -> None:
    point_at(view, qtbot, 4)
    qtbot.waitUntil(view.popover.isVisible)
    assert view.popover.facts is not None
    assert view.popover.facts.index == 4
    point_at(view, qtbot, 3)
    qtbot.waitUntil(lambda: view.popover.facts is not None and view.popover.facts.index == 3)
    qtbot.mouseMove(view.text.viewport(), QPoint(600, 300))
    qtbot.waitUntil(lambda: not view.popover.isVisible())


def test_a_clicked_token_stays_open_while_the_pointer_wanders(view: TokensView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.text.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, 4))
    point_at(view, qtbot, 1)
    qtbot.wait(300)
    assert view.popover.facts is not None
    assert view.popover.facts.index == 4
    qtbot.mouseClick(view.text.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(600, 300))
    assert not view.popover.isVisible()
    assert view.text.index == 4


# Branching


def test_a_click_on_an_allowed_alternative_asks_for_a_branch(view: TokensView, qtbot: QtBot) -> None:
    view._pin(4)
    place = view.popover.alternative_rect(2).center()
    with qtbot.waitSignal(view.branch_asked) as asked:
        qtbot.mouseClick(view.popover, Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [4, 32]
    assert not view.popover.isVisible()


@pytest.mark.parametrize("alternative", [0, 1, 3], ids=["chosen", "removed by the mask", "tried and taken back"])
def test_what_cannot_be_chosen_is_not(view: TokensView, qtbot: QtBot, alternative: int) -> None:
    view._pin(4)
    with qtbot.assertNotEmitted(view.branch_asked):
        qtbot.mouseClick(
            view.popover, Qt.MouseButton.LeftButton, pos=view.popover.alternative_rect(alternative).center()
        )
    assert view.popover.isVisible()


def test_enter_on_an_alternative_asks_for_a_branch(view: TokensView, qtbot: QtBot) -> None:
    view.text.setFocus()
    view.text.select(4)
    press(view, qtbot, Qt.Key.Key_Return, Qt.Key.Key_Down)
    assert "“5” 0.10" in view.text.accessibleDescription()
    press(view, qtbot, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.branch_asked) as asked:
        press(view, qtbot, Qt.Key.Key_Return)
    assert asked.args == [4, 34]


def test_there_is_no_branching_from_an_answer_that_is_being_written(view: TokensView, qtbot: QtBot) -> None:
    view.show_trace(view.text.trace, {}, structured=True, running=True)
    view._pin(4)
    with qtbot.assertNotEmitted(view.branch_asked):
        qtbot.mouseClick(view.popover, Qt.MouseButton.LeftButton, pos=view.popover.alternative_rect(2).center())
        view.text.setFocus()
        press(view, qtbot, Qt.Key.Key_Down, Qt.Key.Key_Return)


# The strip


def test_a_chip_leads_to_the_least_certain_token(view: TokensView, qtbot: QtBot) -> None:
    assert [chip.doubt.pointer for chip in view.strip.chips] == ["/issued", "/total"]
    qtbot.mouseClick(view.strip.chips[1], Qt.MouseButton.LeftButton)
    assert view.text.index == 7
    assert view.text.hasFocus()
    assert [chip.isChecked() for chip in view.strip.chips] == [False, True]
    qtbot.keyClick(view.strip.chips[0], Qt.Key.Key_Space)
    assert view.text.index == 4


def test_chips_that_do_not_fit_leave_room_for_the_legend(view: TokensView) -> None:
    view.resize(360, 400)
    legend = view.strip._legend.geometry()
    assert all(not chip.geometry().intersects(legend) for chip in view.strip.chips)
    assert view.strip.rect().contains(legend)


# Growing


def test_the_view_follows_what_grows_until_a_token_is_selected(view: TokensView, qtbot: QtBot) -> None:
    trace = Trace()
    bar = view.text.verticalScrollBar()
    for number in range(60):
        trace.extend(None, [Token(number, f"{number}\n", "drawn", 0.99)])
        view.show_trace(trace, {}, structured=False, running=True)
    assert bar.value() == bar.maximum() > 0
    view.text.select(0)
    trace.extend(None, [Token(0, "more\n", "drawn", 0.99)])
    view.show_trace(trace, {}, structured=False, running=True)
    assert bar.value() < 8


def test_an_open_token_stays_while_the_answer_grows_and_goes_when_taken_back(view: TokensView) -> None:
    trace = view.text.trace
    view.text.select(4)
    view._pin(4)
    trace.extend(None, [Token(9, "!", "drawn", 0.5)])
    view.show_trace(trace, {}, structured=True, running=True)
    assert view.popover.facts is not None
    assert view.popover.facts.position == "token 5 of 10"
    trace.extend(2, [Token(9, "x", "drawn", 0.5)])
    view.show_trace(trace, {}, structured=True, running=True)
    assert not view.popover.isVisible()
    assert view.text.index == -1
    assert not view.grab().isNull()


def test_a_long_answer_is_laid_out_in_slices_and_jumped_into(view: TokensView, qtbot: QtBot) -> None:
    trace = Trace(Token(number, f"{number} \n", "drawn", 0.99) for number in range(20_000))
    view.show_trace(trace, {}, structured=False, running=False)
    assert view.text._lines.laid < 5_000
    view.text.select(19_000)
    qtbot.waitUntil(lambda: view.text.index == 19_000)
    qtbot.waitUntil(lambda: not view.text._lines.behind)
    assert view.text.viewport().rect().contains(view.text.token_rect(19_000))
    assert view.text.verticalScrollBar().maximum() > 19_000 * ROW


def test_a_narrower_view_keeps_its_place(view: TokensView) -> None:
    trace = Trace(Token(n, f"word{n} ", "drawn", 0.95) for n in range(2_000))
    view.show_trace(trace, {}, structured=False, running=False)
    while view.text._lines.behind:
        view.text._lay()
    bar = view.text.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = view.text.token_at(QPoint(80, 20))
    view.resize(420, 400)
    assert abs(view.text.token_at(QPoint(80, 20)) - before) < 12


# Nothing to show


def test_an_answer_without_tokens_says_so_and_offers_to_run_again(view: TokensView, qtbot: QtBot) -> None:
    view.show_trace(Trace(), {}, structured=True, running=False)
    assert not view.text.isVisible()
    assert view.again.isVisible()
    with qtbot.waitSignal(view.run_again_asked):
        qtbot.mouseClick(view.again, Qt.MouseButton.LeftButton)


def test_an_answer_that_begins_offers_nothing_yet(view: TokensView) -> None:
    view.clear()
    assert not view.again.isVisible()
    assert not view.strip.isVisible()


# Copying


def test_the_facts_of_a_token_can_be_copied(view: TokensView, qtbot: QtBot) -> None:
    view.text.setFocus()
    view.text.select(4)
    qtbot.keyClick(view.text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("“3” in /issued\ntoken 5 of 9")
    assert "removed by the mask" in copied


def test_the_mouse_can_copy_too(view: TokensView, qtbot: QtBot) -> None:
    view.text.select(4)
    view._show_menu(middle(view, 4))
    (menu,) = view.findChildren(QMenu)
    assert [action.text() for action in menu.actions()] == ["Copy facts", "Copy text", "Copy JSON Pointer"]
    menu.actions()[2].trigger()
    assert QGuiApplication.clipboard().text() == "/issued"
    menu.close()


def test_a_hidden_view_takes_its_popover_along(view: TokensView) -> None:
    view._pin(4)
    view.hide()
    assert not view.popover.isVisible()


def test_escape_is_the_popovers_while_it_is_open(view: TokensView) -> None:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    def kept() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(view.text, event)
        return event.isAccepted()

    assert not kept()
    view._pin(4)
    assert kept()
