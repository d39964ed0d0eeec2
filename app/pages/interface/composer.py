"""Where a screen is described, and what is to change of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from app.style import tokens
from app.style.plain_text import one_line
from app.style.theme import set_kind, set_state
from app.style.tips import plain_tip
from app.widgets.controls import button, icon_button, key_hint, label, set_icon
from app.widgets.elided_label import ElidedLabel
from app.widgets.growing_text import GrowingText

if TYPE_CHECKING:
    from app.style.theme import Theme

WHOLE: Final = "Whole screen"
_LINES: Final = 9
_BORDER: Final = 1
_ICON: Final = 34
"""What the icon of a button and its borders take of its width."""


class Composer(QFrame):
    """A sentence, what of the screen it is about, and Run, which becomes Stop while an answer is written."""

    run_asked = Signal()
    stop_asked = Signal()
    whole_asked = Signal()
    """The sentence is to be about the whole screen again."""
    target_asked = Signal()
    """A part is to be chosen in the preview."""
    menu_asked = Signal(QPoint)
    """Other ways to run, and what the model may use: where on the screen the foot of a menu may stand."""
    edit_left = Signal()
    files_dropped = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._running = False
        self._refusal = ""
        self._part = ""
        set_kind(self, "composer-box")
        self.setAcceptDrops(True)
        self.text = GrowingText(theme, "Describe a screen", "", most=_LINES, around=8)
        self.text.setAcceptDrops(False)
        set_kind(self.text, "composer")
        self.text.installEventFilter(self)
        self.text.textChanged.connect(self._offer)
        self._notice = label(theme, "Asking again, in other words.", 12, ink="text2")
        self._notice.setWordWrap(True)
        self.leave = icon_button(theme, "x", "Leave the sentence as it was", "Esc")
        self.leave.clicked.connect(self.edit_left)
        self.target = button(theme, WHOLE, "fold", icon="crosshair-simple", name="What the sentence is about")
        self.target.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.target.installEventFilter(self)
        self.target.clicked.connect(self._target_pressed)
        self._key = key_hint(theme, "Esc")
        self.run = button(theme, "Run", "primary", "play-fill")
        self.run.clicked.connect(self._pressed)
        self.more = icon_button(theme, "caret-up", "Variants, components and data")
        self.more.clicked.connect(self._ask_menu)
        self._build()
        self.show_editing(editing=False)
        self.show_open(anything=False)
        self._show_state()

    def _build(self) -> None:
        inset = _BORDER
        banner = QHBoxLayout()
        banner.setContentsMargins(inset, 0, 0, 0)
        banner.addWidget(self._notice, 1)
        banner.addWidget(self.leave)
        sentence = QHBoxLayout()
        sentence.setContentsMargins(inset, 0, 4, 0)
        sentence.addWidget(self.text)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(4)
        foot.addWidget(self.target, 1)
        foot.addWidget(self._key)
        foot.addSpacing(4)
        foot.addWidget(self.run)
        foot.addWidget(self.more)
        column = QVBoxLayout(self)
        # The icon of what the sentence is about, not its button's invisible border, begins where the sentence begins.
        column.setContentsMargins(tokens.PANEL_MARGIN - inset, 12, 12, 10)
        column.setSpacing(10)
        column.addLayout(banner)
        column.addLayout(sentence)
        column.addLayout(foot)

    # What the page may ask for

    @property
    def sentence(self) -> str:
        """What stands in the composer."""
        return self.text.whole

    @property
    def can_run(self) -> bool:
        """Whether there is something to run."""
        return bool(self.sentence.strip()) and not self._running and not self._refusal

    def write(self, sentence: str) -> None:
        """Put a sentence into the composer."""
        self.text.write(sentence)

    def show_open(self, *, anything: bool) -> None:
        """Say whether there is a screen that can be changed."""
        words = "Change something" if anything else "Describe a screen"
        self.text.setPlaceholderText(words)
        self.text.setAccessibleName(words)
        self.target.setEnabled(anything)

    def show_target(self, part: str) -> None:
        """Say which part the sentence is about; nothing for the whole screen."""
        self._part = part
        words = one_line(part, 60) or WHOLE
        self._fit_target()
        about = "Only this part is written anew; click for the whole screen." if part else ""
        self.target.setToolTip(plain_tip(f"{words}\n{about}" if about else "Click a part of the preview to change it"))
        self.target.setAccessibleName(f"What the sentence is about: {words}")
        set_icon(self._theme, self.target, "crosshair-simple", "accent" if part else "text2")

    def show_editing(self, *, editing: bool) -> None:
        """Say that the sentence is one that was asked already, or stop saying so."""
        self._notice.setVisible(editing)
        self.leave.setVisible(editing)

    def show_running(self, *, running: bool) -> None:
        """Turn Run into Stop, or back."""
        if running != self._running:
            self._running = running
            self._show_state()

    def refuse(self, reason: str) -> None:
        """Keep Run from being pressed, and say why; an empty reason allows it again."""
        self._refusal = reason
        self._offer()

    # Parts

    def _show_state(self) -> None:
        running = self._running
        set_kind(self.run, "" if running else "primary")
        self.run.setText("\u2009Stop" if running else "\u2009Run")
        self.run.setAccessibleName("Stop" if running else "Run")
        set_icon(self._theme, self.run, "stop-fill" if running else "play-fill", "text" if running else "onAccent")
        self._key.setVisible(running)
        self.more.setVisible(not running)
        self._offer()

    def _offer(self) -> None:
        self.run.setEnabled(self._running or self.can_run)
        tip = "Stop (Esc)" if self._running else self._refusal or "Run (Ctrl+Enter)"
        self.run.setToolTip(plain_tip(tip))

    def _pressed(self) -> None:
        (self.stop_asked if self._running else self.run_asked).emit()

    def _target_pressed(self) -> None:
        (self.whole_asked if self._part else self.target_asked).emit()

    def _ask_menu(self) -> None:
        self.menu_asked.emit(self.more.mapToGlobal(QPoint(0, -4)))

    def _fit_target(self) -> None:
        words = one_line(self._part, 60) or WHOLE
        room = self.target.width() - _ICON
        self.target.setText("\u2009" + self.target.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room))

    def dragEnterEvent(self, event: Any) -> None:
        """Take files."""
        if _files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:
        """Attach the files that were dropped."""
        event.acceptProposedAction()
        self.files_dropped.emit(_files(event.mimeData()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Run on Ctrl+Enter; light the rule above while the sentence has the focus."""
        if watched is self.target and event.type() == QEvent.Type.Resize:
            self._fit_target()
        if watched is self.text:
            kind = event.type()
            if kind in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
                set_state(self, "lit", "true" if kind == QEvent.Type.FocusIn else "false")
            elif kind == QEvent.Type.KeyPress and self._is_run(event):
                if self.can_run:
                    self.run_asked.emit()
                return True
        return super().eventFilter(watched, event)

    @staticmethod
    def _is_run(event: Any) -> bool:
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        return bool(enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier)


