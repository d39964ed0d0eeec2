"""How tokens are drawn, and how many."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from app import figures
from app.pages.playground.inspector.number_fields import SliderField, WholeField
from app.style.theme import set_kind
from app.widgets.controls import button
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.exchange import Draft
    from app.style.theme import Theme

_WARM = 0.7


class SamplingSection(Section):
    """Temperature and its like, seed and token limit; greedy sampling is a temperature of nought."""

    def __init__(self, theme: Theme) -> None:
        greedy = button(theme, "Greedy", "go")
        super().__init__(theme, "Sampling", greedy, folds=True)
        self._warm = _WARM
        self.greedy = greedy
        self.greedy.setCheckable(True)
        self.greedy.setToolTip("Always the likeliest token; the same answer every time")
        self.greedy.clicked.connect(self._greedy_pressed)
        self.temperature = SliderField(theme, "Temperature", 0, 2, 0)
        self.top_p = SliderField(theme, "Top-p", 0.01, 1, 1)
        self.min_p = SliderField(theme, "Min-p", 0, 1, 0)
        self.repetition = SliderField(theme, "Repetition", 0.5, 2, 1)
        self.seed = WholeField(theme, "Seed", "drawn anew", "dice-five", "Draw a seed", 15)
        self.seed.button.clicked.connect(lambda: self.seed.set_value(secrets.randbelow(1_000_000)))
        self.max_tokens = WholeField(
            theme, "Max tokens", "to the context's end", "infinity", "No limit but the context", 6
        )
        self.max_tokens.button.clicked.connect(lambda: self.max_tokens.set_value(None))
        for field in (self.temperature, self.top_p, self.min_p, self.repetition, self.seed, self.max_tokens):
            field.changed.connect(self._typed)
            self.inside.addWidget(field)

    # What it holds

    def show_draft(self, draft: Draft) -> None:
        """Fill the controls."""
        self.temperature.set_value(draft.temperature)
        self.top_p.set_value(draft.top_p)
        self.min_p.set_value(draft.min_p)
        self.repetition.set_value(draft.repetition)
        self.seed.set_value(draft.seed)
        self.max_tokens.set_value(draft.max_tokens)
        self._show_effect()

    def show_drawn(self, seed: int | None) -> None:
        """Say which seed the answer in focus was drawn with, where none was given."""
        self.seed.field.setPlaceholderText("drawn anew" if seed is None else f"drawn: {seed}")
        self.seed.field.setToolTip(
            "" if seed is None else f"The answer shown was drawn with the seed {seed}; write it here to use it again"
        )

    def apply(self, draft: Draft) -> Draft:
        """Return a draft with what the controls hold."""
        return replace(
            draft,
            temperature=self.temperature.value,
            top_p=self.top_p.value,
            min_p=self.min_p.value,
            repetition=self.repetition.value,
            seed=self.seed.value,
            max_tokens=self.max_tokens.value or None,
        )

    def _typed(self) -> None:
        self._show_effect()
        self.edited.emit()

    def _show_effect(self) -> None:
        self._show_greedy()
        seed = f"seed {self.seed.value}" if self.seed.value is not None else ""
        limit = f"up to {figures.number(self.max_tokens.value)} tokens" if self.max_tokens.value else ""
        self.summary.setText(", ".join(part for part in (seed, limit) if part))

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
        for field in (self.top_p, self.min_p):
            field.setEnabled(not greedy)
            field.setToolTip("Without effect while sampling is greedy" if greedy else "")
