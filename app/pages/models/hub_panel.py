"""The panel of a model that a hub has: what it is good at, what it would take, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.load_choices import fit_words, need_words
from app.models.model_words import VERDICTS
from app.pages.models.fields import ValueRows
from app.pages.models.fit_section import FitBar
from app.pages.models.side_by_side import SideBySide
from app.style import tokens
from app.style.theme import set_kind
from app.widgets.controls import Mark, button, ground, label, set_ink
from app.widgets.facts import CodeValue
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.model.fit import Fit


@dataclass(frozen=True)
class HubShown:
    """What is shown: sentences may be "", `fit` None.

    `button` is what the panel's button does, "" for nothing; where it begins a download it is the `primary` one.
    """

    good_at: str
    rows: tuple[tuple[str, str], ...]
    sha256: str | None
    state: str
    failed: bool
    fit: Fit | None
    button: str
    primary: bool
    throws_away: bool
    refused: bool
    """Whether the hub would not hand it out, so that a token may help."""


class HubPanel(QWidget):
    """Facts of a model that is not here, or not yet."""

    deed_asked = Signal()
    throw_away_asked = Signal()
    look_up_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.about = Section(theme, "On the hub")
        self.good_at = label(theme, "", 13)
        self.good_at.setWordWrap(True)
        self.rows = ValueRows(theme)
        self.sha256 = CodeValue(theme, "SHA-256")
        self.no_hash = label(theme, "", 12, ink="text3")
        self.no_hash.setWordWrap(True)
        self.look_up = button(theme, "Look up", name="Ask the hub for the size and the hash")
        self.memory = Section(theme, "Memory, roughly", last=True)
        self.bar = FitBar(theme)
        self._mark = Mark(theme, "check")
        self.verdict = label(theme, "", 12)
        self.verdict.setWordWrap(True)
        self.parts = label(theme, "", 11, ink="text3", tabular=True)
        self.parts.setWordWrap(True)
        self.state = label(theme, "", 12, ink="text2", tabular=True)
        self.state.setWordWrap(True)
        self.deed = button(theme, "Download")
        self.token = button(theme, "Token…", "flat", name="Give a token of your account at the hub")
        self.throw_away = button(theme, "Throw away", "danger", name="Throw away what has arrived")
        self._build()
        self.deed.clicked.connect(self.deed_asked)
        self.throw_away.clicked.connect(self.throw_away_asked)
        self.look_up.clicked.connect(self.look_up_asked)

    def _build(self) -> None:
        inside = self.about.inside
        inside.addWidget(self.good_at)
        inside.addSpacing(8)
        inside.addWidget(self.rows)
        self.hashed = QWidget()
        hashed = QHBoxLayout(self.hashed)
        hashed.setContentsMargins(0, 0, 0, 0)
        hashed.setSpacing(8)
        hashed.addWidget(label(self._theme, "SHA-256", 12, ink="text2"))
        hashed.addWidget(self.sha256, 1)
        hashed.addWidget(self.no_hash, 1)
        hashed.addWidget(self.look_up)
        inside.addWidget(self.hashed)
        said = QHBoxLayout()
        said.setContentsMargins(0, 8, 0, 4)
        said.setSpacing(6)
        said.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.verdict, 1)
        self.memory.inside.addWidget(self.bar)
        self.memory.inside.addLayout(said)
        self.memory.inside.addWidget(self.parts)
        self.foot = ground("canvas", "above")
        below = QVBoxLayout(self.foot)
        below.setContentsMargins(tokens.PANEL_MARGIN, 10, tokens.PANEL_MARGIN, 10)
        below.setSpacing(8)
        below.addWidget(self.state)
        ways = QHBoxLayout()
        ways.setSpacing(8)
        ways.addWidget(self.throw_away)
        ways.addWidget(self.token)
        ways.addStretch(1)
        ways.addWidget(self.deed)
        below.addLayout(ways)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.columns = SideBySide(self.about, self.memory)
        column.addWidget(self.columns, 1)
        column.addWidget(self.foot)

    def show_model(self, shown: HubShown, *, can_look_up: bool, able: bool = True, known: bool = True) -> None:
        """Show what is known of a model; not `able`: its button cannot be pressed now, not `known`: there is none."""
        self.hashed.setVisible(known)
        self.deed.setEnabled(able)
        self.look_up.setEnabled(able)
        self.good_at.setText(shown.good_at)
        self.good_at.setVisible(bool(shown.good_at))
        self.rows.show_rows(shown.rows)
        self.sha256.show_text(shown.sha256 or "")
        self.sha256.setVisible(bool(shown.sha256))
        self.no_hash.setText("not asked yet" if can_look_up else "not told by the server")
        self.no_hash.setVisible(not shown.sha256)
        self.look_up.setVisible(can_look_up and not shown.sha256)
        self._show_fit(shown.fit)
        self.state.setText(shown.state)
        self.state.setVisible(bool(shown.state))
        set_ink(self.state, "brick" if shown.failed else "text2")
        self.throw_away.setVisible(shown.throws_away)
        self.token.setVisible(shown.refused)
        set_kind(self.deed, "primary" if shown.primary else "")
        self.deed.setText(shown.button)
        self.deed.setAccessibleName(shown.button)
        self.deed.setVisible(bool(shown.button))
        self.foot.setVisible(bool(shown.button or shown.state or shown.throws_away))

    def _show_fit(self, fit: Fit | None) -> None:
        self.memory.setVisible(fit is not None)
        if fit is None:
            return
        shape, mark, ink = VERDICTS[fit.verdict]
        self._mark.show_state(shape, mark)
        words = {"fits": "Should fit", "tight": "Tight", "too big": "Too big"}[fit.verdict]
        self.verdict.setText(
            f"{words}: {need_words(fit)}. Guessed from its size; its header tells more once it is here."
        )
        set_ink(self.verdict, ink)
        self.bar.show_fit(fit, mark)
        self.parts.setText(fit_words(fit))
