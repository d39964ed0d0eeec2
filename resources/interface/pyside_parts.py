"""The parts that exported screens are made of. An export takes over those that it uses, as they stand here."""

from __future__ import annotations

import csv
import html
import json
import math
import re
import sys
from datetime import date
from pathlib import Path

from PySide6.QtCore import QDate, QObject, QPointF, QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices, QFont, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QButtonGroup,
    QCheckBox,
    QDateEdit,
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

COLOURS = {
    # name: in a light window, in a dark one
    "ground": ("#FDFCFA", "#232120"),
    "raised": ("#FFFFFF", "#2C2A27"),
    "hover": ("#EDEAE3", "#292724"),
    "hairline": ("#E2DED5", "#37342F"),
    "line": ("#C6C0B4", "#56514A"),
    "text": ("#22201C", "#EDE9E1"),
    "text2": ("#57524A", "#BDB6AA"),
    "text3": ("#69635A", "#A09989"),
    "accent": ("#2F7D4F", "#6CC48A"),
    "on_accent": ("#FFFFFF", "#0E2115"),
    "good": ("#24653F", "#82CF9B"),
    "good_ground": ("#E1EEE4", "#24382B"),
    "info": ("#2E5F86", "#93BADC"),
    "info_ground": ("#EDEAE3", "#292724"),
    "warning": ("#855506", "#E4B55A"),
    "warning_ground": ("#FAEED3", "#3C311C"),
    "bad": ("#A33B2C", "#EE9A88"),
    "bad_ground": ("#F8E4DF", "#452820"),
    "neutral": ("#57524A", "#BDB6AA"),
    "neutral_ground": ("#E6E2D8", "#35322D"),
    "plum": ("#7A4A86", "#CFA6D8"),
}

STYLE = """
QWidget { color: @text; font-size: 13px; }
QScrollArea, QDialog, #page { background: @ground; border: none; }
#card { background: transparent; border: 1px solid @hairline; border-radius: 8px; }
#hairline { background: @hairline; border: none; }
#picture { border: 1px dashed @line; border-radius: 6px; color: @text3; padding: 20px; }
QLineEdit, QPlainTextEdit, QComboBox, QDateEdit {
    background: @raised; border: 1px solid @line; border-radius: 6px; padding: 4px 8px; min-height: 20px;
}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QDateEdit:focus { border: 1px solid @accent; }
QPushButton {
    background: @raised; border: 1px solid @line; border-radius: 6px; padding: 5px 14px; font-weight: 500;
}
QPushButton:hover { background: @hover; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton:checked { background: @good_ground; border-color: @accent; color: @good; }
QPushButton[look="primary"] { background: @accent; border-color: @accent; color: @on_accent; }
QPushButton[look="quiet"] { background: transparent; border-color: transparent; color: @good; }
QPushButton[look="danger"] { color: @bad; border-color: @bad; }
QToolButton { border: none; font-weight: 600; padding: 4px 0; }
QDateEdit::drop-down, QComboBox::drop-down { border: none; width: 20px; }
QTableWidget { background: @ground; border: none; gridline-color: @hairline; }
QHeaderView::section {
    background: @ground; color: @text2; border: none; border-bottom: 1px solid @line; padding: 6px;
}
QTabWidget::pane { border: none; border-top: 1px solid @hairline; }
QTabBar::tab { padding: 8px 12px; color: @text2; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QProgressBar { background: @neutral_ground; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QSlider::groove:horizontal { background: @neutral_ground; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: @accent; width: 14px; margin: -5px 0; border-radius: 7px; }
"""


def colour(name):
    """Return one of the colours, as the window is light or dark."""
    dark = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return COLOURS[name][dark]


def style():
    """Return the stylesheet with its colours."""
    return re.sub(r"@(\w+)", lambda match: colour(match[1]), STYLE)


