"""A generated interface on the screen: a tree's text in, native widgets out."""

from __future__ import annotations

import json
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices, QImage, QPainter
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from app.style.theme import set_kind
from app.widgets.generated.asking_bar import AskingBar
from app.widgets.generated.containers import Repeat, Section, Stage
from app.widgets.generated.dialogs import Dialog, Layer
from app.widgets.generated.forms import Form
from app.widgets.generated.glass import Glass
from app.widgets.generated.incoming import Incoming
from app.widgets.generated.inputs import Input
from app.widgets.generated.part import Part
from app.widgets.generated.part_tree import PartTree
from app.widgets.generated.placeholder import Notice
from app.widgets.generated.pressing import form_of, press
from app.widgets.generated.tab_order import place_in_order, put_in_order
from app.widgets.generated.tabs import Tab, Tabs
from app.widgets.generated.templated import node_of
from engine.interface.catalogue import bundled
from engine.interface.nodes import same
from engine.interface.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from PySide6.QtGui import QResizeEvent, QWheelEvent
    from PySide6.QtWidgets import QScrollBar

    from app.style.theme import Theme
    from engine.interface.catalogue import Catalogue
    from engine.interface.growth import Event
    from engine.interface.reading import Problem
    from engine.interface.sources import Source

_TALLEST: Final = 16_000
"""Pixels that a picture is high at most."""
_AT_ONCE: Final = 500
"""Events that are taken at once: some 90 parts, more than most screens have."""
_A_TURN: Final = 40
"""Events of a larger tree that are taken in one turn of the event loop, so that it stays quick."""
P = TypeVar("P", bound=Part)


