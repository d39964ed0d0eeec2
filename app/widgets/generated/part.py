"""What every part of a generated screen has in common: one node of the tree as a widget."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Protocol

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from app import figures
from app.widgets.generated.layouts import Extent
from engine.interface.reading import Limits, checked_prop
from engine.interface.state import interpolate, names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QImage

    from app.style.theme import Theme
    from app.widgets.generated.container import Container
    from app.widgets.generated.containers import Repeat
    from engine.interface.catalogue import Catalogue, Component, Prop
    from engine.interface.growth import Event
    from engine.interface.reading import ProblemKind
    from engine.interface.sources import Source
    from engine.interface.state import State

TONES: Final = ("neutral", "info", "good", "warning", "bad")
LIMITS: Final = Limits()
_NOTHING: Final[tuple[Any, ...]] = (None, "", [])
_HELD: Final = 42
"""Characters that `{name` takes at most."""


class Host(Protocol):
    """What a part may ask of the screen that it stands on."""

    theme: Theme
    state: State
    sources: Mapping[str, Source]
    images: Mapping[str, QImage]
    catalogue: Catalogue

    def changed(self, part: Part) -> None:
        """Show a part anew, with everything else that changes now."""

    def moved(self) -> None:
        """Lay the screen out anew, with everything else that changes now."""

    def redefine(self) -> None:
        """Tell the state anew what the inputs hold at first."""

    def put(self, name: str, value: Any) -> None:
        """Take a value that a person gave."""

    def act(self, part: Part, action: Any) -> None:
        """Do what a part's action says."""

    def grow_inside(self, events: Sequence[Event]) -> None:
        """Change what a template has made."""

    def multiply(self, repeat: Repeat, rows: Sequence[Mapping[str, str]]) -> None:
        """Show the children of a part once for each row."""

    def close_dialog(self) -> None:
        """Close the dialog that is open."""

    def ask_address(self, address: str) -> None:
        """Ask whether an address is to be opened, which is shown."""

    def show_json(self, path: str) -> None:
        """Have the text of a node shown."""


