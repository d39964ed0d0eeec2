"""The page of interfaces: what was asked for, the screen that came of it, and the tree it is made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QStackedWidget, QWidget

from app import figures
from app.models.interface_gallery import Shown
from app.models.page_commands import listen
from app.pages.interface.asking import Asking
from app.pages.interface.choice import Choice
from app.pages.interface.commands import intents
from app.pages.interface.conversation import WIDTH, ConversationPanel
from app.pages.interface.gallery import GalleryPanel
from app.pages.interface.gallery_view import RENDERED
from app.pages.interface.keeping import Keeping
from app.pages.interface.means_menu import MeansMenu
from app.pages.interface.part_edits import PartEdits
from app.pages.interface.pictures import Pictures
from app.pages.interface.preview import NARROWEST, FullPreview, PreviewPanel
from app.pages.interface.showing import Showing
from app.pages.interface.status import Status
from app.pages.interface.tree_panel import TreePanel
from app.pages.interface.variants import VariantsView
from app.pages.interface.ways import Ways
from app.shortcuts import show_keys
from app.widgets.splits import are_sizes, split_of
from engine.interface.examples import examples

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

    from app.models.interface_gallery import Key
    from app.pages.interface.stage import Device
    from app.session import Session
    from app.style.theme import Theme
    from engine.errors import EngineError
    from engine.interface.acting import Send

_SPLITS: Final = "interface.splits"
_TAB: Final = "interface.part_tab"
_DEVICE: Final = "interface.device"
RIGHT: Final = 272
_SIZES: Final = [[WIDTH, 944], [672, RIGHT], [440, 284]]


class InterfacePage(QFrame):
    """The conversation at the left, the preview in the middle, the tree at the right; or the gallery, or variants."""

    title = "Interface"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self._whole = session
        self.session = session.interfaces
        self._full: FullPreview | None = None
        self.setProperty("ground", "surface")
        self._build()
        self._connect()
        self._bind()
        self._restore()
        self._opened()

    # Building

    def _build(self) -> None:
        theme, session = self._theme, self.session
        self.conversation = ConversationPanel(theme)
        self.composer = self.conversation.composer
        self.preview = PreviewPanel(theme)
        self.tree = TreePanel(theme)
        self.keeping = Keeping(session, self)
        self.showing = Showing(theme, session, self.preview, self.tree.model)
        self.pictures = Pictures(
            theme, self.keeping.fetch, lambda tree, attached: self.showing.render(tree, attached, RENDERED), self
        )
        self.gallery = GalleryPanel(theme, self.pictures)
        self.variants = VariantsView(theme, session)
        self.edits = PartEdits(session, self)
        self.choice = Choice(session, self.showing, self.tree, self.preview, self.composer)
        self.asking = Asking(session, self.conversation, self.showing, self.choice, self.preview, self.tree)
        self.status = Status(session, self.showing, self.conversation, self.preview, self.tree)
        self.ways = Ways(session, self._whole.interface_export, self.showing, self)
        self.work = split_of(Qt.Orientation.Horizontal, self.preview, self.tree)
        self.middle = QStackedWidget()
        for widget in (self.work, self.gallery, self.variants):
            self.middle.addWidget(widget)
        self.sides = split_of(Qt.Orientation.Horizontal, self.conversation, self.middle)
        self.sides.setStretchFactor(1, 1)
        self.work.setStretchFactor(0, 1)
        self.work.setStretchFactor(1, 0)
        self.preview.setMinimumWidth(NARROWEST)
        self.tree.setMinimumWidth(232)
        self.conversation.setMinimumWidth(232)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.sides)
        self.conversation.offer(
            [
                ("New interface\tCtrl+N", self.new),
                ("All interfaces\tCtrl+G", self.toggle_gallery),
                None,
                ("Rename…", self.rename),
                ("Duplicate", self.duplicate),
                ("Delete", self.delete),
                None,
                ("Attach data (CSV, JSON)…", self.ways.attach_data),
                ("Attach a picture…", self.ways.attach_picture),
                ("Import…\tCtrl+O", self.ways.import_files),
            ]
        )

    def _connect(self) -> None:
        session, composer, panel = self.session, self.composer, self.conversation
        session.opened.connect(self._opened)
        session.turns_changed.connect(self._turns_changed)
        session.grown.connect(self._grown)
        session.ended.connect(lambda _answer: self._ended())
        session.tree_changed.connect(self._tree_changed)
        session.attached.connect(self._attached)
        session.profile_changed.connect(lambda _profile: self._catalogue_changed())
        session.listed.connect(self._listed)
        session.told.connect(self._tell)
        session.failed.connect(self._fail)
        composer.menu_asked.connect(self._show_means)
        composer.files_dropped.connect(self.ways.take_files)
        panel.gallery_asked.connect(self.toggle_gallery)
        panel.told.undo_asked.connect(self.keeping.take_back)
        panel.attached.removed.connect(session.detach)
        self.asking.asked.connect(self._asked)
        self.asking.looked.connect(lambda: self._show(self.work))
        self.asking.compared.connect(self.compare_variants)
        self.choice.told.connect(self._tell)
        self._connect_screen()
        self._connect_gallery()

    def _connect_screen(self) -> None:
        session, preview, tree, showing = self.session, self.preview, self.tree, self.showing
        preview.device_chosen.connect(lambda device: self._whole.put_setting(_DEVICE, device))
        preview.inspect_asked.connect(lambda inspecting: showing.inspect(inspecting=inspecting))
        preview.theme_asked.connect(lambda turned: showing.turn(turned=turned))
        preview.reset_asked.connect(self.reset)
        preview.full_asked.connect(self.toggle_full)
        showing.sent.connect(self._show_send)
        preview.send_bar.left.connect(self._go_back)
        showing.problems_changed.connect(lambda: tree.part.show_problems(showing.problems))
        showing.scrubbed.connect(self._looked_back)
        showing.export_asked.connect(self.ways.export_values)
        tree.deed_asked.connect(self.edits.do)
        tree.add_asked.connect(self.edits.add)
        tree.wrap_asked.connect(self.edits.wrap)
        tree.undo_asked.connect(session.undo)
        tree.redo_asked.connect(session.redo_edit)
        tree.export_asked.connect(self.ways.export)
        tree.part.put.connect(self._put)
        tree.part.replaced.connect(self._replace)
        tree.part.tab_chosen.connect(lambda name: self._whole.put_setting(_TAB, name))
        self.edits.selected.connect(self.choose)
        self.edits.refused.connect(tree.part.refuse)
        self.ways.told.connect(self._tell)
        self.ways.failed.connect(self._fail)
        for split in (self.sides, self.work, tree.split):
            split.splitterMoved.connect(self._keep_splits)

    def _connect_gallery(self) -> None:
        gallery = self.gallery
        gallery.open_asked.connect(self._open)
        gallery.new_asked.connect(self.new)
        gallery.import_asked.connect(self.ways.import_files)
        gallery.rename_asked.connect(self.keeping.rename)
        gallery.duplicate_asked.connect(self.keeping.duplicate)
        gallery.delete_asked.connect(self.keeping.delete)
        gallery.undo_asked.connect(self.keeping.take_back)
        self.keeping.offered.connect(self.conversation.told.offer)
        self.keeping.withdrawn.connect(self.conversation.told.withdraw)
        gallery.closed.connect(self._close_gallery)
        self.variants.chosen.connect(self._choose_variant)
        self.variants.left.connect(lambda: self._show(self.work))

    def _bind(self) -> None:
        keys = self._whole.shortcuts
        listen(keys, self, "interface", intents(), self)
        tips = {
            "interface.gallery": self.conversation.gallery,
            "interface.new": self.gallery.new,
            "interface.undo": self.tree.undo,
            "interface.redo": self.tree.redo,
            "interface.inspect": self.preview.inspect,
        }
        show_keys(keys, tips)

    def _restore(self) -> None:
        """Lay the page out as it was left."""
        kept = self._whole.setting(_SPLITS)
        sizes = kept if are_sizes(kept, len(_SIZES)) else _SIZES
        for split, parts in zip((self.sides, self.work, self.tree.split), sizes, strict=True):
            split.setSizes(parts)
        self.tree.part.choose_tab(str(self._whole.setting(_TAB, "JSON")))
        device = self._whole.setting(_DEVICE, "desktop")
        if device in self.preview.devices:
            self.preview.choose(device)
        self._listed()

    # The open interface

    def _opened(self) -> None:
        """Show another interface; where nothing has been asked yet, the gallery."""
        self.asking.leave_editing()
        self.preview.send_bar.withdraw()
        self.choice.forget()
        self.tree.show_catalogue(self.session.catalogue)
        self.showing.begin()
        self.tree.view.scrollToTop()
        self.asking.show_draft()
        self._show_attached()
        self.choice.show()
        self.status.show()
        self._show(self.work if self.session.turns else self.gallery)

    def _turns_changed(self) -> None:
        self.showing.show_stops()
        self.status.show()

    def _grown(self) -> None:
        self.showing.follow()
        self.choice.keep()
        self._show_variants()
        self.status.show()

    def _tree_changed(self) -> None:
        self.showing.come_back()
        self.showing.follow()
        self._looked_back()

    def _ended(self) -> None:
        self.showing.follow()
        self._show_variants()
        self._looked_back()

    def _looked_back(self) -> None:
        """Say what is known of what is shown now, which may be the screen as it was."""
        self.choice.keep()
        self.choice.show()
        self.status.show()

    def _catalogue_changed(self) -> None:
        if self.tree.model.catalogue is not self.session.catalogue:
            self.tree.show_catalogue(self.session.catalogue)
            self.showing.make_anew()
            self.choice.show()
        self.status.show()

    def _attached(self) -> None:
        self._show_attached()
        self.showing.make_anew()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let a person write; a proxy would keep Tab from what stands before the composer."""
        self.composer.text.setFocus(event.reason())

    # What is shown

    def _show(self, widget: QWidget) -> None:
        # Not to whatever comes next, where what has the keyboard goes away.
        gone, keyboard = self.middle.currentWidget(), QApplication.focusWidget()
        if gone is not None and gone is not widget and keyboard is not None and gone.isAncestorOf(keyboard):
            (self.gallery.view if widget is self.gallery else self.composer.text).setFocus()
        self.middle.setCurrentWidget(widget)
        self.conversation.gallery.setChecked(widget is self.gallery)
        self.gallery.show_leaving(possible=bool(self.session.turns))

    def _go_back(self) -> None:
        """Give the keyboard back to the part that has sent something, or has not in the end."""
        screen = self.showing.live
        part = screen.focusWidget() if screen is not None else None
        (part or self.composer.text).setFocus()

    def _show_attached(self) -> None:
        session = self.session
        sources = [
            ("table", source.name, f"{figures.number(len(source.rows))} row{'' if len(source.rows) == 1 else 's'}")
            for source in session.sources
        ]
        images = [
            ("image", name, f"{image.width()} \N{MULTIPLICATION SIGN} {image.height()}")
            for name, image in session.images.items()
        ]
        self.conversation.attached.show_attached((*sources, *images))

    def _listed(self) -> None:
        session = self.session
        shown = [Shown(each.key, each.title, _json(each.tree), "", each.sentence) for each in examples()]
        own = [Shown(row.id, row.title, row.tree_text, row.updated) for row in session.rows]
        self.gallery.show_interfaces(shown, own)
        self.conversation.show_title(session.title)

    # Changes by hand

    def choose(self, path: str | None) -> None:
        """Choose a part: in the tree, in the preview, and beside them."""
        self.choice.choose(path)

    def _put(self, name: str, value: Any) -> None:
        path = self.tree.part.path
        if path is not None:
            self.edits.put(path, name, value)

    def _replace(self, node: Any) -> None:
        path = self.tree.part.path
        if path is not None:
            self.edits.replace(path, node)

    # Intents

    def run(self) -> None:
        """Ask for what the composer says."""
        self.asking.run()

    def _asked(self) -> None:
        self.status.show()
        if self.middle.currentWidget() is self.gallery:
            self._show(self.work)

    def compare_variants(self) -> None:
        """Show the answers to the same sentence side by side."""
        self.variants.clear()
        self._show(self.variants)
        self._show_variants()
        self.variants.setFocus()

    def _show_variants(self) -> None:
        if self.middle.currentWidget() is self.variants:
            self.variants.show_answers(self.session.alternatives, self.session.shown)

    def _choose_variant(self, number: int) -> None:
        self.session.choose_variant(number)
        self._show(self.work)

    def stop(self) -> None:
        """Stop what is being written."""
        self.session.stop()

    def escape(self) -> None:
        """Stop the model; else leave what is not the screen as it is, one thing at a time."""
        if self.session.running is not None:
            self.session.stop()
        elif self.preview.send_bar.waiting is not None:
            self.preview.send_bar.withdraw()
        elif self.asking.editing is not None:
            self.asking.leave_editing()
        elif self.middle.currentWidget() is not self.work and self.session.turns:
            self._show(self.work)
        elif self.showing.looking_back:
            self.showing.come_back()
        elif self.preview.inspect.isChecked():
            self.preview.inspect.setChecked(False)
        elif self.choice.path is not None:
            self.choose(None)

    def new(self) -> None:
        """Begin another interface."""
        self.session.new()
        self.focus_composer()

    def focus_composer(self) -> None:
        """Let a person write."""
        self.composer.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def search(self) -> None:
        """Look for an interface."""
        self._show(self.gallery)
        self.gallery.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def toggle_gallery(self) -> None:
        """Show all interfaces, or the open one again."""
        if self.middle.currentWidget() is not self.gallery:
            self._show(self.gallery)
            self.gallery.choose(self.session.id)
            self.gallery.view.setFocus()
        else:
            self._close_gallery()

    def _close_gallery(self) -> None:
        if self.session.turns:
            self._show(self.work)
        else:
            self.conversation.gallery.setChecked(True)

    def _open(self, key: Key) -> None:
        if key == self.session.id:
            self._show(self.work)
        else:
            self.keeping.open(key)

    def rename(self) -> None:
        """Ask for another title of the open interface."""
        self.keeping.rename(self.session.id)

    def duplicate(self) -> None:
        """Copy the open interface, and open the copy."""
        if self.session.id:
            self.keeping.duplicate(self.session.id)

    def delete(self) -> None:
        """Put the open interface into the bin; that can be taken back."""
        self.keeping.delete([self.session.id])

    def open_example(self, key: str) -> None:
        """Open a copy of a worked example."""
        self.session.example(key)

    def reset(self) -> None:
        """Forget what was typed and chosen on the screen."""
        if self.showing.live is not None:
            self.showing.live.reset()

    def show_device(self, device: Device) -> None:
        """Show the screen as wide as a device."""
        self.preview.choose(device)
        self._whole.put_setting(_DEVICE, device)

    def toggle_full(self) -> None:
        """Show the preview alone on the whole screen, or in the window again."""
        if self._full is not None:
            self._full.close()
            return
        if self.showing.screen is None:
            return
        sizes = self.work.sizes()
        full = self._full = FullPreview(self.preview, self._whole.shortcuts)

        def back() -> None:
            self._full = None
            self.work.insertWidget(0, self.preview)
            self.work.setSizes(sizes)
            self.preview.show_full(full=False)
            full.deleteLater()

        full.closed.connect(back)
        self.preview.show_full(full=True)
        full.showFullScreen()

    def _show_means(self, at: QPoint) -> None:
        asking = self.asking
        menu = MeansMenu(
            self, self.session, self._whole.schemas, self.ways, asking.run_variants, can_run=asking.can_vary
        )
        menu.popup(at - QPoint(0, menu.sizeHint().height()))

    def _show_send(self, sent: Send) -> None:
        self.preview.send_bar.show_send(sent)
        self.status.show()

    # Words

    def _tell(self, words: str) -> None:
        self.conversation.told.tell(words)

    def _fail(self, error: EngineError) -> None:
        place = f" ({error.where})" if error.where else ""
        self._tell(f"{error.message}{place}" + (f" {error.advice}" if error.advice else ""))

    def _keep_splits(self) -> None:
        sizes = [split.sizes() for split in (self.sides, self.work, self.tree.split)]
        self._whole.put_setting(_SPLITS, sizes)


def _json(tree: Any) -> str:
    return json.dumps(tree, ensure_ascii=False)
