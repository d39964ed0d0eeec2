"""A form: inputs that are examined together before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.widgets.generated.actions import Submit
from app.widgets.generated.container import Container
from app.widgets.generated.inputs import Input
from app.widgets.generated.layouts import Extent, stacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtWidgets import QWidget

    from app.widgets.generated.layouts import Laid
    from app.widgets.generated.part import Part


class Form(Container):
    """Inputs one below the other, short ones beside each other, and at the end the button that sends them."""

    is_late = True

    def build(self) -> None:
        """Make the button."""
        self.send = Submit(self.host, self, self.path, "submit", None)
        self.send.above = self
        self.send.shown = False
        self.send.hide()
        self.tried = False

    def refresh(self) -> None:
        """Show the button as soon as its label is known."""
        label = self.text("submit")
        self.send.show_label(label, able=self.closed)
        shown = bool(label)
        if shown != self.send.shown:
            self.send.shown = shown
            self.send.setVisible(shown)
            self.touch()

    def inputs(self) -> list[Input]:
        """Return the inputs of the form that can be seen, in order."""
        return [part for part in below(self) if isinstance(part, Input) and part.name and not part.isHidden()]

    def names(self) -> list[str]:
        """Return the names of the values that the form sends."""
        return list(dict.fromkeys(each.name for each in self.inputs()))

    def examine(self) -> Input | None:
        """Show what is wrong with each input; return the first one of which something is."""
        self.tried = True
        first: Input | None = None
        for each in self.inputs():
            sentence = each.problem()
            each.complain(sentence)
            if sentence and first is None:
                first = each
        return first

    def see(self, part: Input) -> None:
        """Look again at an input that was wrong."""
        if self.tried and part.complaint:
            part.complain(part.problem())

    def begin_anew(self) -> None:
        """Say no more what is wrong."""
        self.tried = False
        for part in self.inputs():
            part.complain(None)

    def measure(self) -> Extent:
        """Share a line with others."""
        inside = super().measure()
        return Extent(max(inside.least, 200), max(inside.wish, 320), weight=1, above=16, below=16, apart=24)

    def lay_inside(self, width: int) -> Laid[Part]:
        """Place the inputs, and the buttons at the right end."""
        parts: list[Part] = self.visible_parts()
        return stacked([*parts, self.send] if self.send.shown else parts, width, ends=True)

    def spoken(self) -> tuple[str, ...]:
        """Return what the button says."""
        return (self.send.label,)

    def focusable(self) -> Sequence[QWidget]:
        """Return the button."""
        return (self.send.button,)


def below(part: Part) -> Iterator[Part]:
    """Yield all parts within a part that are laid out, in the order of the tree."""
    for each in part.nodes:
        if each.shown:
            yield each
            yield from below(each)