class Screen(QFrame):
    """Shows a tree of components, whole or as it is being written, and does what is pressed.

    Each node is one part, made once, when its type is known. Values live in `state`; what a person gave stays there
    whatever the model writes later.
    """

    chosen = Signal(str)
    sent = Signal(object)
    problems_changed = Signal()
    json_asked = Signal(str)
    export_asked = Signal(str, object)

    def __init__(
        self,
        theme: Theme,
        *,
        catalogue: Catalogue | None = None,
        sources: Sequence[Source] = (),
        images: Mapping[str, QImage] | None = None,
    ) -> None:
        super().__init__()
        self.theme = theme
        self.state = State()
        self.sources: Mapping[str, Source] = {source.name: source for source in sources}
        self.images: Mapping[str, QImage] = images or {}
        self.open_address: Callable[[str], object] = lambda address: QDesktopServices.openUrl(QUrl(address))
        self.problems: list[Problem] = []
        self.catalogue = catalogue or bundled()
        self._deep = 0
        self._has_moved = False
        self._redefine = False
        self._is_pictured = False
        self._defined: dict[str, tuple[Any, bool]] = {}
        self._laid: tuple[int, int, int] = (0, 0, 0)
        self._incoming = Incoming()
        self._queue: deque[Event] = deque()
        self.setProperty("ground", "surface")
        self._area = QScrollArea(self)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        set_kind(self._area, "screen")
        self._area.setAccessibleName("Screen")
        self._area.viewport().setAutoFillBackground(False)
        self._sheet = QWidget()
        self._area.setWidget(self._sheet)
        self._sheet.setAutoFillBackground(False)
        self._layer = Layer(theme, self)
        self._glass = Glass(theme, self, self._named_rect, self.part_at)
        self._area.verticalScrollBar().valueChanged.connect(self._glass.follow)
        self.bar = AskingBar(theme, self)
        self.bar.agreed.connect(self._open_address)
        self._stage = Stage(self, self._sheet, "", "", None)
        self._parts = PartTree(self, self.catalogue, self._stage, self._layer)
        self._glass.clicked.connect(self.chosen)
        self._glass.scrolled.connect(self._scroll)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._settle)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._go_on)
        theme.changed.connect(self._repaint)

    # What is shown

    @property
    def created(self) -> int:
        """How many parts were made, those that are gone included."""
        self._work(len(self._queue))
        return self._parts.created

    def show_text(self, text: str) -> None:
        """Show a prefix of a tree's JSON, or all of it: what goes on is added, otherwise what differs is changed.

        A large tree that is there at once appears over several turns of the event loop. Whoever asks what is shown
        gets all of it.
        """
        if (self._queue or self._parts.is_cut) and not self._incoming.goes_on(text):
            # Of a tree that is not shown whole it is not known what differs.
            self._queue.clear()
            self._parts.is_cut = False
            self._queue.extend(self._incoming.show_anew(text))
        else:
            self._queue.extend(self._incoming.show(text))
        self._work(_AT_ONCE)

    def show_tree(self, value: Any) -> None:
        """Show a whole tree."""
        self.show_text(json.dumps(value, ensure_ascii=False))

    def grow_part(self, path: str, text: str) -> None:
        """Show a prefix of the JSON of the node at `path`, which is being written anew, in its place."""
        self._work(len(self._queue))
        self._queue.extend(self._incoming.grow(path, text))
        self._work(_AT_ONCE)

    def _go_on(self) -> None:
        self._work(_A_TURN)

    def _work(self, count: int) -> None:
        """Take as many of the events that wait, and go on with the others when the event loop has come round."""
        if self._queue and count:
            with self._together():
                for _ in range(min(count, len(self._queue))):
                    self._parts.take(self._queue.popleft())
        if self._queue:
            self._next.start()
        else:
            self._next.stop()

    # What parts ask for

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Show all that changes within at once."""
        self._deep += 1
        try:
            yield
        finally:
            self._deep -= 1
            if not self._deep:
                self._settle()

    def changed(self, part: Part) -> None:
        """Show a part anew, with everything else that changes now."""
        self._parts.stale[part] = None
        self.moved()

    def moved(self) -> None:
        """Lay the screen out anew, with everything else that changes now."""
        self._has_moved = True
        if not self._deep and not self._later.isActive():
            self._later.start()

    def redefine(self) -> None:
        """Tell the state anew what the inputs hold at first, with everything else that changes now."""
        self._redefine = True
        self.moved()

    def put(self, name: str, value: Any) -> None:
        """Take a value that a person gave."""
        with self._together():
            self.state.put(name, value)
            for part in self.parts_of(Input):
                form = form_of(part) if part.name == name and part.complaint else None
                if form is not None:
                    form.see(part)

    def reset(self) -> None:
        """Go back to what the model wrote in every input, and say no more what was wrong there."""
        with self._together():
            self.state.reset()
            for form in self.parts_of(Form):
                form.begin_anew()

    def act(self, part: Part, action: Any) -> None:
        """Do what a part's action says."""
        with self._together():
            press(self, part, action)

    def grow_inside(self, events: Sequence[Event]) -> None:
        """Change what a template has made."""
        for event in events:
            self._parts.take(event)

    def multiply(self, repeat: Repeat, rows: Sequence[Mapping[str, str]]) -> None:
        """Show the children of a part once for each row."""
        self._parts.multiply(repeat, rows)

    def ask_address(self, address: str) -> None:
        """Ask whether an address is to be opened, which is shown."""
        self.bar.ask("Open this address in your browser?", address)

    def _open_address(self, address: str) -> None:
        self.open_address(address)

    def show_json(self, path: str) -> None:
        """Have the text of a node shown."""
        self.json_asked.emit(path)

    def close_dialog(self) -> None:
        """Close the dialog that is open."""
        self._layer.close_dialog()

    def open_dialog(self, dialog: Dialog) -> None:
        """Open a dialog over the screen."""
        self._layer.setGeometry(self.rect())
        self._layer.open(dialog)
        self._glass.follow()
        if self._glass.isVisible():
            self._glass.raise_()

    def parts_of(self, kind: type[P]) -> list[P]:
        """Return the parts of a kind, in the order of the tree."""
        return [part for part in self._parts.every() if isinstance(part, kind)]

    @property
    def scroll_bar(self) -> QScrollBar:
        """What the screen is scrolled by."""
        return self._area.verticalScrollBar()

    def parts_at(self, path: str) -> list[Part]:
        """Return the parts of a node: none, one, or as many as it is repeated."""
        return list(self._parts.parts.get(path, ()))

    # Settling

    def _settle(self) -> None:
        """Show what has changed, lay out what has moved, and show what is new."""
        self._deep += 1
        stale, parts = self._parts.stale, self._parts
        examine = False
        shown: list[Part] = []
        while stale or self._redefine:
            if not stale:
                self._define()
                continue
            part = next(iter(stale))
            del stale[part]
            shown.append(part)
            was_wrong = bool(part.wrong)
            parts.show(part)
            examine |= was_wrong or bool(part.wrong) or isinstance(part, Notice)
        self._deep -= 1
        self._later.stop()
        fresh, parts.fresh = parts.fresh, []
        if self._has_moved or fresh:
            self._has_moved = False
            self._lay_out()
        for part in fresh:
            if part.shown and not isinstance(part, Dialog):
                part.show()
        self._order(shown)
        if examine or self.problems or parts.is_cut:
            problems = parts.problems()
            if problems != self.problems:
                self.problems = problems
                self.problems_changed.emit()
        self._glass.follow()

    def _define(self) -> None:
        """Tell the state what inputs hold at first: where several have a name, the first of them."""
        self._redefine = False
        values: dict[str, Any] = {}
        secrets: set[str] = set()
        for part in self.parts_of(Input):
            if part.is_defined:
                values.setdefault(part.name, part.written())
                if part.is_secret:
                    secrets.add(part.name)
        for name in self._defined - values.keys():
            self.state.undefine(name)
        defined = {name: (value, name in secrets) for name, value in values.items()}
        for name, (value, secret) in defined.items():
            known = self._defined.get(name)
            if known is None or known[1] != secret or not same(known[0], value):
                self.state.define(name, value, secret=secret)
        self._defined = defined

    def _lay_out(self) -> None:
        if self._is_pictured:
            return
        view = self._area.maximumViewportSize()
        width = view.width()
        height = self._stage.height_at(width)
        self._stage.put_at(0, 0, width, height)
        bar = self._area.verticalScrollBar().sizeHint().width() if height > view.height() else 0
        laid = (width, height, bar)
        if laid != self._laid:
            self._laid = laid
            self._sheet.resize(width - bar, height)
        self._layer.fit()

    def come_after(self, before: QWidget) -> None:
        """Let Tab lead from another widget of the window to what is on the screen."""
        self._area.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Qt puts nothing behind what takes no focus
        QWidget.setTabOrder(before, self._area)
        every = list(self._parts.every())
        for part in every:
            part.in_order = ()
        self._order(every)

    def _order(self, parts: Sequence[Part]) -> None:
        """Put what is new where it belongs in the order of Tab."""
        self._area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        moving = [part for part in parts if self._is_out_of_order(part)]
        # From the first on: what a part is put behind stands where it belongs by then.
        for part in sorted(moving, key=place_in_order):
            part.in_order = tuple(part.focusable())
            put_in_order(part, self._area)
        # What can be scrolled has to be reached by the keyboard, too.
        scrolls = self._area.verticalScrollBar().maximum() > 0
        self._area.setFocusPolicy(Qt.FocusPolicy.TabFocus if scrolls else Qt.FocusPolicy.NoFocus)

    def _is_out_of_order(self, part: Part) -> bool:
        return tuple(part.focusable()) != part.in_order and part in self._parts.parts.get(part.path, ())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the screen out in another size."""
        super().resizeEvent(event)
        for each in (self._area, self._layer, self._glass):
            each.setGeometry(self.rect())
        self._lay_out()
        self.bar.fit()
        self._glass.follow()

    def _repaint(self) -> None:
        for each in self.findChildren(QWidget):
            each.update()

    # Inspecting

    @property
    def inspecting(self) -> bool:
        """Whether a click chooses a part instead of pressing it."""
        return self._glass.inspecting

    @inspecting.setter
    def inspecting(self, on: bool) -> None:
        self._glass.inspect(on=on)

    def select(self, path: str | None) -> None:
        """Ring a part and bring it into sight; None rings nothing."""
        self._work(len(self._queue) if path is not None else 0)
        part = self._first(path) if path is not None else None
        if part is not None:
            self.reveal(part)
        self._glass.choose(path)

    def bring(self, path: str) -> None:
        """Bring the part at a path into sight."""
        self._work(len(self._queue))
        part = self._first(path)
        if part is not None:
            self.reveal(part)

    def reveal(self, part: Part) -> None:
        """Bring a part into sight: open the dialog, the tab, the section that it stands in."""
        each: Part | None = part
        dialog: Dialog | None = None
        while each is not None:
            if isinstance(each, Tab) and isinstance(each.above, Tabs):
                each.above.choose(each)
            if isinstance(each, Section) and each is not part and each.folded:
                each.unfold()
            if isinstance(each, Dialog):
                dialog = each
            each = each.holder
        if dialog is not None and self._layer.dialog is not dialog:
            self.open_dialog(dialog)
        elif dialog is None and self._layer.dialog is not None:
            self.close_dialog()
        self._settle()
        area, sheet = (self._area, self._sheet) if dialog is None else (self._layer.area, self._layer.sheet)
        rect = part.rect_in(sheet)
        high = min(rect.height(), area.viewport().height() - 32)
        area.ensureVisible(0, rect.top() + high // 2, 0, high // 2 + 16)

    def _first(self, path: str) -> Part | None:
        return next(iter(self._parts.parts.get(path, ())), None)

    def rect_of(self, path: str) -> QRect | None:
        """Return where a part stands on the screen; None where it is not to be seen."""
        part = self._first(path)
        if part is None or not part.isVisibleTo(self):
            return None
        return part.rect_in(self)

    def _named_rect(self, path: str) -> tuple[QRect, str] | None:
        rect = self.rect_of(path)
        part = self._first(path)
        if rect is None or part is None:
            return None
        return rect, part.component.title if part.component is not None else part.kind[:40] or "Part"

    def part_at(self, pos: QPoint) -> str | None:
        """Return the path of the innermost part at a point of the screen."""
        over = self._layer.area if self._layer.dialog is not None else self._area
        viewport = over.viewport()
        widget: QWidget | None = viewport.childAt(viewport.mapFrom(self, pos))
        while widget is not None and widget is not self:
            if isinstance(widget, Part) and widget is not self._stage:
                return node_of(widget.path)
            widget = widget.parentWidget()
        return "" if self._first("") is not None and self.rect().contains(pos) else None

    def _scroll(self, event: QWheelEvent) -> None:
        QApplication.sendEvent(self._area.verticalScrollBar(), event)

    # Pictures and outlines

    def picture(self, width: int) -> QImage:
        """Return the whole screen as it is at a width, as high as it is."""
        self._work(len(self._queue))
        self._settle()
        self._is_pictured = True  # painting sends a screen that nobody has seen the size it has
        inner = max(1, width - 2 * Stage.RING)
        height = min(_TALLEST, self._stage.height_at(inner))
        self._stage.put_at(0, 0, inner, height)
        image = QImage(max(1, width), height + 2 * Stage.RING, QImage.Format.Format_RGB32)
        image.fill(QColor(self.theme.tokens.surface))
        painter = QPainter(image)
        around = QPoint(Stage.RING, Stage.RING)
        self._stage.render(painter, around, renderFlags=QWidget.RenderFlag.DrawChildren)
        painter.end()
        self._is_pictured = False
        self._lay_out()
        return image

    def outline(self) -> tuple[Any, ...]:
        """Return what is shown: for each part its type, its texts, and the parts in it."""
        self._work(len(self._queue))
        root = self._first("")
        return () if root is None else self._parts.outline(root)
