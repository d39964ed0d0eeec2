"""A chart: its title, what its colours mean, and the numbers as a picture that can be read one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from app.models.chart import read_chart, series_colours
from app.style.plain_text import breakable
from app.style.tips import plain_tip
from app.widgets.controls import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import SignalInstance

    from app.models.chart import Chart
    from app.style.theme import Theme

_TALL = 208
_MOST_READ_OUT = 30


class _Picture(Protocol):
    """What both pictures can do: that with axes, and the pie."""

    @property
    def pointed(self) -> SignalInstance: ...
    @property
    def at(self) -> int: ...
    def show_chart(self, chart: Chart) -> None: ...
    def recolour(self) -> None: ...
    def point_at(self, index: int) -> None: ...
    def place_of(self, index: int) -> QPointF: ...


class ChartView(QWidget):
    """A bar, line, area, pie or scatter chart. Values are told under the pointer, and with the arrow keys."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._chart: Chart | None = None
        self._picture: QWidget | None = None
        self._shown: _Picture | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._title = label(theme, "", 12, 600)
        self._title.setWordWrap(True)
        self._legend = _Legend(theme)
        self._sentence = label(theme, "", 12, ink="text3")
        self._sentence.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        for part in (self._title, self._legend, self._sentence):
            self._column.addWidget(part)
            part.hide()
        self._column.addStretch(1)
        self._ring = _Ring(theme, self)
        theme.changed.connect(self._recolour)

    @property
    def chart(self) -> Chart | None:
        """What is shown."""
        return self._chart

    @property
    def sentence(self) -> str:
        """What is said under the picture, or in its place."""
        return self._sentence.text()

    def show_chart(self, kind: str, title: str, labels: Sequence[Any], series: Sequence[Any]) -> None:
        """Show a chart: `series` are objects with a `name` and `values`. What is shown already is added to in place."""
        chart = read_chart(kind, title, labels, series)
        if chart == self._chart:
            return
        self._chart = chart
        self._title.setText(breakable(chart.title))
        self._title.setVisible(bool(chart.title))
        self._sentence.setText(chart.sentence or chart.note)
        self._sentence.setVisible(bool(chart.sentence or chart.note))
        names = [each.name for each in chart.series] if len(chart.series) > 1 else []
        self._legend.show_names(names)
        if chart.sentence:
            self._drop_picture()
        else:
            self._picture_for(chart.kind).show_chart(chart)
        self.setAccessibleName(f"{chart.kind.capitalize()} chart" + (f": {chart.title}" if chart.title else ""))
        self.setAccessibleDescription(_read_out(chart))

    def _picture_for(self, kind: str) -> _Picture:
        """Return the picture that shows this kind, made anew only where the present one does not."""
        is_pie = kind == "pie"
        if self._picture is not None and self._shown is not None and bool(self._picture.property("pie")) == is_pie:
            return self._shown
        self._drop_picture()
        if is_pie:
            from app.widgets.generated.chart_pie import Pie

            pie = Pie(self._theme)
            self._picture, self._shown = pie, pie
        else:
            from app.widgets.generated.chart_plot import Plot

            plot = Plot(self._theme)
            plot.setFixedHeight(_TALL)
            self._picture, self._shown = plot, plot
        self._picture.setProperty("pie", is_pie)
        self._shown.pointed.connect(self._tell)
        self._column.insertWidget(self._column.indexOf(self._sentence), self._picture)
        return self._shown

    def _drop_picture(self) -> None:
        if self._picture is not None:
            self._column.removeWidget(self._picture)
            self._picture.hide()
            self._picture.deleteLater()
            self._picture = self._shown = None

    def _recolour(self) -> None:
        self._legend.update()
        if self._shown is not None:
            self._shown.recolour()
        self._ring.update()

    # Telling values

    def _tell(self, index: int) -> None:
        if index < 0 or self._chart is None or self._picture is None or self._shown is None:
            QToolTip.hideText()
            return
        place = self._picture.mapToGlobal(self._shown.place_of(index).toPoint())
        QToolTip.showText(place, plain_tip(self._chart.told(index)), self._picture)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from value to value with the arrow keys, to the ends with Home and End."""
        if self._shown is None or self._chart is None:
            super().keyPressEvent(event)
            return
        last = len(self._chart.labels) - 1
        at = self._shown.at
        wanted = {
            Qt.Key.Key_Right: min(at + 1, last),
            Qt.Key.Key_Down: min(at + 1, last),
            Qt.Key.Key_Left: max(at - 1, 0),
            Qt.Key.Key_Up: max(at - 1, 0),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_Escape: -1,
        }.get(Qt.Key(event.key()))
        if wanted is None or wanted == at:
            super().keyPressEvent(event)
            return
        self._shown.point_at(wanted)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys go."""
        super().focusInEvent(event)
        self._ring.setVisible(self._picture is not None)
        self._place_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing any more."""
        super().focusOutEvent(event)
        self._ring.hide()
        if self._shown is not None:
            self._shown.point_at(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the ring around the picture."""
        super().resizeEvent(event)
        self._place_ring()

    def _place_ring(self) -> None:
        if self._picture is not None and self._ring.isVisible():
            self._ring.setGeometry(self._picture.geometry())
            self._ring.raise_()


class _Ring(QWidget):
    """The ring of the focus, over what has it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("accent"), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


class _Legend(QWidget):
    """The names of the series, each beside its colour, on as many lines as they need."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._names: list[str] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_names(self, names: list[str]) -> None:
        """Show these; none hides the legend."""
        self._names = names
        self.setVisible(bool(names))
        self.updateGeometry()
        self.update()

    def _places(self, width: int) -> list[tuple[QRectF, str]]:
        metrics = QFontMetricsF(self._theme.fonts.text(12))
        places: list[tuple[QRectF, str]] = []
        left, top = 0.0, 0.0
        for name in self._names:
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(40, width - 24))
            wide = metrics.horizontalAdvance(shown) + 16
            if left and left + wide > width:
                left, top = 0.0, top + 20
            places.append((QRectF(left, top, wide, 20), shown))
            left += wide + 16
        return places

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines."""
        places = self._places(width)
        return round(places[-1][0].bottom()) if places else 0

    def sizeHint(self) -> QSize:
        """Return the size of one line."""
        return QSize(80, self.heightForWidth(max(80, self.width())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint swatches and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.fonts.text(12))
        colours = series_colours(self._theme.tokens, len(self._names))
        for (place, name), colour in zip(self._places(self.width()), colours, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(place.left(), place.center().y() - 5, 10, 10), 3, 3)
            painter.setPen(self._theme.colour("text2"))
            painter.drawText(place.adjusted(16, 0, 4, 0), Qt.AlignmentFlag.AlignVCenter, name)
        painter.end()


def _read_out(chart: Chart) -> str:
    """Return the values as one reads them out, the first of them where there are many."""
    if chart.sentence:
        return chart.sentence
    told = [chart.told(index).replace("\n", ": ", 1).replace("\n", ", ") for index in range(len(chart.labels))]
    more = len(told) - _MOST_READ_OUT
    return "; ".join([*told[:_MOST_READ_OUT], *([f"and {more} more"] if more > 0 else [])])
