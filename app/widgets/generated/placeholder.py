"""What stands where something cannot be shown: an unknown component, or what is too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QPushButton

from app.style.drawing import paint_mark
from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.widgets.generated.container import Container
from app.widgets.generated.layouts import Extent
from app.widgets.generated.words import Words
from engine.interface.fitting import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from engine.interface.reading import ProblemKind

_LEFT: Final = 32
_AROUND: Final = 6


class Notice(Container):
    """A sentence in a dashed frame with the mark of doubt, and below it what it is about, as far as that is shown."""

    def build(self) -> None:
        """Make sentence and button."""
        self.words = Words(self, self.host.theme.fonts.text(12), "text2")
        self.more: QPushButton | None = None

    def say(self, sentence: str) -> None:
        """Show another sentence."""
        if self.words.say(sentence):
            self.setAccessibleName(sentence)
            self.touch()

    def measure(self) -> Extent:
        """Take all the width there is."""
        inside = super().measure()
        wish = self.words.natural() + _LEFT + 120
        return Extent(max(inside.least, min(wish, 200)), max(inside.wish, wish), weight=1, above=16, below=16, apart=16)

    def _frame(self, width: int) -> int:
        return self.words.height_at(self._inner(width)) + 2 * _AROUND

    def _inner(self, width: int) -> int:
        button = 0 if self.more is None else self.more.sizeHint().width() + 8
        return max(80, width - _LEFT - 12 - button)

    def high(self, width: int) -> int:
        """Return the height of the frame, and of what stands below it."""
        inside = super().high(width)
        return self._frame(width) + (12 + inside if inside else 0)

    def arrange(self) -> None:
        """Place sentence, button and parts."""
        width = self.width()
        frame = self._frame(width)
        self.words.setGeometry(_LEFT, _AROUND, self._inner(width), frame - 2 * _AROUND)
        if self.more is not None:
            wide = self.more.sizeHint().width()
            self.more.setGeometry(width - wide - 4, (frame - 28) // 2, wide, 28)
        self.lay_out(frame + 12, width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint frame and mark."""
        theme = self.host.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.colour("line"), 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        frame = self._frame(self.width())
        painter.drawRoundedRect(QRectF(0.5, 0.5, self.width() - 1, frame - 1), 6, 6)
        paint_mark(painter, "triangle", QPointF(16, frame / 2), theme.colour("amberMark"))
        painter.end()

    def spoken(self) -> tuple[str, ...]:
        """Return the sentence."""
        return (self.words.said,)


class Cut(Notice):
    """A node that stands for others that are not shown."""

    def refresh(self) -> None:
        """Say what is not shown, and why."""
        self.say(self.string("reason") or "Cut here.")


class Placeholder(Notice):
    """A node of a type that is not known."""

    def build(self) -> None:
        """Make the button that shows the node's text."""
        super().build()
        self.more = QPushButton("Show JSON", self)
        self.more.setFont(self.host.theme.fonts.text(12, 500))
        self.more.setAutoDefault(False)
        self.more.setAccessibleName("Show JSON")
        set_kind(self.more, "link")
        self.more.clicked.connect(lambda: self.host.show_json(self.path))

    def refresh(self) -> None:
        """Name the type."""
        name = one_line(self.kind, 60)
        if self._is_bare:
            self.say(f"{shown(self.values['value'])} stands where a component should.")
        elif not name:
            self.say("This component has no type. What it holds is kept in the tree.")
        elif self.component is not None:
            self.say(f"Nothing shows “{name}”: it has no template. What it holds is kept in the tree.")
        elif name in {"root", "tab"}:
            self.say(f"“{name}” cannot stand here. What it holds is kept in the tree.")
        else:
            self.say(f"“{name}” is not a known component. What it holds is kept in the tree.")

    @property
    def _is_bare(self) -> bool:
        return not self.kind and set(self.values) == {"value"}

    def problem(self) -> tuple[ProblemKind, str]:
        """Return what is wrong with the node."""
        return "bare" if self._is_bare else "unknown", self.words.said.partition(" What it holds")[0]

    def focusable(self) -> Sequence[QWidget]:
        """Return the button."""
        return () if self.more is None else (self.more,)
