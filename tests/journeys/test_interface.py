"""From a sentence to a screen that is clicked through, changed by hand and by the model, sent, and taken along."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton

from app.pages.interface.page import InterfacePage
from engine.interface.catalogue import bundled
from engine.interface.reading import checked
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session import Session
    from app.widgets.generated.screen import Screen
    from app.window import Window

    Start = Callable[[], tuple[Window, Session]]

LOADING_MS = 240_000


def interfaces(window: Window, qtbot: QtBot) -> InterfacePage:
    """Go to the page of interfaces, and wait for the gallery."""
    window.show_page("Interface")
    page = window.page("Interface")
    assert isinstance(page, InterfacePage)
    qtbot.waitUntil(lambda: page.session.gallery.known, timeout=LOADING_MS)
    return page


def written(page: InterfacePage, qtbot: QtBot, answers: int) -> None:
    """Wait until there are so many answers, and the last has ended well."""

    def done() -> bool:
        ended = [turn.answer for turn in page.session.turns if turn.answer is not None]
        return len(ended) == answers and page.session.running is None

    qtbot.waitUntil(done, timeout=LOADING_MS)
    assert [turn.answer.state for turn in page.session.turns if turn.answer is not None] == ["done"] * answers


def sound(tree: Any) -> bool:
    """Tell whether nothing of a tree is shown otherwise than it says."""
    return checked(tree, bundled())[1] == []


def nodes(tree: Any) -> Iterator[tuple[str, Any]]:
    """Go through a tree with the path of each node."""
    pending = [("", tree)]
    while pending:
        path, node = pending.pop()
        yield path, node
        for slot in ("children", "tabs"):
            pending.extend((f"{path}/{slot}/{at}", child) for at, child in enumerate(node.get(slot, ())))


def screen(page: InterfacePage) -> Screen:
    assert page.showing.live is not None
    return page.showing.live


def test_a_sentence_becomes_a_screen_that_is_used_changed_sent_and_taken_along(
    start: Start, qtbot: QtBot, profile: Path
) -> None:
    window, _ = start()
    page = interfaces(window, qtbot)
    qtbot.keyClicks(page.composer.text, "A contact form with name, e-mail and a message")
    qtbot.keyClick(page.composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.tree.model.count > 1, timeout=LOADING_MS)
    assert page.preview.live.text() == "live"
    written(page, qtbot, 1)
    tree = page.session.tree
    assert sound(tree)
    assert page.tree.model.count == len(list(nodes(tree)))

    # It can be typed into, and pressed: a form that lacks something says so, and sends nothing.
    lines = [each for each in screen(page).findChildren(QLineEdit) if each.isVisible()]
    assert lines
    qtbot.keyClicks(lines[0], "Mina")
    typed = {name for name, value in screen(page).state.values.items() if value == "Mina"}
    assert len(typed) == 1

    # A part is chosen by a click, and changed in its field.
    page.preview.inspect.click()
    path = next(path for path, node in nodes(tree) if node.get("type") == "field")
    box = screen(page).rect_of(path)
    assert box is not None
    glass = screen(page).childAt(box.center())
    assert glass is not None
    qtbot.mouseClick(glass, Qt.MouseButton.LeftButton, pos=glass.mapFrom(screen(page), box.center()))
    assert page.tree.view.path == path
    page.preview.inspect.click()
    page.tree.part.tabs["Properties"].click()
    label = next(each.control for spot, each in page.tree.part.form.fields.items() if spot.name == "label")
    assert isinstance(label, QLineEdit)
    label.selectAll()
    qtbot.keyClicks(label, "Who are you?")
    qtbot.keyClick(label, Qt.Key.Key_Return)
    assert "Who are you?" in str(screen(page).outline())
    assert screen(page).state.get(next(iter(typed))) == "Mina"

    # The same part is written anew by the model; all around it stays.
    before = page.session.tree
    page.tree.part.sentence.setText("Ask for the first name only")
    page.tree.part.redo.click()
    written(page, qtbot, 2)
    after = page.session.tree
    assert sound(after)
    assert [node for at, node in nodes(before) if not at.startswith(path) and "children" not in node] == [
        node for at, node in nodes(after) if not at.startswith(path) and "children" not in node
    ]

    # What the form holds goes to the model as the next turn, once it was shown.
    form = next(path for path, node in nodes(after) if node.get("type") == "form")
    for at, node in nodes(after):
        if at.startswith(form) and node.get("required"):
            page.edits.put(at, "required", value=False)
    words = next(node["submit"] for at, node in nodes(page.session.tree) if at == form)
    send = next(
        each
        for each in screen(page).findChildren(QPushButton)
        if each.isVisible() and each.text().strip("\u2009") == words
    )
    qtbot.mouseClick(send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.preview.send_bar.isVisible)
    assert page.session.running is None
    page.preview.send_bar.send.click()
    written(page, qtbot, 3)
    assert sound(page.session.tree)
    kinds = [turn.kind for turn in page.session.turns if turn.role == "user"]
    assert kinds == ["sentence", "redo", "submit"]

    # It is taken along, and is there the next time.
    page.ways.export("pyside", "copy")
    qtbot.waitUntil(lambda: "import" in QGuiApplication.clipboard().text(), timeout=LOADING_MS)
    compile(QGuiApplication.clipboard().text(), "screen.py", "exec")
    tree, interface = page.session.tree, page.session.id
    window.close()
    with Store(profile) as store:
        kept = next(row for row in store.interfaces.all() if row.id == interface)
        assert json.loads(kept.tree_text) == tree


def test_an_answer_that_is_stopped_is_kept_as_far_as_it_came_and_can_be_looked_back_through(
    start: Start, qtbot: QtBot
) -> None:
    window, _ = start()
    page = interfaces(window, qtbot)
    qtbot.keyClicks(page.composer.text, "A dashboard of a greenhouse with temperature, humidity and water used today")
    page.composer.run.click()
    qtbot.waitUntil(lambda: page.tree.model.count > 2, timeout=LOADING_MS)
    qtbot.keyClick(page.composer.text, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.session.running is None, timeout=LOADING_MS)
    answer = page.session.turns[-1].answer
    assert answer is not None
    assert answer.state == "stopped"
    count = page.tree.model.count
    assert count > 2
    assert not any(problem.kind == "unknown" for problem in page.showing.problems)
    counts = []
    for stop in range(0, page.preview.scrubber.slider.maximum() + 1, 5):
        page.preview.scrubber.go(stop)
        counts.append(page.tree.model.count)
    assert counts == sorted(counts)
    page.preview.scrubber.go_to_end()
    assert page.tree.model.count == count
