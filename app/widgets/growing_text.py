"""A field for a few lines of text, as high as what stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.widgets.text_field import TextField

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.style.theme import Theme


class GrowingText(TextField):
    """Plain text that takes one line, and more as they are written, up to `most`. Tab moves on.

    `around` is what border and padding take of the height, in pixels.
    """

    def __init__(self, theme: Theme, name: str, placeholder: str, *, most: int, around: int) -> None:
        super().__init__()
        self._most = most
        self._around = around
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setFont(theme.fonts.text(13))
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the lines that the text needs in the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        block = self.document().firstBlock()
        for _ in range(self._most):
            if block.isValid():
                self.blockBoundingRect(block)  # Qt counts the lines of what was never in sight as one
                block = block.next()
        lines = min(self._most, max(1, round(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + self._around)
