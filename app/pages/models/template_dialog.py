"""A model's chat template: from its file, a known one, or edited, beside the prompt that comes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.checks import Problem
from app.pages.models.fields import ChoiceBox
from app.session.later import later
from app.style import tokens
from app.style.plain_text import in_signs
from app.style.theme import set_kind
from app.widgets.controls import Mark, button, key_hint, label, set_ink
from app.widgets.json_editor import JsonEditor
from app.widgets.long_text import beginning
from app.widgets.splits import split_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.style.theme import Theme
    from engine.errors import EngineError

    Preview = Callable[[str | None, Callable[[str], None], Callable[[EngineError], None]], None]

_PAUSE_MS: Final = 250
_LINE: Final = re.compile(r"line (\d+)")
_READ: Final = "What the model reads"
_NONE: Final = "The file has no template of its own"


class TemplateDialog(QDialog):
    """An editor at the left, the rendered prompt at the right. `kept` brings the template, None for the file's own.

    `dropped` brings a text that was written and is not used, where the dialog is left without it.

    `preview` renders a sample conversation; it is asked a moment after the last key, and of its answers only that to
    the text as it is counts.
    """

    kept = Signal(object)
    dropped = Signal(str)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        name: str,
        template: str | None,
        own: str | None,
        known: Sequence[tuple[str, str]],
        preview: Preview,
    ) -> None:
        super().__init__(parent)
        self._own = own
        self._first = template
        self._preview = preview
        self._asked = 0
        self.setWindowTitle(f"Chat template of {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(min(1040, parent.window().width() - 64), min(640, parent.window().height() - 64))
        self.source = ChoiceBox(theme, "Which template")
        self.text = JsonEditor(theme, "Chat template", json=False)
        self.rendered = JsonEditor(theme, "Rendered prompt", read_only=True, json=False, numbers=False)
        set_kind(self.rendered, "editor")
        self.read = label(theme, _READ, 12, 600)
        self._mark = Mark(theme, "check")
        self.says = label(theme, "", 12, ink="text2")
        self.says.setWordWrap(True)
        self.keep = button(theme, "Use it", "primary", name="Use this template")
        self._render_soon = later(self, _PAUSE_MS, self._render)
        self._known = tuple(known)
        self._texts: list[tuple[str, str | None]] = [("From the file" if own else "ChatML", None)]
        self._texts += [(words, text) for words, text in known if text != own]
        if template is not None and all(text != template for _, text in self._texts):
            self._texts.append(("Edited", template))
        self._build(theme)
        self._show(template)
        self.text.textChanged.connect(self._typed)
        self.source.picked.connect(self._picked)

    def _build(self, theme: Theme) -> None:
        cancel = button(theme, "Cancel")
        cancel.clicked.connect(self.reject)
        self.keep.clicked.connect(self._keep)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WindowShortcut).activated.connect(self._keep)
        head = QHBoxLayout()
        head.addWidget(label(theme, "Chat template", 15, 600))
        head.addStretch(1)
        self.source.setMinimumWidth(220)
        head.addWidget(self.source)
        split = split_of(
            Qt.Orientation.Horizontal,
            _titled(label(theme, "Jinja template", 12, 600), self.text),
            _titled(self.read, self.rendered),
        )
        split.setHandleWidth(12)
        split.setStyleSheet("QSplitter::handle { background: transparent; }")
        split.setSizes([560, 440])
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.says, 1)
        for widget in (cancel, self.keep, key_hint(theme, "Ctrl ↵")):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(split, 1)
        column.addLayout(foot)

    # The template

    @property
    def template(self) -> str | None:
        """The template that stands there; None where it is the file's own."""
        text = self.text.whole
        return None if text.strip() == (self._own or "").strip() or not text.strip() else text

    def _show(self, template: str | None) -> None:
        choices: list[tuple[str, Any]] = [(words, text or "") for words, text in self._texts]
        self.source.offer(choices, template or "")
        self.text.write(template if template is not None else self._own or "")
        if self._own is None:
            self.text.setPlaceholderText(_NONE)
        self._render()

    def _picked(self) -> None:
        chosen = self.source.currentData() or None
        self.text.write(chosen if chosen is not None else self._own or "")

    def _typed(self) -> None:
        chosen = self.template
        at = next((at for at, (_, text) in enumerate(self._texts) if text == chosen), -1)
        if at < 0:
            self._texts = [*((words, text) for words, text in self._texts if words != "Edited"), ("Edited", chosen)]
            at = len(self._texts) - 1
        choices: list[tuple[str, Any]] = [(words, text or "") for words, text in self._texts]
        self.source.offer(choices, self._texts[at][1] or "")
        self._render_soon.start()

    # The preview

    def _render(self) -> None:
        self._render_soon.stop()
        self._asked += 1
        asked = self._asked
        self._preview(
            self.template,
            lambda text: self._take(asked, text),
            lambda error: self._refuse(asked, error),
        )

    def _take(self, asked: int, text: str) -> None:
        if asked != self._asked:
            return
        self.read.setText(_READ)
        self.rendered.write(beginning(in_signs(text)))
        self.text.show_problems([])
        self._mark.show_state("check", "accent")
        self.says.setText("A sample conversation, rendered. What a message spells stays text and cannot end a turn.")
        set_ink(self.says, "text2")
        self.keep.setEnabled(True)

    def _refuse(self, asked: int, error: EngineError) -> None:
        if asked != self._asked:
            return
        place = _LINE.search(error.where or "")
        self.text.show_problems([Problem(error.message, int(place[1]))] if place else [])
        self.read.setText("What the model read before this" if self.rendered.whole else _READ)
        self._mark.show_state("cross", "brickMark")
        where = f"Line {place[1]}: " if place else ""
        self.says.setText(f"{where}{error.message}")
        set_ink(self.says, "brick")
        self.keep.setEnabled(False)

    def reject(self) -> None:
        """Leave; what was written is not lost with it."""
        written = self.template
        if written != self._first and all(written != text for _, text in self._known):
            self.dropped.emit(self.text.whole)
        super().reject()

    def _keep(self) -> None:
        if self.keep.isEnabled() and not self._render_soon.isActive():
            self.kept.emit(self.template)
            self.accept()
        elif self._render_soon.isActive():
            self._render()


def _titled(title: QWidget, editor: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    column.addWidget(title)
    column.addWidget(editor, 1)
    return made