class Values(QObject):
    """What the inputs hold, by name. Whoever shows a value follows it."""

    changed = Signal()

    def __init__(self, first):
        super().__init__()
        self._first = dict(first)
        self._now = dict(first)

    def __getitem__(self, name):
        return self._now.get(name)

    def names(self):
        """Return the names of all values."""
        return list(self._now)

    def put(self, name, value):
        """Take a value."""
        if name not in self._now or self._now[name] != value or type(self._now[name]) is not type(value):
            self._now[name] = value
            self.changed.emit()

    def toggle(self, name):
        """Turn what is on off, and the other way round."""
        self.put(name, not self[name])

    def reset(self, *names):
        """Go back to the first values, of these names or of all."""
        for name in names or list(self._now):
            self.put(name, self._first.get(name))

    def follow(self, show):
        """Call now, and after each change."""
        show()
        self.changed.connect(show)

    def said(self, text, row=None, written=str):
        """Return a text with values for the names in braces; doubled braces are literal ones."""

        def value(match):
            name = match[1]
            if name is None:
                return match[0][0]
            if row is not None and name in row:
                return written(spelled(row[name]))
            return written(spelled(self._now[name])) if name in self._now else match[0]

        return re.sub(r"\{\{|\}\}|\{([^{}\n]+)\}", value, text)


