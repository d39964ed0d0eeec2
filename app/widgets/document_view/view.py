"""A document beside what was made of it: its pages or its text, with marks that lead both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.shortcuts import show_keys
from app.style.plain_text import one_line
from app.widgets.controls import label
from app.widgets.document_view.find_bar import FindBar
from app.widgets.document_view.grid_pane import GridPane
from app.widgets.document_view.head import DocumentHead
from app.widgets.document_view.marks import in_order
from app.widgets.document_view.notice import Notice
from app.widgets.document_view.page_canvas import PageCanvas
from app.widgets.document_view.text_pane import TextPane
from app.widgets.document_view.use_bar import UseBar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.document_shown import DocumentShown, Look, PictureSource
    from app.shortcuts import Shortcuts
    from app.style.theme import Theme
    from app.widgets.document_view.marks import Mark
    from app.widgets.document_view.notice import NoticeTone
    from app.widgets.document_view.pane import Pane, Span

_NOTHING = "The document of the row you choose is shown here."


class DocumentView(QWidget):
    """Shows one document. Offsets are code points in its whole text.

    Text that is selected goes into the field named by `set_target`, with Enter or the button beside the selection.
    """

    text_chosen = Signal(int, int)
    """The selection is to be taken: its start and end."""
    mark_clicked = Signal(object)
    """The key of a mark that was clicked."""

    def __init__(self, theme: Theme, shortcuts: Shortcuts) -> None:
        super().__init__()
        self._document: DocumentShown | None = None
        self._marks: list[Mark] = []
        self._target: str | None = None
        self._look: Look = "text"
        self._chosen_look: dict[str, Look] = {}
        self.head = DocumentHead(theme)
        self.find_bar = FindBar(theme)
        self.notice = Notice(theme)
        self.pages = PageCanvas(theme)
        self.grid = GridPane(theme)
        self.text = TextPane(theme)
        self._panes: dict[Look, PageCanvas | GridPane | TextPane] = {
            "pages": self.pages,
            "grid": self.grid,
            "text": self.text,
        }
        self._fresh: set[Look] = set()
        self._nothing = _Nothing(theme)
        self._stack = QStackedWidget()
        for widget in (self._nothing, self.pages, self.grid, self.text):
            self._stack.addWidget(widget)
        self.use_bar = UseBar(theme, self._stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.find_bar)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notice)
        self.setAccessibleName("Document")
        self._connect()
        self._listen(shortcuts)
        self.show_document(None)

    def _connect(self) -> None:
        self.head.page_asked.connect(self.turn_page)
        self.head.zoom_asked.connect(self.zoom)
        self.head.look_asked.connect(self.turn_look)
        self.head.find_asked.connect(self.begin_find)
        self.pages.zoomed.connect(self.head.show_zoom)
        self.find_bar.found.connect(lambda hits: self._each_fresh(lambda pane: pane.set_hits(hits)))
        self.find_bar.went.connect(self._go_to_hit)
        self.find_bar.closed.connect(self._take_focus)
        self.use_bar.used.connect(self.use_selection)
        for pane in self._panes.values():
            pane.selected.connect(self._place_use_bar)
            pane.moved.connect(self._place_use_bar)
            pane.mark_clicked.connect(self.mark_clicked)
            pane.page_changed.connect(lambda page, which=pane: self._show_page(which, page))
            pane.view.installEventFilter(self)
            pane.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            pane.view.customContextMenuRequested.connect(self._show_menu)

    def _listen(self, shortcuts: Shortcuts) -> None:
        shortcuts.bind(
            self,
            {
                "document.find": self.begin_find,
                "document.larger": lambda: self.zoom(1),
                "document.smaller": lambda: self.zoom(-1),
                "document.fit": lambda: self.zoom(0),
                "document.page_after": lambda: self.turn_page(1),
                "document.page_before": lambda: self.turn_page(-1),
                "document.look": self.turn_look,
            },
        )
        head = self.head
        tips = {
            "document.find": head.find_button,
            "document.larger": head.larger,
            "document.smaller": head.smaller,
            "document.fit": head.fit,
            "document.page_after": head.on,
            "document.page_before": head.back,
            "document.look": head.look,
        }
        show_keys(shortcuts, tips)

    # What is shown

    def set_picture_source(self, source: PictureSource | None) -> None:
        """Say where pictures of the pages of what is shown from now on come from."""
        self.pages.set_picture_source(source)

    def show_document(self, document: DocumentShown | None) -> None:
        """Show another document from its beginning, without marks, or none."""
        if document is not None and document is self._document:
            return
        self._show(document)
        if document is None:
            self._nothing.say(_NOTHING)

    def show_message(self, name: str, sentence: str) -> None:
        """Show, in place of a document of this name, that it is being read, or why it cannot be shown."""
        self._show(None)
        self.head.show_document(None, name)
        self._nothing.say(sentence)

    def _show(self, document: DocumentShown | None) -> None:
        self._document = document
        self._marks = []
        self._fresh = set()
        self.use_bar.hide()
        self.head.show_document(document)
        self.set_notice(None)
        for pane in self._panes.values():
            pane.show_document(None)
        self.find_bar.set_text(document.text if document is not None else "")
        if document is None:
            self.find_bar.hide()
            self._stack.setCurrentWidget(self._nothing)
        else:
            kept = self._chosen_look.get(document.kind)
            self.show_look(kept if kept in document.looks else document.looks[0])

    @property
    def document(self) -> DocumentShown | None:
        """What is shown."""
        return self._document

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark spans of the document; what was marked before no longer is."""
        self._marks = in_order(marks)
        self._each_fresh(lambda pane: pane.set_marks(self._marks))

    def reveal(self, start: int, end: int, *, emphasised: bool = True) -> None:
        """Bring a span into sight. Where it cannot be seen as the document is shown, its text is shown."""
        if self._document is None or self._pane().reveal(start, end, emphasised=emphasised):
            return
        if "text" in self._document.looks and self._look == "grid":
            self.show_look("text")
            self.text.reveal(start, end, emphasised=emphasised)

    def set_target(self, target: str | None) -> None:
        """Name the field that selected text would go into; without one, nothing can be taken."""
        self._target = target
        if target:
            self.use_bar.name_target(target)
        self._place_use_bar()

    def set_notice(self, text: str | None, tone: NoticeTone = "plain") -> None:
        """Say something at the foot; the first sentence stands out."""
        self.notice.say(text, tone)

    # How it is shown

    @property
    def look(self) -> Look:
        """How the document is shown."""
        return self._look

    def show_look(self, look: Look) -> None:
        """Show the document in another way; what was in sight, or selected, stays."""
        if self._document is None or look not in self._document.looks:
            return
        before = self._pane() if self._fresh else None
        selection = before.selection() if before is not None else None
        page = before.page() if before is not None else 0
        had_focus = before is not None and before.view.hasFocus()
        self._look = look
        pane = self._panes[look]
        if look not in self._fresh:
            self._fresh.add(look)
            pane.show_document(self._document)
            pane.set_marks(self._marks)
            pane.set_hits(self.find_bar.hits)
        self._stack.setCurrentWidget(pane)
        self.head.show_look(look, self._following())
        if before is not None and before is not pane:
            before.select(None)
            pane.go_to_page(page)
            if selection is not None:
                pane.reveal(*selection, emphasised=False)
                pane.select(selection)
        if had_focus:
            pane.view.setFocus()
        self._show_page(pane, pane.page())
        self._place_use_bar()

    def turn_look(self) -> None:
        """Show the document in the next way."""
        if self._document is not None and len(self._document.looks) > 1:
            self._chosen_look[self._document.kind] = self._following()
            self.show_look(self._following())

    def _following(self) -> Look:
        assert self._document is not None
        looks = self._document.looks
        return looks[(looks.index(self._look) + 1) % len(looks)]

    def zoom(self, steps: int) -> None:
        """Show pages larger (1), smaller (-1), or as wide as the view (0)."""
        if self._look != "pages":
            return
        if steps:
            self.pages.zoom_by(steps)
        else:
            self.pages.set_zoom(1.0)

    def turn_page(self, steps: int) -> None:
        """Go some pages on, or back."""
        if self._document is not None:
            self._pane().go_to_page(min(max(self._pane().page() + steps, 0), len(self._document.pages) - 1))

    def _pane(self) -> Pane:
        return self._panes[self._look]

    def _take_focus(self) -> None:
        self._pane().view.setFocus()

    def _each_fresh(self, do: Callable[[Pane], object]) -> None:
        for look in self._fresh:
            do(self._panes[look])

    def _show_page(self, pane: Pane, page: int) -> None:
        if pane is self._pane() and self._document is not None:
            self.head.show_page(page, len(self._document.pages))
            self.pages.setAccessibleDescription(
                f"{one_line(self._document.name)}, page {page + 1} of {len(self._document.pages)}"
            )

    # Selecting

    def selection(self) -> Span | None:
        """Return what is selected."""
        return self._pane().selection() if self._document is not None else None

    def use_selection(self) -> None:
        """Take the selection for the field that is named."""
        span = self.selection()
        if span is not None and self._target:
            self._pane().select(None)
            self.text_chosen.emit(*span)

    def copy_selection(self) -> None:
        """Copy what is selected."""
        span = self.selection()
        if span is not None and self._document is not None:
            QGuiApplication.clipboard().setText(self._document.text[slice(*span)])

    def menu(self) -> QMenu:
        """Return what can be done here; the caller deletes it."""
        made = QMenu(self)
        has = self.selection() is not None
        if self._target:
            use = made.addAction(f"{self.use_bar.use.text()}\t⏎", self.use_selection)
            use.setEnabled(has)
        copy = made.addAction("Copy\tCtrl+C", self.copy_selection)
        copy.setEnabled(has)
        made.addSeparator()
        find = made.addAction("Find in this document\tCtrl+F", self.begin_find)
        find.setEnabled(self._document is not None and bool(self._document.text))
        if self._document is not None and len(self._document.looks) > 1:
            made.addAction(f"{self.head.look.accessibleName()}\tCtrl+T", self.turn_look)
        return made

    def _show_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._pane().view.viewport().mapToGlobal(place))

    def _place_use_bar(self) -> None:
        rect = self._pane().selection_rect() if self._document is not None and self._target else None
        if rect is None or self.selection() is None:
            self.use_bar.hide()
            return
        viewport = self._pane().view.viewport()
        corner = viewport.mapTo(self._stack, rect.topLeft())
        self.use_bar.place_beside(QRect(corner, rect.size()), self._stack.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean something to a selection, before they mean something to the page around."""
        if isinstance(event, QKeyEvent) and self._does(event):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._do(event)
                return True
        return super().eventFilter(watched, event)

    def _does(self, event: QKeyEvent) -> bool:
        if self.selection() is None:
            return event.key() == Qt.Key.Key_Escape and self.find_bar.isVisible()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            return bool(self._target) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Copy)

    def _do(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.selection() is None:
                self.find_bar.end()
            self._pane().select(None)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        else:
            self.use_selection()

    # Finding

    def begin_find(self) -> None:
        """Look for something in the document: for what is selected, if anything is."""
        if self._document is None or not self._document.text:
            return
        span = self.selection()
        words = self._document.text[slice(*span)] if span is not None else ""
        self.find_bar.begin(words if len(words) < 100 and "\n" not in words else "")

    def _go_to_hit(self, start: int, end: int) -> None:
        self.reveal(start, end, emphasised=False)
        self._pane().select((start, end))


class _Nothing(QFrame):
    """Where a document will stand."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "sunken")
        self._line = label(theme, "", 13, ink="text3")
        self._line.setWordWrap(True)
        self._line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.addWidget(self._line)

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        self._line.setText(sentence)
