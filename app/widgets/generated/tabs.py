"""Several views in one place, and two beside each other with a border that can be dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from app.style.plain_text import one_line
from app.widgets.controls import TabButton
from app.widgets.generated.container import Container
from app.widgets.generated.layouts import COLUMN_GAP, NARROW, Extent, side_by_side, stacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from app.widgets.generated.layouts import Laid
    from app.widgets.generated.part import Part

_GAP: Final = 24
_HIGH: Final = 40


class _Bar(QWidget):
    """What tabs stand on."""

    def __init__(self, tabs: Tabs) -> None:
        super().__init__(tabs)
        self._tabs = tabs

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the hairline below."""
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._tabs.host.theme.colour("hairline"))
        painter.end()


class _Head(TabButton):
    """A tab; the arrow keys walk along them."""

    def __init__(self, tabs: Tabs) -> None:
        super().__init__(tabs.host.theme, "")
        self._tabs = tabs

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the tabs."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._tabs.walk(step)


class Tab(Container):
    """One of several views."""

    def refresh(self) -> None:
        """Have the tab named."""
        label = self.text("label")
        if isinstance(self.above, Tabs):
            self.above.name(self, label)
        self.setAccessibleName(one_line(label, 120))

    def spoken(self) -> tuple[str, ...]:
        """Return what the tab says."""
        return (self.above.label_of(self),) if isinstance(self.above, Tabs) else ()


class Tabs(Container):
    """Views of which one is shown."""

    def build(self) -> None:
        """Make the bar."""
        self.bar = _Bar(self)
        self.current: Part | None = None
        self._buttons: dict[Part, TabButton] = {}

    def take(self, part: Part) -> None:
        """Add a view and its tab."""
        super().take(part)
        button = _Head(self)
        button.setParent(self.bar)
        button.clicked.connect(lambda: self.choose(part))
        self._buttons[part] = button
        button.show()
        if self.current is None:
            self.choose(part)
        else:
            part.shown = False
            part.hide()

    def lose(self, part: Part) -> None:
        """Take a view out, and its tab."""
        super().lose(part)
        button = self._buttons.pop(part, None)
        if button is not None:
            button.hide()
            button.deleteLater()
        if self.current is part:
            self.current = None
            if self.parts:
                self.choose(self.parts[0])

    def name(self, part: Part, label: str) -> None:
        """Say what a tab says."""
        button = self._buttons.get(part)
        label = one_line(label.strip(), 60).replace("&", "&&")
        if button is not None and button.text() != label:
            button.setText(label)
            button.setAccessibleName(f"{one_line(label, 60)} tab")
            self.touch()

    def label_of(self, part: Part) -> str:
        """Return what a tab says."""
        return self._buttons[part].text() if part in self._buttons else ""

    def choose(self, part: Part) -> None:
        """Show a view."""
        self.current = part
        for each, button in self._buttons.items():
            each.shown = each is part
            each.setHidden(each is not part)
            button.setChecked(each is part)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if each is part else Qt.FocusPolicy.ClickFocus)
        self.touch()

    def walk(self, step: int) -> None:
        """Show the next view, or the one before."""
        if self.current in self.parts:
            part = self.parts[(self.parts.index(self.current) + step) % len(self.parts)]
            self.choose(part)
            self._buttons[part].setFocus()

    def _places(self, width: int) -> tuple[list[tuple[TabButton, int, int, int]], int]:
        """Return where tabs stand, in as many lines as they need, and how high they are together."""
        places = []
        x = y = 0
        for part in self.parts:
            button = self._buttons[part]
            wide = min(width, button.sizeHint().width())
            if x and x + wide > width:
                x, y = 0, y + _HIGH - 4
            places.append((button, x, y, wide))
            x += wide + _GAP
        return places, y + _HIGH if places else 0

    def measure(self) -> Extent:
        """Share a line with others, as wide as the widest view."""
        extents = [part.extent for part in self.parts]
        least = max((extent.least for extent in extents), default=0)
        wish = max((extent.wish for extent in extents), default=0)
        return Extent(max(least, 200), max(wish, 240), weight=1, above=12, below=16, apart=24)

    def high(self, width: int) -> int:
        """Return the height of the tabs and the view."""
        bar = self._places(width)[1]
        inside = super().high(width)
        return bar + (16 + inside if inside else 0)

    def arrange(self) -> None:
        """Place the tabs, and the view below."""
        width = self.width()
        places, bar = self._places(width)
        self.bar.setGeometry(0, 0, width, bar)
        for button, x, y, wide in places:
            button.setGeometry(x, y, wide, _HIGH)
        self.lay_out(bar + 16, width)

    def spoken(self) -> tuple[str, ...]:
        """Return which view is shown."""
        return () if self.current is None else (str(self.parts.index(self.current)),)

    def focusable(self) -> Sequence[QWidget]:
        """Return the tabs."""
        return tuple(self._buttons[part] for part in self.parts)


class _Border(QWidget):
    """What is dragged, or moved with the arrow keys."""

    def __init__(self, split: Split) -> None:
        super().__init__(split)
        self._split = split
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Border between two parts")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        at = self._split.mapFromGlobal(event.globalPosition().toPoint()).x()
        self._split.drag(at / max(1, self._split.width()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move it a little."""
        step = {Qt.Key.Key_Left: -0.05, Qt.Key.Key_Right: 0.05}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._split.drag(self._split.ratio() + step)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that it can be moved."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that no more."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the hairline, or the ring of the focus."""
        painter = QPainter(self)
        theme = self._split.host.theme
        wide = 2 if self.hasFocus() else 1
        colour = theme.colour("accent" if self.hasFocus() else "hairline")
        painter.fillRect(self.width() // 2, 0, wide, self.height(), colour)
        painter.end()


class Split(Container):
    """Two parts side by side, with a border that can be dragged; below each other where there is no room."""

    def build(self) -> None:
        """Make the border."""
        self.border = _Border(self)
        self.border.hide()
        self.dragged: float | None = None

    def refresh(self) -> None:
        """Take another direction or ratio."""
        self.touch()

    def ratio(self) -> float:
        """Return the share of the first part."""
        ratio = self.number("ratio", 0.5) if self.dragged is None else self.dragged
        return min(0.9, max(0.1, ratio))

    def drag(self, ratio: float) -> None:
        """Give the first part another share."""
        self.dragged = min(0.9, max(0.1, ratio))
        self.touch()

    def _beside(self, width: int) -> bool:
        beside = self.word("direction", ("horizontal", "vertical")) == "horizontal"
        return beside and width >= NARROW and len(self.visible_parts()) > 1

    def lay_inside(self, width: int) -> Laid[Part]:
        """Place the parts."""
        if self._beside(width):
            return side_by_side(self.visible_parts(), width, self.ratio())
        return stacked(self.visible_parts(), width)

    def measure(self) -> Extent:
        """Share a line with others."""
        inside = super().measure()
        return Extent(inside.least, inside.wish * 2, weight=1, above=16, below=16, apart=24)

    def arrange(self) -> None:
        """Place parts and border."""
        width, height = self.width(), self.height()
        super().arrange()
        beside = self._beside(width)
        self.border.setVisible(beside)
        if beside:
            first = self.visible_parts()[0]
            self.border.setGeometry(first.x() + first.width() + COLUMN_GAP - 4, 0, 9, height)

    def focusable(self) -> Sequence[QWidget]:
        """Return the border."""
        return (self.border,)