def spelled(value):
    """Write a value for a person."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(spelled(item) for item in value)
    if isinstance(value, float):
        return format(value, ".12g")
    return "" if value is None else str(value)


def number(value):
    """Return a value as a number; what is none is not a number, and neither above nor below another."""
    try:
        return float(len(value) if isinstance(value, list) else value)
    except (TypeError, ValueError):
        return math.nan


def has(value, part):
    """Tell whether a list has an item, or a text a part, be it in capitals."""
    if isinstance(value, list):
        return part in value
    return bool(part) and str(part).casefold() in spelled(value).casefold()


class Screen(QWidget):
    """A window with what all screens can do: follow values, check and send them, lead elsewhere."""

    def __init__(self, title, values):
        super().__init__()
        self.setWindowTitle(title)
        self.setStyleSheet(style())
        self.scroll = QScrollArea(widgetResizable=True)
        self.values = Values(values)
        self.fields = {}
        self.conditions = []

    def fill(self, *parts):
        """Show parts, one below the other, in a page that scrolls."""
        page = Column(*parts, margin=24)
        page.layout().addStretch(1)
        page.setObjectName("page")
        self.scroll.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.scroll)
        self.resize(760, 820)

    def bind(self, name, changed, read, write):
        """Keep an input and the value of that name alike."""
        write(self.values[name])
        changed.connect(lambda *_: self.values.put(name, read()))
        self.values.changed.connect(lambda: read() == self.values[name] or write(self.values[name]))

    def say(self, show, text, row=None):
        """Have a text shown that follows the values in it."""
        self.values.follow(lambda: show(self.values.said(text, row)))

    def say_rich(self, show, text, row=None):
        """Have a formatted text shown that follows the values in it; they are never taken for formatting."""
        self.values.follow(lambda: show(self.values.said(text, row, html.escape)))

    def show_while(self, part, holds):
        """Show a part only while a condition holds."""
        self.conditions.append((part, holds))
        self.values.follow(lambda: part.setVisible(bool(holds())))
        return part

    def counts(self, name):
        """Tell whether an input is checked: one that no condition hides."""
        field = self.fields.get(name)
        return field is not None and all(holds() for part, holds in self.conditions if part.isAncestorOf(field))

    def field(self, name, label, control, *, kind="text", required=False):
        """Put a label to an input, and remember how it is checked."""
        field = Field(label, control, kind=kind, required=required)
        self.fields[name] = field
        return field

    def send(self, action, names=None, text=""):
        """Check the inputs of these names, or all; if nothing is wrong, print their values as JSON."""
        names = self.values.names() if names is None else names
        wrong = [name for name in names if self.counts(name) and not self.fields[name].check(self.values[name])]
        if wrong:
            self.fields[wrong[0]].control.setFocus()
            return
        values = {name: self.values[name] for name in names}
        sent = {"action": action, "values": values} | ({"text": text} if text else {})
        print(json.dumps(sent, ensure_ascii=False), flush=True)

    def copy(self, text):
        """Put a text on the clipboard."""
        QApplication.clipboard().setText(self.values.said(text))

    def reveal(self, section):
        """Open a section and scroll to it."""
        section.set_open(True)
        QTimer.singleShot(0, lambda: self.scroll.ensureWidgetVisible(section))

    def open_address(self, address):
        """Open an address in the browser, after it was shown."""
        box = QMessageBox(QMessageBox.Icon.Question, "Open this address?", "This leads to:", parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(address)
        box.setStandardButtons(QMessageBox.StandardButton.Open | QMessageBox.StandardButton.Cancel)
        if box.exec() == QMessageBox.StandardButton.Open:
            QDesktopServices.openUrl(QUrl(address))

    def save(self, heads, rows, kind="csv"):
        """Write a table into a file that a person chooses."""
        path, _ = QFileDialog.getSaveFileName(self, "Save the table", f"table.{kind}")
        if not path:
            return
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            if kind == "json":
                listed = [dict(zip(heads, row, strict=False)) for row in rows]
                json.dump(listed, file, ensure_ascii=False, indent=2)
            else:
                csv.writer(file).writerows([heads, *rows])


class Column(QWidget):
    """Parts below one another."""

    def __init__(self, *parts, margin=0, gap=12):
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(gap)
        for part in parts:
            hugs = getattr(part, "hugs", False)
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if hugs else Qt.AlignmentFlag(0))
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)


class Row(QWidget):
    """Parts beside one another: at the start, in the middle, at the end, spread out, or each an equal share."""

    def __init__(self, *parts, align="start"):
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        if align == "center" and len(parts) == 1 and isinstance(parts[0], Text):
            parts[0].setAlignment(Qt.AlignmentFlag.AlignHCenter)
            align = "stretch"
        if align in {"center", "end"}:
            layout.addStretch()
        for place, part in enumerate(parts):
            if align == "between" and place:
                layout.addStretch()
            is_short = not isinstance(part, Text) or len(part.text()) < 60
            if isinstance(part, Text) and is_short and align != "stretch":
                part.setWordWrap(False)
            middle = Qt.AlignmentFlag.AlignVCenter if getattr(part, "hugs", False) else Qt.AlignmentFlag(0)
            layout.addWidget(part, int(align == "stretch" or not is_short), middle)
        if align in {"start", "center"}:
            layout.addStretch()


class Grid(QWidget):
    """Parts in columns of equal width, row by row."""

    def __init__(self, columns, *parts):
        super().__init__()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for place, part in enumerate(parts):
            layout.addWidget(part, place // columns, place % columns, Qt.AlignmentFlag.AlignTop)
        for column in range(columns):
            layout.setColumnStretch(column, 1)


class Card(QFrame):
    """Parts that belong together, in a frame; its title may be empty."""

    def __init__(self, title, *parts):
        super().__init__()
        self.setObjectName("card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        heading = [Text(title, "heading")] if title else []
        layout.addWidget(Column(*heading, *parts))


class Section(QWidget):
    """Parts under a title that folds them."""

    def __init__(self, title, *parts, opened=True):
        super().__init__()
        self.head = QToolButton(text=title.replace("&", "&&"), checkable=True, checked=opened, autoRaise=True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.inner = Column(*parts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.head)
        layout.addWidget(self.inner)
        self.head.toggled.connect(self.set_open)
        self.set_open(opened)

    def set_open(self, opened):
        """Unfold it, or fold it."""
        self.head.setChecked(opened)
        self.head.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.inner.setVisible(opened)


class Dialog(QDialog):
    """A window over the screen."""

    def __init__(self, screen, title, *parts):
        super().__init__(screen)
        self.setWindowTitle(title)
        layout = QVBoxLayout(self)
        layout.addWidget(Column(*parts))
        self.setMinimumWidth(420)


SIZES = {"title": 20, "heading": 15, "body": 13, "label": 13, "caption": 12, "code": 12}


class Text(QLabel):
    """Plain text: nothing in it is taken for formatting."""

    def __init__(self, text="", look="body"):
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setWordWrap(True)
        self.setText(text)
        weight = 600 if look in {"title", "heading"} else 500 if look == "label" else 400
        ink = {"caption": "text3", "label": "text2"}.get(look, "text")
        family = "font-family: monospace;" if look == "code" else ""
        self.setStyleSheet(f"font-size: {SIZES[look]}px; font-weight: {weight}; color: {colour(ink)}; {family}")


class Rich(QLabel):
    """Formatted text that was written with the screen: its links are shown before they are followed."""

    def __init__(self, text="", follow=None):
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setText(text)
        if follow is not None:
            self.linkActivated.connect(follow)


class Badge(QLabel):
    """A short word on a coloured ground."""

    hugs = True

    def __init__(self, text="", tone="neutral"):
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setStyleSheet(
            f"background: {colour(f'{tone}_ground')}; color: {colour(tone)};"
            "border-radius: 10px; padding: 2px 8px; font-size: 12px; font-weight: 500;"
        )


class Alert(QFrame):
    """A message that should be seen."""

    def __init__(self, title, text, tone="info"):
        super().__init__()
        self.title = Text(title, "label")
        self.text = Text(text)
        layout = QVBoxLayout(self)
        layout.setSpacing(2)
        for part in (self.title, self.text):
            layout.addWidget(part)
            part.setVisible(bool(part.text()))
        self.setObjectName("alert")
        self.setStyleSheet(
            f"#alert {{ background: {colour(f'{tone}_ground')}; border-left: 3px solid {colour(tone)}; }}"
        )


class Metric(QWidget):
    """One number that matters, with its label and how it changed."""

    def __init__(self, label, value, change="", tone="neutral"):
        super().__init__()
        self.label = Text(label, "caption")
        self.value = Text(value, "title")
        self.change = Text(change, "caption")
        self.change.setStyleSheet(f"font-size: 12px; color: {colour(tone)};")
        self.change.setVisible(bool(change))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.label, self.value, self.change):
            layout.addWidget(part)


class Facts(QWidget):
    """Labels with their values, below one another."""

    def __init__(self, *pairs):
        super().__init__()
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(24)
        self.values = []
        for label, value in pairs:
            self.values.append(Text(value))
            layout.addRow(Text(label, "label"), self.values[-1])


class Progress(QWidget):
    """How far something has come."""

    def __init__(self, label, value, most):
        super().__init__()
        self.label = Text(label, "label")
        bar = QProgressBar(minimum=0, maximum=1000, textVisible=False)
        bar.setValue(round(1000 * max(0, min(value / most, 1))))
        bar.setAccessibleName(label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.label)
        layout.addWidget(bar)


class Divider(QFrame):
    """A line between parts."""

    def __init__(self):
        super().__init__()
        self.setObjectName("hairline")
        self.setFixedHeight(1)


class Picture(QLabel):
    """The picture of that name beside this file, or what it shows in words."""

    def __init__(self, name, words):
        super().__init__(words)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName(words)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setObjectName("picture")
        beside = Path(__file__).with_name(Path(name).name) if Path(name).name else None
        picture = QPixmap(str(beside)) if beside is not None and beside.is_file() else QPixmap()
        if not picture.isNull():
            self.setPixmap(picture.scaledToWidth(min(picture.width(), 640)))


class Glyph(QWidget):
    """A small drawing, given as an outline in a square of 64."""

    hugs = True

    def __init__(self, outline, words):
        super().__init__()
        self.setFixedSize(QSize(20, 20))
        self.setAccessibleName(words)
        self.setToolTip(html.escape(words))
        self._path = QPainterPath()
        for sign, values in re.findall(r"([MLCZ])([^MLCZ]*)", outline):
            at = [float(value) for value in re.findall(r"-?[\d.]+", values)]
            points = [QPointF(x, y) for x, y in zip(at[::2], at[1::2], strict=False)]
            if sign == "M":
                self._path.moveTo(points[0])
            elif sign == "L":
                self._path.lineTo(points[0])
            elif sign == "C":
                self._path.cubicTo(*points)
            else:
                self._path.closeSubpath()

    def paintEvent(self, _event):
        """Paint the drawing."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / 64, self.height() / 64)
        painter.fillPath(self._path, QColor(colour("text2")))
        painter.end()


