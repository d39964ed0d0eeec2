"""The foot of the table: the chosen cell, what else it might be, and the ways to settle it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import figures
from app.models.extract_cells import WORDS, Trust
from app.pages.extract.table.painting import paint_trust
from app.pages.extract.words import shown
from app.style import tokens
from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.controls import button, icon_button, key_hint, label, set_icon, set_ink
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

MOST_CHOICES: Final = 5
_CHOICE: Final = 32
_WIDEST: Final = 260
_NARROWEST: Final = 72
_BETWEEN: Final = 8
_DIGITS: Final = {Qt.Key(Qt.Key.Key_1.value + at): at for at in range(MOST_CHOICES)}
LEGEND: Final[dict[Trust, str]] = {
    "exact": "stands in the document just so",
    "normalised": "read by rule from what stands there",
    "found": "in the model's words, with what supports them",
    "absent": "the document does not say",
    "doubtful": "worth a look",
    "edited": "set by a person",
    "accepted": "a person says that it is right",
    "failed": "not what the schema allows",
}


class TrustMark(QWidget):
    """The mark that the chosen cell has in the table."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._trust: Trust = "none"
        self.setFixedSize(14, 14)
        theme.changed.connect(self.update)

    def show_trust(self, trust: Trust) -> None:
        """Show another mark."""
        self._trust = trust
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the mark in the middle."""
        painter = QPainter(self)
        paint_trust(painter, self._theme, self._trust, QPointF(7, 7))
        painter.end()


class ChoiceButton(QPushButton):
    """One of the values that a cell might have: its number on the keyboard, the value, how likely it is."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self._number = number
        self._value = ""
        self._chance = ""
        self._there = True
        set_kind(self, "setup")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFixedHeight(_CHOICE)
        theme.changed.connect(self.update)

    def show_choice(self, value: Any, quote: str | None, probability: float | None, *, chosen: bool) -> None:
        """Show a value; null is that the document does not have it."""
        self._value = shown(value, quote)
        self._there = value is not None
        self._chance = "" if probability is None else figures.number(probability, 2)
        self.setChecked(chosen)
        self.setAccessibleName(f"{self._number}: {self._value}" + (f", {self._chance}" if self._chance else ""))
        self.setToolTip(plain_tip(f"{self._value}\nTake this value ({self._number})"))
        self.updateGeometry()
        self.update()

    @property
    def words(self) -> str:
        """The value and its probability."""
        return f"{self._value}  {self._chance}".strip()

    def _widths(self) -> tuple[float, float, float]:
        fonts = self._theme.fonts
        return (
            QFontMetricsF(fonts.text(11)).horizontalAdvance(str(self._number)),
            QFontMetricsF(fonts.text(13, 600)).horizontalAdvance(self._value),
            QFontMetricsF(fonts.text(12, tabular=True)).horizontalAdvance(self._chance) if self._chance else 0,
        )

    def sizeHint(self) -> QSize:
        """Return the width of all three, within reason."""
        number, value, chance = self._widths()
        return QSize(min(round(11 + number + 9 + value + (8 + chance if chance else 0) + 12 + 1), _WIDEST), _CHOICE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint number, value and probability in a frame, green where it is the chosen one."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        ground = "accentSoft" if chosen else "select" if self.isDown() else "hover" if self.underMouse() else "raised"
        ringed = chosen or self.hasFocus()
        painter.setBrush(theme.colour(ground))
        painter.setPen(QPen(theme.colour("accent" if ringed else "line"), 2 if ringed else 1))
        inset = 1.0 if ringed else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        if self.hasFocus() and chosen:
            painter.setPen(QPen(theme.colour("text"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), 4, 4)
        number, _, chance = self._widths()
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        high = self.height()
        painter.setFont(theme.fonts.text(11))
        painter.setPen(theme.colour("text2"))
        painter.drawText(QRectF(11, 0, number + 2, high), middle, str(self._number))
        left = 11 + number + 9
        room = self.width() - left - 12 - (8 + chance if chance else 0)
        font = theme.fonts.text(13, 600)
        metrics = QFontMetricsF(font)
        words = metrics.elidedText(self._value, Qt.TextElideMode.ElideRight, room + 1)
        painter.setFont(font)
        painter.setPen(theme.colour("text" if self._there else "text2"))
        painter.drawText(QRectF(left, 0, room + 2, high), middle, words)
        if self._chance:
            painter.setFont(theme.fonts.text(12, tabular=True))
            painter.setPen(theme.colour("text2"))
            at = left + metrics.horizontalAdvance(words) + 8
            painter.drawText(QRectF(at, 0, chance + 2, high), middle, self._chance)
        painter.end()


class ChoiceRow(QWidget):
    """The alternatives side by side, as many as can be read; the rest is behind "+2"."""

    more_asked = Signal(QPoint)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.count = 0
        self.choices = [ChoiceButton(theme, number + 1) for number in range(MOST_CHOICES)]
        self.more = button(theme, "+2", "flat")
        self.more.clicked.connect(lambda: self.more_asked.emit(self.more.mapToGlobal(QPoint(0, 0))))
        for control in (*self.choices, self.more):
            control.setParent(self)

    def show_count(self, count: int) -> None:
        """Show the first of the buttons; the others say nothing."""
        self.count = count
        self._lay_out()

    def _lay_out(self) -> None:
        wanted = [control.sizeHint().width() for control in self.choices[: self.count]]
        fitting = self.count
        beside = 0
        while fitting > 2 and sum(wanted[:fitting]) + _BETWEEN * (fitting - 1) + beside > self.width():
            fitting -= 1
            beside = self.more.sizeHint().width() + _BETWEEN
        room = self.width() - _BETWEEN * max(fitting - 1, 0) - beside
        widest = max(wanted[:fitting], default=0)
        while sum(min(wide, widest) for wide in wanted[:fitting]) > room and widest > _NARROWEST:
            widest -= 1
        at, top = 0, (self.height() - _CHOICE) // 2
        for control, wide in zip(self.choices, wanted[:fitting], strict=False):
            control.setGeometry(at, top, min(wide, widest), _CHOICE)
            at += min(wide, widest) + _BETWEEN
        for number, control in enumerate(self.choices):
            control.setVisible(number < fitting)
        rest = self.count - fitting
        self.more.setText(f"+{rest}")
        self.more.setAccessibleName(f"{rest} more values")
        self.more.setToolTip(f"{rest} more values: keys {fitting + 1} to {self.count}")
        self.more.setGeometry(at, (self.height() - 28) // 2, self.more.sizeHint().width(), 28)
        self.more.setVisible(rest > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room anew."""
        super().resizeEvent(event)
        self._lay_out()


class ValueField(QLineEdit):
    """A value as it is typed; Esc leaves it as it was."""

    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFont(theme.fonts.text(13, 500))
        self.setFixedWidth(280)
        self.textEdited.connect(lambda: set_kind(self, ""))

    def event(self, event: QEvent) -> bool:
        """Keep Esc for itself, whatever it means around."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Legend(QWidget):
    """The marks of values with their names, on one line; what does not fit is left out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(20)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("The marks of values")
        self.setToolTip("\n".join(f"{WORDS[trust]}: {meaning}" for trust, meaning in LEGEND.items()))
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint mark after mark."""
        theme, painter = self._theme, QPainter(self)
        font = theme.fonts.text(12)
        metrics = QFontMetricsF(font)
        at = 0.0
        for trust in LEGEND:
            words = WORDS[trust]
            wide = metrics.horizontalAdvance(words)
            if at + 17 + wide > self.width():
                break
            paint_trust(painter, theme, trust, QPointF(at + 5, self.height() / 2))
            painter.setFont(font)
            painter.setPen(theme.colour("text2"))
            box = QRectF(at + 17, 0, wide + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, words)
            at += 17 + wide + 17
        painter.end()


class ReviewBar(QFrame):
    """Shows the chosen cell and asks for what is to become of it; it changes nothing itself.

    `edited` is given what was typed. The keys of the table work here too: 1 to 5, Enter, Del, F2.
    """

    chosen = Signal(int)
    accepted = Signal()
    skipped = Signal()
    absent_asked = Signal()
    edited = Signal(str)
    left = Signal()
    """Typing has ended: whoever shows the table takes the keyboard back."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._able = False
        self._text = ""
        self.shown: tuple[str, str] | None = None
        """Document and pointer of the cell that is shown."""
        self.setProperty("ground", "surface")
        self.setProperty("rule", "above")
        self.setAccessibleName("Review")
        self.mark = TrustMark(theme)
        self.field = ElidedLabel(theme, 15, 600, hugs=True)
        self.where = ElidedLabel(theme, 12, ink="text2", hugs=True, middle=True)
        self.note = ElidedLabel(theme, 12, ink="amber")
        self.place = label(theme, "", 12, ink="text2", tabular=True)
        self.picking = ChoiceRow(theme)
        self.choices = self.picking.choices
        self.value = ValueField(theme)
        self.hint = label(theme, "Enter keeps it, Esc leaves it as it was", 12, ink="text3")
        self.wrong = ElidedLabel(theme, 12, ink="brick")
        self.edit = icon_button(theme, "pencil-simple", "Edit the value", "F2")
        self.next = button(theme, "Next")
        self.next.setToolTip("Leave this for now and show the next (F8)")
        self.accept = button(theme, "Accept", "primary", "check")
        self.accept.setToolTip("This is right; show the next (Enter)")
        self.enter = key_hint(theme, "↵")
        self.legend = Legend(theme)
        self._lay_out()
        for number, control in enumerate(self.choices):
            control.clicked.connect(lambda _checked=False, at=number: self.chosen.emit(at))
        self.picking.more_asked.connect(self._offer_rest)
        self.edit.clicked.connect(self.begin_edit)
        self.next.clicked.connect(self.skipped)
        self.accept.clicked.connect(self.accepted)
        self.value.returnPressed.connect(self._keep)
        self.value.left.connect(self.end_edit)
        self.show_none("")

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(8)
        for widget in (self.mark, self.field, self.where):
            first.addWidget(widget)
        first.addWidget(self.note, 1)
        first.addWidget(self.place)
        typing = QWidget()
        line = QHBoxLayout(typing)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.value)
        line.addWidget(self.hint, 1)
        line.addWidget(self.wrong, 1)
        self.middle = QStackedWidget()
        self.middle.setFixedHeight(_CHOICE)
        self.middle.addWidget(self.picking)
        self.middle.addWidget(typing)
        self._typing = typing
        second = QHBoxLayout()
        second.setSpacing(4)
        second.addWidget(self.middle, 1)
        second.addSpacing(8)
        second.addWidget(self.edit)
        second.addSpacing(8)
        second.addWidget(self.next)
        second.addWidget(self.accept)
        second.addWidget(self.enter)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.PANEL_MARGIN, 10, tokens.PANEL_MARGIN, 7)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.legend)

    @property
    def editing(self) -> bool:
        """Whether a value is being typed."""
        return self.middle.currentWidget() is self._typing

    def show_none(self, words: str, note: str = "") -> None:
        """Show that no cell is chosen; `note` is what went wrong with the document."""
        self.end_edit()
        self._able = False
        self.shown = None
        self.mark.setVisible(bool(note))
        self.mark.show_trust("failed")
        set_ink(self.note, "brick")
        self.field.hide()
        self.where.say(words)
        self.note.say(note)
        self.picking.show_count(0)
        self._show_able(settled=False)

    def show_cell(
        self,
        title: str,
        where: str,
        trust: Trust,
        value: Any,
        quote: str | None,
        alternatives: Sequence[tuple[Any, str | None, float | None]],
        *,
        note: str,
        settled: bool,
        key: tuple[str, str],
    ) -> None:
        """Show a cell: `alternatives` are values with quotes and probabilities, `settled` that a person has looked."""
        self.end_edit()
        self._able = True
        self.shown = key
        self.mark.show()
        self.field.show()
        self.mark.show_trust(trust)
        self.field.say(title)
        self.where.say(where)
        set_ink(self.note, "amber" if trust == "doubtful" else "text2")
        self.note.say(note)
        self._text = (
            "" if value is None else shown(value, quote) if isinstance(value, bool | float | int) else str(value)
        )
        known = list(alternatives[:MOST_CHOICES]) or [(value, quote, None)]
        for control, (other, text, chance) in zip(self.choices, known, strict=False):
            control.show_choice(other, text, chance, chosen=other == value and type(other) is type(value))
        self.picking.show_count(len(known))
        self._show_able(settled=settled)

    def _offer_rest(self, at: QPoint) -> None:
        """Offer the alternatives that have no room, above their button."""
        menu = QMenu(self)
        for number, control in enumerate(self.choices[: self.picking.count]):
            if control.isHidden():
                words = f"{control.words}\t{number + 1}".replace("&", "&&")
                menu.addAction(words, partial(self.chosen.emit, number))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at - QPoint(0, menu.sizeHint().height()))

    def show_place(self, words: str, *, more: bool) -> None:
        """Say how many are still to be reviewed, and which of them this is; `more` that another can be shown."""
        self.place.setText(words)
        self.next.setEnabled(more)

    def _show_able(self, *, settled: bool) -> None:
        self.edit.setEnabled(self._able)
        self.accept.setEnabled(self._able)
        set_kind(self.accept, "primary" if self._able else "")
        words = "Accepted" if settled else "Accept"
        self.accept.setText(f"\N{THIN SPACE}{words}")
        self.accept.setAccessibleName(words)
        set_icon(self._theme, self.accept, "check", "onAccent" if self._able else "text3")

    # Typing

    def begin_edit(self) -> None:
        """Let the value be typed."""
        if not self._able:
            return
        self.value.setText(self._text)
        self.value.setAccessibleName(f"Value of {self.field.line}")
        self.refuse("")
        self.middle.setCurrentWidget(self._typing)
        self.value.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.value.selectAll()

    def _keep(self) -> None:
        self.edited.emit(self.value.text())

    def refuse(self, words: str) -> None:
        """Say why what was typed cannot be the value."""
        self.wrong.say(one_line(words))
        self.wrong.setVisible(bool(words))
        self.hint.setVisible(not words)
        set_kind(self.value, "error" if words else "")

    def end_edit(self) -> None:
        """Show the alternatives again."""
        if self.editing:
            held = self.value.hasFocus()
            self.middle.setCurrentIndex(0)
            if held:
                self.left.emit()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of the review from any button of the bar."""
        key, plain = (
            event.key(),
            event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier},
        )
        if not plain or not self._able or self.editing:
            super().keyPressEvent(event)
        elif key in _DIGITS and _DIGITS[Qt.Key(key)] < self.picking.count:
            self.chosen.emit(_DIGITS[Qt.Key(key)])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.accepted.emit()
        elif key == Qt.Key.Key_Delete:
            self.absent_asked.emit()
        elif key == Qt.Key.Key_F2:
            self.begin_edit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the note where it would say nothing more than a letter."""
        super().resizeEvent(event)
        self.note.setVisible(self.width() >= 640)
