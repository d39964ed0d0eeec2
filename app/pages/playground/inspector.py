"""The inspector: response format and schema, sampling, system prompt."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QRegularExpression, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.exchange import Draft
from app.style import tokens
from app.style.drawing import paint_mark
from app.style.theme import set_kind
from app.widgets.controls import button, ground, icon_button, label, section_title
from app.widgets.json_editor import JsonEditor

if TYPE_CHECKING:
    from app.checks import SchemaCheck
    from app.exchange import FormatName, Preview
    from app.style.theme import Theme

_FORMATS: tuple[tuple[FormatName, str], ...] = (
    ("schema", "Schema"),
    ("json", "JSON"),
    ("text", "Text"),
    ("regex", "Regex"),
    ("lark", "Lark grammar"),
)
_NOTES = {
    "text": "Nothing is masked: the model may write anything.",
    "json": "One JSON object, of any shape.",
}
_LABEL = 88
_WARM = 0.7


class EnforcementBar(QWidget):
    """How a schema's keywords are held to, as shares of a bar and as numbers."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts: Counter[str] = Counter()
        self.setFixedHeight(32)
        theme.changed.connect(self.update)

    def show_preview(self, preview: Preview | None) -> None:
        """Count what the mask holds, what is checked, and what is only noted."""
        self._counts = Counter(how for _, _, how in preview.enforcement) if preview else Counter()
        mask, check, note = (self._counts[how] for how in ("mask", "check", "annotation"))
        words = f"{mask} masked, {check} checked, {note} notes"
        self.setAccessibleName(f"How the schema's keywords are held to: {words}")
        lines = [f"{how}: {pointer}/{keyword}" for pointer, keyword, how in preview.enforcement] if preview else []
        lines = [line for line in lines if not line.startswith("mask")][:20]
        self.setToolTip("\n".join(lines) or "Every keyword is enforced by the mask." if self._counts else "")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar and its legend."""
        total = sum(self._counts.values())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        x = 0.0
        gaps = 2.0 * max(0, sum(1 for count in self._counts.values() if count) - 1)
        for how, token in (("mask", "accent"), ("check", "text2"), ("annotation", "line")):
            width = (self.width() - gaps) * self._counts[how] / total if total else 0
            if width:
                painter.setBrush(self._theme.colour(token))
                painter.drawRoundedRect(QRectF(x, 2, width, 4), 2, 2)
                x += width + 2
        if not total:
            painter.setBrush(self._theme.colour("hairline"))
            painter.drawRoundedRect(QRectF(0, 2, self.width(), 4), 2, 2)
        painter.setFont(self._theme.fonts.text(12))
        x = 5.0
        legend = (
            ("square", "accent", "mask", "masked"),
            ("diamond", "text", "check", "checked"),
            ("circle", "text3", "annotation", "notes"),
        )
        for shape, token, how, words in legend:
            paint_mark(painter, shape, QPointF(x, 21), self._theme.colour(token))  # type: ignore[arg-type]
            painter.setPen(self._theme.colour("text2"))
            text = f"{self._counts[how]} {words}" if total else words
            painter.drawText(QPointF(x + 11, 25), text)
            x += 11 + painter.fontMetrics().horizontalAdvance(text) + 18
        painter.end()


class _Amount(QWidget):
    """A setting with a slider and a field."""

    changed = Signal()

    def __init__(self, theme: Theme, name: str, low: float, high: float, value: float, step: float = 0.01) -> None:
        super().__init__()
        self._step = step
        self._label = label(theme, name, 13, ink="text2")
        self._label.setFixedWidth(_LABEL)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(round(low / step), round(high / step))
        self._slider.setPageStep(max(1, self._slider.maximum() // 10))
        self._slider.setAccessibleName(f"{name}, slider")
        self._slider.setFixedHeight(24)
        self._field = QDoubleSpinBox()
        self._field.setRange(low, high)
        self._field.setSingleStep(step * 5)
        self._field.setDecimals(2)
        self._field.setFont(theme.fonts.text(tabular=True))
        self._field.setAccessibleName(name)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._field.lineEdit().setTextMargins(0, 0, 4, 0)
        self._field.setFixedWidth(64)
        self._label.setBuddy(self._field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addWidget(self._slider, 1)
        row.addWidget(self._field)
        self.set_value(value)
        self._slider.valueChanged.connect(lambda at: self._field.setValue(at * step))
        self._field.valueChanged.connect(self._typed)

    @property
    def value(self) -> float:
        """The setting."""
        return round(self._field.value(), 4)

    def set_value(self, value: float) -> None:
        """Set it."""
        self._field.setValue(value)
        self._slider.setValue(round(value / self._step))

    def _typed(self, value: float) -> None:
        self._slider.blockSignals(True)
        self._slider.setValue(round(value / self._step))
        self._slider.blockSignals(False)
        self.changed.emit()


class _Whole(QWidget):
    """A whole number that may be left open, and a button beside it."""

    changed = Signal()

    def __init__(self, theme: Theme, name: str, empty: str, icon: str, action: str, digits: int) -> None:
        super().__init__()
        text = label(theme, name, 13, ink="text2")
        text.setFixedWidth(_LABEL)
        self.field = QLineEdit()
        self.field.setFont(theme.fonts.text(tabular=True))
        self.field.setPlaceholderText(empty)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setAccessibleName(name)
        pattern = QRegularExpression(f"[0-9]{{0,{digits}}}")
        self.field.setValidator(QRegularExpressionValidator(pattern, self.field))
        self.field.textChanged.connect(lambda _text: self.changed.emit())
        self.button = icon_button(theme, icon, action)
        text.setBuddy(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(text)
        row.addWidget(self.field, 1)
        row.addWidget(self.button)

    @property
    def value(self) -> int | None:
        """The number, or None where it is left open."""
        return int(self.field.text()) if self.field.text() else None

    def set_value(self, value: int | None) -> None:
        """Set it."""
        self.field.setText("" if value is None else str(value))


class Inspector(QFrame):
    """Everything that decides an answer beside the prompt."""

    edited = Signal()
    prompt_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._filling = False
        self._warm = _WARM
        self._check: SchemaCheck | None = None
        self.setProperty("ground", "canvas")
        self.setMinimumWidth(288)
        self.setMaximumWidth(640)
        self._build_format()
        self._build_sampling()
        self._build_system()
        self._lay_out()

    # Building

    def _build_format(self) -> None:
        theme = self._theme
        self.format = QComboBox()
        self.format.setFont(theme.fonts.text())
        self.format.setAccessibleName("Response format")
        for name, words in _FORMATS:
            self.format.addItem(words, name)
        self.format.currentIndexChanged.connect(self._format_chosen)
        self.schema = JsonEditor(theme, "Schema")
        self.regex = JsonEditor(theme, "Regular expression", json=False, numbers=False)
        self.regex.setPlaceholderText("[A-Z]{2}-[0-9]{4}")
        self.lark = JsonEditor(theme, "Lark grammar", json=False)
        self.lark.setPlaceholderText('start: "yes" | "no"')
        self.note = label(theme, "", 12, ink="text3")
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.texts = QStackedWidget()
        for widget in (self.schema, self.regex, self.lark, self.note):
            self.texts.addWidget(widget)
        for editor in (self.schema, self.regex, self.lark):
            editor.textChanged.connect(self._typed)
        self.enforcement = EnforcementBar(theme)
        self.problem = label(theme, "", 12, ink="brick")
        self.problem.setWordWrap(True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.problem.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.go_to_line = button(theme, "Go to line", "go")
        self.go_to_line.clicked.connect(self.go_to_problem)

    def _build_sampling(self) -> None:
        theme = self._theme
        self.greedy = button(theme, "Greedy", "go")
        self.greedy.setCheckable(True)
        self.greedy.setToolTip("Always the likeliest token; the same answer every time")
        self.greedy.clicked.connect(self._greedy_pressed)
        self.temperature = _Amount(theme, "Temperature", 0, 2, 0)
        self.top_p = _Amount(theme, "Top-p", 0.01, 1, 1)
        self.min_p = _Amount(theme, "Min-p", 0, 1, 0)
        self.repetition = _Amount(theme, "Repetition", 0.5, 2, 1)
        self.seed = _Whole(theme, "Seed", "drawn anew", "dice-five", "Draw a seed", 15)
        self.seed.button.clicked.connect(lambda: self.seed.set_value(secrets.randbelow(1_000_000)))
        self.max_tokens = _Whole(theme, "Max tokens", "to the context's end", "infinity", "No limit but the context", 6)
        self.max_tokens.button.clicked.connect(lambda: self.max_tokens.set_value(None))
        for amount in (self.temperature, self.top_p, self.min_p, self.repetition):
            amount.changed.connect(self._typed)
        for whole in (self.seed, self.max_tokens):
            whole.changed.connect(self._typed)

    def _build_system(self) -> None:
        self.system = QPlainTextEdit()
        self.system.setFont(self._theme.fonts.text(13))
        self.system.setAccessibleName("System prompt")
        self.system.setPlaceholderText("None")
        self.system.setTabChangesFocus(True)
        self.system.document().setDocumentMargin(0)
        self.system.setFixedHeight(76)
        self.system.textChanged.connect(self._typed)
        self.exact = button(self._theme, "Exact prompt", "go")
        self.exact.setToolTip("Show what the model reads, token for token")
        self.exact.clicked.connect(self.prompt_asked)

    def _lay_out(self) -> None:
        theme = self._theme
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)

        form = self._section(column, "Response format", self.go_to_line, stretch=1)
        form.addWidget(self.format)
        form.addSpacing(8)
        self.texts.setMinimumHeight(132)
        form.addWidget(self.texts, 1)
        form.addSpacing(8)
        form.addWidget(self.enforcement)
        form.addWidget(self.problem)

        sampling = self._section(column, "Sampling", self.greedy)
        for widget in (
            self.temperature,
            self.top_p,
            self.min_p,
            self.repetition,
            self.seed,
            self.max_tokens,
        ):
            sampling.addWidget(widget)

        system = self._section(column, "System prompt", self.exact, last=True)
        system.addWidget(self.system)

        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        head = ground("canvas", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 8, 0)
        row.addWidget(label(theme, "Inspector", 13, 600))
        row.addStretch(1)
        self.fold = icon_button(theme, "caret-double-right", "Hide the inspector", "Ctrl+I")
        row.addWidget(self.fold)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(head)
        outer.addWidget(scroll, 1)

    def _section(
        self,
        column: QVBoxLayout,
        title: str,
        action: QWidget | None = None,
        *,
        stretch: int = 0,
        last: bool = False,
    ) -> QVBoxLayout:
        box = ground("canvas", "" if last else "below")
        outer = QVBoxLayout(box)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        row = QHBoxLayout()
        # The action's text, not its invisible border, ends where the fields below it end.
        row.setContentsMargins(tokens.PANEL_MARGIN, 10, tokens.PANEL_MARGIN - 9, 4)
        row.addStrut(tokens.CONTROL)
        row.addWidget(section_title(self._theme, title))
        row.addStretch(1)
        if action is not None:
            row.addWidget(action)
        inside = QVBoxLayout()
        inside.setContentsMargins(tokens.PANEL_MARGIN, 0, tokens.PANEL_MARGIN, 12)
        inside.setSpacing(0)
        outer.addLayout(row)
        outer.addLayout(inside, 1)
        column.addWidget(box, stretch)
        return inside

    # What it holds

    def show_draft(self, draft: Draft) -> None:
        """Fill every control."""
        self._filling = True
        self.format.setCurrentIndex([name for name, _ in _FORMATS].index(draft.format))
        for editor, text in ((self.schema, draft.schema), (self.regex, draft.regex), (self.lark, draft.lark)):
            if editor.toPlainText() != text:
                editor.setPlainText(text)
        if self.system.toPlainText() != draft.system:
            self.system.setPlainText(draft.system)
        self.temperature.set_value(draft.temperature)
        self.top_p.set_value(draft.top_p)
        self.min_p.set_value(draft.min_p)
        self.repetition.set_value(draft.repetition)
        self.seed.set_value(draft.seed)
        self.max_tokens.set_value(draft.max_tokens)
        self._filling = False
        self._show_format()
        self._show_greedy()

    def draft(self, prompt: str) -> Draft:
        """Return what the controls hold, with a prompt."""
        return Draft(
            prompt=prompt,
            system=self.system.toPlainText(),
            format=self.format.currentData(),
            schema=self.schema.toPlainText(),
            regex=self.regex.toPlainText(),
            lark=self.lark.toPlainText(),
            temperature=self.temperature.value,
            top_p=self.top_p.value,
            min_p=self.min_p.value,
            repetition=self.repetition.value,
            seed=self.seed.value,
            max_tokens=self.max_tokens.value or None,
        )

    def _typed(self) -> None:
        if self._filling:
            return
        self._show_greedy()
        self.edited.emit()

    def _format_chosen(self) -> None:
        self._show_format()
        self._typed()

    def _show_format(self) -> None:
        name = self.format.currentData()
        editors: dict[str, QWidget] = {"schema": self.schema, "regex": self.regex, "lark": self.lark}
        self.note.setText(_NOTES.get(name, ""))
        self.texts.setCurrentWidget(editors.get(name, self.note))
        self.enforcement.setVisible(name == "schema" and not (self._check and self._check.problems))
        for widget in (self.problem, self.go_to_line):
            widget.setVisible(name == "schema" and bool(self._check and self._check.problems))

    # Greedy

    def _greedy_pressed(self, checked: bool) -> None:
        if checked:
            self._warm = self.temperature.value or _WARM
        self.temperature.set_value(0 if checked else self._warm)

    def _show_greedy(self) -> None:
        greedy = self.temperature.value == 0
        self.greedy.setChecked(greedy)
        self.greedy.setText("Greedy" if greedy else "Make greedy")
        set_kind(self.greedy, "go" if greedy else "flat")
        self.greedy.setAccessibleName("Greedy sampling, on" if greedy else "Make sampling greedy")
        for amount in (self.top_p, self.min_p):
            amount.setEnabled(not greedy)
            amount.setToolTip("Without effect while sampling is greedy" if greedy else "")

    # Checks

    def show_check(self, check: SchemaCheck) -> None:
        """Show what is wrong with the schema, at its line."""
        self._check = check
        self.schema.show_problems(check.problems)
        if check.problems:
            first = check.problems[0]
            more = len(check.problems) - 1
            self.problem.setText(f"Line {first.line}: {first.message}" + (f" And {more} more." if more else ""))
            self.go_to_line.setText(f"Go to line {first.line}")
        self._show_format()

    def show_preview(self, preview: Preview | None) -> None:
        """Show how the schema's keywords would be held to."""
        self.enforcement.show_preview(preview)

    def go_to_problem(self) -> None:
        """Put the caret at the first problem."""
        if self._check and self._check.problems:
            problem = self._check.problems[0]
            self.schema.go_to(problem.line, problem.column)


__all__ = ["EnforcementBar", "Inspector"]
