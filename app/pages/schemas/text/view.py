"""The text of a schema: an editor of the same document that the tree edits, with all that helps to write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from app.pages.schemas.text.completing import Completing
from app.pages.schemas.text.dialect import declared, guessed
from app.pages.schemas.text.margin import Margin
from app.pages.schemas.text.marks import marks
from app.pages.schemas.text.menu import text_menu
from app.pages.schemas.text.spans import WORST_FIRST, ProblemSpans
from app.pages.schemas.text.tips import tip
from app.pages.schemas.text.typed_text import TypedText
from app.style.theme import set_kind
from app.style.tips import plain_tip
from engine.errors import EngineError
from engine.schema.drafts import Draft
from engine.schema.editing.edits import moved
from engine.schema.editing.formatting import formatted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QResizeEvent
    from PySide6.QtWidgets import QTextEdit

    from app.pages.schemas.text.display import Shown
    from app.pages.schemas.text.spans import Span, TextProblem
    from app.style.theme import Theme
    from engine.schema.editing import Step

_POINTER_MS = 60
_READ_MS = 300
_CONTROL, _SHIFT, _ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_NONE = Qt.KeyboardModifier.NoModifier


def at_once(job: Callable[[], Step], done: Callable[[Step | EngineError], None]) -> None:
    """Do a job here and now, and hand over what it returns or why it could not be done."""
    try:
        result: Step | EngineError = job()
    except EngineError as error:
        result = error
    done(result)


class SchemaTextView(TypedText):
    """An editor of a schema's text.

    `pointer_changed` tells the JSON Pointer of what the caret is at, a moment after it has come there;
    `search_asked` that somebody wants to find (False) or replace (True); `told` a sentence that is to be shown.
    `apart` does what takes long: it is given a job, and what to call on this thread with its result or its error.
    """

    pointer_changed = Signal(str)
    search_asked = Signal(bool)
    step_asked = Signal(int)
    draft_changed = Signal()
    told = Signal(str)

    def __init__(self, theme: Theme, apart: Callable[..., None] = at_once) -> None:
        super().__init__(theme)
        self.problems = ProblemSpans()
        self.draft = Draft.D2020
        self._told_draft: Draft | None = None
        self._apart = apart
        self._pointer = ""
        self._hits: Callable[[int, int], Iterable[tuple[int, int]]] = lambda _start, _end: ()
        self.setAccessibleName("Schema as text")
        self.setAccessibleDescription(
            "Tab indents. Escape, then Tab, moves on. Control and Space suggests what can be written; "
            "F8 goes to the next problem."
        )
        set_kind(self, "text")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._margin = Margin(theme, self)
        self.completing = Completing(theme, self)
        self._later = _timer(self, _POINTER_MS, self._tell_pointer)
        self._reading = _timer(self, _READ_MS, self._read_draft)
        self.cursorPositionChanged.connect(self._later.start)
        self.edited.connect(self._later.start)
        self.edited.connect(self._reading.start)
        self.blockCountChanged.connect(lambda _count: self._make_room())
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.completing.scrolled())
        self._make_room()

    def _opened(self) -> None:
        super()._opened()
        self.problems = ProblemSpans()
        self._told_draft = None
        self._pointer = ""
        self._read_draft(otherwise=Draft.D2020)

    def _moved(self, step: Step) -> None:
        super()._moved(step)
        self.problems.edited(step)

    # The draft

    def show_draft(self, draft: Draft | None) -> None:
        """Take the word of whoever has read the schema for its draft; a draft that the text names comes first."""
        self._told_draft = draft
        self._read_draft()

    def _read_draft(self, otherwise: Draft | None = None) -> None:
        draft = declared(self.syntax) or self._told_draft or guessed(self.syntax) or otherwise or self.draft
        if draft is not self.draft:
            self.draft = draft
            self.draft_changed.emit()

    # Problems

    def show_problems(self, problems: Iterable[TextProblem]) -> None:
        """Show what is wrong at its places; until there are others these go along with the text."""
        self.problems = ProblemSpans(problems)
        self._settle()
        self._margin.update()

    def severities(self, seen: list[Shown]) -> dict[int, str]:
        """Return the worst severity of each line (from 0) of the rows in sight, with what is folded there."""
        found: dict[int, str] = {}
        if seen and len(self.problems):
            for span in self.problems.between(self.rows.start(seen[0].row), self.rows.next_start(seen[-1].row)):
                line = self.rows.line(self.rows.row_at(span.start))
                found[line] = min(found.get(line, span.severity), span.severity, key=WORST_FIRST.index)
        return found

    def next_problem(self) -> None:
        """Go to the next problem, from the last one on to the first."""
        self._show_problem(self.problems.after(self.caret))

    def problem_before(self) -> None:
        """Go to the problem before, from the first one on to the last."""
        self._show_problem(self.problems.before(self.caret))

    def _show_problem(self, span: Span | None) -> None:
        if span is None:
            self.told.emit("There are no problems.")
            return
        self.go_to(span.start, span.start)
        self.centerCursor()
        self.told.emit(span.problem.sentence)
        below = self.viewport().mapToGlobal(self.cursorRect().bottomLeft() + QPoint(0, 4))
        QToolTip.showText(below, plain_tip(span.problem.sentence), self)

    # What was found

    def show_hits(self, hits: Callable[[int, int], Iterable[tuple[int, int]]]) -> None:
        """Mark spans; `hits` is asked for those that touch what is in sight."""
        self._hits = hits
        self._settle()

    def hits_between(self, start: int, end: int) -> Iterable[tuple[int, int]]:
        """Return the spans to be marked that touch a span."""
        return self._hits(start, end)

    def show_span(self, start: int, end: int) -> None:
        """Select a span and bring it into sight, in the middle where it was out of it."""
        with self._settled_once():
            self.go_to(start, end)
            if not self.viewport().rect().contains(self.cursorRect()):
                self.centerCursor()

    # JSON Pointers

    @property
    def pointer(self) -> str:
        """The JSON Pointer of what the caret is at."""
        return self.syntax.pointer_at(self.caret)

    def show_pointer(self, pointer: str) -> bool:
        """Select the key of what a JSON Pointer names, or its beginning, and show it; tells whether it is there."""
        member = self.syntax.find_member(pointer)
        node = member.value if member is not None else self.syntax.find(pointer)
        if node is None:
            return False
        self._pointer = pointer
        self.show_span(*((member.start, member.key_end) if member is not None else (node.start, node.start)))
        return True

    def copy_pointer(self) -> None:
        """Put the JSON Pointer of what the caret is at into the clipboard."""
        QGuiApplication.clipboard().setText(self.pointer)

    def _tell_pointer(self) -> None:
        pointer = self.pointer
        if pointer != self._pointer:
            self._pointer = pointer
            self.pointer_changed.emit(pointer)

    def go_to_line(self, line: int) -> None:
        """Put the caret at the beginning of a line (from 0)."""
        place = self.rows.start(self.rows.row_of_line(line))
        self.setFocus()
        self.go_to(place, place)

    # Layout

    def format_document(self) -> None:
        """Lay the whole text out anew."""
        if self.schema is None:
            return
        text = self.syntax.text

        def done(result: Step | EngineError) -> None:
            if isinstance(result, EngineError):
                self.told.emit(str(result))
            elif self.syntax.text is text:
                self.replace(
                    result, "Format", *(moved(result, place, behind=True) for place in (self.anchor, self.caret))
                )
            else:
                self.told.emit("The text has changed meanwhile, so it was not laid out.")

        if self.schema.stale:
            self.told.emit("The text is not JSON at the moment, so it cannot be laid out.")
        else:
            self._apart(lambda: formatted(text), done)

    # Keys and the mouse

    _INTENTS: Final = (
        (_CONTROL, Qt.Key.Key_Space, "suggest"),
        (_CONTROL, Qt.Key.Key_Y, "redo"),
        (_CONTROL | _SHIFT, Qt.Key.Key_Z, "redo"),
        (_CONTROL, Qt.Key.Key_F, "search"),
        (_CONTROL, Qt.Key.Key_H, "search_and_replace"),
        (_NONE, Qt.Key.Key_F3, "next_hit"),
        (_SHIFT, Qt.Key.Key_F3, "hit_before"),
        (_NONE, Qt.Key.Key_F8, "next_problem"),
        (_SHIFT, Qt.Key.Key_F8, "problem_before"),
        (_ALT | _SHIFT, Qt.Key.Key_F, "format_document"),
        (_CONTROL | _SHIFT, Qt.Key.Key_BracketLeft, "fold"),
        (_CONTROL | _SHIFT, Qt.Key.Key_BraceLeft, "fold"),
        (_CONTROL | _SHIFT, Qt.Key.Key_BracketRight, "unfold"),
        (_CONTROL | _SHIFT, Qt.Key.Key_BraceRight, "unfold"),
        (_CONTROL | _SHIFT, Qt.Key.Key_Minus, "fold_all"),
        (_CONTROL | _SHIFT, Qt.Key.Key_Underscore, "fold_all"),
        (_CONTROL | _SHIFT, Qt.Key.Key_Equal, "unfold_all"),
        (_CONTROL | _SHIFT, Qt.Key.Key_Plus, "unfold_all"),
    )

    def suggest(self) -> None:
        """Suggest what can be written at the caret."""
        self.completing.ask()

    def search(self) -> None:
        """Ask for the search."""
        self.search_asked.emit(False)

    def search_and_replace(self) -> None:
        """Ask for the search, with something to put in place of what is found."""
        self.search_asked.emit(True)

    def next_hit(self) -> None:
        """Ask for the next that was found."""
        self.step_asked.emit(1)

    def hit_before(self) -> None:
        """Ask for the one before that was found."""
        self.step_asked.emit(-1)

    def _intent(self, event: QKeyEvent) -> Callable[[], None] | None:
        held = event.modifiers() & ~_KEYPAD
        name = next((name for keys, key, name in self._INTENTS if held == keys and event.key() == key), None)
        return getattr(self, name) if name is not None else None

    def event(self, event: QEvent) -> bool:
        """Keep the view's keys from the window's shortcuts, and say what is under the pointer."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._intent(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._say_tip(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk in the suggestions, do what a key stands for, or type."""
        if self.completing.key(event):
            return
        intent = self._intent(event)
        if intent is not None:
            self.completing.close()
            intent()
            return
        caret, length = self.caret, len(self.syntax.text)
        super().keyPressEvent(event)
        if len(self.syntax.text) < length:
            self.completing.taken()
        elif event.text() and len(self.syntax.text) != length:
            self.completing.typed(event.text())
        elif self.caret != caret:
            self.completing.close()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show what is folded behind a row where its note is pressed; else put the caret."""
        point = event.position()
        for each in self.in_sight():
            note = self.fold_note(each.row)
            if note is not None and note[1].contains(point) and event.button() is Qt.MouseButton.LeftButton:
                with self._settled_once():
                    self._folding.unfold(self.syntax, each.row)
                return
        self.completing.close()
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done."""
        menu = text_menu(self)
        menu.exec(event.globalPos())
        menu.deleteLater()

    def _say_tip(self, event: QHelpEvent) -> None:
        point = self.viewport().mapFrom(self, event.pos())
        if point.x() < 0:
            line = self._margin.line_at(self._margin.mapFrom(self, event.pos()))
            words = self._said_of_line(line) if line is not None else ""
        else:
            place = self.place_at(point)
            words = tip(self.syntax, place, self.draft, self.problems) if place is not None else ""
        if words:
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
        else:
            QToolTip.hideText()

    def _said_of_line(self, line: int) -> str:
        """Return the problems of a line (from 0), and of what is folded behind it."""
        start = self.rows.start(self.rows.row_of_line(line))
        end = self.rows.next_start(self.rows.last_row(line))
        spans = (span for span in self.problems.between(start, end) if start <= span.start < max(end, start + 1))
        return "\n".join(span.problem.sentence for span in spans)

    # The frame

    def marks(self, seen: list[Shown]) -> list[QTextEdit.ExtraSelection]:
        """Return what lies under the letters in sight."""
        return marks(self._theme, self, seen)

    def _settle(self) -> None:
        super()._settle()
        if not self._settling:
            self._margin.update()

    def _make_room(self) -> None:
        width = self._margin.room()
        if width != self.viewportMargins().left():
            self.setViewportMargins(width, 0, 0, 0)
        self._margin.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the strip at the left as high as the view."""
        super().resizeEvent(event)
        self._margin.place()
        self.completing.scrolled()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the caret's line."""
        super().focusInEvent(event)
        self._settle()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop marking the caret's line, and put away what was suggested."""
        super().focusOutEvent(event)
        self.completing.close()
        self._settle()


def _timer(parent: SchemaTextView, interval: int, do: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval)
    timer.timeout.connect(do)
    return timer
