from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.widgets.generated.placeholder import Notice
from tests.app.generated.finding import press, push_button, texts
from tests.app.generated.nodes import act, button, choice, field, form, holding, root, text, toggle
from tests.app.generated.trees import spelt

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.widgets.generated.screen import Screen

    Make = Callable[..., Screen]

MARKUP = "<b>bold</b> <img src='http://127.0.0.1:9/x.png'> & more"


def notices(screen: Screen) -> list[str]:
    """Return the sentences in dashed frames."""
    return [each.words.said for each in screen.findChildren(Notice) if each.isVisible()]


def test_markup_is_shown_letter_by_letter_and_nothing_becomes_a_shortcut(make_screen: Make) -> None:
    screen = make_screen(
        {
            **root(
                text(MARKUP),
                text(MARKUP, "heading"),
                button(MARKUP, act("ask")),
                {**field("name", value=MARKUP), "label": MARKUP, "placeholder": MARKUP},
                {**choice("bed", MARKUP, display="radio"), "label": MARKUP},
                {**choice("kind", MARKUP), "label": MARKUP},
                toggle("rain", label=MARKUP),
                {"type": "badge", "text": MARKUP, "tone": "good"},
                {"type": "alert", "tone": "bad", "title": MARKUP, "text": MARKUP},
                {"type": "metric", "label": MARKUP, "value": MARKUP, "delta": MARKUP, "tone": "good"},
                {"type": "facts", "items": [{"label": MARKUP, "value": MARKUP}]},
                {"type": "tabs", "tabs": [{"label": MARKUP, "children": []}]},
                {"type": MARKUP},
                {"type": "image", "src": MARKUP, "alt": MARKUP},
                holding("section", title=MARKUP, open=True),
            ),
            "title": MARKUP,
        }
    )
    for label in screen.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
    assert texts(screen).count(MARKUP) >= 10
    assert screen.findChildren(QShortcut) == []
    for each in screen.findChildren(QAbstractButton):
        assert each.shortcut() == QKeySequence()
    for widget in screen.findChildren(QWidget):
        tip = widget.toolTip()
        assert "<b>" not in tip
        assert "<img" not in tip


def test_an_address_is_opened_only_after_it_was_shown_and_agreed_to(make_screen: Make, qtbot: QtBot) -> None:
    screen = make_screen(root(button("Site", act("open_url", None, "https://example.org/beds"))))
    opened: list[str] = []
    screen.open_address = opened.append
    press(screen, "Site")
    assert "https://example.org/beds" in texts(screen)
    assert opened == []
    press(screen, "Cancel")
    assert opened == []
    assert not screen.bar.isVisible()
    press(screen, "Site")
    press(screen, "Open")
    assert opened == ["https://example.org/beds"]


def test_esc_refuses_an_address(make_screen: Make) -> None:
    screen = make_screen(root(button("Site", act("open_url", None, "https://example.org"))))
    screen.activateWindow()
    press(screen, "Site")
    QTest.keyClick(screen.window().focusWidget(), Qt.Key.Key_Escape)
    assert not screen.bar.isVisible()


def test_other_addresses_are_refused_with_a_sentence(make_screen: Make) -> None:
    for address in ("javascript:alert(1)", "file:///etc/passwd", "https://a@b.example", "data:text/html,x"):
        screen = make_screen(root(button("Site", act("open_url", None, address))))
        opened: list[str] = []
        screen.open_address = opened.append
        press(screen, "Site")
        assert not any(each.isVisible() for each in (screen.bar.agree, screen.bar.refuse))
        assert screen.bar.isVisible()
        assert opened == []


def test_only_pictures_that_were_attached_are_shown(make_screen: Make) -> None:
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("#123456"))
    tree = root(
        {"type": "image", "src": "bed", "alt": "The bed"},
        {"type": "image", "src": "/etc/hostname", "alt": "A file"},
    )
    screen = make_screen(tree, images={"bed": image})
    assert [(each.path, each.prop) for each in screen.problems] == [("/children/1", "src")]
    assert "A file" in texts(screen)
    assert "The bed" not in texts(screen)
    shown = screen.picture(640)
    place = screen.rect_of("/children/0")
    assert place is not None
    assert shown.pixelColor(place.center()) == QColor("#123456")


def test_an_unknown_component_is_a_placeholder_above_what_it_holds(make_screen: Make) -> None:
    screen = make_screen(root({"type": "Sparkline", "data": [1, 2], "children": [text("Kept")]}))
    assert notices(screen) == ["“Sparkline” is not a known component. What it holds is kept in the tree."]
    assert "Kept" in texts(screen)
    assert [(each.path, each.kind) for each in screen.problems] == [("/children/0", "unknown")]
    asked: list[str] = []
    screen.json_asked.connect(asked.append)
    press(screen, "Show JSON")
    assert asked == ["/children/0"]


