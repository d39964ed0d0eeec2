"""What parts have in common that have room for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.widgets.generated.layouts import Extent, stacked
from app.widgets.generated.part import Part

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.widgets.generated.layouts import Laid
    from app.widgets.generated.part import Host
    from engine.interface.catalogue import Component


class Container(Part):
    """A part that has room for others, which stand one below the other where it says nothing else."""

    def __init__(self, host: Host, parent: QWidget, path: str, kind: str, component: Component | None) -> None:
        self.parts: list[Part] = []
        self._inside: dict[int, Laid[Part]] = {}
        super().__init__(host, parent, path, kind, component)

    def forget_size(self) -> None:
        """Measure and lay out anew when that is asked for."""
        super().forget_size()
        self._inside.clear()

    def room(self) -> QWidget:
        """Return the widget that children stand in."""
        return self

    def take(self, part: Part) -> None:
        """Put a part among the others, in the order of the tree."""
        part.above = self
        at = len(self.parts)
        while at and self.parts[at - 1].order > part.order:
            at -= 1
        self.parts.insert(at, part)
        self.touch()

    def lose(self, part: Part) -> None:
        """Take a part out."""
        if part in self.parts:
            self.parts.remove(part)
            part.above = None
            self.touch()

    def visible_parts(self) -> list[Part]:
        """Return the parts that are laid out, in order."""
        return [part for part in self.parts if part.shown]

    def lay_inside(self, width: int) -> Laid[Part]:
        """Return where the parts stand, within the container's own margins."""
        return stacked(self.visible_parts(), width)

    def margins(self) -> tuple[int, int, int, int]:
        """Return what stands around the parts: left, top, right, bottom."""
        return 0, 0, 0, 0

    def measure(self) -> Extent:
        """Ask for what the widest part asks for."""
        left, _, right, _ = self.margins()
        extents = [part.extent for part in self.visible_parts()]
        return Extent(
            max((extent.least for extent in extents), default=0) + left + right,
            max((extent.wish for extent in extents), default=0) + left + right,
            weight=max((extent.weight for extent in extents), default=0) and 1,
            above=max((extents[0].above, 12)) if extents else 0,
            below=max((extents[-1].below, 12)) if extents else 0,
            apart=24,
        )

    def high(self, width: int) -> int:
        """Return the height of the parts and of what stands around them."""
        left, top, right, bottom = self.margins()
        return self._laid_inside(max(1, width - left - right))[1] + top + bottom

    def arrange(self) -> None:
        """Place the parts."""
        width = self.width()
        self.lay_out(0, width)

    def lay_out(self, down: int, width: int) -> None:
        """Place the parts, `down` further below than the margins say."""
        left, top, right, _ = self.margins()
        for spot in self._laid_inside(max(1, width - left - right))[0]:
            spot.box.put_at(left + spot.x, top + down + spot.y, spot.width, spot.height)

    def _laid_inside(self, width: int) -> Laid[Part]:
        # A part that was touched has lost its heights, and with them this.
        found = self._inside.get(width)
        if found is None:
            found = self._inside[width] = self.lay_inside(width)
        return found
