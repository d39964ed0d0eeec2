from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.app.generated.finding import line, press, texts
from tests.app.generated.nodes import act, button, dialog, field, form, holding, root, text, toggle
from tests.app.generated.trees import spelt

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme
    from app.widgets.generated.screen import Screen

    Make = Callable[..., Screen]


def test_a_part_that_is_written_anew_takes_the_place_of_the_old_and_leaves_the_others(make_screen: Make) -> None:
    screen = make_screen(root(text("Above"), text("Old"), field("name")))
    QTest.keyClicks(line(screen, "Name"), "typed")
    kept = [screen.parts_at(path)[0] for path in ("", "/children/0", "/children/2")]
    new = spelt(holding("card", text("New and {name}"), title="Card", tone="neutral"))
    for end in range(len(new) + 1):
        screen.grow_part("/children/1", new[:end])
    assert texts(screen) == ["Screen", "Above", "Card", "New and typed", "Name"]
    assert [screen.parts_at(path)[0] for path in ("", "/children/0", "/children/2")] == kept


def test_the_tree_with_the_new_part_in_it_makes_nothing_anew(make_screen: Make) -> None:
    card = holding("card", text("New"), title="Card", tone="neutral")
    screen = make_screen(root(text("Above"), text("Old")))
    screen.grow_part("/children/1", spelt(card))
    created = screen.created
    screen.show_tree(root(text("Above"), card))
    assert screen.created == created
    assert texts(screen) == ["Screen", "Above", "Card", "New"]


def test_a_part_that_was_given_up_is_as_it_was(make_screen: Make) -> None:
    tree = root(text("Above"), text("Old"))
    screen = make_screen(tree)
    outline = screen.outline()
    screen.grow_part("/children/1", '{"type": "text", "style": "title", "text": "Ne')
    assert screen.outline() != outline
    screen.show_tree(tree)
    assert screen.outline() == outline


def test_what_is_typed_outlives_an_edit_of_the_tree(make_screen: Make) -> None:
    screen = make_screen(root(text("A"), field("name", value="model")))
    QTest.keyClicks(line(screen, "Name"), "!")
    screen.show_tree(root(text("A"), text("B"), field("name", value="another")))
    assert line(screen, "Name").text() == "!model"