class Button(QPushButton):
    """Something to press, as wide as what it says."""

    hugs = True

    def __init__(self, text, look, pressed):
        # A single ampersand would become an underline.
        super().__init__(text.replace("&", "&&"))
        self.setProperty("look", look)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _checked: pressed())


class Field(QWidget):
    """An input with its label, and what is wrong with it."""

    def __init__(self, label, control, *, kind="text", required=False):
        super().__init__()
        self.control = control
        self.kind = kind
        self.required = required
        self.label = Text(label, "label")
        self.problem = Text("", "caption")
        self.problem.setStyleSheet(f"font-size: 12px; color: {colour('bad')};")
        self.problem.hide()
        control.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self.label, control, self.problem):
            layout.addWidget(part)

    def check(self, value):
        """Tell whether a value will do, and say so where it does not."""
        sentence = self._wrong(value)
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        return not sentence

    def _wrong(self, value):
        text = spelled(value).strip()
        if not text or value is False:
            return "Please fill this in." if self.required else ""
        if self.kind == "email" and not re.fullmatch(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+", text):
            return "This is not an email address. One looks like name@example.org."
        if self.kind == "number" and math.isnan(number(text)):
            return "This is not a number."
        if self.kind == "time" and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", text):
            return "This is not a time. Times are written like 18:30."
        if self.kind == "url" and not re.fullmatch(r"https?://[^\s]+", text):
            return "This is not a web address. One looks like https://example.org."
        return ""


class Day(QDateEdit):
    """A date that may be left out."""

    def __init__(self):
        super().__init__(calendarPopup=True, displayFormat="yyyy-MM-dd", specialValueText=" ")
        self.setMinimumDate(QDate(1900, 1, 1))
        self.setDate(self.minimumDate())

    def iso(self):
        """Return the date as it is written, or None."""
        return None if self.date() == self.minimumDate() else self.date().toString("yyyy-MM-dd")

    def set_iso(self, text):
        """Show a date that is written so; None for none."""
        try:
            day = date.fromisoformat(text or "")
        except ValueError:
            self.setDate(self.minimumDate())
        else:
            self.setDate(QDate(day.year, day.month, day.day))


class Options(QWidget):
    """One of some options, as round buttons or as a line of buttons."""

    changed = Signal()

    def __init__(self, options, *, segmented=False):
        super().__init__()
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self) if segmented else QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0 if segmented else 6)
        self._options = list(options)
        for place, option in enumerate(self._options):
            said = option.replace("&", "&&")
            button = QPushButton(said, checkable=True) if segmented else QRadioButton(said)
            self._group.addButton(button, place)
            layout.addWidget(button)
        if segmented:
            layout.addStretch()
        self._group.idToggled.connect(lambda *_: self.changed.emit())

    def chosen(self):
        """Return the option that is chosen, or None."""
        place = self._group.checkedId()
        return self._options[place] if place >= 0 else None

    def choose(self, option):
        """Choose an option; None, or one that there is not, for none."""
        button = self._group.button(self._options.index(option)) if option in self._options else None
        if button is not None:
            button.setChecked(True)
        elif self._group.checkedButton() is not None:
            self._group.setExclusive(False)
            self._group.checkedButton().setChecked(False)
            self._group.setExclusive(True)


