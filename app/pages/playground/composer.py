"""Where a prompt is written, run and stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app import figures
from app.exchange import FORMATS
from app.session import Reading
from app.shortcuts import as_signs
from app.style import tokens
from app.style.plain_text import one_line
from app.style.theme import set_kind, set_state
from app.style.tips import plain_tip
from app.widgets.attachment_chips import AttachmentChips
from app.widgets.controls import button, icon_button, key_hint, label, set_icon
from app.widgets.growing_text import GrowingText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.exchange import FormatName
    from app.session import Attachment
    from app.style.theme import Theme

_LINES = 11


class Composer(QFrame):
    """The prompt, its length in tokens, and Run, which becomes Stop while an answer is written."""

    edited = Signal()
    run_asked = Signal()
    stop_asked = Signal()
    attach_asked = Signal()
    files_dropped = Signal(object)
    detach_asked = Signal(int)
    edit_left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._running = False
        self._refusal = ""
        self._attached = False
        self._awaited = ""
        set_kind(self, "composer-box")
        self.text = GrowingText(theme, "Prompt", "Ask for something, or drop a file", most=_LINES, around=8)
        self.text.setAcceptDrops(False)
        self.setAcceptDrops(True)
        set_kind(self.text, "composer")
        self.text.installEventFilter(self)
        self.text.textChanged.connect(self._typed)

        self._notice = label(theme, "Editing: the answer to this becomes a branch beside the first.", 12, ink="text2")
        self.leave = button(theme, "Leave it as it was", "flat", name="Leave the message as it was")
        self.leave.clicked.connect(self.edit_left)
        self.files = AttachmentChips(theme, removable=True)
        self.files.removed.connect(self.detach_asked)
        self.attach = icon_button(theme, "paperclip", "Attach files", "Ctrl+Shift+A")
        self.attach.clicked.connect(self.attach_asked)
        self._format = button(theme, "", "flat", name="Go to the response format")
        self.format_asked = self._format.clicked
        self._count = label(theme, "", 12, ink="text2", tabular=True)
        self._run_keys = ""
        self._key = key_hint(theme, "")
        self._run = button(theme, "Run", "primary", "play-fill")
        self._run.setMinimumWidth(76)
        self._run.clicked.connect(self._pressed)

        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self.attach)
        foot.addWidget(self._format)
        foot.addStretch(1)
        foot.addWidget(self._count)
        foot.addWidget(self._key)
        foot.addWidget(self._run)
        column = QVBoxLayout(self)
        # The format's icon, not its button's invisible border, begins where the prompt begins.
        column.setContentsMargins(tokens.ANSWER_MARGIN - tokens.BUTTON_INSET, 14, 16, 10)
        column.setSpacing(12)
        inset = QHBoxLayout()
        inset.setContentsMargins(tokens.BUTTON_INSET, 0, 0, 0)
        inset.addWidget(self.text)
        banner = QHBoxLayout()
        banner.setContentsMargins(tokens.BUTTON_INSET, 0, 0, 0)
        banner.addWidget(self._notice)
        banner.addWidget(self.leave)
        banner.addStretch(1)
        attached = QHBoxLayout()
        attached.setContentsMargins(tokens.BUTTON_INSET, 0, 0, 0)
        attached.addWidget(self.files)
        column.addLayout(banner)
        column.addLayout(inset)
        column.addLayout(attached)
        column.addLayout(foot)
        self.show_format("schema")
        self.show_editing(editing=False)
        self._refresh()

    @property
    def prompt(self) -> str:
        """What stands in the composer."""
        return self.text.whole

    def write(self, prompt: str) -> None:
        """Put a prompt into the composer."""
        self.text.write(prompt)

    def show_editing(self, *, editing: bool) -> None:
        """Say that the prompt is a message's that is being edited, or stop saying so."""
        self._notice.setVisible(editing)
        self.leave.setVisible(editing)

    def show_attachments(self, attachments: Sequence[Attachment | Reading]) -> None:
        """Show what is attached to the prompt; while some of it is still being read, Run waits."""
        files = [entry for entry in attachments if not isinstance(entry, Reading)]
        readings = [entry for entry in attachments if isinstance(entry, Reading)]
        self._attached = bool(files)
        self._awaited = f"{len(readings)} files" if len(readings) > 1 else "".join(entry.name for entry in readings)
        self.files.show_attachments(files, readings)
        self._refresh()

    def show_format(self, name: FormatName) -> None:
        """Say which response format Run will hold the answer to."""
        self._format.setText("\u2009" + FORMATS[name].words)
        set_icon(self._theme, self._format, FORMATS[name].icon)

    def show_count(self, tokens_: int | None, context: int | None) -> None:
        """Say how long the prompt is, with the schema's words around it; an empty one has no length."""
        words = ""
        if tokens_ is not None and context is not None:
            words = f"{figures.number(tokens_)} of {figures.number(context)} tokens"
        self._count.setText(words)

    def show_keys(self, keys: str) -> None:
        """Say which keys run what is written; "" where there are none."""
        self._run_keys = as_signs(keys)
        self._key.setText("Esc" if self._running else self._run_keys)
        self._key.setVisible(bool(self._key.text()))

    def show_running(self, *, running: bool) -> None:
        """Turn Run into Stop, or back."""
        if running == self._running:
            return
        self._running = running
        set_kind(self._run, "" if running else "primary")
        self._run.setText("\u2009Stop" if running else "\u2009Run")
        self._run.setAccessibleName("Stop" if running else "Run")
        set_icon(self._theme, self._run, "stop-fill" if running else "play-fill", "text" if running else "onAccent")
        self._key.setText("Esc" if running else self._run_keys)
        self._refresh()

    def refuse(self, reason: str) -> None:
        """Keep Run from being pressed, and say why; an empty reason allows it again."""
        self._refusal = reason
        self._refresh()

    @property
    def can_run(self) -> bool:
        """Whether there is something to run, and all of it is there."""
        return self._written and not self._awaited and not self._running

    @property
    def _written(self) -> bool:
        return bool(self.prompt.strip()) or self._attached

    def _refresh(self) -> None:
        waits = f"Run waits for {one_line(self._awaited, 200)} to be read." if self._awaited else ""
        self._count.setVisible(self._written)
        self._run.setEnabled(self._running or self.can_run)
        self._run.setToolTip("" if self._running else plain_tip(waits or self._refusal))

    def _typed(self) -> None:
        self._refresh()
        self.edited.emit()

    def _pressed(self) -> None:
        (self.stop_asked if self._running else self.run_asked).emit()

    def dragEnterEvent(self, event: Any) -> None:
        """Take files."""
        if _files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:
        """Attach the files that were dropped."""
        event.acceptProposedAction()
        self.files_dropped.emit(_files(event.mimeData()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Run on Ctrl+Enter; light the rule above while the prompt has the focus."""
        if watched is self.text:
            kind = event.type()
            if kind in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
                set_state(self, "lit", "true" if kind == QEvent.Type.FocusIn else "false")
            elif kind == QEvent.Type.KeyPress and self._is_run(event):
                self.run_asked.emit()
                return True
        return super().eventFilter(watched, event)

    def _is_run(self, event: Any) -> bool:
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        return bool(enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
