"""The panel of a model elsewhere: where it is, what its server understands, what leaves this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.models.endpoint_words import HONEST, USED, capability_lines, checked_words, is_near, leaves_words
from app.pages.models.benchmark_section import BenchmarkSection
from app.pages.models.fields import ValueRows, framed
from app.pages.models.found_lines import FoundLines
from app.pages.models.side_by_side import SideBySide, stacked
from app.style import tokens
from app.style.theme import set_state
from app.widgets.controls import Mark, button, ground, label, set_ink
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.errors import EngineError
    from engine.remote.endpoint import Endpoint


class EndpointPanel(QWidget):
    """Facts, plain lines, and the ways to ask again, to change it, and to take it off the list."""

    use_asked = Signal()
    check_asked = Signal()
    edit_asked = Signal()
    remove_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.note = QFrame()
        self.note.setProperty("ground", "amber")
        self._note_mark = Mark(theme, "triangle", "amberMark")
        self.leaves = label(theme, "", 12, ink="amber")
        self.leaves.setWordWrap(True)
        self.about = Section(theme, "Endpoint")
        self.rows = ValueRows(theme)
        self.check = button(theme, "Check", name="Ask the server what it understands")
        self.understands = Section(theme, "What the server understands", framed(self.check))
        self.benchmark = BenchmarkSection(theme)
        self.when = label(theme, "", 12, ink="text3")
        self.found = FoundLines(theme)
        self.honest = label(theme, HONEST, 12, ink="text3")
        self.honest.setWordWrap(True)
        self.how = label(theme, USED, 12, ink="text3")
        self.how.setWordWrap(True)
        self.use = button(theme, "Use in the Playground", name="Use this model in the thread that is open")
        self.edit = button(theme, "Edit…", icon="pencil-simple", name="Edit the endpoint")
        self.remove = button(theme, "Remove", "danger", name="Remove the endpoint")
        self._build()
        self.use.clicked.connect(self.use_asked)
        self.check.clicked.connect(self.check_asked)
        self.edit.clicked.connect(self.edit_asked)
        self.remove.clicked.connect(self.remove_asked)

    def _build(self) -> None:
        words = QHBoxLayout(self.note)
        words.setContentsMargins(tokens.PANEL_MARGIN, 10, tokens.PANEL_MARGIN, 10)
        words.setSpacing(8)
        words.addWidget(self._note_mark, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.leaves, 1)
        self.about.inside.addWidget(self.rows)
        self.about.inside.addSpacing(8)
        self.about.inside.addWidget(self.how)
        self.about.inside.addSpacing(8)
        self.about.inside.addWidget(self.use, 0, Qt.AlignmentFlag.AlignLeft)
        inside = self.understands.inside
        inside.addWidget(self.when)
        inside.addSpacing(4)
        inside.addWidget(self.found)
        inside.addSpacing(8)
        inside.addWidget(self.honest)
        self.columns = SideBySide(self.about, stacked(self.understands, self.benchmark))
        foot = ground("canvas", "above")
        ways = QHBoxLayout(foot)
        ways.setContentsMargins(tokens.PANEL_MARGIN, 10, tokens.PANEL_MARGIN, 10)
        ways.setSpacing(8)
        ways.addWidget(self.remove)
        ways.addStretch(1)
        ways.addWidget(self.edit)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.note)
        whole.addWidget(self.columns, 1)
        whole.addWidget(foot)

    def show_endpoint(
        self, endpoint: Endpoint, *, has_key: bool | None, probing: bool, error: EngineError | None, able: bool = True
    ) -> None:
        """Show an endpoint; `error` is why it could not be asked the last time, `able` whether it can be asked now."""
        self.use.setEnabled(bool(endpoint.model))
        near = is_near(endpoint)
        set_state(self.note, "ground", "canvas" if near else "amber")
        self._note_mark.show_state(*(("check", "accent") if near else ("triangle", "amberMark")))
        self.leaves.setText(leaves_words(endpoint))
        set_ink(self.leaves, "text2" if near else "amber")
        self.rows.show_rows(
            [
                ("Address", endpoint.url),
                ("Model", endpoint.model or "not chosen yet"),
                *([("Key", "kept" if has_key else "none")] if has_key is not None else []),
                ("Requests at once", f"{endpoint.concurrency}"),
                ("Longest wait", f"{endpoint.seconds:g} s"),
                ("Attempts", f"{endpoint.attempts}"),
            ]
        )
        self.check.setEnabled(able and not probing)
        if probing:
            self.when.setText("Asking; the first time this may take up to a minute…")
        elif error is not None:
            self.when.setText("")
        else:
            self.when.setText(checked_words(endpoint.capabilities))
        self.when.setVisible(bool(self.when.text()))
        if error is not None and not probing:
            self.found.show_error(error)
        else:
            self.found.show_lines(capability_lines(endpoint.capabilities) if endpoint.capabilities else [])
