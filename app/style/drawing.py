"""What Espalier draws itself: the logo, the frame of the empty state, and the marks of states.

Marks are told apart by shape first, colour second; each fills a square of 10 pixels.
"""

from __future__ import annotations

import math
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

MarkShape = Literal[
    "dot",
    "half",
    "ring",
    "dash",
    "triangle",
    "cross",
    "octagon",
    "square",
    "diamond",
    "circle",
    "check",
    "arc",
    "speck",
    "bar",
]
MARK = 10


def paint_mark(painter: QPainter, shape: MarkShape, centre: QPointF, colour: QColor, *, phase: float = 0.0) -> None:
    """Paint a mark around `centre`. `phase` (0..1) turns the arc, which stands for work going on."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    pen = QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    filled = shape in {"dot", "triangle", "octagon", "square", "speck"}
    painter.setPen(Qt.PenStyle.NoPen if filled else pen)
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    match shape:
        case "dot":
            painter.drawEllipse(QPointF(0, 0), 4, 4)
        case "speck":
            painter.drawEllipse(QPointF(0, 0), 1.5, 1.5)
        case "ring":
            painter.drawEllipse(QPointF(0, 0), 4, 4)
        case "circle":
            painter.drawEllipse(QPointF(0, 0), 3, 3)
        case "half":
            painter.drawEllipse(QPointF(0, 0), 4, 4)
            painter.setBrush(colour)
            painter.drawChord(QRectF(-4, -4, 8, 8), 90 * 16, -180 * 16)
        case "dash" | "bar":
            painter.drawLine(QPointF(-4, 0), QPointF(4, 0))
        case "triangle":
            painter.drawPolygon(QPolygonF([QPointF(0, -4.6), QPointF(5, 4), QPointF(-5, 4)]))
        case "cross":
            painter.drawLine(QPointF(-3.5, -3.5), QPointF(3.5, 3.5))
            painter.drawLine(QPointF(-3.5, 3.5), QPointF(3.5, -3.5))
        case "octagon":
            angles = (math.pi / 8 + step * math.pi / 4 for step in range(8))
            painter.drawPolygon(QPolygonF([QPointF(5 * math.cos(a), 5 * math.sin(a)) for a in angles]))
        case "square":
            painter.drawRect(QRectF(-4, -4, 8, 8))
        case "diamond":
            painter.drawPolygon(QPolygonF([QPointF(0, -4.5), QPointF(4.5, 0), QPointF(0, 4.5), QPointF(-4.5, 0)]))
        case "check":
            painter.drawPolyline(QPolygonF([QPointF(-4, 0.4), QPointF(-1.2, 3.2), QPointF(4.2, -3.4)]))
        case "arc":
            faint = QColor(colour)
            faint.setAlphaF(0.25)
            painter.setPen(QPen(faint, 1.6))
            painter.drawEllipse(QPointF(0, 0), 4, 4)
            painter.setPen(pen)
            painter.drawArc(QRectF(-4, -4, 8, 8), round((90 - 360 * phase) * 16), -100 * 16)
    painter.restore()


def _branch(path: QPainterPath, y: float, reach: float, bend: float) -> None:
    """Add a tier of two branches that leave the stem at x = 0 upwards and lie along the wire at `y`."""
    for side in (-1, 1):
        path.moveTo(0, y + bend)
        path.quadTo(0, y, side * bend, y)
        path.lineTo(side * reach, y)


def paint_logo(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Paint the logo, a tree trained in three tiers, to fill the square in the middle of `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(rect.width(), rect.height())
    painter.translate(rect.center())
    painter.scale(side / 32, side / 32)
    painter.setPen(QPen(colour, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(QPointF(0, 14))
    path.lineTo(0, -9)
    for y, reach in ((-9.0, 10.0), (-1.0, 12.5), (7.0, 10.0)):
        bend = 5.0
        for side_ in (-1, 1):
            path.moveTo(0, y + bend)
            path.cubicTo(side_ * 1.0, y + 0.8, side_ * bend, y, side_ * reach, y)
    painter.drawPath(path)
    painter.drawEllipse(QPointF(0, -12.2), 1.1, 1.1)
    painter.restore()


FRAME = QSizeF(96, 56)


def paint_frame(painter: QPainter, top_left: QPointF, wire: QColor, stem: QColor) -> None:
    """Paint the frame drawing, 96 x 56: three wires, and a stem that has grown along two of them."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(top_left + QPointF(48, 0))
    painter.setPen(QPen(wire, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for y in (1.0, 21.0, 41.0):
        painter.drawLine(QPointF(-47, y), QPointF(47, y))
    painter.setPen(QPen(stem, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(QPointF(0, 55))
    path.lineTo(0, 17)
    _branch(path, 21, 18, 8)
    _branch(path, 41, 34, 8)
    painter.drawPath(path)
    painter.drawEllipse(QPointF(0, 13.2), 3.4, 3.4)
    painter.restore()