class AttachedChips(QFrame):
    """Data and images that go with an interface, one below the other; each can be taken off."""

    removed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[tuple[str, str, str], ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(tokens.PANEL_MARGIN, 8, tokens.PANEL_MARGIN, 4)
        self._column.setSpacing(4)
        self.setProperty("rule", "above")
        self.hide()

    def show_attached(self, attached: tuple[tuple[str, str, str], ...]) -> None:
        """Show what is attached: each its icon, its name, and what to say of it."""
        if attached == self._shown:
            return
        self._shown = attached
        while (item := self._column.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        for icon, name, note in attached:
            self._column.addWidget(self._chip(icon, name, note))
        self.setVisible(bool(attached))

    def _chip(self, icon: str, name: str, note: str) -> QFrame:
        chip = QFrame()
        set_kind(chip, "file")
        mark = icon_button(self._theme, icon, name)
        mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark.setEnabled(False)
        set_icon(self._theme, mark, icon, disabled="text3")  # no button: it says what it is
        mark.setToolTip("")
        words = ElidedLabel(self._theme, 12, middle=True)
        words.say(name)
        off = icon_button(self._theme, "x", f"Take {one_line(name, 60)} off")
        off.setToolTip(plain_tip(off.accessibleName()))
        off.clicked.connect(lambda: self.removed.emit(name))
        row = QHBoxLayout(chip)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(4)
        row.addWidget(mark)
        row.addWidget(words, 1)
        row.addWidget(label(self._theme, note, 12, ink="text3", tabular=True))
        row.addWidget(off)
        chip.setToolTip(plain_tip(f"{name}\n{note}"))
        chip.setAccessibleName(f"Attached: {one_line(name, 60)}, {note}")
        return chip


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
