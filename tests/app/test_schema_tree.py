"""The tree of a schema: a model that follows the text row by row, and a view that only asks."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, get_args

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QMimeData, QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from app.models.schema_marks import SEVERITIES, WAYS, Flaw
from app.models.schema_tree import MIME, SchemaTree
from app.pages.schemas.tree import SchemaTreePanel
from app.pages.schemas.tree.look import FLAW_MARKS, ICONS, WAY_MARKS
from app.style.icons import glyph
from engine.errors import EditRefused
from engine.schema.editing import Copy, EditableSchema, Insert, Move, Remove, Rename, Set
from engine.schema.outline import Shape
from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from app.models.schema_rows import TreeRow
    from app.pages.schemas.tree import SchemaTreeView
    from app.style.theme import Theme

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier
KEY = Qt.Key

INVOICE: dict[str, Any] = {
    "title": "invoice",
    "type": "object",
    "required": ["number"],
    "properties": {
        "number": {"type": "string", "minLength": 1},
        "vendor": {"$ref": "#/$defs/party"},
        "lines": {
            "type": "array",
            "items": {"type": "object", "properties": {"text": {"type": "string"}, "sum": {"type": "number"}}},
        },
        "paid": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}], "default": None},
        "kind": {"oneOf": [{"const": "a"}, {"const": "b"}, {"const": "c"}]},
        "country": {"enum": ["DE", "FR"]},
    },
    "$defs": {
        "party": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "parent": {"$ref": "#/$defs/party"}},
        }
    },
}
HOSTILE = "<b>\u202egnp.exe\x00\x1b[31m\nnext"


def editable(schema: Any = INVOICE) -> EditableSchema:
    return EditableSchema(schema if isinstance(schema, str) else json.dumps(schema, indent=2))


class Hands:
    """Does to a schema what is asked for in its tree, as plainly as it can, and tells what was asked."""

    def __init__(self, schema: EditableSchema, model: SchemaTree, panel: SchemaTreePanel) -> None:
        self.schema = schema
        self.asked: list[tuple[Any, ...]] = []
        self._model = model
        intents = panel.intents
        for name in (
            "rename_asked", "type_asked", "nullable_asked", "required_asked", "keyword_asked", "keyword_drop_asked",
            "value_asked", "add_asked", "remove_asked", "repeated_remove_asked", "duplicate_asked", "move_asked",
            "wrap_asked", "extract_asked", "inline_asked", "jump_asked",
        ):  # fmt: skip
            getattr(intents, name).connect(self._noting(name.removesuffix("_asked")))
        intents.rename_asked.connect(lambda pointer, name: self.do(Rename(pointer, name)))
        intents.keyword_asked.connect(lambda pointer, keyword, value: self.do(Set(f"{pointer}/{keyword}", value)))
        intents.keyword_drop_asked.connect(lambda pointer, keyword: self.do(Remove(f"{pointer}/{keyword}")))
        intents.value_asked.connect(lambda pointer, value: self.do(Set(pointer, value)))
        intents.remove_asked.connect(lambda pointers: self.do(*map(Remove, reversed(pointers))))

    def _noting(self, name: str) -> Callable[..., None]:
        return lambda *what: self.asked.append((name, *what))

    def do(self, *operations: Any) -> None:
        self.schema.apply(*operations, label="Change")
        self._model.refresh()

    def undo(self) -> None:
        self.schema.undo()
        self._model.refresh()


@pytest.fixture
def schema() -> EditableSchema:
    return editable()


@pytest.fixture
def model(schema: EditableSchema, qapp: QApplication) -> SchemaTree:
    return SchemaTree(schema)


@pytest.fixture
def panel(theme: Theme, model: SchemaTree, qtbot: QtBot) -> SchemaTreePanel:
    shown = SchemaTreePanel(theme, model)
    qtbot.addWidget(shown)
    shown.resize(480, 640)
    shown.show()
    qtbot.waitUntil(shown.isActiveWindow)
    return shown


@pytest.fixture
def view(panel: SchemaTreePanel) -> SchemaTreeView:
    return panel.view


@pytest.fixture
def hands(schema: EditableSchema, model: SchemaTree, panel: SchemaTreePanel) -> Hands:
    return Hands(schema, model, panel)


@pytest.fixture
def open_panel(theme: Theme, qtbot: QtBot) -> Callable[[Any], tuple[SchemaTreePanel, SchemaTree, Hands]]:
    """Return what opens the tree of any schema."""

    def open_(value: Any) -> tuple[SchemaTreePanel, SchemaTree, Hands]:
        document = editable(value)
        made = SchemaTree(document)
        shown = SchemaTreePanel(theme, made)
        made.setParent(shown)
        qtbot.addWidget(shown)
        shown.resize(480, 640)
        shown.show()
        return shown, made, Hands(document, made, shown)

    return open_


def children(model: SchemaTree, parent: QModelIndex) -> list[QModelIndex]:
    model.fetchMore(parent)
    return [model.index(number, 0, parent) for number in range(model.rowCount(parent))]


def unfold(model: SchemaTree, depth: int, parent: QModelIndex | None = None) -> None:
    """Look for all rows down to a depth."""
    here = model.index(0, 0) if parent is None else parent
    for child in children(model, here) if depth and here.isValid() else []:
        unfold(model, depth - 1, child)


def picture(model: SchemaTree, parent: QModelIndex = QModelIndex()) -> list[Any]:  # noqa: B008
    """Return all that a view can know of the rows that have been looked for."""
    rows = []
    for number in range(model.rowCount(parent)):
        index = model.index(number, 0, parent)
        row = model.row(index)
        assert model.parent(index) == parent
        assert model.index_of_row(row) == index
        rows.append(
            [row.row.path, row.row.pointer, row.row.kind, row.row.required, model.says(row), model.hasChildren(index)]
            + ([picture(model, index)] if row.children is not None else [])
        )
    return rows


def like(model: SchemaTree, schema: EditableSchema) -> SchemaTree:
    """Return a new model of the schema in which somebody has looked below the same rows."""
    made = SchemaTree(schema)

    def follow(there: QModelIndex, here: QModelIndex) -> None:
        for number in range(model.rowCount(there)):
            old, new = model.index(number, 0, there), made.index(number, 0, here)
            if new.isValid() and model.row(old).children is not None:
                made.fetchMore(new)
                made.row(new).children = made.row(new).children or []
                follow(old, new)

    follow(QModelIndex(), QModelIndex())
    return made


def places(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    yield pointer, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from places(each, f"{pointer}/{escape(str(key))}")


VALUES: tuple[Any, ...] = (
    {"type": "string"}, {"type": "object", "properties": {"z": {"type": "integer"}}}, 5, "x", True,
    [1, {"a": 1}], {"$ref": "#"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}, {"$ref": "#/$defs/party"},
)  # fmt: skip
KEYS = ("type", "properties", "items", "anyOf", "required", "$defs", "a", "b", "c")


def random_edit(dice: random.Random, text: str) -> Any:
    every = list(places(json.loads(text)))
    pointer, _ = dice.choice(every)
    holder = dice.choice([each for each, value in every if isinstance(value, dict | list)] or [""])
    value, key, index = dice.choice(VALUES), dice.choice(KEYS), dice.randrange(5)
    return dice.choice(
        [
            Remove(pointer), Rename(pointer, key), Set(pointer, value), Insert(holder, index, value, key),
            Move(pointer, pointer.rpartition("/")[0], index), Move(pointer, holder, index),
            Copy(pointer, holder, index),
        ]
    )  # fmt: skip


def at(model: SchemaTree, pointer: str) -> QModelIndex:
    index = model.index_of(pointer)
    assert model.pointer_of(index) == pointer
    return index


def named(rows: list[TreeRow]) -> list[str]:
    return [row.row.name for row in rows]


def click(qtbot: QtBot, view: SchemaTreeView, pointer: str, part: str = "name", keys: Any = NONE) -> None:
    index = at(view.model(), pointer)  # type: ignore[arg-type]
    place = getattr(view.parts(index), part).center().toPoint()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, place)


def double_click(qtbot: QtBot, view: SchemaTreeView, pointer: str, part: str) -> None:
    index = at(view.model(), pointer)  # type: ignore[arg-type]
    place = getattr(view.parts(index), part).center().toPoint()
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, place)


def finish(qtbot: QtBot, field: QLineEdit, key: Qt.Key = Qt.Key.Key_Return) -> None:
    """End the editing of a name, which takes a turn of the event loop."""
    qtbot.keyClick(field, key)
    QApplication.processEvents()


def menu_of(view: SchemaTreeView) -> QMenu:
    return next(menu for menu in view.findChildren(QMenu) if menu.isVisible())


def items(menu: QMenu) -> dict[str, Any]:
    return {action.text().partition("\t")[0]: action for action in menu.actions() if action.text()}


# The model


def test_the_model_is_one_that_views_can_rely_on(qapp: QApplication, qtmodeltester: Any) -> None:
    # The tester looks for more rows while it is told of some, so all are known here, and those that come have none.
    parts = {"a": {"const": 1}, "b": {"properties": {"c": {"const": 2}, "d": {"const": 3}}}, "e": {"anyOf": [1, 2, 3]}}
    schema = editable({"properties": parts, "$defs": {"f": {"const": 4}}})
    model = SchemaTree(schema)
    unfold(model, 5)
    qtmodeltester.check(model, force_py=True)  # it goes on listening to every change that follows
    leaves = ["/properties/a", "/properties/b/properties/c", "/properties/b/properties/d", "/$defs/f"]
    dice = random.Random(7)
    for number in range(60):
        leaf = dice.choice(leaves)
        holder = dice.choice(["/properties", "/properties/b/properties", "/properties/e/anyOf", "/$defs"])
        operation = dice.choice(
            [
                Insert(holder, dice.randrange(4), {"const": number}, f"new{number}"),
                Rename(leaf, f"other{number}"),
                Move(leaf, leaf.rpartition("/")[0], dice.randrange(3)),
                Move(leaf, holder, dice.randrange(3)),
                Remove(leaf),
                Move("/properties/e/anyOf/2", "/properties/e/anyOf", 0),
                Set(leaf, {"enum": [number]}),
            ]
        )
        try:
            schema.apply(operation, label="Change")
        except EditRefused:
            schema.undo()
        model.refresh()
        assert picture(model) == picture(like(model, schema))
    while schema.undo():
        model.refresh()


def test_the_model_passes_qts_own_checks(model: SchemaTree, qtmodeltester: Any) -> None:
    qtmodeltester.check(model)


@pytest.mark.parametrize("seed", range(12))
def test_after_any_edits_and_their_undo_the_rows_are_those_of_the_text(seed: int, qapp: QApplication) -> None:
    dice = random.Random(seed)
    schema = editable()
    model = SchemaTree(schema)
    unfold(model, 4)
    first = picture(model)
    for _ in range(40):
        try:
            schema.apply(random_edit(dice, schema.text), label="Change")
        except EditRefused:
            continue
        model.refresh()
        if dice.random() < 0.2:
            unfold(model, 2)
        assert picture(model) == picture(like(model, schema))
    while schema.undo():
        model.refresh()
        assert picture(model) == picture(like(model, schema))
    assert [row[:6] for row in picture(model)] == [row[:6] for row in first]


def test_an_edit_is_told_for_the_rows_that_it_concerns_and_no_others(model: SchemaTree, schema: EditableSchema) -> None:
    unfold(model, 4)
    told: list[str] = []
    model.dataChanged.connect(
        lambda first, last, _roles: told.extend(
            model.pointer_of(model.index(number, 0, first.parent())) for number in range(first.row(), last.row() + 1)
        )
    )
    model.modelReset.connect(lambda: told.append("reset"))
    schema.apply(Set("/properties/lines/items/properties/text/type", "number"), label="Change")
    model.refresh()
    changed = ["", "/properties/lines", "/properties/lines/items", "/properties/lines/items/properties/text"]
    # What refers to other places may say something else whatever was changed.
    assert [pointer for pointer in told if "$defs" not in pointer and pointer != "/properties/vendor"] == changed


def test_a_row_that_is_renamed_or_moved_stays_the_same_row(model: SchemaTree, schema: EditableSchema) -> None:
    unfold(model, 4)
    lines = QPersistentModelIndex(at(model, "/properties/lines"))
    inside = QPersistentModelIndex(at(model, "/properties/lines/items/properties/sum"))
    branch = QPersistentModelIndex(at(model, "/properties/kind/oneOf/0"))
    schema.apply(Rename("/properties/lines", "entries"), label="Rename")
    model.refresh()
    schema.apply(Move("/properties/kind/oneOf/0", "/properties/kind/oneOf", 2), label="Move")
    model.refresh()
    assert model.pointer_of(lines) == "/properties/entries"
    assert model.pointer_of(inside) == "/properties/entries/items/properties/sum"
    assert model.pointer_of(branch) == "/properties/kind/oneOf/2"
    schema.apply(Remove("/properties/kind/oneOf/0"), label="Remove")
    model.refresh()
    assert model.pointer_of(branch) == "/properties/kind/oneOf/1"


def test_many_rows_that_change_places_stay_the_same_rows(qapp: QApplication) -> None:
    names = [f"p{number:03}" for number in range(200)]
    schema = editable({"properties": {name: {"const": name} for name in names}})
    model = SchemaTree(schema)
    unfold(model, 2)
    held = {name: QPersistentModelIndex(at(model, f"/properties/{name}")) for name in names}
    random.Random(1).shuffle(names)
    schema.apply(Set("/properties", {name: {"const": name} for name in names}), label="Sort")
    model.refresh()
    assert [model.row(index).row.name for index in children(model, model.index(0, 0))] == names
    assert all(model.row(index).row.name == name for name, index in held.items())


def test_ten_thousand_properties_are_followed_without_beginning_anew(qapp: QApplication) -> None:
    schema = editable({"properties": {f"p{number}": {"type": "string"} for number in range(10_000)}})
    model = SchemaTree(schema)
    unfold(model, 1)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    last = QPersistentModelIndex(at(model, "/properties/p9999"))
    schema.apply(Remove("/properties/p5000"), label="Remove")
    model.refresh()
    schema.apply(Move("/properties/p9998", "/properties", 0), label="Move")
    model.refresh()
    assert model.rowCount(model.index(0, 0)) == 9_999
    assert last.row() == 9_998
    assert model.row(model.index(0, 0, model.index(0, 0))).row.name == "p9998"
    assert not resets


def test_while_the_text_is_broken_the_tree_stays_and_says_so(model: SchemaTree, schema: EditableSchema) -> None:
    unfold(model, 3)
    before = picture(model)
    told: list[bool] = []
    model.stale_changed.connect(told.append)
    schema.type(0, 1, "")
    model.refresh()
    assert model.stale
    assert picture(model) == before
    index = at(model, "/properties/number")
    assert not model.flags(index) & (Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled)
    schema.undo()
    model.refresh()
    assert told == [True, False]
    assert model.flags(index) & Qt.ItemFlag.ItemIsEditable


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ""),
        ("/properties/number/minLength", "/properties/number"),
        ("/properties/lines/items/properties/sum/type", "/properties/lines/items/properties/sum"),
        ("/properties/paid/anyOf/0/minimum", "/properties/paid"),
        ("/$defs/party/properties/name", "/$defs/party/properties/name"),
        ("/$defs", "/$defs"),
        ("/required/0", ""),
        ("/nowhere/at/all", ""),
    ],
)
def test_a_place_of_the_text_has_a_row(model: SchemaTree, asked: str, found: str) -> None:
    assert model.pointer_of(model.index_of(asked)) == found


def test_below_references_rows_go_on_without_end(model: SchemaTree) -> None:
    here = at(model, "/properties/vendor")
    for _ in range(50):
        here = next(child for child in children(model, here) if child.data() == "parent")
        assert model.pointer_of(here) == "/$defs/party/properties/parent"
    depth = 0
    while here.isValid():
        here, depth = here.parent(), depth + 1
    assert depth == 52


def test_a_definition_that_changes_changes_below_every_reference(model: SchemaTree, schema: EditableSchema) -> None:
    vendor = at(model, "/properties/vendor")
    below = children(model, vendor)
    assert [index.data() for index in below] == ["name", "parent"]
    assert model.says(model.row(vendor)).type == "object"
    schema.apply(Insert("/$defs/party/properties", 0, {"type": "integer"}, "id"), label="Add")
    model.refresh()
    assert [index.data() for index in children(model, vendor)] == ["id", "name", "parent"]
    schema.apply(Set("/$defs/party", {"type": "string"}), label="Change")
    model.refresh()
    assert model.says(model.row(vendor)).type == "string"
    assert not model.hasChildren(vendor)


def test_a_row_shows_the_worst_way_in_which_its_keywords_are_held_to(model: SchemaTree) -> None:
    model.hold(
        {
            "/properties/number/type": "mask",
            "/properties/number/minLength": "check",
            "/properties/paid/anyOf": "mask",
            "/properties/paid/anyOf/0/minimum": "rewritten",
            "/properties/country/enum": "mask",
            "/properties/country/description": "annotation",
            "/properties/country/x-own": "annotation",
            "/properties/kind/oneOf": "refused",
            "/properties/vendor/examples": "annotation",
            "/properties/vendor/$ref": "mask",
        }
    )
    ways = {
        name: model.way(model.row(at(model, f"/properties/{name}")))
        for name in ("number", "paid", "country", "kind", "vendor", "lines")
    }
    assert ways == {
        "number": "check", "paid": "rewritten", "country": "mask", "kind": "refused", "vendor": "annotation",
        "lines": None,
    }  # fmt: skip


def test_a_folded_row_shows_what_is_wrong_in_it_and_an_open_one_its_own(model: SchemaTree) -> None:
    unfold(model, 4)
    inside = Flaw("error", "Nothing is between 9 and 1.")
    model.find_fault(
        {
            "/properties/lines/items/properties/sum/minimum": [inside],
            "/properties/lines/type": [Flaw("hint", "Lists are long."), Flaw("warning", "Any length.")],
            "": [Flaw("hint", "It has no name.")],
        }
    )
    lines = model.row(at(model, "/properties/lines"))
    assert [flaw.severity for flaw in model.flaws(lines, unfolded=False)] == ["error", "warning", "hint"]
    assert [flaw.severity for flaw in model.flaws(lines, unfolded=True)] == ["warning", "hint"]
    assert model.flaws(model.row(at(model, "/properties/lines/items/properties/sum")), unfolded=False) == [inside]
    root = model.row(model.index(0, 0))
    assert [flaw.sentence for flaw in model.flaws(root, unfolded=True)] == ["It has no name."]
    assert len(model.flaws(root, unfolded=False)) == 4


def test_a_row_is_read_out_with_all_that_it_shows(model: SchemaTree) -> None:
    model.hold({"/properties/number/minLength": "check"})
    model.find_fault({"/properties/number": [Flaw("warning", "It may be empty.")]})

    def heard(pointer: str) -> str:
        return str(at(model, pointer).data(Qt.ItemDataRole.AccessibleTextRole))

    assert heard("/properties/number") == "number, string, required, minLength 1, check, warning: It may be empty."
    assert heard("/properties/paid") == "paid, integer, nullable, ≥ 0, default null"


def drag(*pointers: str) -> QMimeData:
    data = QMimeData()
    data.setData(MIME, json.dumps(pointers).encode())
    return data


@pytest.mark.parametrize(
    ("pointers", "above", "number", "place"),
    [
        (["/properties/country"], "", 1, ("/properties", 1)),
        (["/properties/country"], "", 6, ("/properties", 6)),
        (["/properties/country"], "", 7, None),
        (["/properties/country"], "/properties/lines/items", 1, ("/properties/lines/items/properties", 1)),
        (["/properties/country"], "/properties/lines/items", -1, ("/properties/lines/items/properties", None)),
        (["/properties/kind/oneOf/0"], "/properties/kind", 2, ("/properties/kind/oneOf", 2)),
        (["/properties/country"], "/$defs", -1, ("/$defs", None)),
        (["/properties/country"], "/properties/number", -1, None),
        (["/properties/lines"], "/properties/lines/items", 0, None),
        (["/properties/lines"], "/properties/lines/items", -1, None),
        (["/properties/country"], "/properties/vendor", -1, None),
        ([], "", 1, None),
    ],
)
def test_rows_land_where_their_like_stands(
    model: SchemaTree, pointers: list[str], above: str, number: int, place: Any
) -> None:
    unfold(model, 4)
    parent = at(model, above)
    data = drag(*pointers)
    assert model.landing(data, number, parent) == place
    assert model.canDropMimeData(data, Qt.DropAction.MoveAction, number, 0, parent) == (place is not None)
    asked: list[Any] = []
    model.move_asked.connect(lambda *what: asked.append(what))
    assert not model.dropMimeData(data, Qt.DropAction.MoveAction, number, 0, parent)
    assert asked == ([(pointers, *place)] if place is not None else [])


def test_what_is_dragged_is_known_by_its_pointers_and_its_text(model: SchemaTree) -> None:
    data = model.mimeData([at(model, "/properties/number"), at(model, "/properties/country")])
    assert json.loads(bytes(data.data(MIME).data())) == ["/properties/number", "/properties/country"]
    assert '"minLength": 1' in data.text()


def test_what_others_drag_is_not_taken(model: SchemaTree) -> None:
    data = QMimeData()
    data.setData(MIME, b'{"not": "pointers"')
    assert model.landing(data, 0, model.index(0, 0)) is None
    assert model.landing(QMimeData(), 0, model.index(0, 0)) is None


# The view follows


def test_edits_and_their_undo_leave_selection_folding_and_place(
    view: SchemaTreeView, model: SchemaTree, hands: Hands
) -> None:
    view.resize(480, 160)
    for pointer in ("/properties/lines", "/properties/lines/items", "/properties/kind", "/properties/vendor"):
        view.expand(at(model, pointer))
    view.select(["/properties/lines/items/properties/sum", "/properties/kind/oneOf/1"])
    QApplication.processEvents()
    view.verticalScrollBar().setValue(84)
    hands.do(Insert("/properties", 0, {"type": "string"}, "first"))
    hands.do(Rename("/properties/lines", "entries"))
    hands.do(Set("/properties/entries/items/properties/text/type", "number"))
    hands.do(Move("/properties/kind", "/properties", 1))
    choice = view.choice()
    assert choice is not None
    assert [row.row.pointer for row in choice.rows] == [
        "/properties/kind/oneOf/1", "/properties/entries/items/properties/sum",
    ]  # fmt: skip
    assert view.isExpanded(at(model, "/properties/entries/items"))
    assert view.verticalScrollBar().value() == 84
    for _ in range(4):
        hands.undo()
    choice = view.choice()
    assert choice is not None
    assert named(choice.rows) == ["sum", "1"]
    assert all(view.isExpanded(at(model, f"/properties/{name}")) for name in ("lines", "kind", "vendor"))
    assert view.verticalScrollBar().value() == 84


def test_what_was_taken_away_comes_back_as_it_lay_open(view: SchemaTreeView, model: SchemaTree, hands: Hands) -> None:
    for pointer in ("/properties/lines", "/properties/lines/items"):
        view.expand(at(model, pointer))
    hands.do(Remove("/properties/lines"))
    assert model.pointer_of(model.index_of("/properties/lines")) == ""
    hands.undo()
    assert view.isExpanded(at(model, "/properties/lines"))
    assert view.isExpanded(at(model, "/properties/lines/items"))
    assert not view.isExpanded(at(model, "/properties/kind"))


def test_the_text_leads_the_tree_without_the_tree_leading_the_text(view: SchemaTreeView, model: SchemaTree) -> None:
    told: list[str] = []
    view.current_moved.connect(told.append)
    view.reveal("/properties/lines/items/properties/sum/type")
    assert model.pointer_of(view.currentIndex()) == "/properties/lines/items/properties/sum"
    assert not told
    view.setCurrentIndex(at(model, "/properties/number"))
    assert told == ["/properties/number"]


def test_what_a_key_with_ctrl_leads_to_is_chosen_alone(
    view: SchemaTreeView, panel: SchemaTreePanel, model: SchemaTree, qtbot: QtBot
) -> None:
    panel.intents.duplicate_asked.connect(lambda _pointers: view.select(["/properties/country"]))
    view.reveal("/properties/number")
    qtbot.keyClick(view, KEY.Key_D, CTRL)
    choice = view.choice()
    assert choice is not None
    assert named(choice.rows) == ["country"]


def test_unfolding_all_of_a_recursive_schema_ends(view: SchemaTreeView, model: SchemaTree, qtbot: QtBot) -> None:
    view.setCurrentIndex(model.index(0, 0))
    qtbot.keyClick(view, KEY.Key_Asterisk)
    assert view.isExpanded(at(model, "/properties/lines/items"))
    vendor = at(model, "/properties/vendor")
    assert view.isExpanded(vendor)
    assert not view.isExpanded(children(model, vendor)[1])


# What a person asks for


@pytest.mark.parametrize(
    ("pointer", "key", "keys", "asked"),
    [
        ("/properties/number", KEY.Key_Delete, NONE, ("remove", ["/properties/number"])),
        ("/properties/number", KEY.Key_D, CTRL, ("duplicate", ["/properties/number"])),
        ("/properties/vendor", KEY.Key_Up, ALT, ("move", ["/properties/vendor"], "/properties", 0)),
        ("/properties/vendor", KEY.Key_Down, ALT, ("move", ["/properties/vendor"], "/properties", 3)),
        ("/properties/kind/oneOf/1", KEY.Key_Up, ALT,
         ("move", ["/properties/kind/oneOf/1"], "/properties/kind/oneOf", 0)),
        ("/properties/number", KEY.Key_Up, ALT, None),
        ("/properties/country", KEY.Key_Down, ALT, None),
        ("", KEY.Key_Delete, NONE, None),
        ("", KEY.Key_D, CTRL, None),
        ("/properties/number", KEY.Key_Insert, NONE, ("add", "", "properties", 1)),
        ("/properties/vendor", KEY.Key_Return, CTRL, ("add", "", "properties", 2)),
        ("/properties/kind/oneOf/0", KEY.Key_Insert, NONE, ("add", "/properties/kind", "oneOf", 1)),
        ("/$defs/party", KEY.Key_Insert, NONE, ("add", "", "$defs", 1)),
        ("/$defs", KEY.Key_Insert, NONE, ("add", "", "$defs", None)),
        ("", KEY.Key_Insert, NONE, ("add", "", "properties", None)),
        ("/properties/lines/items", KEY.Key_Insert, NONE, ("add", "/properties/lines/items", "properties", None)),
        ("/$defs/party", KEY.Key_Insert, SHIFT, ("add", "/$defs/party", "properties", None)),
        ("/properties/number", KEY.Key_Insert, SHIFT, None),
        ("/properties/number", KEY.Key_Space, NONE, ("required", ["/properties/number"], False)),
        ("/properties/vendor", KEY.Key_Space, NONE, ("required", ["/properties/vendor"], True)),
        ("/properties/lines/items", KEY.Key_Space, NONE, None),
        ("/properties/vendor", KEY.Key_F12, NONE, ("jump", "/$defs/party")),
        ("/properties/number", KEY.Key_F12, NONE, None),
    ],
)  # fmt: skip
def test_a_key_asks_for_what_it_says(
    view: SchemaTreeView,
    model: SchemaTree,
    hands: Hands,
    qtbot: QtBot,
    pointer: str,
    key: Qt.Key,
    keys: Any,
    asked: Any,
) -> None:
    view.reveal(pointer)
    assert model.pointer_of(view.currentIndex()) == pointer
    qtbot.keyClick(view, key, keys)
    assert hands.asked == ([asked] if asked is not None else [])


@pytest.mark.parametrize("key", [KEY.Key_F2, KEY.Key_Return, KEY.Key_Space, KEY.Key_Delete, KEY.Key_Insert])
def test_its_keys_are_the_trees_before_they_are_the_windows(view: SchemaTreeView, key: Qt.Key) -> None:
    view.reveal("/properties/number")
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, NONE)
    event.ignore()
    view.event(event)
    assert event.isAccepted()


def test_while_the_text_is_broken_keys_ask_for_nothing(
    view: SchemaTreeView, model: SchemaTree, hands: Hands, schema: EditableSchema, panel: SchemaTreePanel, qtbot: QtBot
) -> None:
    view.reveal("/properties/vendor")
    QApplication.processEvents()
    assert panel.add.isEnabled()
    assert panel.stale.isHidden()
    schema.type(0, 1, "")
    model.refresh()
    QApplication.processEvents()
    for key, keys in ((KEY.Key_Delete, NONE), (KEY.Key_D, CTRL), (KEY.Key_Insert, NONE), (KEY.Key_Space, NONE)):
        qtbot.keyClick(view, key, keys)
    qtbot.keyClick(view, KEY.Key_F2)
    qtbot.keyClick(view, KEY.Key_Return, ALT)
    assert not hands.asked
    assert panel.details.isHidden()
    assert not panel.add.isEnabled()
    assert not panel.up.isEnabled()
    assert panel.stale.isVisible()


def test_arrows_walk_fold_and_unfold(view: SchemaTreeView, model: SchemaTree, qtbot: QtBot) -> None:
    view.reveal("/properties/lines")
    for key, pointer in (
        (KEY.Key_Right, "/properties/lines"),
        (KEY.Key_Right, "/properties/lines/items"),
        (KEY.Key_Down, "/properties/paid"),
        (KEY.Key_Up, "/properties/lines/items"),
        (KEY.Key_Left, "/properties/lines"),
        (KEY.Key_Left, "/properties/lines"),
        (KEY.Key_Left, ""),
    ):
        qtbot.keyClick(view, key)
        assert model.pointer_of(view.currentIndex()) == pointer
    assert not view.isExpanded(at(model, "/properties/lines"))


def test_several_rows_are_chosen_and_dealt_with_together(
    view: SchemaTreeView, model: SchemaTree, hands: Hands, qtbot: QtBot
) -> None:
    click(qtbot, view, "/properties/number")
    click(qtbot, view, "/properties/lines", keys=SHIFT)
    qtbot.keyClick(view, KEY.Key_Down, ALT)
    qtbot.keyClick(view, KEY.Key_Space)
    three = ["/properties/number", "/properties/vendor", "/properties/lines"]
    assert hands.asked == [("move", three, "/properties", 4), ("required", three, True)]
    hands.asked.clear()
    click(qtbot, view, "/properties/vendor", keys=CTRL)
    qtbot.keyClick(view, KEY.Key_Down, ALT)
    assert not hands.asked, "rows that stand apart do not move by one"
    qtbot.keyClick(view, KEY.Key_Delete)
    assert hands.asked == [("remove", ["/properties/number", "/properties/lines"])]
    left = [index.data() for index in children(model, model.index(0, 0))]
    assert left == ["vendor", "paid", "kind", "country", "$defs"]


def test_ctrl_a_chooses_all_and_the_root_is_left_out_of_what_cannot_be_done_to_it(
    view: SchemaTreeView, hands: Hands, qtbot: QtBot
) -> None:
    view.reveal("")
    qtbot.keyClick(view, KEY.Key_A, CTRL)
    qtbot.keyClick(view, KEY.Key_D, CTRL)
    (asked,) = hands.asked
    assert asked == ("duplicate", [f"/properties/{name}" for name in INVOICE["properties"]])


def test_all_of_ten_thousand_rows_can_be_chosen(
    open_panel: Callable[..., tuple[SchemaTreePanel, SchemaTree, Hands]], qtbot: QtBot
) -> None:
    panel, _, hands = open_panel({"properties": {f"p{number}": {"type": "string"} for number in range(10_000)}})
    panel.view.reveal("/properties/p0")
    qtbot.keyClick(panel.view, KEY.Key_A, CTRL)
    QApplication.processEvents()
    assert not panel.up.isEnabled()
    qtbot.keyClick(panel.view, KEY.Key_Space)
    (asked,) = hands.asked
    assert (len(asked[1]), asked[2]) == (10_000, True)


def test_rows_are_copied_as_their_json(view: SchemaTreeView, qtbot: QtBot) -> None:
    view.reveal("/properties/country")
    qtbot.keyClick(view, KEY.Key_C, CTRL)
    assert json.loads(QGuiApplication.clipboard().text()) == {"enum": ["DE", "FR"]}


def test_a_name_is_written_over_where_it_stands(
    view: SchemaTreeView, model: SchemaTree, hands: Hands, qtbot: QtBot
) -> None:
    view.expand(at(model, "/properties/lines"))
    view.reveal("/properties/lines")
    qtbot.keyClick(view, KEY.Key_F2)
    field = view.findChild(QLineEdit)
    assert field is not None
    assert (field.text(), field.selectedText()) == ("lines", "lines")
    qtbot.keyClicks(field, "entries")
    finish(qtbot, field)
    assert hands.asked == [("rename", "/properties/lines", "entries")]
    assert model.pointer_of(view.currentIndex()) == "/properties/entries"
    assert view.isExpanded(view.currentIndex())


@pytest.mark.parametrize("typed", ["", "number"])
def test_a_name_that_is_none_or_the_same_asks_for_nothing(
    view: SchemaTreeView, hands: Hands, qtbot: QtBot, typed: str
) -> None:
    view.edit_name("/properties/number")
    field = view.findChild(QLineEdit)
    assert field is not None
    field.setText(typed)
    finish(qtbot, field)
    assert not hands.asked


def test_escape_leaves_a_name_as_it_was(view: SchemaTreeView, hands: Hands, qtbot: QtBot) -> None:
    view.edit_name("/properties/number")
    field = view.findChild(QLineEdit)
    assert field is not None
    field.setText("other")
    finish(qtbot, field, KEY.Key_Escape)
    assert not hands.asked


def test_tab_goes_on_from_the_name_to_the_rest_of_the_row(
    view: SchemaTreeView, panel: SchemaTreePanel, hands: Hands, qtbot: QtBot
) -> None:
    view.edit_name("/properties/number")
    field = view.findChild(QLineEdit)
    assert field is not None
    field.setText("no")
    qtbot.keyClick(field, KEY.Key_Tab)
    assert hands.asked == [("rename", "/properties/number", "no")]
    assert panel.details.isVisible()
    assert panel.details.name.line == "no"


def test_a_change_elsewhere_leaves_the_name_that_is_being_written(
    view: SchemaTreeView, model: SchemaTree, hands: Hands, qtbot: QtBot
) -> None:
    view.edit_name("/properties/number")
    field = view.findChild(QLineEdit)
    assert field is not None
    field.setText("half a na")
    hands.do(Set("/properties/number/minLength", 5), Remove("/properties/vendor"))
    model.hold({"/properties/number/minLength": "check"})
    assert field.text() == "half a na"
    finish(qtbot, field)
    assert hands.asked == [("rename", "/properties/number", "half a na")]


def test_rows_without_a_name_of_their_own_are_edited_in_full(
    view: SchemaTreeView, panel: SchemaTreePanel, qtbot: QtBot
) -> None:
    view.reveal("/properties/lines/items")
    qtbot.keyClick(view, KEY.Key_Return)
    assert view.findChild(QLineEdit) is None
    assert panel.details.isVisible()


def test_a_name_that_cannot_be_seen_is_edited_as_json_spells_it(
    open_panel: Callable[..., tuple[SchemaTreePanel, SchemaTree, Hands]], qtbot: QtBot
) -> None:
    panel, _, hands = open_panel({"properties": {HOSTILE: True, "n" * 5_000: True}})
    pointer = f"/properties/{escape(HOSTILE)}"
    panel.view.edit_name(pointer)
    field = panel.view.findChild(QLineEdit)
    assert field is not None
    assert "\\u202e" in field.text()
    assert "\\n" in field.text()
    field.setText(field.text() + "!")
    finish(qtbot, field)
    assert hands.asked == [("rename", pointer, HOSTILE + "!")]
    assert not panel.view.rename(panel.view.indexBelow(panel.view.currentIndex())), "too long for a row"


def test_the_chevron_folds_and_nothing_else(view: SchemaTreeView, model: SchemaTree, qtbot: QtBot) -> None:
    view.reveal("/properties/number")
    click(qtbot, view, "/properties/lines", "chevron")
    assert view.isExpanded(at(model, "/properties/lines"))
    assert model.pointer_of(view.currentIndex()) == "/properties/number"
    double_click(qtbot, view, "/properties/lines", "chevron")
    assert not view.isExpanded(at(model, "/properties/lines"))


@pytest.mark.parametrize("keys", [NONE, CTRL])
def test_a_reference_leads_to_its_definition(view: SchemaTreeView, hands: Hands, qtbot: QtBot, keys: Any) -> None:
    click(qtbot, view, "/properties/vendor", "reference", keys)
    assert hands.asked == [("jump", "/$defs/party")]


def test_the_rest_of_a_row_leads_nowhere(view: SchemaTreeView, hands: Hands, qtbot: QtBot) -> None:
    for part in ("name", "type", "words", "way"):
        click(qtbot, view, "/properties/vendor", part)
    assert not hands.asked


def test_a_double_click_edits_what_was_clicked(
    view: SchemaTreeView, panel: SchemaTreePanel, hands: Hands, qtbot: QtBot
) -> None:
    double_click(qtbot, view, "/properties/number", "name")
    field = view.findChild(QLineEdit)
    assert field is not None
    qtbot.keyClick(field, KEY.Key_Escape)
    double_click(qtbot, view, "/properties/number", "type")
    menu = menu_of(view)
    assert items(menu)["string"].isChecked()
    items(menu)["integer"].trigger()
    menu.close()
    assert hands.asked == [("type", "/properties/number", "integer", None)]
    double_click(qtbot, view, "/properties/number", "words")
    assert panel.details.isVisible()


def test_the_menu_offers_what_can_be_done(
    view: SchemaTreeView, panel: SchemaTreePanel, hands: Hands, qtbot: QtBot
) -> None:
    def offered(pointer: str) -> dict[str, Any]:
        view.reveal(pointer)
        qtbot.keyClick(view, KEY.Key_Menu)
        return items(menu_of(view))

    def do(pointer: str, *path: str) -> None:
        found = offered(pointer)
        for name in path[:-1]:
            found = items(found[name].menu())
        found[path[-1]].trigger()
        menu_of(view).close()

    do("/properties/number", "Required")
    do("/properties/number", "Type", "array")
    do("/properties/number", "Type", "any")
    do("/properties/number", "Type", "Nullable")
    do("/properties/paid", "Type", "Nullable")
    do("/properties/number", "Wrap in", "Choice (anyOf)")
    do("/properties/number", "Extract to definition")
    do("/properties/vendor", "Go to definition")
    do("/properties/vendor", "Inline definition")
    do("/properties/number", "Duplicate")
    do("/properties/vendor", "Move up")
    do("/properties/number", "Add below")
    do("/properties/lines/items", "Add inside")
    assert hands.asked == [
        ("required", ["/properties/number"], False),
        ("type", "/properties/number", "array", None),
        ("type", "/properties/number", None, None),
        ("nullable", "/properties/number", True),
        ("nullable", "/properties/paid", False),
        ("wrap", ["/properties/number"], "anyOf"),
        ("extract", "/properties/number"),
        ("jump", "/$defs/party"),
        ("inline", "/properties/vendor"),
        ("duplicate", ["/properties/number"]),
        ("move", ["/properties/vendor"], "/properties", 0),
        ("add", "", "properties", 1),
        ("add", "/properties/lines/items", "properties", None),
    ]
    do("/properties/number", "Edit as JSON…")
    assert panel.details.json.isVisible()
    panel.details.leave()
    root = offered("")
    assert not any(root[name].isEnabled() for name in ("Rename", "Delete", "Duplicate", "Extract to definition"))
    menu_of(view).close()


def test_the_menu_of_several_rows_leaves_out_what_is_for_one(view: SchemaTreeView, hands: Hands) -> None:
    view.select(["/properties/number", "/properties/lines"])
    at_row = view.visualRect(view.currentIndex()).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at_row, view.viewport().mapToGlobal(at_row))
    QApplication.sendEvent(view.viewport(), event)
    found = items(menu_of(view))
    one = ("Rename", "Type", "Constraints…", "Edit as JSON…", "Extract to definition", "Add below")
    assert not any(found[name].isEnabled() for name in one)
    items(found["Wrap in"].menu())["Object"].trigger()
    found["Delete"].trigger()
    menu_of(view).close()
    both = ["/properties/number", "/properties/lines"]
    assert hands.asked == [("wrap", both, "object"), ("remove", both)]


def test_of_a_name_that_stands_twice_each_can_be_deleted(
    open_panel: Callable[..., tuple[SchemaTreePanel, SchemaTree, Hands]], qtbot: QtBot
) -> None:
    panel, model, hands = open_panel('{"properties": {"a": true, "a": false}}')
    first, second = children(model, model.index(0, 0))
    panel.view.setCurrentIndex(first)
    qtbot.keyClick(panel.view, KEY.Key_Delete)
    panel.view.setCurrentIndex(second)
    qtbot.keyClick(panel.view, KEY.Key_Delete)
    assert hands.asked == [("repeated_remove", "/properties/a", 0), ("remove", ["/properties/a"])]


def test_the_bar_below_adds_and_moves(panel: SchemaTreePanel, view: SchemaTreeView, hands: Hands) -> None:
    view.reveal("/properties/vendor")
    QApplication.processEvents()
    panel.add.click()
    panel.up.click()
    panel.down.click()
    assert [asked[0] for asked in hands.asked] == ["add", "move", "move"]
    view.reveal("/properties/kind/oneOf/0")
    QApplication.processEvents()
    assert panel.add.accessibleName() == "Add branch"
    assert not panel.up.isEnabled()
    view.reveal("/$defs")
    QApplication.processEvents()
    assert panel.add.accessibleName() == "Add definition"


class Dragged:
    """Rows that are dragged over a view."""

    def __init__(self, view: SchemaTreeView, model: SchemaTree, pointer: str) -> None:
        self._viewport = view.viewport()
        self._data = model.mimeData([at(model, pointer)])
        self._more = (Qt.MouseButton.LeftButton, NONE)

    def over(self, place: QPoint) -> bool:
        """Move over a place; tell whether they may land there."""
        enter = QDragEnterEvent(place, Qt.DropAction.MoveAction, self._data, *self._more)
        move = QDragMoveEvent(place, Qt.DropAction.MoveAction, self._data, *self._more)
        QApplication.sendEvent(self._viewport, enter)
        QApplication.sendEvent(self._viewport, move)
        return move.isAccepted()

    def drop(self, place: QPoint) -> None:
        self.over(place)
        drop = QDropEvent(place.toPointF(), Qt.DropAction.MoveAction, self._data, *self._more)
        QApplication.sendEvent(self._viewport, drop)


def test_rows_are_dropped_between_others_and_into_them(view: SchemaTreeView, model: SchemaTree, hands: Hands) -> None:
    view.expand(at(model, "/properties/lines"))
    country = Dragged(view, model, "/properties/country")
    vendor, inside = (view.visualRect(at(model, each)) for each in ("/properties/vendor", "/properties/lines/items"))
    above = QPoint(60, vendor.top() + 2)
    plain = view.grab().toImage()
    assert country.over(above)
    assert view.grab().toImage() != plain, "a line shows where"
    country.drop(above)
    country.drop(QPoint(60, vendor.bottom() - 1))
    country.drop(inside.center())
    assert view.grab().toImage() == plain
    assert hands.asked == [
        ("move", ["/properties/country"], "/properties", 1),
        ("move", ["/properties/country"], "/properties", 2),
        ("move", ["/properties/country"], "/properties/lines/items/properties", None),
    ]


def test_rows_are_not_dropped_into_themselves(view: SchemaTreeView, model: SchemaTree, hands: Hands) -> None:
    view.expand(at(model, "/properties/lines"))
    lines = Dragged(view, model, "/properties/lines")
    inside = view.visualRect(at(model, "/properties/lines/items")).center()
    assert not lines.over(inside)
    lines.drop(inside)
    assert not hands.asked


def test_the_view_shows_whatever_is_in_a_schema(
    open_panel: Callable[..., tuple[SchemaTreePanel, SchemaTree, Hands]], theme: Theme
) -> None:
    panel, model, _ = open_panel(
        {
            "properties": {
                HOSTILE: {"description": HOSTILE, "pattern": HOSTILE},
                "long" * 250_000: {"type": "string", "title": "t" * 1_000_000},
                "Z" + "\u0335" * 500: {"type": 5},
                "": {"anyOf": [True, False, 5]},
                "עברית": {"description": "شرح"},
            }
        }
    )
    panel.view.folding.unfold_all(model.index(0, 0))
    model.hold({"/properties//anyOf": "refused"})
    for width in (220, 480, 900):
        panel.resize(width, 400)
        assert not panel.grab().isNull()
    for index in children(model, model.index(0, 0)):
        words = model.explain(model.row(index), unfolded=True)
        assert "\u202e" not in words
        assert len(words) < 5_000


def test_the_columns_share_the_width_and_one_border_can_be_moved(panel: SchemaTreePanel, view: SchemaTreeView) -> None:
    assert tuple(view.columns()) == (207, 378, 480)
    panel.resize(874, 400)
    wide = view.columns()
    assert wide.width == view.viewport().width() == 874
    assert wide.width - wide.enforced == 102
    assert wide.constraints == 423


def test_deep_rows_leave_room_for_their_names(view: SchemaTreeView, model: SchemaTree) -> None:
    rows = [at(model, "/properties/vendor")]
    for _ in range(20):
        view.expand(rows[-1])
        rows.append(children(model, rows[-1])[1])
    QApplication.processEvents()
    names = [view.parts(row).name for row in rows]
    assert all(name.width() > 24 and name.right() <= view.columns().constraints for name in names)
    lefts = [name.left() for name in names]
    assert lefts == sorted(lefts)
    assert len(set(lefts[:8])) == 8, "the first eight levels can be told apart"


def test_every_type_way_and_severity_has_its_sign(qapp: QApplication) -> None:
    for shape in get_args(Shape):
        assert not glyph(ICONS[shape]).isEmpty()
    assert set(WAY_MARKS) == set(WAYS)
    assert set(FLAW_MARKS) == set(SEVERITIES)


# Editing a row in full


@pytest.fixture
def details(panel: SchemaTreePanel, view: SchemaTreeView, hands: Hands) -> Callable[[str, str], Any]:
    """Return what opens the popover of a row."""

    def open_(pointer: str, what: str = "") -> Any:
        view.reveal(pointer)
        panel.edit(view.currentIndex().siblingAtColumn(0), what)
        return panel.details

    return open_


def write(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, KEY.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, KEY.Key_Return)


def test_the_constraints_of_a_row_are_edited_in_fields(
    details: Callable[..., Any], hands: Hands, schema: EditableSchema, qtbot: QtBot
) -> None:
    popover = details("/properties/number", "constraints")
    lines = popover.form.lines
    assert lines["minLength"].text() == "1"
    write(qtbot, lines["maxLength"], "40")
    write(qtbot, lines["pattern"], "^[A-Z]+$")
    write(qtbot, lines["default"], "12")
    write(qtbot, lines["minLength"], "")
    assert hands.asked == [
        ("keyword", "/properties/number", "maxLength", 40),
        ("keyword", "/properties/number", "pattern", "^[A-Z]+$"),
        ("keyword", "/properties/number", "default", "12"),
        ("keyword_drop", "/properties/number", "minLength"),
    ]
    number = json.loads(schema.text)["properties"]["number"]
    assert number == {"type": "string", "maxLength": 40, "pattern": "^[A-Z]+$", "default": "12"}
    assert popover.isVisible()
    assert lines["maxLength"].text() == "40"


def test_only_the_fields_of_its_type_are_shown(details: Callable[..., Any]) -> None:
    def shown(pointer: str) -> set[str]:
        popover = details(pointer)
        return {keyword for keyword, line in popover.form.lines.items() if line.isVisibleTo(popover)}

    always = {"default", "title"}
    assert shown("/properties/number") == always | {"minLength", "maxLength", "pattern"}
    assert shown("/properties/lines") == always | {"minItems", "maxItems"}
    assert shown("/properties/lines/items") == always | {"minProperties", "maxProperties"}
    assert shown("/properties/vendor") == always
    assert shown("/properties/kind/oneOf/0") == always | {"const"}


@pytest.mark.parametrize("typed", ["many", "-1", "1.5", "true", "NaN", "1e999"])
def test_what_is_no_number_stays_in_the_field_and_is_marked(
    details: Callable[..., Any], hands: Hands, qtbot: QtBot, typed: str
) -> None:
    field = details("/properties/number").form.lines["maxLength"]
    write(qtbot, field, typed)
    assert not hands.asked
    assert field.text() == typed
    assert field.property("kind") == "error"
    assert "whole number" in field.accessibleDescription()
    write(qtbot, field, "3")
    assert hands.asked == [("keyword", "/properties/number", "maxLength", 3)]
    assert not field.property("kind")


def test_what_could_not_be_said_of_one_row_is_not_said_of_the_next(
    details: Callable[..., Any], hands: Hands, qtbot: QtBot
) -> None:
    popover = details("/$defs/party/properties/name")
    write(qtbot, popover.form.lines["maxLength"], "many")
    popover.form.description.setPlainText("A name")
    popover = details("/properties/lines/items/properties/text")
    assert popover.form.lines["maxLength"].text() == ""
    assert not popover.form.lines["maxLength"].property("kind")
    assert popover.form.description.toPlainText() == ""
    popover.leave()
    assert not [asked for asked in hands.asked if "text" in asked[1]]


def test_escape_closes_and_drops_what_is_half_typed(
    details: Callable[..., Any], hands: Hands, view: SchemaTreeView, qtbot: QtBot
) -> None:
    popover = details("/properties/number", "constraints")
    field = popover.form.lines["maxLength"]
    field.setFocus()
    qtbot.keyClicks(field, "4")
    qtbot.keyClick(field, KEY.Key_Escape)
    assert popover.isHidden()
    assert not hands.asked
    assert view.hasFocus()


def test_leaving_the_popover_closes_it_and_keeps_what_was_typed(
    details: Callable[..., Any], hands: Hands, view: SchemaTreeView, qtbot: QtBot
) -> None:
    popover = details("/properties/number", "description")
    assert popover.form.description.hasFocus()
    qtbot.keyClicks(popover.form.description, "Its number.")
    view.setFocus()
    assert popover.isHidden()
    popover = details("/properties/number", "constraints")
    popover.form.lines["pattern"].setFocus()
    qtbot.keyClicks(popover.form.lines["pattern"], "^a")
    view.setFocus()
    assert popover.isHidden()
    assert hands.asked == [
        ("keyword", "/properties/number", "description", "Its number."),
        ("keyword", "/properties/number", "pattern", "^a"),
    ]


def test_what_is_this_or_null_is_edited_where_it_is_written(
    details: Callable[..., Any], hands: Hands, qtbot: QtBot
) -> None:
    popover = details("/properties/paid")
    assert (popover.type.currentText(), popover.nullable.isChecked()) == ("integer", True)
    assert (popover.form.lines["minimum"].text(), popover.form.lines["default"].text()) == ("0", "null")
    write(qtbot, popover.form.lines["maximum"], "9")
    write(qtbot, popover.form.lines["default"], "5")
    popover.form.description.setPlainText("How much.")
    popover.form.description.commit()
    popover.nullable.click()
    popover.required.click()
    assert hands.asked == [
        ("keyword", "/properties/paid/anyOf/0", "maximum", 9),
        ("keyword", "/properties/paid", "default", 5),
        ("keyword", "/properties/paid", "description", "How much."),
        ("nullable", "/properties/paid", False),
        ("required", ["/properties/paid"], True),
    ]


def test_a_type_is_chosen_from_a_list(details: Callable[..., Any], hands: Hands) -> None:
    popover = details("/properties/number")
    popover.type.setCurrentText("boolean")
    popover.type.activated.emit(popover.type.currentIndex())
    popover.type.setCurrentText("any")
    popover.type.activated.emit(popover.type.currentIndex())
    assert hands.asked == [
        ("type", "/properties/number", "boolean", None), ("type", "/properties/number", None, None),
    ]  # fmt: skip


def test_values_are_chips_typed_or_pasted_a_line_each(details: Callable[..., Any], hands: Hands, qtbot: QtBot) -> None:
    values = details("/properties/country").form.values
    assert values.values == ["DE", "FR"]
    qtbot.keyClicks(values.field, "7")
    qtbot.keyClick(values.field, KEY.Key_Return)
    assert hands.asked.pop() == ("keyword", "/properties/country", "enum", ["DE", "FR", "7"])
    QGuiApplication.clipboard().setText("IT\n ES \n\nDE\n")
    qtbot.keyClick(values.field, KEY.Key_V, CTRL)
    assert values.values == ["DE", "FR", "7", "IT", "ES"]
    model = values.list.model()
    values.list.setCurrentIndex(model.index(0, 0))
    values.list.selectionModel().select(model.index(2, 0), QItemSelectionModel.SelectionFlag.Select)
    qtbot.keyClick(values.list, KEY.Key_Delete)
    assert hands.asked[-1] == ("keyword", "/properties/country", "enum", ["FR", "IT", "ES"])
    values.list.selectAll()
    qtbot.keyClick(values.list, KEY.Key_Delete)
    assert hands.asked[-1] == ("keyword_drop", "/properties/country", "enum")


def test_values_beside_a_number_are_numbers(details: Callable[..., Any], hands: Hands, qtbot: QtBot) -> None:
    values = details("/properties/lines/items/properties/sum").form.values
    for text in ("7", "1.5", "seven"):
        qtbot.keyClicks(values.field, text)
        qtbot.keyClick(values.field, KEY.Key_Return)
    assert hands.asked[-1][-1] == [7, 1.5, "seven"]


def test_an_object_is_closed_and_opened(details: Callable[..., Any], hands: Hands) -> None:
    popover = details("/properties/lines/items")
    assert popover.form.others.currentText() == "Allowed"
    popover.form.others.setCurrentIndex(1)
    popover.form.others.activated.emit(1)
    assert hands.asked == [("keyword", "/properties/lines/items", "additionalProperties", False)]
    assert popover.form.others.currentText() == "Not allowed"


def test_what_has_no_field_is_named_and_edited_as_json(
    details: Callable[..., Any], hands: Hands, schema: EditableSchema
) -> None:
    hands.do(Set("/properties/number/contentEncoding", "base64"))
    popover = details("/properties/number")
    assert popover.form.also.line == "contentEncoding base64"
    popover.as_json.click()
    editor = popover.json.editor
    assert json.loads(editor.toPlainText())["contentEncoding"] == "base64"
    editor.setPlainText('{"type": "string",\n "type": "number"}')
    popover.json.apply.click()
    assert "twice" in popover.json.wrong.text()
    editor.setPlainText('{"type": \n}')
    popover.json.apply.click()
    assert popover.json.wrong.text()
    assert not [asked for asked in hands.asked if asked[0] == "value"]
    editor.setPlainText('{"type": "number", "x": [1, {"a": null}]}')
    popover.json.apply.click()
    assert hands.asked == [("value", "/properties/number", {"type": "number", "x": [1, {"a": None}]})]
    assert popover.isHidden()
    assert json.loads(schema.text)["properties"]["number"]["x"] == [1, {"a": None}]


def test_the_popover_closes_with_its_row(details: Callable[..., Any], hands: Hands) -> None:
    popover = details("/properties/number")
    hands.do(Rename("/properties/number", "no"))
    assert popover.isVisible()
    assert popover.name.line == "no"
    hands.do(Remove("/properties/no"))
    assert popover.isHidden()


def test_the_popover_leaves_what_is_being_typed_alone(details: Callable[..., Any], hands: Hands, qtbot: QtBot) -> None:
    popover = details("/properties/number", "constraints")
    field = popover.form.lines["maxLength"]
    field.setFocus()
    qtbot.keyClicks(field, "4")
    hands.do(Set("/properties/number/minLength", 2))
    assert popover.form.lines["minLength"].text() == "2"
    assert field.text() == "4"


def test_a_description_is_shown_over_as_many_lines_as_it_takes(details: Callable[..., Any], hands: Hands) -> None:
    one = details("/properties/number").form.description.height()
    hands.do(Set("/properties/number/description", "A number that somebody wrote on the paper. " * 3))
    field = details("/properties/number").form.description
    QApplication.processEvents()
    assert field.height() > one
    assert field.verticalScrollBar().maximum() == 0


def test_the_popover_stays_within_the_window(details: Callable[..., Any], panel: SchemaTreePanel) -> None:
    for pointer in ("", "/properties/number", "/properties/country", "/$defs/party/properties/name"):
        popover = details(pointer)
        assert panel.rect().contains(popover.geometry())


def test_the_tree_comes_in_both_themes(panel: SchemaTreePanel, theme: Theme, details: Callable[..., Any]) -> None:
    details("/properties/number")
    light = panel.grab().toImage()
    theme.choose("dark")
    QApplication.processEvents()
    dark = panel.grab().toImage()
    assert light.pixelColor(240, 300) != dark.pixelColor(240, 300)
    theme.choose("light")
