"""The part of a chart that has axes, drawn with pyqtgraph. Imported when the first chart is shown: it takes a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsGridLayout,
    QGraphicsItem,
    QGraphicsRectItem,
    QGraphicsWidget,
    QStyleOptionGraphicsItem,
    QVBoxLayout,
    QWidget,
)

from app.models.chart import series_colours
from engine.interface.scale import scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.models.chart import Chart
    from app.style.theme import Theme
    from engine.interface.scale import Scale

_BARS = 0.62
"""The share of a label's place that its bars fill."""
_CORNER = 3
_HEADROOM = 24
_WIDEST = 56
"""Pixels that a label may take from its neighbours, at most."""
_MOST_DOTS = 12


class Plot(QWidget):
    """Bars, lines, areas or points over labels, with a scale at the left. `pointed` tells the label pointed at, or -1.

    What is the same as before stays: a chart that grows keeps its items.
    """

    pointed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._chart: Chart | None = None
        self._scale: Scale | None = None
        self._pointed = -1
        # Not pyqtgraph's PlotWidget: that makes menus and a window of settings for each plot.
        self._view = pg.GraphicsView(background=None)
        self._view.setCacheMode(pg.GraphicsView.CacheModeFlag.CacheNone)  # its cache has the window's ground
        self._view.viewport().setAutoFillBackground(False)
        self._view.viewport().installEventFilter(self)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._view.setAntialiasing(True)
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False)
        self._left = pg.AxisItem("left")
        self._bottom = pg.AxisItem("bottom")
        self._arrange()
        self._band = QGraphicsRectItem()
        self._band.setZValue(-20)
        self._best = pg.TextItem(anchor=(0.5, 1.0))
        self._best.setZValue(10)
        self._rules: list[Any] = []
        self._items: list[Any] = []
        self._drawn: list[Any] = []
        for item in (self._band, self._best):
            self._box.addItem(item, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self._dress()

    def show_chart(self, chart: Chart) -> None:
        """Show a chart that has values."""
        before, self._chart = self._chart, chart
        if before is None or (before.kind, len(before.series)) != (chart.kind, len(chart.series)):
            self._make_items(chart)
        self._draw()

    def recolour(self) -> None:
        """Take the colours of the theme in force."""
        self._dress()
        if self._chart is not None:
            self._draw()

    @property
    def at(self) -> int:
        """The label that is pointed at; -1 for none."""
        return self._pointed

    def point_at(self, index: int) -> None:
        """Mark a label as pointed at; -1 for none."""
        if index != self._pointed:
            self._pointed = index
            self._mark()
            self.pointed.emit(index)

    def place_of(self, index: int) -> QPointF:
        """Return where the largest value of a label is, in the coordinates of this widget."""
        assert self._chart is not None
        values = [each.values[index] for each in self._chart.series]
        top = max((value for value in values if value is not None), default=0.0)
        scene = self._box.mapViewToScene(QPointF(self._chart.places[index], top))
        return QPointF(self._view.mapTo(self, self._view.mapFromScene(scene)))

    # Drawing

    def _arrange(self) -> None:
        whole = QGraphicsWidget()
        grid = QGraphicsGridLayout(whole)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addItem(self._left, 0, 0)
        grid.addItem(self._box, 0, 1)
        grid.addItem(self._bottom, 1, 1)
        for axis in (self._left, self._bottom):
            axis.linkToView(self._box)
        self._view.setCentralItem(whole)

    def _dress(self) -> None:
        theme = self._theme
        for axis in (self._bottom, self._left):
            axis.setPen(None)
            axis.setTextPen(theme.colour("text2"))
            axis.setStyle(
                tickLength=0,
                tickAlpha=0,
                tickFont=theme.fonts.text(11, tabular=axis is self._left),
                tickTextOffset=6,
                autoReduceTextSpace=False,
                hideOverlappingLabels=False,
            )
        self._bottom.setHeight(24)
        self._band.setPen(QPen(Qt.PenStyle.NoPen))
        self._band.setBrush(theme.colour("hover"))
        self._best.setFont(theme.fonts.text(12, 600))
        self._best.setColor(theme.colour("text"))

    def _make_items(self, chart: Chart) -> None:
        # What is not needed any more is hidden: an item that is taken out could be destroyed on any thread.
        for item in self._items:
            item.setVisible(False)
        wanted = _Bars if chart.kind == "bar" else pg.PlotDataItem
        fitting = [item for item in self._items if isinstance(item, wanted)]
        while len(fitting) < len(chart.series):
            item = wanted()
            self._box.addItem(item, ignoreBounds=True)
            self._items.append(item)
            fitting.append(item)
        self._drawn = fitting[: len(chart.series)]
        for item in self._drawn:
            item.setVisible(True)

    def _draw(self) -> None:
        chart = self._chart
        assert chart is not None
        self._scale = scale(chart.values, from_zero=chart.kind in {"bar", "area"})
        colours = [QColor(colour) for colour in series_colours(self._theme.tokens, len(chart.series))]
        largest = chart.largest
        for number, (item, series) in enumerate(zip(self._drawn, chart.series, strict=True)):
            points = [(x, y) for x, y in zip(chart.places, series.values, strict=True) if y is not None]
            if isinstance(item, _Bars):
                quiet = self._theme.colour("accentLine") if len(chart.series) == 1 else colours[number]
                best = largest[1] if largest and largest[0] == number and len(chart.series) == 1 else None
                slot = _BARS / len(chart.series)
                lefts = [x - _BARS / 2 + slot * number for x in chart.places]
                item.show_bars(lefts, slot, series.values, quiet, colours[number], best)
            else:
                self._draw_points(item, points, colours[number])
        self._fit()
        self._mark()

    def _draw_points(self, item: Any, points: Sequence[tuple[float, float]], colour: QColor) -> None:
        chart = self._chart
        assert chart is not None
        xs, ys = [x for x, _ in points], [y for _, y in points]
        is_scatter = chart.kind == "scatter"
        dots = None if not is_scatter and len(xs) > _MOST_DOTS else "o"
        fill = QColor(colour)
        fill.setAlphaF(0.16)
        item.setData(
            xs,
            ys,
            pen=None if is_scatter else pg.mkPen(colour, width=2),
            symbol=dots,
            symbolSize=8 if is_scatter else 6,
            symbolBrush=colour,
            symbolPen=None,
            antialias=True,
            fillLevel=0.0 if chart.kind == "area" else None,
            fillBrush=fill if chart.kind == "area" else None,
        )

    def _fit(self) -> None:
        """Lay out what depends on the room there is: ranges, marks, labels."""
        chart, span = self._chart, self._scale
        if chart is None or span is None:
            return
        box = self._box
        tall = max(1.0, self.height() - 24 - _HEADROOM)
        head = (span.high - span.low) * _HEADROOM / tall
        foot = (span.high - span.low) * 5 / tall if chart.kind in {"line", "scatter"} else 0.0
        places = chart.places
        margin = 0.5 if not chart.has_number_labels else max((max(places) - min(places)) * 0.05, 1e-9)
        box.setRange(
            xRange=(min(places) - margin, max(places) + margin),
            yRange=(span.low - foot, span.high + head),
            padding=0,
            disableAutoRange=True,
        )
        self._left.setTicks([list(zip(span.marks, span.words(), strict=True))])
        metrics = QFontMetricsF(self._theme.fonts.text(11, tabular=True))
        self._left.setWidth(max(map(metrics.horizontalAdvance, span.words()), default=0) + 12)
        self._bottom.setTicks([self._label_marks(chart)])
        self._rule(span)
        self._name_largest(chart)

    def _label_marks(self, chart: Chart) -> list[tuple[float, str]]:
        if chart.has_number_labels:
            across = scale(chart.places, from_zero=False, marks=8)
            low, high = min(chart.places), max(chart.places)
            marks = zip(across.marks, across.words(), strict=True)
            return [(mark, word) for mark, word in marks if low <= mark <= high]
        count = len(chart.labels)
        metrics = QFontMetricsF(self._theme.fonts.text(11))
        room = max(1.0, self.width() - self._left.width()) / count
        widths = sorted(metrics.horizontalAdvance(label) + 8 for label in chart.labels)
        # Where few labels fit, some are left out; where a few do not, these are cut.
        every = 1 if widths[count // 2] <= room else -(-int(min(widths[-1], _WIDEST)) // int(max(room, 1)))
        cut = Qt.TextElideMode.ElideRight
        wide = room * every - 6
        return [(float(at), metrics.elidedText(chart.labels[at], cut, wide)) for at in range(0, count, every)]

    def _rule(self, span: Scale) -> None:
        """Draw a hairline at each mark, and a stronger line at zero."""
        while len(self._rules) < len(span.marks):
            line = pg.InfiniteLine(angle=0)
            line.setZValue(-10)
            self._box.addItem(line, ignoreBounds=True)
            self._rules.append(line)
        for line in self._rules[len(span.marks) :]:
            line.setVisible(False)
        for line, mark in zip(self._rules, span.marks, strict=False):
            line.setVisible(True)
            line.setPos(mark)
            line.setPen(pg.mkPen(self._theme.colour("line" if mark == 0 else "hairline"), width=1))

    def _name_largest(self, chart: Chart) -> None:
        best = chart.largest
        self._best.setVisible(best is not None and chart.kind != "scatter")
        if best is None:
            return
        series, index = best
        value = chart.series[series].values[index]
        assert value is not None
        x = chart.places[index]
        if chart.kind == "bar":
            slot = _BARS / len(chart.series)
            x += slot * (series + 0.5) - _BARS / 2
        words = chart.with_unit(value)
        wide = QFontMetricsF(self._theme.fonts.text(12, 600)).horizontalAdvance(words)
        # At the ends of the axis the words are drawn in, rather than cut.
        room = max(1.0, self.width() - self._left.width())
        (low, high), _ = self._box.viewRange()
        at = (x - low) / (high - low) * room
        reach = wide / 2 + 4
        inside = min(max(at, reach), max(reach, room - reach))
        self._best.setAnchor((0.5 - (inside - at) / (wide + 8), 1.0))
        self._best.setText(words)
        self._best.setPos(x, max(value, 0.0))

    def _mark(self) -> None:
        chart = self._chart
        shown = chart is not None and 0 <= self._pointed < len(chart.places)
        self._band.setVisible(shown)
        if not shown or chart is None:
            return
        x = chart.places[self._pointed]
        (left, right), (low, high) = self._box.viewRange()
        wide = 1.0 if chart.kind == "bar" else (right - left) / max(1.0, self.width()) * 2
        self._band.setRect(QRectF(x - wide / 2, low, wide, high - low))
        self._band.setBrush(self._theme.colour("hover" if chart.kind == "bar" else "line"))

    # What a person does

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer; leave wheel, presses and keys to what is around the chart."""
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self.point_at(self._nearest(event.position()))
        elif kind == QEvent.Type.Leave:
            self.point_at(-1)
        if kind in {
            QEvent.Type.Wheel,
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseButtonRelease,
            QEvent.Type.MouseButtonDblClick,
            QEvent.Type.MouseMove,
        }:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _nearest(self, position: QPointF) -> int:
        chart, box = self._chart, self._box
        scene = self._view.mapToScene(position.toPoint())
        if chart is None or not chart.places or not box.sceneBoundingRect().contains(scene):
            return -1
        x = box.mapSceneToView(scene).x()
        return min(range(len(chart.places)), key=lambda index: abs(chart.places[index] - x))

    def resizeEvent(self, event: Any) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._fit()
        self._mark()


class _Bars(QGraphicsItem):
    """The bars of one series, with rounded ends and feet on zero."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: list[tuple[QRectF, QColor, bool]] = []
        self._bounds = QRectF()

    def show_bars(
        self,
        lefts: Sequence[float],
        wide: float,
        values: Sequence[float | None],
        quiet: QColor,
        loud: QColor,
        best: int | None,
    ) -> None:
        """Show bars from `lefts` on; the `best` of them in the loud colour."""
        self.prepareGeometryChange()
        self._bars = [
            (QRectF(left, min(value, 0.0), wide, abs(value)), loud if index == best else quiet, value < 0)
            for index, (left, value) in enumerate(zip(lefts, values, strict=True))
            if value
        ]
        self._bounds = QRectF()
        for rect, _, _ in self._bars:
            self._bounds = self._bounds.united(rect)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return what all bars cover."""
        return self._bounds

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint each bar in pixels, so that corners are round at every scale."""
        to_pixels = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for rect, colour, is_below in self._bars:
            bar = to_pixels.mapRect(rect)
            gap = 1 if bar.width() > 6 else 0
            bar.setLeft(round(bar.left()) + gap)
            bar.setRight(max(round(bar.right()) - gap, bar.left() + 1))
            corner = min(_CORNER, bar.width() / 2, bar.height())
            path = QPainterPath()
            path.setFillRule(Qt.FillRule.WindingFill)
            path.addRoundedRect(bar, corner, corner)
            foot = QRectF(bar)
            (foot.setBottom if is_below else foot.setTop)(bar.center().y())
            path.addRect(foot)
            painter.fillPath(path, colour)
        painter.restore()