class Ticks(QWidget):
    """Several of some options."""

    changed = Signal()

    def __init__(self, options):
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._boxes = {option: QCheckBox(option.replace("&", "&&")) for option in options}
        for box in self._boxes.values():
            layout.addWidget(box)
            box.toggled.connect(lambda *_: self.changed.emit())

    def chosen(self):
        """Return the options that are ticked, in their order."""
        return [option for option, box in self._boxes.items() if box.isChecked()]

    def choose(self, options):
        """Tick these options, and no others."""
        for option, box in self._boxes.items():
            box.setChecked(option in (options or []))


class Range(QWidget):
    """A number between two others, with where it stands beside it."""

    changed = Signal()

    def __init__(self, least, most, step):
        super().__init__()
        self._least, self._step = least, step
        self._slider = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=max(1, round((most - least) / step)))
        self._shown = Text(spelled(least), "label")
        self._shown.setMinimumWidth(44)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._shown)
        self._slider.valueChanged.connect(self._tell)

    def value(self):
        """Return where it stands."""
        at = round(self._least + self._slider.value() * self._step, 10)
        return int(at) if float(at).is_integer() else at

    def set_value(self, value):
        """Go to a number, or the next one that a step leads to."""
        self._slider.setValue(round((number(value) - self._least) / self._step) if value is not None else 0)
        self._shown.setText(spelled(self.value()))

    def _tell(self):
        self._shown.setText(spelled(self.value()))
        self.changed.emit()


