"""An endpoint set up or changed: its fields, and what its server was found to understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout

from app.models.endpoint_words import HONEST, capability_lines, checked_words, is_near, leaves_words
from app.pages.models.endpoint_form import EndpointForm
from app.pages.models.found_lines import FoundLines
from app.style import tokens
from app.style.theme import set_state
from app.widgets.controls import Mark, button, key_hint, label, section_title, set_ink

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.style.theme import Theme
    from engine.errors import EngineError
    from engine.remote.endpoint import Capabilities, Endpoint

    Probe = Callable[[Endpoint, str | None, Callable[[Capabilities], None], Callable[[EngineError], None]], None]


class EndpointDialog(QDialog):
    """Fields at the left, at the right what the server understands. `kept` brings the endpoint and a key, or None.

    Nothing is asked of the server before Check is pressed; what it said then is kept with the endpoint.
    """

    kept = Signal(object, object)

    def __init__(
        self, theme: Theme, parent: QWidget, endpoint: Endpoint, probe: Probe, *, new: bool, has_key: bool | None
    ) -> None:
        super().__init__(parent)
        self._probe = probe
        self._asked = 0
        self._asking_at: str | None = None
        self._refused_at: str | None = None
        self._found: Capabilities | None = endpoint.capabilities
        self._found_at = endpoint.url
        self.setWindowTitle("Add an endpoint" if new else f"Endpoint {endpoint.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = EndpointForm(theme)
        self.check = button(theme, "Check", icon="arrow-clockwise", name="Ask the server what it understands")
        self.found = FoundLines(theme)
        self.when = label(theme, "", 12, ink="text3")
        self.leaves = label(theme, "", 12, ink="amber")
        self.leaves.setWordWrap(True)
        self.note = QFrame()
        self.note.setProperty("ground", "amber")
        self._note_mark = Mark(theme, "triangle", "amberMark")
        self.honest = label(theme, HONEST, 12, ink="text3")
        self.honest.setWordWrap(True)
        self.keep = button(theme, "Add" if new else "Keep", "primary")
        self._build(theme, new=new)
        self.form.show_endpoint(endpoint, has_key=has_key)
        if new:
            self.form.url.clear()
        self.form.changed.connect(self._changed)
        self.check.clicked.connect(self.ask)
        self._show_found(self._found)
        self._changed()
        (self.form.name if new else self.check).setFocus()

    def _build(self, theme: Theme, *, new: bool) -> None:
        words = QHBoxLayout(self.note)
        words.setContentsMargins(tokens.ANSWER_MARGIN, 8, tokens.ANSWER_MARGIN, 8)
        words.setSpacing(8)
        words.addWidget(self._note_mark, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.leaves, 1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.form)
        left.addStretch(1)
        asked = QHBoxLayout()
        asked.setSpacing(8)
        asked.addWidget(section_title(theme, "What the server understands"))
        asked.addStretch(1)
        asked.addWidget(self.check)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addLayout(asked)
        right.addWidget(self.when)
        right.addWidget(self.found)
        right.addSpacing(4)
        right.addWidget(self.honest)
        right.addStretch(1)
        sides = QHBoxLayout()
        sides.setContentsMargins(tokens.ANSWER_MARGIN, 4, tokens.ANSWER_MARGIN, 0)
        sides.setSpacing(tokens.ANSWER_MARGIN)
        sides.addLayout(left, 1)
        sides.addLayout(right, 1)
        cancel = button(theme, "Cancel")
        cancel.clicked.connect(self.reject)
        self.keep.clicked.connect(self._keep)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WindowShortcut).activated.connect(self._keep)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.ANSWER_MARGIN, 0, tokens.ANSWER_MARGIN, 0)
        foot.setSpacing(8)
        foot.addStretch(1)
        for widget in (cancel, self.keep, key_hint(theme, "Ctrl ↵")):
            foot.addWidget(widget)
        title = QHBoxLayout()
        title.setContentsMargins(tokens.ANSWER_MARGIN, 0, tokens.ANSWER_MARGIN, 0)
        title.addWidget(label(theme, "Add an endpoint" if new else "Endpoint", 15, 600))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 16)
        column.setSpacing(12)
        column.addLayout(title)
        column.addWidget(self.note)
        column.addLayout(sides, 1)
        column.addLayout(foot)
        self.setFixedWidth(800)

    # Asking

    def ask(self) -> None:
        """Ask the server what it understands."""
        endpoint = self.form.endpoint()
        if endpoint is None or endpoint.url == self._asking_at:
            return
        self._asked += 1
        asked = self._asked
        # The button stays as it is: one that is disabled gives the focus to Cancel.
        self._asking_at, self._refused_at = endpoint.url, None
        self.found.show_lines([])
        self.when.setText("Asking; the first time this may take up to a minute…")
        self._probe(
            endpoint,
            self.form.typed_key,
            lambda found: self._take(asked, endpoint.url, found),
            lambda error: self._refuse(asked, endpoint.url, error),
        )

    def _take(self, asked: int, at: str, found: Capabilities) -> None:
        if asked == self._asked:
            self._found, self._found_at, self._asking_at = found, at, None
            self.form.offer_models(found.models, self.form.model.currentText())
            self._show_found(found)
            self._changed()

    def _refuse(self, asked: int, at: str, error: EngineError) -> None:
        if asked == self._asked:
            self._asking_at, self._refused_at = None, at
            self.found.show_error(error)
            self.when.setText("")
            self._changed()

    def _show_found(self, found: Capabilities | None) -> None:
        self.found.show_lines(capability_lines(found) if found is not None else [])
        self.when.setText(checked_words(found) if found is not None else "Nothing is asked before you press Check.")
        set_ink(self.when, "text3")

    def _changed(self) -> None:
        endpoint = self.form.endpoint()
        url = endpoint.url if endpoint is not None else None
        if (self._found is not None and url not in {None, self._found_at}) or self._refused_at not in {None, url}:
            self._found = self._refused_at = None
            self._show_found(None)
        elif self._asking_at not in {None, url}:
            self._asked += 1  # what comes of asking elsewhere is nobody's business any more
            self._asking_at = None
            self._show_found(None)
        self.check.setEnabled(endpoint is not None)
        self.keep.setEnabled(endpoint is not None and bool(endpoint.model))
        self.keep.setToolTip("" if self.keep.isEnabled() else self.form.problem or "Choose a model: press Check first")
        self.note.setVisible(endpoint is not None)
        if endpoint is not None:
            near = is_near(endpoint)
            set_state(self.note, "ground", "canvas" if near else "amber")
            self._note_mark.show_state(*(("check", "accent") if near else ("triangle", "amberMark")))
            self.leaves.setText(leaves_words(endpoint))
            set_ink(self.leaves, "text2" if near else "amber")
        self._grow()

    def _grow(self) -> None:
        """Become as high as the sentences need; a dialog asks its labels only how wide they are."""
        layout = self.layout()
        assert layout is not None, "the dialog was built"
        layout.activate()
        needed = layout.totalHeightForWidth(self.width())
        if needed > self.height() or not self.isVisible():
            self.resize(self.width(), max(needed, self.minimumHeight()))

    def _keep(self) -> None:
        endpoint = self.form.endpoint(self._found)
        if endpoint is not None and self.keep.isEnabled():
            self.kept.emit(endpoint, self.form.typed_key)
            self.accept()