def test_the_place_that_was_scrolled_to_stays_while_more_is_written(make_screen: Make) -> None:
    whole = spelt(root(*(text(f"Line {at}") for at in range(200))))
    screen = make_screen()
    screen.show_text(whole[: len(whole) // 2])
    bar = screen.scroll_bar
    bar.setValue(300)
    screen.show_text(whole)
    assert bar.value() == 300
    assert bar.maximum() > 2_000


def test_parts_that_are_gone_leave_nothing_behind(make_screen: Make) -> None:
    screen = make_screen(root())
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    before = len(QApplication.allWidgets())
    tree = root(
        form("order", field("name"), toggle("rain"), button("Go", act("go", "more"))),
        dialog("more", field("other")),
        holding("repeat", text("{bed}"), source="beds"),
    )
    for _ in range(3):
        screen.show_tree(tree)
        parts = screen.parts_at("/children/0/children/0")
        screen.show_tree(root())
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        assert not shiboken6.isValid(parts[0])
        assert len(QApplication.allWidgets()) == before
    assert screen.state.values == {}


def test_a_dialog_opens_over_the_screen_keeps_tab_within_it_and_closes_with_esc(make_screen: Make) -> None:
    screen = make_screen(
        root(field("name"), button("More", act("go", "more")), dialog("more", field("a"), field("b"), text("{name}")))
    )
    screen.activateWindow()
    assert "A" not in texts(screen)
    opener = screen.parts_at("/children/1")[0].focusable()[0]
    opener.setFocus()
    press(screen, "More")
    window = screen.window()
    assert window.focusWidget() is line(screen, "A")
    passed = []
    for _ in range(4):
        passed.append(window.focusWidget().accessibleName())
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert passed == ["A", "B", "Close", "A"]
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert "A" not in texts(screen)
    assert window.focusWidget() is opener


def test_go_leads_to_tabs_and_sections(make_screen: Make) -> None:
    tabs = {
        "type": "tabs",
        "tabs": [{"label": "One", "children": [text("First")]}, {"label": "Two", "children": [text("Second")]}],
    }
    section = holding("section", text("Inside"), title="Details", open=False)
    screen = make_screen(
        root(
            tabs, section, button("To two", act("go", "two")), button("To it", act("go", "Details")),
            button("Nowhere", act("go", "Mars")),
        )
    )  # fmt: skip
    assert "First" in texts(screen)
    assert not {"Second", "Inside"} & set(texts(screen))
    press(screen, "To two")
    press(screen, "To it")
    assert {"Second", "Inside"} <= set(texts(screen))
    press(screen, "Nowhere")
    assert "There is no dialog, tab or section “Mars” here." in texts(screen)


def test_the_arrow_keys_walk_along_tabs(make_screen: Make) -> None:
    tabs = {"type": "tabs", "tabs": [{"label": name, "children": [text(f"In {name}")]} for name in "ABC"]}
    screen = make_screen(root(tabs))
    screen.activateWindow()
    first = screen.parts_at("/children/0")[0].focusable()[0]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Left)
    assert "In C" in texts(screen)


def test_a_click_chooses_a_part_while_the_screen_is_inspected(make_screen: Make) -> None:
    screen = make_screen(root(button("Go", act("ask")), holding("card", text("Inside"), title="Card", tone="neutral")))
    sent: list[object] = []
    chosen: list[str] = []
    screen.sent.connect(sent.append)
    screen.chosen.connect(chosen.append)
    screen.inspecting = True
    for path in ("/children/0", "/children/1/children/0"):
        rect = screen.rect_of(path)
        assert rect is not None
        assert screen.part_at(rect.center()) == path
        over = screen.childAt(rect.center())
        QTest.mouseClick(over, Qt.MouseButton.LeftButton, pos=over.mapFrom(screen, rect.center()))
    assert chosen == ["/children/0", "/children/1/children/0"]
    assert sent == []
    screen.inspecting = False
    rect = screen.rect_of("/children/0")
    assert rect is not None
    over = screen.childAt(rect.center())
    QTest.mouseClick(over, Qt.MouseButton.LeftButton, pos=over.mapFrom(screen, rect.center()))
    assert len(sent) == 1


def test_the_ring_of_the_chosen_part_moves_nothing_and_follows_it(make_screen: Make, theme: Theme) -> None:
    screen = make_screen(root(text("One"), text("Two")))
    places = [screen.rect_of(f"/children/{at}") for at in (0, 1)]
    screen.select("/children/1")
    assert [screen.rect_of(f"/children/{at}") for at in (0, 1)] == places
    shown = screen.grab().toImage()
    rect = screen.rect_of("/children/1")
    assert rect is not None
    assert shown.pixelColor(rect.left() - 6, rect.center().y()) == theme.colour("accent")
    screen.show_tree(root(text("One\nand more"), text("Two")))
    moved = screen.rect_of("/children/1")
    assert moved is not None
    assert moved.top() == rect.top() + 20
    assert screen.grab().toImage().pixelColor(moved.left() - 6, moved.center().y()) == theme.colour("accent")
    screen.select(None)
    assert screen.grab().toImage().pixelColor(moved.left() - 6, moved.center().y()) == theme.colour("surface")


def test_choosing_a_part_brings_it_into_sight(make_screen: Make) -> None:
    tabs = {"type": "tabs", "tabs": [{"label": "A", "children": []}, {"label": "B", "children": [text("Second")]}]}
    screen = make_screen(root(*(text(f"Line {at}") for at in range(60)), tabs, dialog("more", text("In it"))))
    assert screen.rect_of("/children/60/tabs/1/children/0") is None
    screen.select("/children/60/tabs/1/children/0")
    rect = screen.rect_of("/children/60/tabs/1/children/0")
    assert rect is not None
    assert screen.rect().contains(rect)
    screen.select("/children/61/children/0")
    assert "In it" in texts(screen)
    screen.select("/children/0")
    assert "In it" not in texts(screen)


@pytest.mark.parametrize("width", [390, 640, 1200])
def test_a_picture_has_all_of_the_screen_at_a_width_and_changes_nothing(make_screen: Make, width: int) -> None:
    screen = make_screen(root(*(text(f"Line {at} " + "words " * 12) for at in range(60))))
    places = [screen.rect_of(f"/children/{at}") for at in range(60)]
    picture = screen.picture(width)
    assert picture.width() == width
    assert picture.height() > screen.height()
    assert [screen.rect_of(f"/children/{at}") for at in range(60)] == places


def test_a_screen_that_nobody_has_seen_has_a_picture(theme: Theme) -> None:
    from app.widgets.generated.screen import Screen

    screen = Screen(theme)
    screen.show_tree(root({"type": "progress", "label": "Done", "max": 2, "value": 1}))
    picture = screen.picture(390)
    inked = [theme.colour("accent").rgb() == picture.pixel(30, y) for y in range(picture.height())]
    assert any(inked)
    screen.deleteLater()


def test_a_large_tree_appears_over_several_turns_and_another_can_come_meanwhile(
    make_screen: Make, qtbot: QtBot
) -> None:
    large = root(*(holding("card", text(f"In {at}"), title=f"Card {at}", tone="neutral") for at in range(400)))
    screen = make_screen()
    screen.show_tree(large)
    assert "Card 0" in texts(screen)
    assert "Card 399" not in texts(screen)
    qtbot.waitUntil(lambda: "Card 399" in texts(screen))
    outline = screen.outline()
    screen.show_tree(root(text("Another")))
    screen.show_tree(large)
    screen.show_tree(root(text("Small")))
    assert texts(screen) == ["Screen", "Small"]
    screen.show_tree(large)
    assert screen.outline() == outline


def test_a_change_of_theme_shows_at_once(make_screen: Make, theme: Theme) -> None:
    screen = make_screen(root({"type": "progress", "label": "Done", "max": 2, "value": 1}, text("Words")))
    theme.choose("dark")
    grabbed = screen.grab().toImage()
    assert grabbed.pixelColor(QPoint(2, grabbed.height() - 20)) == theme.colour("surface")
    rect = screen.rect_of("/children/0")
    assert rect is not None
    assert grabbed.pixelColor(rect.left() + 6, rect.bottom() - 1) == theme.colour("accent")


def test_every_control_has_a_name_to_be_read_out(make_screen: Make) -> None:
    from engine.interface.catalogue import bundled

    parts = [
        {"type": kind, **{prop.name: prop.default for prop in component.props}}
        for kind, component in bundled().components.items()
        if kind not in {"root", "tab"}
    ]
    screen = make_screen(root(*parts, field("name"), toggle("rain"), button("Go", act("ask"))))
    for widget in screen.findChildren(QWidget):
        if widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value and widget.isVisible() and widget.isEnabled():
            assert widget.accessibleName(), widget
