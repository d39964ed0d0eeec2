"""What stands where the table will be: what is set up, what it will come to, and where files can be dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.widgets.controls import FrameDrawing, button, label

if TYPE_CHECKING:
    from app.style.theme import Theme


class EmptyTable(QFrame):
    """One line on what is set up, one on what comes of it, and the ways to other documents."""

    folder_asked = Signal()
    files_asked = Signal()
    example_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._over = False
        self.setProperty("ground", "surface")
        self.line = label(theme, "", 15)
        self.hint = label(theme, "", 12, ink="text3")
        self.folder = button(theme, "Choose a folder…", icon="folder-open", name="Choose a folder of documents")
        self.files = button(theme, "Choose files…", icon="files", name="Choose documents")
        self.example = button(theme, "Try the sample invoices", name="Set up the sample invoices")
        centre = Qt.AlignmentFlag.AlignHCenter
        for words in (self.line, self.hint):
            words.setAlignment(centre)
            words.setWordWrap(True)
        ways = QHBoxLayout()
        ways.setSpacing(8)
        ways.addStretch(1)
        for way in (self.folder, self.files, self.example):
            ways.addWidget(way)
        ways.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 24)
        column.setSpacing(0)
        column.addStretch(3)
        column.addWidget(FrameDrawing(theme), 0, centre)
        column.addSpacing(16)
        column.addWidget(self.line)
        column.addSpacing(4)
        column.addWidget(self.hint)
        column.addSpacing(16)
        column.addLayout(ways)
        column.addStretch(4)
        self.folder.clicked.connect(self.folder_asked)
        self.files.clicked.connect(self.files_asked)
        self.example.clicked.connect(self.example_asked)

    def show_setup(self, line: str, hint: str, *, example: bool) -> None:
        """Say what is set up; `example` offers the sample invoices."""
        self.line.setText(line)
        self.hint.setText(hint)
        self.example.setVisible(example)
        self.setAccessibleName(f"{line} {hint}")

    def show_over(self, *, over: bool) -> None:
        """Show that files held over the page can be dropped."""
        self._over = over
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dashed frame of what is still to come."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.colour("accent" if self._over else "line"), 2 if self._over else 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        if self._over:
            painter.setBrush(self._theme.colour("provisionalRow"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(24.5, 24.5, -24.5, -24.5), 8, 8)
        painter.end()
