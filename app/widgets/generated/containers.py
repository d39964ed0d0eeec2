"""Parts that hold others: the screen itself, rows, columns, grids, cards, sections, what is conditional or repeated."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from app import figures
from app.style.drawing import paint_mark
from app.style.theme import set_kind
from app.widgets.controls import set_icon
from app.widgets.generated.container import Container
from app.widgets.generated.layouts import ALIGNS, Extent, in_grid, in_row
from app.widgets.generated.part import TONES, Part
from app.widgets.generated.words import Words
from engine.interface.state import holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from app.style.drawing import MarkShape
    from app.widgets.generated.layouts import Align, Laid

MARKS: Final[dict[str, tuple[MarkShape, str]]] = {
    "info": ("ring", "text2"),
    "good": ("check", "accent"),
    "warning": ("triangle", "amberMark"),
    "bad": ("octagon", "brickMark"),
}
"""The mark of a tone and its colour; neutral has none."""
_EDGE = 1
_PADDING = 15


class Root(Container):
    """The whole screen under its heading."""

    _BELOW = 16

    def build(self) -> None:
        """Make the heading."""
        self.title = Words(self, self.host.theme.fonts.text(20, 600), line=28)

    def refresh(self) -> None:
        """Show the heading."""
        if self.title.say(self.text("title")):
            self.title.setVisible(bool(self.title.said))
            self.setAccessibleName(self.title.said)
            self.touch()

    def measure(self) -> Extent:
        """Take all the width there is."""
        inside = super().measure()
        return Extent(inside.least, max(inside.wish, self.title.natural()), weight=1, above=0, below=0)

    def _top(self, width: int) -> int:
        if not self.title.said:
            return 0
        # Tabs have room above their words already.
        first = next(iter(self.visible_parts()), None)
        below = self._BELOW // 4 if first is not None and first.kind == "tabs" else self._BELOW
        return self.title.height_at(width) + below

    def high(self, width: int) -> int:
        """Return the height of heading and parts."""
        return self._top(width) + super().high(width)

    def arrange(self) -> None:
        """Place the heading, and the parts below it."""
        width = self.width()
        self.title.setGeometry(0, 0, width, self.title.height_at(width))
        self.lay_out(self._top(width), width)

    def spoken(self) -> tuple[str, ...]:
        """Return the heading."""
        return (self.title.said,)


class Column(Container):
    """Parts one below the other."""


class Row(Container):
    """Parts beside one another, and below where they do not fit."""

    def refresh(self) -> None:
        """Take another alignment."""
        self.touch()

    def lay_inside(self, width: int) -> Laid[Part]:
        """Place the parts side by side."""
        return in_row(self.visible_parts(), width, self._align(), wrap=self.flag("wrap", default=True))

    def _align(self) -> Align:
        value = self.value("align")
        return next((align for align in ALIGNS if align == value), "stretch")

    def measure(self) -> Extent:
        """Share a line where one of the parts does."""
        extents = [part.extent for part in self.visible_parts()]
        if not extents:
            return Extent(above=0, below=0)
        stretches = self._align() != "start"
        anchors = [extent.anchor for extent in extents if extent.anchor is not None]
        return Extent(
            max(extent.least for extent in extents),
            sum(extent.wish for extent in extents)
            + sum(max(one.apart, other.apart) for one, other in pairwise(extents)),
            weight=1 if stretches or any(extent.weight for extent in extents) else 0,
            anchor=max(anchors) if len(anchors) == len(extents) else None,
            above=max(extent.above for extent in extents),
            below=max(extent.below for extent in extents),
            apart=24,
        )


class Grid(Container):
    """Parts in columns of equal width; fewer of them where there is less room."""

    def refresh(self) -> None:
        """Take another number of columns."""
        self.touch()

    def lay_inside(self, width: int) -> Laid[Part]:
        """Place the parts row by row."""
        return in_grid(self.visible_parts(), width, int(self.number("columns", 2)))

    def measure(self) -> Extent:
        """Share a line with others."""
        inside = super().measure()
        return Extent(inside.least, inside.wish * max(1, int(self.number("columns", 2))), weight=1, apart=24)


class Card(Container):
    """Parts that belong together, in a hairline, under a title with the mark of its tone."""

    def build(self) -> None:
        """Make the title."""
        self.title = Words(self, self.host.theme.fonts.text(13, 600))
        self.tone = "neutral"

    def refresh(self) -> None:
        """Show title and tone."""
        tone = self.word("tone", TONES)
        if self.title.say(self.text("title")) or tone != self.tone:
            self.tone = tone
            self.title.setVisible(bool(self.title.said))
            self.setAccessibleName(self.title.said)
            self.touch()
            self.update()

    def margins(self) -> tuple[int, int, int, int]:
        """Keep clear of the hairline."""
        around = _EDGE + _PADDING
        return around, around, around, around

    def measure(self) -> Extent:
        """Share a line with others, as high as they are."""
        inside = super().measure()
        wish = max(inside.wish, self.title.natural() + self._indent() + 2 * (_EDGE + _PADDING))
        return Extent(max(inside.least, 200), wish, weight=1, above=16, below=16, apart=16, fills=True)

    def _indent(self) -> int:
        return 18 if self.tone in MARKS and self.title.said else 0

    def _top(self, width: int) -> int:
        inner = width - 2 * (_EDGE + _PADDING) - self._indent()
        below = 8 if self.visible_parts() else -4
        return self.title.height_at(inner) + below if self.title.said else 0

    def high(self, width: int) -> int:
        """Return the height of title and parts."""
        return self._top(width) + super().high(width)

    def arrange(self) -> None:
        """Place title and parts."""
        width = self.width()
        around = _EDGE + _PADDING
        inner = width - 2 * around - self._indent()
        self.title.setGeometry(around + self._indent(), around - 2, inner, self.title.height_at(inner))
        self.lay_out(self._top(width), width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the hairline, and the mark of the tone."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.host.theme.colour("hairline"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        if self._indent():
            shape, ink = MARKS[self.tone]
            middle = QRectF(_EDGE + _PADDING, _EDGE + _PADDING - 2, 10, self.title.line).center()
            paint_mark(painter, shape, middle, self.host.theme.colour(ink))
        painter.end()

    def spoken(self) -> tuple[str, ...]:
        """Return the title."""
        return (self.title.said,)


class Section(Container):
    """Parts under a title that folds them."""

    _HEAD = 28

    def build(self) -> None:
        """Make the title, which is a button."""
        self.head = QPushButton(self)
        self.head.setFont(self.host.theme.fonts.text(13, 600))
        self.head.setAutoDefault(False)
        set_kind(self.head, "section")
        self.head.clicked.connect(self._turn)
        self.body = QWidget(self)
        self.folded: bool | None = None
        self._turned: bool | None = None
        self._title = ""

    def room(self) -> QWidget:
        """Return what is folded."""
        return self.body

    def _turn(self) -> None:
        self._turned = not self.folded
        self.refresh()

    def unfold(self) -> None:
        """Show what is inside, as if a person had asked for it."""
        self._turned = False
        self.refresh()

    def refresh(self) -> None:
        """Show the title, and what is inside unless it is folded."""
        title = self.text("title") or "Section"
        folded = not self.flag("open", default=True) if self._turned is None else self._turned
        if (title, folded) == (self._title, self.folded):
            return
        self._title, self.folded = title, folded
        self.head.setText("\u2009" + title.replace("&", "&&"))
        set_icon(self.host.theme, self.head, "caret-right" if folded else "caret-down")
        self.head.setAccessibleName(f"{'Show' if folded else 'Fold'}: {title}")
        self.body.setHidden(folded)
        self.touch()

    def measure(self) -> Extent:
        """Share a line with others."""
        inside = super().measure()
        return Extent(max(inside.least, 160), max(inside.wish, 200), weight=1, above=16, below=16, apart=24)

    def high(self, width: int) -> int:
        """Return the height of the title, and of what is unfolded."""
        return self._HEAD if self.folded or not self.visible_parts() else self._HEAD + 8 + super().high(width)

    def arrange(self) -> None:
        """Place title and parts."""
        width, height = self.width(), self.height()
        self.head.setGeometry(0, 0, min(width, self.head.sizeHint().width()), self._HEAD)
        self.body.setGeometry(0, self._HEAD + 8, width, max(0, height - self._HEAD - 8))
        if not self.folded:
            self.lay_out(0, width)

    def spoken(self) -> tuple[str, ...]:
        """Return the title."""
        return (self._title,)

    def focusable(self) -> Sequence[QWidget]:
        """Return the title."""
        return (self.head,)


class When(Container):
    """Parts that are there only while the state says so."""

    def refresh(self) -> None:
        """Compare the state's value."""
        name = self.string("name") if self.growing != "name" else ""
        there = bool(name) and bool(holds(self.string("op", "filled"), self.follow(name), self.value("value")))
        if there != self.shown:
            self.shown = there
            self.setHidden(not there)
            self.touch()

    def build(self) -> None:
        """Begin hidden: what decides is not known yet."""
        self.shown = False
        self.hide()


