"""What all parts have in common that take what a person gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from app.style.drawing import paint_mark
from app.widgets.generated.part import Part
from app.widgets.generated.words import Words
from engine.interface.acting import problem_of

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

CONTROL: Final = 28
LABEL: Final = 22
"""The height of a label of one line, and of what is below it."""
_NOTE: Final = 18
LONGEST: Final = 200
"""Characters of an option or a name that are shown."""


class Input(Part):
    """A label, what is typed or chosen in, and below it what is wrong with that."""

    bare = False
    """True where the label stands in the control itself."""

    def build(self) -> None:
        """Make the label."""
        fonts = self.host.theme.fonts
        self.label = Words(self, fonts.text(), "text2")
        self.note: Words | None = None
        """Made when there is something to say."""
        self._told: tuple[str, bool, bool, Any] = ("", False, False, None)

    def refresh(self) -> None:
        """Show the label, and tell the state what the model wrote."""
        label = self.text("label")
        if self.label.say("" if self.bare else label):
            self.touch()
        name = self.name
        told = (name, self.is_defined, self.is_secret, self.written() if self.is_defined else None)
        if told != self._told or type(told[3]) is not type(self._told[3]):
            self._told = told
            self.host.redefine()
        self.name_controls(label or name)
        self.show_value(self.follow(name) if name else self.written())

    @property
    def name(self) -> str:
        """The name of the value in the state, once it is known."""
        return "" if self.growing == "name" else self.string("name")

    @property
    def is_defined(self) -> bool:
        """Whether it is known what the value is at first."""
        return bool(self.name) and (self.closed or "value" in self.values)

    @property
    def is_secret(self) -> bool:
        """Whether what is typed is for nobody to read."""
        return False

    def written(self) -> Any:
        """Return the value that the model wrote."""
        return self.value("value")

    def name_controls(self, name: str) -> None:
        """Say what the controls are for."""

    def show_value(self, value: Any) -> None:
        """Show the state's value."""

    def give(self, value: Any) -> None:
        """Tell the state what a person gave."""
        if name := self.name:
            self.host.put(name, value)

    def problem(self) -> str | None:
        """Return what is wrong with the value, in a sentence."""
        asked = {"type": self.kind, **{prop: self.value(prop) for prop in self._props}}
        return problem_of(asked, self.host.state.get(self.name))

    def complain(self, sentence: str | None) -> None:
        """Show what is wrong, or that nothing is."""
        if self.note is None and sentence:
            self.note = Words(self, self.host.theme.fonts.text(12), "brick", line=_NOTE)
        if self.note is not None and self.note.say(sentence or ""):
            self.note.setVisible(bool(sentence))
            self.mark(wrong=bool(sentence))
            for each in self.focusable():
                each.setAccessibleDescription(sentence or "")
            self.touch()
            self.update()

    @property
    def complaint(self) -> str:
        """What is said to be wrong."""
        return self.note.said if self.note is not None else ""

    def mark(self, *, wrong: bool) -> None:
        """Show the control as wrong."""

    def _top(self, width: int) -> int:
        above = self.label.height_at(width)
        return above + LABEL - self.label.line if above else 0

    def anchor_at(self, width: int) -> int | None:
        """Return the middle of the control: a label of several lines stands above those of its neighbours."""
        return None if self.extent.anchor is None else self._top(width) + CONTROL // 2

    def control_height(self, width: int) -> int:
        """Return the height of the control."""
        del width
        return CONTROL

    def high(self, width: int) -> int:
        """Return the height of label, control and note."""
        note = self.note.height_at(width - 16) if self.note is not None else 0
        return self._top(width) + self.control_height(width) + (note + 4 if note else 0)

    def arrange(self) -> None:
        """Place label, control and note."""
        width = self.width()
        top = self._top(width)
        self.label.setGeometry(0, 0, width, max(0, top - 2))
        control = self.control_height(width)
        self.place_control(0, top, width, control)
        if self.note is not None:
            self.note.setGeometry(16, top + control + 4, width - 16, self.note.height_at(width - 16))

    def place_control(self, x: int, y: int, width: int, height: int) -> None:
        """Place the control."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the mark before the note."""
        if self.note is not None and self.note.said:
            painter = QPainter(self)
            middle = QPointF(5, self.note.y() + _NOTE / 2)
            paint_mark(painter, "octagon", middle, self.host.theme.colour("brickMark"))
            painter.end()

    def spoken(self) -> tuple[str, ...]:
        """Return the label, what the control shows, and the note."""
        return self.label.said, *self.shows(), self.complaint

    def shows(self) -> tuple[str, ...]:
        """Return what the control shows."""
        return ()
