"""Trees of generated screens: labels come without disturbing what is unfolded or chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from app.models.generated_tree import DEEPEST, GeneratedTree
from app.style.tokens import DARK, LIGHT
from app.widgets.generated.tree_view import ROW, GeneratedTreeView

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme


def branch(label: str, *children: Any) -> dict[str, Any]:
    return {"label": label, "children": list(children)}


NODES = [branch("Greenhouse", branch("North", branch("Tomatoes")), branch("South")), branch("Store")]
BRANCHES = st.recursive(
    st.builds(branch, st.sampled_from("abc")),
    lambda inner: st.builds(lambda label, below: branch(label, *below), st.sampled_from("abc"), st.lists(inner)),
    max_leaves=8,
)


@pytest.fixture
def tree(theme: Theme, qtbot: QtBot) -> GeneratedTreeView:
    tree = GeneratedTreeView(theme)
    qtbot.addWidget(tree)
    tree.resize(300, 400)
    tree.show()
    return tree


def rows(tree: GeneratedTreeView) -> list[str]:
    found = []
    index = tree.model.index(0, 0)
    while index.isValid():
        found.append(index.data())
        index = tree.view.indexBelow(index)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees=st.lists(st.lists(BRANCHES, max_size=4), max_size=4))
def test_labels_become_any_others_as_a_view_expects_it(qtmodeltester: ModelTester, trees: list[list[Any]]) -> None:
    model = GeneratedTree()
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    qtmodeltester.check(model, force_py=True)
    for nodes in trees:
        model.show_nodes(nodes)
        assert model.value() == nodes
    assert not resets


def test_labels_that_come_leave_the_others_as_they_are(tree: GeneratedTreeView) -> None:
    tree.show_tree(NODES[:1], growing=True)
    kept = QPersistentModelIndex(tree.model.index(0, 0, tree.model.index(0, 0)))
    changed: list[int] = []
    tree.model.dataChanged.connect(lambda *_: changed.append(1))
    tree.show_tree(NODES)
    assert kept.isValid()
    assert kept.data() == "North"
    assert not changed


def test_what_a_person_folded_stays_folded_while_more_comes(tree: GeneratedTreeView) -> None:
    tree.show_tree(NODES, growing=True)
    assert rows(tree) == ["Greenhouse", "North", "South", "Store"]
    tree.view.collapse(tree.model.index(0, 0))
    tree.view.expand(tree.model.index(0, 0, tree.model.index(0, 0)))
    tree.show_tree([*NODES, branch("Shed", branch("Spade"))])
    assert rows(tree) == ["Greenhouse", "Store", "Shed", "Spade"]


def test_a_tree_is_as_tall_as_what_is_unfolded_up_to_a_limit(tree: GeneratedTreeView) -> None:
    tree.show_tree(NODES)
    QApplication.processEvents()
    assert tree.view.height() == 4 * ROW
    tree.view.expandAll()
    QApplication.processEvents()
    assert tree.view.height() == 5 * ROW
    tree.view.collapseAll()
    QApplication.processEvents()
    assert tree.view.height() == 2 * ROW
    tree.show_tree([branch("x")] * 500)
    QApplication.processEvents()
    assert tree.view.height() == 14 * ROW


def test_labels_may_be_whatever_a_model_wrote(tree: GeneratedTreeView) -> None:
    tree.show_tree(["plain", 3, {"label": None, "children": "none"}, {"children": [["a", "b"]]}])
    tree.view.expandAll()
    assert rows(tree) == ["plain", "3", "", "", "a, b"]


def test_what_is_nested_without_end_is_cut_with_a_sign(tree: GeneratedTreeView) -> None:
    nested = branch("0")
    for level in range(1, 900):
        nested = branch(str(level), nested)
    tree.show_tree([nested])
    tree.view.expandAll()
    shown = rows(tree)
    assert len(shown) == DEEPEST + 1
    assert shown[-1] == "…"


def test_an_empty_tree_says_so_once_nothing_more_comes(tree: GeneratedTreeView) -> None:
    tree.show_tree([], growing=True)
    assert tree._sentence.isHidden()
    tree.show_tree([])
    assert tree._sentence.isVisible()
    tree.show_tree(NODES)
    assert tree._sentence.isHidden()


def test_the_keyboard_goes_through_labels_unfolds_and_copies(tree: GeneratedTreeView, qtbot: QtBot) -> None:
    tree.show_tree([branch("One\nline", branch("Inner", branch("Leaf")))])
    QApplication.processEvents()
    tree.activateWindow()
    tree.view.clearFocus()
    tree.view.setFocus()
    qtbot.waitUntil(tree.view.hasFocus)
    qtbot.keyClick(tree.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "One\nline"
    qtbot.keyClick(tree.view, Qt.Key.Key_Down)
    qtbot.keyClick(tree.view, Qt.Key.Key_Right)
    assert rows(tree)[-1] == "Leaf"
    assert tree.view.currentIndex().data() == "Inner"


def test_a_label_that_is_cut_shows_all_of_it_as_it_is_written(tree: GeneratedTreeView) -> None:
    tree.show_tree([branch("<b>bold</b>" * 40), branch("short")])
    QApplication.processEvents()
    for row, told in ((0, "&lt;b&gt;bold&lt;/b&gt;"), (1, "")):
        place = tree.view.visualRect(tree.model.index(row, 0)).center()
        viewport = tree.view.viewport()
        QToolTip.hideText()
        QApplication.sendEvent(viewport, QHelpEvent(QHelpEvent.Type.ToolTip, place, viewport.mapToGlobal(place)))
        assert told in QToolTip.text()
    QToolTip.hideText()


def test_a_tree_follows_the_theme_and_has_the_name_that_it_is_given(tree: GeneratedTreeView, theme: Theme) -> None:
    tree.show_tree(NODES)
    tree.name("Places")
    assert tree.view.accessibleName() == "Places"
    for tokens, name in ((LIGHT, "light"), (DARK, "dark")):
        theme.choose(name)
        QApplication.processEvents()
        image = tree.grab().toImage()
        found = {image.pixelColor(x, y).name().upper() for x in range(60) for y in range(100)}
        assert tokens.hairline in found