def make_table(columns, rows):
    """Return a table: `columns` are labels with what they hold, `rows` texts. Numbers stand at the right."""
    table = QTableWidget(len(rows), len(columns))
    table.setHorizontalHeaderLabels([label for label, _ in columns])
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.verticalHeader().hide()
    for place, (_, kind) in enumerate(columns):
        side = Qt.AlignmentFlag.AlignRight if kind == "number" else Qt.AlignmentFlag.AlignLeft
        table.horizontalHeaderItem(place).setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        for line, row in enumerate(rows):
            item = QTableWidgetItem(row[place])
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(line, place, item)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.setMinimumHeight(min(40 + 31 * len(rows), 420))
    return table


def branches(nodes):
    """Return the items of a tree: each label with those within it."""
    items = []
    for label, inner in nodes:
        item = QTreeWidgetItem([label])
        item.addChildren(branches(inner))
        items.append(item)
    return items


class Chart(QWidget):
    """Numbers as bars, lines, an area, a pie or dots; `series` are names with a number for each label."""

    INKS = ("accent", "info", "warning", "plum", "bad", "text3")

    def __init__(self, kind, title, labels, series):
        super().__init__()
        self.kind, self.title, self.labels, self.series = kind, title, labels, series
        self.setMinimumHeight(240)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self):
        """Ask for room to be read."""
        return QSize(360, 260)

    def paintEvent(self, _event):
        """Paint the title, what the colours mean, and the numbers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = self._paint_title(painter)
        area = QRectF(0, top, self.width(), self.height() - top)
        names = self.labels if self.kind == "pie" else [name for name, _ in self.series]
        if self.kind == "pie" or len(names) > 1:
            area.setBottom(self._paint_legend(painter, names))
        if self.kind == "pie":
            self._paint_pie(painter, area)
        else:
            self._paint_plot(painter, area)
        painter.end()

    def _ink(self, place):
        return QColor(colour(self.INKS[place % len(self.INKS)]))

    def _paint_title(self, painter):
        if not self.title:
            return 4
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colour("text")))
        painter.drawText(QRectF(0, 0, self.width(), 24), Qt.AlignmentFlag.AlignVCenter, self.title)
        painter.setFont(self.font())
        return 32

    def _paint_legend(self, painter, names):
        across, bottom = 0.0, self.height() - 22.0
        metrics = painter.fontMetrics()
        for place, name in enumerate(names):
            width = metrics.horizontalAdvance(name)
            painter.fillRect(QRectF(across, bottom + 6, 10, 10), self._ink(place))
            painter.setPen(QColor(colour("text2")))
            painter.drawText(QRectF(across + 16, bottom, width + 2, 22), Qt.AlignmentFlag.AlignVCenter, name)
            across += width + 36
        return bottom - 6

    def _scale(self):
        numbers = [number for _, values in self.series for number in values] or [0.0]
        low, high = min(numbers), max(numbers)
        if self.kind != "scatter":
            low, high = min(low, 0.0), max(high, 0.0)
        if low == high:
            low, high = min(low, 0.0), max(high, 1.0)
        rough = (high - low) / 4
        size = 10 ** math.floor(math.log10(rough))
        step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough * 0.999)
        return [step * place for place in range(math.floor(low / step), math.ceil(high / step - 1e-9) + 1)]

    def _paint_plot(self, painter, area):
        marks = self._scale()
        metrics = painter.fontMetrics()
        left = max(metrics.horizontalAdvance(f"{mark:g}") for mark in marks) + 10
        plot = area.adjusted(left, 8, -4, -24)

        def height(value):
            return plot.bottom() - (value - marks[0]) / (marks[-1] - marks[0]) * plot.height()

        for mark in marks:
            painter.setPen(QColor(colour("line" if mark == 0 else "hairline")))
            painter.drawLine(QPointF(plot.left(), height(mark)), QPointF(plot.right(), height(mark)))
            painter.setPen(QColor(colour("text3")))
            place = QRectF(0, height(mark) - 10, left - 8, 20)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{mark:g}")
        band = plot.width() / max(len(self.labels), 1)
        every = max(1, math.ceil(56 * len(self.labels) / max(plot.width(), 1)))
        for place, label in enumerate(self.labels[::every]):
            box = QRectF(plot.left() + band * place * every, plot.bottom() + 4, band * every, 20)
            shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, shown)
        for order, (_, values) in enumerate(self.series):
            points = [QPointF(plot.left() + band * (at + 0.5), height(value)) for at, value in enumerate(values)]
            zero = height(max(marks[0], min(0.0, marks[-1])))
            self._paint_series(painter, points, order, band, zero)

    def _paint_series(self, painter, points, order, band, zero):
        ink = self._ink(order)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        if self.kind == "bar":
            width = min(band * 0.64 / len(self.series), 48)
            for point in points:
                left = point.x() - width * len(self.series) / 2 + width * order
                painter.drawRoundedRect(
                    QRectF(QPointF(left, zero), QPointF(left + width - 1, point.y())).normalized(), 2, 2
                )
            return
        if self.kind in {"line", "area"} and points:
            path = QPainterPath(points[0])
            for point in points[1:]:
                path.lineTo(point)
            if self.kind == "area":
                ground = QPainterPath(path)
                ground.lineTo(points[-1].x(), zero)
                ground.lineTo(points[0].x(), zero)
                soft = QColor(ink)
                soft.setAlphaF(0.16)
                painter.fillPath(ground, soft)
            painter.strokePath(path, QPen(ink, 2))
        for point in points:
            radius = 4.0 if self.kind == "scatter" else 3.0
            painter.drawEllipse(point, radius, radius)

    def _paint_pie(self, painter, area):
        values = [max(value, 0.0) for value in (self.series[0][1] if self.series else [])]
        whole = sum(values)
        if not whole:
            painter.setPen(QColor(colour("text3")))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "Nothing to show")
            return
        side = min(area.width(), area.height()) - 8
        box = QRectF(area.center().x() - side / 2, area.center().y() - side / 2, side, side)
        painter.setPen(QPen(QColor(colour("ground")), 2))
        begun = 90.0 * 16
        for place, value in enumerate(values):
            span = value / whole * 360 * 16
            painter.setBrush(self._ink(place))
            painter.drawPie(box, round(begun - span), round(span))
            begun -= span


def run(screen):
    """Show a screen until it is closed."""
    application = QApplication.instance() or QApplication(sys.argv)
    application.setStyle("Fusion")
    window = screen()
    window.show()
    return application.exec()