class Part(QWidget):
    """One node as a widget: `refresh` shows its props as they are now, whether or not all of them are there yet.

    Where the width of what it shows or its height changes, it calls `touch`.
    """

    is_late = False
    """Whether what takes the focus in the part itself comes after its children."""

    def __init__(self, host: Host, parent: QWidget, path: str, kind: str, component: Component | None) -> None:
        super().__init__(parent)
        self.host = host
        self.path = path
        self.kind = kind
        self.component = component
        self.holder: Part | None = None
        """The part of the node that this one's node stands in."""
        self.nodes: list[Part] = []
        """The parts of the nodes that stand in this one's."""
        self.above: Container | None = None
        """What lays it out."""
        self.row: Mapping[str, str] | None = None
        self.copy = 0
        """Which of a repeated node's parts this is, counted within its holder."""
        self.step: tuple[Any, ...] = ()
        """The slot and the index within it."""
        self.order: tuple[Any, ...] = ()
        """Where it comes within what lays it out."""
        self.level = 0
        self.values: dict[str, Any] = {}
        self._unchecked: dict[str, list[Any]] = {}
        """Lists that are still being written, as far as they are."""
        self.growing: str | None = None
        self.wrong: dict[str, str] = {}
        """What is wrong with props, by their names."""
        self.cuts: dict[str, str] = {}
        """What is left out of props that are too long, by their names."""
        self.closed = False
        self.is_cut = False
        """Whether it is said in its place that something of it is left out."""
        self.shown = True
        """False takes it out of the layout."""
        self.in_order: tuple[QWidget, ...] = ()
        """What takes the focus and has its place in the order of Tab."""
        self._props: dict[str, Prop] = {prop.name: prop for prop in component.props} if component else {}
        self._used: set[str] = set()
        self._watched: frozenset[str] = frozenset()
        self._unwatch: Callable[[], None] | None = None
        self._extent: Extent | None = None
        self._heights: dict[int, int] = {}
        self._laid: tuple[int, int] | None = None
        self._at: tuple[int, int, int, int] | None = None
        self.build()

    # What a kind of part says of itself

    def build(self) -> None:
        """Make the widgets inside."""

    def refresh(self) -> None:
        """Show the props as they are now."""

    def measure(self) -> Extent:
        """Return what the part asks for."""
        return Extent()

    def high(self, width: int) -> int:
        """Return the height at a width."""
        del width
        return 0

    def arrange(self) -> None:
        """Place what is inside."""

    def spoken(self) -> tuple[str, ...]:
        """Return the texts that are shown, in order."""
        return ()

    def focusable(self) -> Sequence[QWidget]:
        """Return what takes the focus, in order, without children."""
        return ()

    # Props

    def hear(self, name: str, value: Any, *, whole: bool) -> None:
        """Take a prop, or as much of it as is written."""
        prop = self._props.get(name)
        self.growing = None if whole else name
        self._unchecked.pop(name, None)
        self._note_length(name, value)
        if prop is None:
            self.values[name] = value
            self.wrong.pop(name, None)
            if self.component is not None and whole:
                self.wrong[name] = self._checked(name, value)[1] or ""
            return
        if not whole:
            self.wrong.pop(name, None)
            if prop.kind == "text":
                self.values[name] = value
            elif isinstance(value, list):
                self._unchecked[name] = value
            else:
                self.values.pop(name, None)
            return
        right, wrong = self._checked(name, value)
        self.values[name] = right
        if wrong is None:
            self.wrong.pop(name, None)
        else:
            self.wrong[name] = wrong

    def take_over(self, part: Part) -> None:
        """Take the props of another part of the same node."""
        self.values, self._unchecked = dict(part.values), dict(part._unchecked)
        self.wrong, self.cuts = dict(part.wrong), dict(part.cuts)
        self.growing, self.closed = part.growing, part.closed

    def _note_length(self, name: str, value: Any) -> None:
        more = 0
        if isinstance(value, str):
            more = len(value) - LIMITS.text
        elif isinstance(value, list | tuple):
            more = len(value) - LIMITS.items
        if more > 0:
            what = "characters" if isinstance(value, str) else "entries"
            self.cuts[name] = f"Cut here: {figures.number(more)} more {what} are kept and not shown."
        else:
            self.cuts.pop(name, None)

    def _checked(self, name: str, value: Any) -> tuple[Any, str | None]:
        assert self.component is not None
        return checked_prop(self.component, name, value)

    def forget(self, name: str) -> None:
        """Take note that a prop is not there any more."""
        self.values.pop(name, None)
        self._unchecked.pop(name, None)
        self.wrong.pop(name, None)
        self.cuts.pop(name, None)
        self.growing = None if self.growing == name else self.growing
        self._note_missing()

    def end(self) -> None:
        """Take note that all props and children are there."""
        self.closed = True
        self.growing = None
        self._note_missing()

    def reopen(self) -> None:
        """Take note that more may come."""
        self.closed = False
        for name in [name for name in self.wrong if name not in self.values]:
            del self.wrong[name]

    def _note_missing(self) -> None:
        for name, prop in self._props.items() if self.closed else ():
            if name not in self.values and not prop.nullable and prop.kind != "nodes" and prop.default in _NOTHING:
                self.wrong[name] = f"“{name}” is missing."

    def value(self, name: str, default: Any = None) -> Any:
        """Return a prop as it may be shown; what is missing is null or its default, once the node has closed."""
        if name in self.values:
            return self.values[name]
        prop = self._props.get(name)
        if prop is None or (not self.closed and prop.kind in {"text", "value"}):
            return default
        return None if prop.nullable else prop.default

    def string(self, name: str, default: str = "") -> str:
        """Return a prop that is text, as it was written."""
        value = self.value(name, default)
        return value[: LIMITS.text] if isinstance(value, str) else default

    def text(self, name: str, default: str = "") -> str:
        """Return a text with the state's values in it; a name that is still being written is held back."""
        raw = self.string(name, default)
        if self.growing == name and (brace := raw.rfind("{", -_HELD)) >= 0 and "}" not in raw[brace:]:
            raw = raw[:brace]
        return self.filled(raw)

    def filled(self, raw: Any) -> str:
        """Return a text with the state's values put in, and follow them."""
        if not isinstance(raw, str):
            return ""
        if "{" not in raw and "}" not in raw:
            return raw
        self._used |= names_in(raw)
        return interpolate(raw, self.host.state, self.row)[: LIMITS.text]

    def follow(self, name: str) -> Any:
        """Return a value of the row or the state, and follow it."""
        if self.row is not None and name in self.row:
            return self.row[name]
        self._used.add(name)
        return self.host.state.get(name)

    def word(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        """Return a prop that is one of a few words."""
        value = self.value(name)
        return value if isinstance(value, str) and value in allowed else (default or allowed[0])

    def number(self, name: str, default: float) -> float:
        """Return a prop that is a finite number."""
        value = self.value(name, default)
        right = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
        return value if right and math.isfinite(value) else default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a prop that is true or false."""
        value = self.value(name, default)
        return value if isinstance(value, bool) else default

    def items(self, name: str) -> list[Any]:
        """Return a prop that is a list."""
        value = self.value(name)
        return value[: LIMITS.items] if isinstance(value, list) else []

    def complaints(self) -> list[tuple[str, str]]:
        """Return what is wrong with props, in the order that the component has them in."""
        own = [(name, self.wrong[name]) for name in self._props if name in self.wrong]
        return own + sorted((name, said) for name, said in self.wrong.items() if name not in self._props)

    def kind_of_problem(self, name: str) -> ProblemKind:
        """Return what kind of problem it is that something is wrong with a prop."""
        if name in self.cuts:
            return "cut"
        if name not in self._props:
            return "extra"
        return "prop" if name in self.values else "missing"

    def show_now(self) -> None:
        """Show the props as they are, and follow the values of the state that they name."""
        for name, value in self._unchecked.items():
            self.values[name] = self._checked(name, value)[0]
        self._unchecked.clear()
        self._used = set()
        self.refresh()
        used = frozenset(self._used)
        if used != self._watched:
            self.let_go()
            self._watched = used
            if used:
                self._unwatch = self.host.state.watch(used, lambda: self.host.changed(self))

    def let_go(self) -> None:
        """Follow the state no longer."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        self._watched = frozenset()

    # Layout

    @property
    def extent(self) -> Extent:
        """What the part asks for, as it is now."""
        if self._extent is None:
            self._extent = self.measure()
        return self._extent

    def height_at(self, width: int) -> int:
        """Return the height at a width."""
        found = self._heights.get(width)
        if found is None:
            found = self._heights[width] = self.high(width)
        return found

    def anchor_at(self, width: int) -> int | None:
        """Return where the first line has its middle at a width."""
        del width
        return self.extent.anchor

    def forget_size(self) -> None:
        """Measure and lay out anew when that is asked for."""
        self._extent = None
        self._laid = None
        self._heights.clear()

    def touch(self) -> None:
        """Say that what this part asks for is another now."""
        part: Part | None = self
        while part is not None:
            part.forget_size()
            part = part.above
        self.host.moved()

    def put_at(self, x: int, y: int, width: int, height: int) -> None:
        """Move the part, and lay it out where that is needed."""
        at = (x, y, width, height)
        if at != self._at:
            self._at = at
            self.setGeometry(x, y, width, height)
        if self._laid != (width, height):
            self._laid = (width, height)
            self.arrange()

    def rect_in(self, widget: QWidget) -> QRect:
        """Return where the part is within a widget around it."""
        return QRect(self.mapTo(widget, self.rect().topLeft()), self.size())
