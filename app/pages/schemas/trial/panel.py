"""The live sample under the editor: what is asked, what came of it, and whether it is of the text as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app import figures
from app.conversation import Alternatives
from app.models.answer_tree import AnswerTree, Ending
from app.models.answer_value import schema_of, value_so_far
from app.models.dates import local
from app.models.json_layout import JsonLayout
from app.models.shape import ANYTHING, shape_of_schema
from app.style import tokens
from app.widgets.alternatives import AlternativesSwitch
from app.widgets.controls import Chip, TabRow, icon_button, label, section_title
from app.widgets.elided_label import ElidedLabel
from app.widgets.json_editor import JsonView
from app.widgets.stem import StemView

if TYPE_CHECKING:
    from app.exchange import Answer
    from app.session.schema_trial import Trial
    from app.style.theme import Theme

READ, JSON = "Read", "JSON"
_ENDINGS: dict[str, Ending] = {"done": "done", "failed": "failed", "stopped": "stopped"}
_STATES = {"waiting": "waiting", "reading": "reading", "writing": "writing"}


class TrialPanel(QFrame):
    """A sample prompt and what the model answers to it under the open schema.

    `keep_asked` is given the text of a sample that is to become an example of the schema, `form_asked` tells that
    somebody wants to type a value, `use_asked` that the schema is wanted in the Playground.
    """

    keep_asked = Signal(str)
    form_asked = Signal()
    use_asked = Signal()

    def __init__(self, theme: Theme, trial: Trial) -> None:
        super().__init__()
        self._trial = trial
        self._at = 0
        self._shown: tuple[object, ...] = ()
        self._framed = ""
        self._broken = False
        self._choice = READ
        self.setProperty("ground", "surface")
        self.setAccessibleName("Try it")
        self.tree = AnswerTree(self)
        self.stem = StemView(theme, self.tree, compact=True)
        self.json = JsonView(theme, "Sample as JSON")
        self.none = label(theme, "", 13, ink="text3")
        self.none.setWordWrap(True)
        self.none.setContentsMargins(tokens.PANEL_MARGIN, 12, tokens.PANEL_MARGIN, 12)
        self.views = QStackedWidget()
        for view in (self.stem, self.json, self.none):
            self.views.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_head(theme))
        column.addWidget(self._build_prompt(theme))
        column.addWidget(self.views, 1)
        trial.changed.connect(self.show_trial)
        self.show_trial()

    def _build_head(self, theme: Theme) -> QFrame:
        head = QFrame()
        head.setProperty("rule", "below")
        head.setFixedHeight(tokens.TABS + 1)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(section_title(theme, "Try it"))
        row.addSpacing(12)
        self.tabs = TabRow(theme, (READ, JSON))
        self.tabs.setAccessibleName("Views of the sample")
        self.tabs.choose(READ)
        self.tabs.chosen.connect(self._choose)
        row.addWidget(self.tabs)
        self.chip = Chip(theme)
        self.chip.setMinimumWidth(0)
        row.addWidget(self.chip)
        row.addStretch(1)
        self.switch = AlternativesSwitch(theme, "sample")
        self.switch.stepped.connect(self.step)
        row.addWidget(self.switch)
        self.seed = ElidedLabel(theme, 12, ink="text2", tabular=True, hugs=True)
        row.addWidget(self.seed)
        self.again = icon_button(theme, "arrow-clockwise", "Another sample", "Ctrl+Enter")
        self.again.clicked.connect(self._trial.again)
        self.more = icon_button(theme, "dots-three", "More: several samples, keep as an example, type a value")
        self.more.clicked.connect(self._show_more)
        row.addWidget(self.again)
        row.addWidget(self.more)
        return head

    def _build_prompt(self, theme: Theme) -> QWidget:
        holder = QFrame()
        holder.setProperty("rule", "below")
        row = QHBoxLayout(holder)
        row.setContentsMargins(tokens.PANEL_MARGIN, 4, 12, 4)
        self.prompt = QLineEdit(self._trial.prompt)
        self.prompt.setFont(theme.fonts.text())
        self.prompt.setMaxLength(4_000)
        self.prompt.setPlaceholderText("What to ask for a sample")
        self.prompt.setAccessibleName("Sample prompt")
        self.prompt.editingFinished.connect(lambda: self._trial.set_prompt(self.prompt.text()))
        row.addWidget(self.prompt)
        return holder

    # What is shown

    @property
    def sample(self) -> Answer | None:
        """The sample that is shown."""
        samples = self._trial.samples
        return samples[min(self._at, len(samples) - 1)] if samples else None

    def set_broken(self, *, broken: bool) -> None:
        """Say whether the text as it is now cannot be held to."""
        self._broken = broken
        self.show_trial()

    def step(self, by: int) -> None:
        """Show the next of several samples, or the one before."""
        self._at = min(max(self._at + by, 0), max(len(self._trial.samples) - 1, 0))
        self.show_trial()

    def show_trial(self) -> None:
        """Bring the panel in step with the samples."""
        trial, sample = self._trial, self.sample
        if not self.prompt.hasFocus() and self.prompt.text() != trial.prompt:
            self.prompt.setText(trial.prompt)
        self.again.setEnabled(trial.ready)
        count = len(trial.samples)
        self.switch.show_alternatives(Alternatives(tuple(range(count)), min(self._at, max(count - 1, 0))))
        if sample is None:
            self._shown = ()
            self.none.setText(
                "A sample comes as soon as the schema can be held to."
                if self._broken or not trial.ready
                else "A sample is about to be written."
            )
            self.views.setCurrentWidget(self.none)
            self.chip.say("")
            self.seed.say("")
            return
        self._show_state(sample)
        key = (sample.id, sample.state, sample.text, len(sample.closed), self._choice)
        if key != self._shown:
            self._shown = key
            self._show_sample(sample)

    def _choose(self, name: str) -> None:
        self._choice = name
        self.tabs.choose(name)
        self.show_trial()

    def _show_state(self, sample: Answer) -> None:
        stale = self._broken or self._trial.stale
        self.chip.setToolTip("")
        if stale:
            at = local(sample.asked_at)
            self.chip.say(f"from {figures.clock(at)}", "doubt")
            self.chip.setToolTip(f"Written at {figures.clock(at, seconds=True)} for an earlier text")
        elif sample.running:
            self.chip.say(_STATES.get(sample.state, ""), "go")
        elif sample.state == "failed":
            self.chip.say("failed", "failed")
        else:
            self.chip.say(sample.caveat or "", "doubt" if sample.caveat else "")
        seed = sample.draft.seed if sample.receipt is None else sample.receipt["seed"]
        self.seed.say(f"seed {seed}" if seed is not None else "")

    def _show_sample(self, sample: Answer) -> None:
        if sample.state == "failed" and sample.error is not None:
            self.none.setText(" ".join(part for part in (sample.error.message, sample.error.advice) if part))
            self.views.setCurrentWidget(self.none)
            return
        if self._choice == JSON:
            self.json.show_json(sample.text, growing=sample.running)
            self.views.setCurrentWidget(self.json)
            return
        if self._framed != sample.id:
            self._framed = sample.id
            schema = schema_of(sample.draft)
            self.tree.frame(shape_of_schema(schema) if schema is not None else ANYTHING, tables=False)
        self.tree.grow(value_so_far(sample.text), sample.text, sample.closed, _ENDINGS.get(sample.state, "growing"))
        self.stem.grown()
        self.views.setCurrentWidget(self.stem)

    # The menu

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        sample = self.sample
        whole = sample is not None and sample.state == "done"
        for words, intent, able in (
            ("Generate 10", self.vary, self._trial.ready),
            ("Copy the sample", self._copy, whole),
            ("Keep the sample as an example", self._keep, whole),
            ("Fill in a form…", self.form_asked.emit, True),
            ("Use the schema in the Playground", self.use_asked.emit, self._trial.ready),
        ):
            action = menu.addAction(words)
            action.setEnabled(able)
            action.triggered.connect(intent)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def vary(self) -> None:
        """Have several samples made, to see how answers vary."""
        self._at = 0
        self._trial.vary()

    def _copy(self) -> None:
        if self.sample is not None:
            QGuiApplication.clipboard().setText(JsonLayout().feed(self.sample.text))

    def _keep(self) -> None:
        if self.sample is not None and self.sample.state == "done":
            self.keep_asked.emit(self.sample.text)