class Repeat(Container):
    """Parts that are shown once for each row of a source."""

    MOST = 200

    def build(self) -> None:
        """Make room for the sentence about rows that are not shown."""
        self.note = Words(self, self.host.theme.fonts.text(12), "text3")
        self.empty = False
        self.copies = 1
        self.rows: list[dict[str, str]] = []

    def row_of(self, copy: int) -> dict[str, str] | None:
        """Return the row of a copy."""
        return self.rows[copy] if copy < len(self.rows) else None

    def refresh(self) -> None:
        """Show as many copies as there are rows."""
        name = self.string("source")
        source = self.host.sources.get(name)
        if source is None:
            self.wrong.pop("source", None)
            if self.closed:
                self.wrong["source"] = f"There is no data source “{name}”."
            self._say("")
            return
        rows = source.records(self.MOST)
        self.empty = not rows
        more = len(source.rows) - len(rows)
        self._say(
            f"“{name}” has no rows."
            if self.empty
            else f"Cut here: {figures.number(more)} more row{'s' if more > 1 else ''}."
            if more > 0
            else ""
        )
        self.host.multiply(self, rows)

    def _say(self, sentence: str) -> None:
        if self.note.say(sentence):
            self.note.setVisible(bool(sentence))
            self.touch()

    def visible_parts(self) -> list[Part]:
        """Return the copies; the one that is kept where there are no rows is not shown."""
        return [] if self.empty else super().visible_parts()

    def high(self, width: int) -> int:
        """Return the height of the copies, and of the sentence below them."""
        note = self.note.height_at(width)
        return super().high(width) + (note + 8 if note else 0)

    def arrange(self) -> None:
        """Place copies and sentence."""
        width, height = self.width(), self.height()
        super().arrange()
        note = self.note.height_at(width)
        self.note.setGeometry(0, height - note, width, note)
        for part in self.parts:
            part.setVisible(part.shown and not self.empty)

    def spoken(self) -> tuple[str, ...]:
        """Return the sentence."""
        return (self.note.said,) if self.note.said else ()


class Stage(Container):
    """What the whole screen stands on: the margins around it, less the ring of the focus around them."""

    RING: Final = 2

    def margins(self) -> tuple[int, int, int, int]:
        """Return the margins of a page."""
        return 24 - self.RING, 16 - self.RING, 24 - self.RING, 24 - self.RING


class Divider(Part):
    """A hairline."""

    def measure(self) -> Extent:
        """Take all the width there is."""
        return Extent(16, 16, weight=1, above=16, below=16)

    def high(self, width: int) -> int:
        """Return the height of the line."""
        del width
        return 1

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.host.theme.colour("hairline"))
        painter.end()