def test_a_broken_prop_is_shown_as_its_default_and_told_with_its_place(make_screen: Make) -> None:
    tree = root({"type": "metric", "label": "Heat", "value": "21", "delta": None, "tone": "purple"}, {"type": "text"})
    screen = make_screen(tree)
    assert [(each.path, each.kind, each.prop) for each in screen.problems] == [
        ("/children/0", "prop", "tone"),
        ("/children/1", "missing", "text"),
    ]
    assert {"Heat", "21"} <= set(texts(screen))


def test_problems_are_told_when_they_come_and_when_they_go(make_screen: Make) -> None:
    screen = make_screen(root(text("Good")))
    told: list[int] = []
    screen.problems_changed.connect(lambda: told.append(len(screen.problems)))
    screen.show_tree(root({"type": "text", "style": "loud", "text": "Good"}))
    screen.show_tree(root(text("Good")))
    assert told == [1, 0]


def test_a_tree_of_3_000_parts_is_cut_where_it_can_be_seen(make_screen: Make) -> None:
    tree = root(*(holding("card", text("a"), text("b"), title=None, tone="neutral") for _ in range(1_000)))
    screen = make_screen()
    whole = spelt(tree)
    for share in range(1, 6):
        screen.show_text(whole[: len(whole) * share // 5])
    assert screen.created == 2_000
    (said,) = notices(screen)
    assert said.startswith("Cut here: a screen shows 2,000 parts at most.")
    assert [each.kind for each in screen.problems] == ["cut"]
    screen.show_tree(root(text("Small again")))
    assert notices(screen) == []
    assert screen.problems == []


def test_parts_within_parts_are_cut_at_a_depth(make_screen: Make) -> None:
    tree: dict[str, Any] = text("Too deep")
    for _ in range(60):
        tree = holding("column", tree)
    screen = make_screen(root(tree))
    (said,) = notices(screen)
    assert said.startswith("Cut here: parts within parts are shown 40 deep.")
    assert "Too deep" not in texts(screen)


def test_a_text_that_is_too_long_is_cut_with_a_sentence(make_screen: Make) -> None:
    screen = make_screen(root(text("long words " * 3_000)))
    assert notices(screen) == ["Cut here: 13,000 more characters are kept and not shown."]
    assert max(map(len, texts(screen))) <= 20_001
    screen.show_tree(root(text("short")))
    assert notices(screen) == []


def test_more_rows_than_a_repetition_shows_are_told(make_screen: Make, monkeypatch: Any) -> None:
    from app.widgets.generated.containers import Repeat

    monkeypatch.setattr(Repeat, "MOST", 2)
    screen = make_screen(root(holding("repeat", text("{bed}"), source="beds")))
    assert texts(screen)[1:] == ["North", "South", "Cut here: 1 more row."]


def test_no_window_opens_beside_the_screen(make_screen: Make) -> None:
    tree = root(
        {"type": "dialog", "name": "more", "title": "More", "children": [field("name")]},
        button("More", act("go", "more")),
        form("order", field("bed", required=True)),
    )
    screen = make_screen(tree)
    before = {each for each in QApplication.topLevelWidgets() if each.isVisible()}
    press(screen, "More")
    press(screen, "Close")
    press(screen, "Send")
    assert {each for each in QApplication.topLevelWidgets() if each.isVisible()} == before


def test_a_copy_is_the_text_alone(make_screen: Make) -> None:
    screen = make_screen(root(field("bed", value="North"), button("Copy", act("copy", None, "<b>{bed}</b>"))))
    press(screen, "Copy")
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.text() == "<b>North</b>"
    assert not mime.hasHtml()
    assert "Copied." in texts(screen)


def test_an_exported_table_holds_no_formulas(make_screen: Make) -> None:
    columns = [{"label": "Bed", "kind": "text"}, {"label": "Litres", "kind": "number"}]
    table = {"type": "table", "source": None, "columns": columns, "rows": [["=1+1", "-5"], ["a,b", "3"]]}
    screen = make_screen(root(table, button("Save", act("export", None, "csv"))))
    exported: list[tuple[str, object]] = []
    screen.export_asked.connect(lambda name, content: exported.append((name, content)))
    push_button(screen, "Save").click()
    assert exported == [("table.csv", 'Bed,Litres\r\n\'=1+1,-5\r\n"a,b",3\r\n')]
