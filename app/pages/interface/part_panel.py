"""The part that is chosen: its pointer, its JSON and its properties, what is wrong, and a sentence to redo it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app import figures
from app.checks import Problem as TextProblem
from app.models.interface_problems import PartProblems
from app.pages.interface.part_problems import PartProblemsView
from app.pages.interface.property_form import PropertyForm
from app.style import tokens
from app.style.tips import plain_tip
from app.widgets.controls import TabButton, button, icon_button, label
from app.widgets.elided_label import ElidedLabel
from app.widgets.json_editor import JsonEditor
from engine.errors import EngineError, SchemaSyntaxError
from engine.schema.document import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.style.theme import Theme
    from engine.interface.catalogue import Component
    from engine.interface.reading import Problem

TABS: Final = ("JSON", "Properties", "Problems")
LONGEST: Final = 100_000
"""Letters of a part that can be edited as JSON."""
_NONE: Final = "Choose a part in the tree, or click one in the preview, to see and change it here."


class PartJson(QFrame):
    """A part as JSON that can be edited: what can be read is applied, what cannot is told at its line."""

    applied = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._known = ""
        self.editor = JsonEditor(theme, "JSON of the part", numbers=False)
        self.editor.setProperty("kind", "bare")
        self.editor.document().setDocumentMargin(4)
        self.wrong = label(theme, "", 12, ink="brick")
        self.wrong.setWordWrap(True)
        self.apply = button(theme, "Apply")
        self.apply.setToolTip("Apply (Ctrl+Enter)")
        self.discard = button(theme, "Discard", "flat")
        self.discard.setToolTip("What stands in the tree again (Esc)")
        self.foot = QWidget()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.discard)
        row.addWidget(self.apply)
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(tokens.PANEL_MARGIN - 6, 4, 8, 4)
        foot.setSpacing(4)
        foot.addWidget(self.wrong)
        foot.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 0, 4, 0)
        column.setSpacing(0)
        column.addWidget(self.editor, 1)
        column.addWidget(self.foot)
        self.editor.textChanged.connect(self._typed)
        self.apply.clicked.connect(self._press(self.take))
        self.discard.clicked.connect(self._press(self.restore))
        self._typed()

    @property
    def changed(self) -> bool:
        """Whether something else stands here than in the tree."""
        return self.editor.toPlainText() != self._known and not self.editor.isReadOnly()

    def show_value(self, value: Any, *, editable: bool, keep: bool) -> None:
        """Show a part; with `keep` not over what is being typed."""
        text = "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
        long = len(text) > LONGEST
        text = text[:LONGEST] + "…" if long else text
        if keep and self.changed and editable and not self._says(value):
            self._known = text
            self._typed()
            return
        self._known = text
        if self.editor.toPlainText() != text:
            bar = self.editor.verticalScrollBar()
            at = bar.value() if keep else 0
            self.editor.setPlainText(text)
            bar.setValue(at)
        self.editor.setReadOnly(not editable or long or value is None)
        self._tell("")
        self._typed()

    def _press(self, deed: Callable[[], None]) -> Callable[[], None]:
        """Return a deed after which a person goes on typing, as the buttons for it may have gone."""

        def press() -> None:
            self.editor.setFocus()
            deed()

        return press

    def _says(self, value: Any) -> bool:
        """Whether what is typed is this value, however it is laid out."""
        try:
            return bool(read_json(self.editor.toPlainText()) == value)
        except EngineError:
            return False

    def take(self) -> None:
        """Apply what stands here, if it can be read."""
        if not self.changed:
            return
        try:
            value: Any = read_json(self.editor.toPlainText())
        except EngineError as error:
            self._tell(error.message)
            if isinstance(error, SchemaSyntaxError):
                self.editor.show_problems([TextProblem(error.message, error.line, error.column)])
                self.editor.go_to(error.line, error.column)
            return
        self.applied.emit(value)

    def refuse(self, sentence: str) -> None:
        """Say why what stands here is not taken."""
        self._tell(sentence)
        self.foot.setVisible(True)

    def restore(self) -> None:
        """Show what stands in the tree again."""
        if self.changed:
            self.editor.setPlainText(self._known)

    def _deed(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Return what a key does while something else stands here than in the tree."""
        if not self.changed:
            return None
        if event.key() == Qt.Key.Key_Escape:
            return self.restore
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        return self.take if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier else None

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here, whatever they mean around."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._deed(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Apply with Ctrl+Enter, discard with Esc."""
        deed = self._deed(event)
        if deed is not None:
            deed()
        else:
            super().keyPressEvent(event)

    def _typed(self) -> None:
        self._tell("")
        self.foot.setVisible(self.changed)

    def _tell(self, wrong: str) -> None:
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))
        self.wrong.setToolTip(plain_tip(wrong))
        if not wrong and self.editor.problems:
            self.editor.show_problems([])


