"""The popover of a token: what else might have stood there, what the mask took away, what was tried before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QWidget

from app import figures
from app.models.token_facts import NOT_DRAWN, percent
from app.models.visible import quoted, shortened
from app.style import tokens
from app.style.drawing import paint_mark

if TYPE_CHECKING:
    from app.models.token_facts import Facts
    from app.style.theme import Theme
    from app.token_trace import Alternative

WIDTH = 302
MARGIN = 17
_HEAD = 38
_ROW = 22
_LINE = 20
_BAR_LEFT = 81
_BAR_WIDTH = 148
_BAR = 8
_ATTEMPTS = 3
_NONE = -1
_CENTRE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing of the popover, from top to bottom."""

    kind: Literal["row", "rule", "mass", "bar", "attempt", "note"]
    top: int
    height: int
    text: str = ""
    hint: str = ""
    alternative: int = _NONE


class TokenPopover(QFrame):
    """What there is to know of one token. It never takes the focus: the view hands on the keys that are for it."""

    chosen = Signal(int)
    """The answer is to go on from this token with another in its place: that one's id."""
    entered = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._facts: Facts | None = None
        self._parts: list[_Part] = []
        self._offers = True
        self._current = _NONE
        self.setProperty("ground", "popover")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._shadow = _FadingShadow(self)
        self._shadow.setBlurRadius(24)
        self._shadow.setOffset(0, 4)
        self.setGraphicsEffect(self._shadow)
        self._fade = QVariantAnimation(self)
        self._fade.setDuration(tokens.FADE_MS)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.valueChanged.connect(self._shadow.set_opacity)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def _recolour(self) -> None:
        self._shadow.setColor(self._theme.colour("shadow"))
        self.update()

    # What is shown

    @property
    def facts(self) -> Facts | None:
        """What is shown; None while it is closed."""
        return self._facts if self.isVisible() else None

    @property
    def current(self) -> Alternative | None:
        """The alternative that Enter would choose."""
        return None if self._facts is None or self._current < 0 else self._facts.token.alternatives[self._current]

    def open(self, facts: Facts, page: QWidget, over: QRect, within: QRect, *, offers: bool) -> None:
        """Show a token that stands at `over`, below it if there is room `within`; both in the places of `page`.

        `offers` tells whether an alternative may be chosen now.
        """
        same = self._facts is not None and self._facts.token is facts.token and self._facts.index == facts.index
        self._facts, self._offers = facts, offers
        if not same:
            self._current = _NONE
        self._parts = self._plan(facts)
        self.setAccessibleName(facts.title)
        self.setAccessibleDescription(facts.text)
        if self.parentWidget() is not page:
            self.setParent(page)
        self.setFixedSize(WIDTH, self._parts[-1].top + self._parts[-1].height + 10)
        self._place(over, within)
        if not self.isVisible():
            self._fade.stop()
            self._fade.start()
        self.show()
        self.raise_()
        self.update()

    def _place(self, over: QRect, within: QRect) -> None:
        left = min(over.left() - MARGIN + 1, within.right() - self.width())
        top = over.bottom() + 3
        if top + self.height() > within.bottom():
            top = over.top() - self.height() - 3
        if top < within.top():
            # Neither below nor above is room: beside the token, which stays in sight.
            top = max(min(over.bottom() + 3, within.bottom() - self.height()), within.top())
            left = over.right() + MARGIN
            if left + self.width() > within.right():
                left = over.left() - self.width() - MARGIN
        self.move(max(left, within.left()), top)

    def step(self, by: int) -> bool:
        """Go to the next or the last alternative that can be chosen; tell whether there is one."""
        if self._facts is None or not self._offers:
            return False
        open_ = [
            place
            for place, alternative in enumerate(self._facts.token.alternatives)
            if self._facts.open_to_branch(alternative)
        ]
        if not open_:
            return False
        if self._current in open_:
            self._current = open_[min(max(open_.index(self._current) + by, 0), len(open_) - 1)]
        else:
            self._current = open_[0 if by > 0 else -1]
        self.update()
        return True

    def choose(self) -> bool:
        """Choose the current alternative; tell whether there is one."""
        alternative = self.current
        if alternative is None:
            return False
        self.chosen.emit(alternative.id)
        return True

    # Setting out

    def _plan(self, facts: Facts) -> list[_Part]:
        parts: list[_Part] = []
        y = _HEAD

        def add(kind: Literal["row", "rule", "mass", "bar", "attempt", "note"], height: int, **more: Any) -> None:
            nonlocal y
            parts.append(_Part(kind, y, height, **more))
            y += height

        token = facts.token
        for place in range(len(token.alternatives)):
            add("row", _ROW, alternative=place)
        if token.how != "drawn":
            add("note", self._high(NOT_DRAWN[token.how]), text=NOT_DRAWN[token.how])
        elif not token.alternatives:
            words = "Drawn; what else was likely was not kept."
            add("note", self._high(words), text=words)
        if token.removed_mass is not None:
            add("rule", 9)
            add("mass", _LINE, text=percent(token.removed_mass))
            add("bar", 14)
        offers = self._offers and any(map(facts.open_to_branch, token.alternatives))
        left = ""
        if token.removed_mass and token.probability is not None and token.how == "drawn":
            left = f"{figures.number(token.probability, 2)} of what was left"
        if left or offers:
            if parts and parts[-1].kind == "row":
                add("rule", 9)
            add("note", _LINE, text=left, hint="Choose another to branch" if offers else "")
        if facts.attempts is not None:
            add("rule", 9)
            count = facts.attempts.count
            times = {1: "once", 2: "twice"}.get(count, f"{figures.number(count)} times")
            add("note", _LINE, text=f"Written and taken back here {times}")
            for text in facts.attempts.texts[-_ATTEMPTS:]:
                add("attempt", _LINE, text=quoted(text, 60))
            left_out = count - len(facts.attempts.texts[-_ATTEMPTS:])
            if left_out > 0:
                add("note", _LINE, text=f"and {figures.number(left_out)} more")
        return parts

    def _high(self, words: str) -> int:
        box = QRect(0, 0, WIDTH - 2 * MARGIN, 400)
        metrics = QFontMetricsF(self._theme.fonts.text(12))
        return round(metrics.boundingRect(QRectF(box), Qt.TextFlag.TextWordWrap, words).height()) + 4

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and line, then one part under another."""
        super().paintEvent(event)
        facts = self._facts
        if facts is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter, facts)
        for part in self._parts:
            area = QRectF(MARGIN, part.top, WIDTH - 2 * MARGIN, part.height)
            match part.kind:
                case "row":
                    self._paint_alternative(painter, facts, part.alternative, area)
                case "rule":
                    painter.fillRect(QRectF(1, part.top + 3, WIDTH - 2, 1), self._theme.colour("hairline"))
                case "mass":
                    self._write(painter, area, "Mass removed by the mask", 12, "text2")
                    self._write(painter, area, part.text, 12, "text", weight=600, right=True)
                case "bar":
                    self._paint_mass(painter, facts.token.removed_mass or 0.0, area)
                case "attempt":
                    paint_mark(painter, "cross", area.topLeft() + QPoint(4, _LINE // 2), self._colour("brickMark"))
                    font = self._theme.fonts.code(12)
                    self._elided(painter, area.adjusted(16, 0, 0, 0), part.text, font, "text2")
                case "note":
                    painter.setFont(self._theme.fonts.text(12))
                    painter.setPen(self._colour("text2"))
                    painter.drawText(area, _CENTRE | Qt.TextFlag.TextWordWrap, part.text)
                    if part.hint:
                        self._write(painter, area, part.hint, 11, "text3", right=bool(part.text))
        painter.end()

    def _colour(self, token: str) -> QColor:
        return self._theme.colour(token)

    def _write(
        self,
        painter: QPainter,
        area: QRectF,
        text: str,
        pixels: int,
        ink: str,
        *,
        weight: Literal[400, 600] = 400,
        right: bool = False,
    ) -> None:
        painter.setFont(self._theme.fonts.text(pixels, weight, tabular=right))
        painter.setPen(self._colour(ink))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, side | _CENTRE | Qt.TextFlag.TextDontClip, text)

    def _elided(self, painter: QPainter, area: QRectF, text: str, font: QFont, ink: str) -> None:
        painter.setFont(font)
        painter.setPen(self._colour(ink))
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | _CENTRE | Qt.TextFlag.TextDontClip, shown)

    def _paint_head(self, painter: QPainter, facts: Facts) -> None:
        area = QRectF(MARGIN, 9, WIDTH - 2 * MARGIN, _LINE)
        self._write(painter, area, facts.position, 11, "text3", right=True)
        taken = QFontMetricsF(painter.font()).horizontalAdvance(facts.position) + 12
        self._elided(painter, area.adjusted(0, 0, -taken, 0), facts.title, self._theme.fonts.text(13, 600), "text")

    def _paint_alternative(self, painter: QPainter, facts: Facts, place: int, area: QRectF) -> None:
        alternative = facts.token.alternatives[place]
        chosen = alternative.id == facts.token.id
        if place == self._current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour("select"))
            painter.drawRoundedRect(area.adjusted(-9, 0, 9, 0), 4, 4)
        out = not alternative.allowed or alternative.refused
        font = QFont(self._theme.fonts.code(12))
        font.setStrikeOut(not alternative.allowed)
        if alternative.refused:
            paint_mark(painter, "cross", area.topLeft() + QPoint(-8, _ROW // 2), self._colour("brickMark"))
        name = QRectF(area.left(), area.top(), _BAR_LEFT - MARGIN - 8, area.height())
        self._elided(
            painter,
            name,
            shortened(alternative.text, 60) if alternative.text.strip(" ") else quoted(alternative.text),
            font,
            "text3" if out else "text",
        )
        likeliest = max(entry.probability for entry in facts.token.alternatives) or 1.0
        width = max(_BAR_WIDTH * alternative.probability / likeliest, 2.0)
        bar = QRectF(_BAR_LEFT, area.center().y() - _BAR / 2, width, _BAR)
        if not alternative.allowed:
            _hatch(painter, bar, self._colour("text3"))
        else:
            ink = "brickMark" if alternative.refused else "accent" if chosen else "accentLine"
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour(ink))
            painter.drawRoundedRect(bar, 2, 2)
        number = figures.number(alternative.probability, 2)
        self._write(painter, area, number, 12, "text3" if out else "text", right=True)

    def _paint_mass(self, painter: QPainter, removed: float, area: QRectF) -> None:
        whole = QRectF(area.left(), area.top() + 4, area.width(), 6)
        left = whole.width() * (1 - removed)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour("accent"))
        painter.drawRoundedRect(QRectF(whole.left(), whole.top(), max(left - 1, 0), 6), 2, 2)
        if removed > 0.005:
            gone = whole.adjusted(left + 1, 0, 0, 0)
            _hatch(painter, gone, self._colour("text3"))

    # The pointer

    def _alternative_at(self, at: QPoint) -> int:
        if self._facts is None or not self._offers:
            return _NONE
        for part in self._parts:
            if part.kind == "row" and part.top <= at.y() < part.top + part.height:
                alternative = self._facts.token.alternatives[part.alternative]
                return part.alternative if self._facts.open_to_branch(alternative) else _NONE
        return _NONE

    def alternative_rect(self, place: int) -> QRect:
        """Return where an alternative stands."""
        part = next(part for part in self._parts if part.kind == "row" and part.alternative == place)
        return QRect(MARGIN, part.top, WIDTH - 2 * MARGIN, part.height)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the alternative under the pointer, if it can be chosen."""
        found = self._alternative_at(event.position().toPoint())
        if found != self._current:
            self._current = found
            self.setCursor(Qt.CursorShape.ArrowCursor if found == _NONE else Qt.CursorShape.PointingHandCursor)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep the press: what lies below is not meant."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the alternative that is clicked."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._current = self._alternative_at(event.position().toPoint())
            self.choose()

    def enterEvent(self, event: Any) -> None:
        """Say that the pointer came."""
        super().enterEvent(event)
        self.entered.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Say that the pointer left."""
        super().leaveEvent(event)
        self._current = _NONE
        self.update()
        self.left.emit()

    def hideEvent(self, event: Any) -> None:
        """Forget what was shown."""
        super().hideEvent(event)
        self._fade.stop()
        self._facts = None


class _FadingShadow(QGraphicsDropShadowEffect):
    """The one soft shadow, which also fades what casts it: a widget has one effect only."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._opacity = 1.0

    def set_opacity(self, opacity: float) -> None:
        """Show as much of it (0..1)."""
        self._opacity = opacity
        self.update()

    def draw(self, painter: QPainter) -> None:
        """Draw the widget and its shadow."""
        painter.setOpacity(self._opacity)
        super().draw(painter)


def _hatch(painter: QPainter, area: QRectF, ink: QColor) -> None:
    """Draw a bar that stands for what was taken away: an outline, hatched."""
    painter.save()
    painter.setClipRect(area)
    painter.setPen(QPen(ink, 0.8))
    x = area.left() - area.height()
    while x < area.right():
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x + area.height(), area.top()))
        x += 4
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, 1))
    painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