class PartPanel(QFrame):
    """What is known of one part. It asks for everything and changes nothing itself."""

    put = Signal(str, object)
    """A prop is to have another value."""
    replaced = Signal(object)
    """The part is to be another node."""
    redo_asked = Signal(str)
    jumped = Signal(object)
    tab_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._path: str | None = None
        self._editable = True
        self._component: Component | None = None
        self._value: Any = None
        self.setProperty("ground", "canvas")
        self.setAccessibleName("The part that is chosen")
        self.pointer = ElidedLabel(theme, 12, middle=True)
        self.pointer.setFont(theme.fonts.code(12))
        self.copy = icon_button(theme, "copy", "Copy the pointer")
        self.copy.clicked.connect(self._copy_pointer)
        self.tabs = {name: TabButton(theme, name) for name in TABS}
        self.json = PartJson(theme)
        self.form = PropertyForm(theme)
        self.model = PartProblems(self)
        self.problems = PartProblemsView(theme, self.model)
        self.none = label(theme, _NONE, 13, ink="text3")
        self.sentence = QLineEdit()
        self.redo = button(theme, "Redo")
        self._build()
        self._connect()
        self.choose_tab("JSON")
        self.show_problems(())
        self.show_part(None, None, None)

    def _build(self) -> None:
        head = QWidget()
        head.setFixedHeight(36)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 6, 0)
        row.addWidget(self.pointer, 1)
        row.addWidget(self.copy)
        tabs = QWidget()
        tabs.setFixedHeight(tokens.TABS)
        names = QHBoxLayout(tabs)
        names.setContentsMargins(tokens.PANEL_MARGIN, 0, tokens.PANEL_MARGIN, 0)
        names.setSpacing(16)
        for tab in self.tabs.values():
            names.addWidget(tab)
        names.addStretch(1)
        self.none.setWordWrap(True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.none.setContentsMargins(tokens.PANEL_MARGIN, 8, tokens.PANEL_MARGIN, 0)
        self.middle = QStackedWidget()
        for widget in (self.json, self.form, self.problems, self.none):
            self.middle.addWidget(widget)
        self.sentence.setFont(self._theme.fonts.text())
        self.sentence.setPlaceholderText("Redo only this part")
        self.sentence.setAccessibleName("Redo only this part: what is to change")
        self.sentence.setMaxLength(2_000)
        self.foot = QFrame()
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(tokens.PANEL_MARGIN, 8, 12, 10)
        foot.setSpacing(8)
        foot.addWidget(self.sentence, 1)
        foot.addWidget(self.redo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head, self._tabs = head, tabs
        column.addWidget(head)
        column.addWidget(tabs)
        column.addWidget(self.middle, 1)
        column.addWidget(self.foot)

    def _connect(self) -> None:
        for name, tab in self.tabs.items():
            tab.clicked.connect(lambda _=False, which=name: self._choose(which))
        self.json.applied.connect(self.replaced)
        self.form.put.connect(self.put)
        self.form.json_asked.connect(lambda: self._choose("JSON"))
        self.problems.chosen.connect(self.jumped)
        self.sentence.returnPressed.connect(self._ask)
        self.sentence.textChanged.connect(lambda _text: self._offer())
        self.redo.clicked.connect(self._ask)

    # What the page may ask for

    @property
    def path(self) -> str | None:
        """The path of the part that is shown."""
        return self._path

    @property
    def tab(self) -> str:
        """The tab in front."""
        return self._tab

    def choose_tab(self, name: str) -> None:
        """Bring a tab to the front."""
        self._tab = name if name in TABS else TABS[0]
        self.tabs[self._tab].setChecked(True)
        for other, tab in self.tabs.items():
            tab.setChecked(other == self._tab)
        self._show_middle()

    def show_part(self, path: str | None, value: Any, component: Component | None, *, name: str = "") -> None:
        """Show a part, or none; `name` is what it is called. What is being typed in the same part stays."""
        same = path == self._path
        if not same:
            self.form.commit()
            self.sentence.clear()
        self._path, self._value, self._component = path, value, component
        self.pointer.say((path or "/") if path is not None else "")
        self.pointer.setAccessibleName(f"Pointer: {path or 'the whole screen'}")
        self.json.show_value(value, editable=self._editable, keep=same)
        self.form.show_part(component, value if isinstance(value, dict) else {})
        self.sentence.setPlaceholderText("Redo only this part" if path else "Redo the whole screen")
        if name:
            self.sentence.setToolTip(plain_tip(f"Only “{name}” is written anew; all around it stays."))
        self._show_middle()
        self._offer()

    def set_editable(self, *, editable: bool) -> None:
        """Let the part be changed, or not, as while an answer is written."""
        if editable != self._editable:
            self._editable = editable
            self.json.show_value(self._value, editable=editable, keep=True)
            self.form.set_editable(editable=editable)
            self._offer()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show what is wrong with the parts of the screen."""
        self.model.show_problems(problems)
        tab = self.tabs["Problems"]
        tab.setText(f"Problems {figures.number(len(problems))}" if problems else "Problems")
        tab.setAccessibleName(f"Problems, {figures.number(len(problems))}")
        tab.setVisible(bool(problems))
        tab.updateGeometry()
        if not problems and self._tab == "Problems":
            self.choose_tab("JSON")
        else:
            self._show_middle()

    def edit(self) -> None:
        """Let a person change the part: its properties where it has some, else its JSON."""
        if self._path is None:
            return
        if self._tab == "Problems":
            self.choose_tab("Properties")
        if self._tab == "Properties":
            self.form.focus_first()
        else:
            self.json.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_redo(self) -> None:
        """Let a person say what is to become of the part."""
        self.sentence.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refuse(self, sentence: str, prop: str | None = None) -> None:
        """Say why a change was not taken: at its field, or under the JSON."""
        if prop is not None and self._tab == "Properties":
            self.form.show_fault(prop, sentence)
        else:
            self.json.refuse(sentence)

    # Parts

    def _copy_pointer(self) -> None:
        QGuiApplication.clipboard().setText(self._path or "")

    def _choose(self, name: str) -> None:
        self.choose_tab(name)
        self.tab_chosen.emit(name)

    def _show_middle(self) -> None:
        chosen = self._path is not None
        widget: QWidget = {"JSON": self.json, "Properties": self.form, "Problems": self.problems}[self._tab]
        if not chosen and self._tab != "Problems":
            widget = self.none
        self.middle.setCurrentWidget(widget)
        self._head.setVisible(chosen)
        self._tabs.setVisible(chosen or self.model.rowCount() > 0)
        self.foot.setVisible(chosen)

    def _offer(self) -> None:
        able = self._editable and self._path is not None
        self.sentence.setReadOnly(not able)  # and stays enabled: the keyboard would go elsewhere
        self.redo.setEnabled(able and bool(self.sentence.text().strip()))
        self.redo.setToolTip("" if able else "While an answer is written, parts stay as they are.")

    def _ask(self) -> None:
        if self.redo.isEnabled():
            self.sentence.setFocus()
            self.redo_asked.emit(self.sentence.text().strip())
