"""What can be done with a row: by its button, by its menu, and by the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.model_choice import at_endpoint

if TYPE_CHECKING:
    from pathlib import Path

    from app.pages.models.elsewhere import Elsewhere
    from app.pages.models.fetching import Fetching
    from app.pages.models.list import ModelsView
    from app.pages.models.listing import Listing
    from app.pages.models.ways import Ways
    from app.session import Session
    from app.session.models import Entry


class Deeds(QObject):
    """Takes what is asked of rows to the session. `use_asked` brings a model that a person wants answers from."""

    use_asked = Signal(str)

    def __init__(
        self,
        session: Session,
        view: ModelsView,
        listing: Listing,
        fetching: Fetching,
        elsewhere: Elsewhere,
        ways: Ways,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._models = session.models
        self._view = view
        self._listing = listing
        self._fetching = fetching
        self._elsewhere = elsewhere
        self._ways = ways
        view.deed_asked.connect(self.do)
        view.menu_asked.connect(self._offer)
        view.delete_asked.connect(lambda: self.remove(view.key))

    def do(self, key: str) -> None:
        """Do what the button of a row says."""
        line = self._listing.rows.row_of(self._listing.rows.index_of_key(key))
        if line is None:
            return
        if line.kind == "row":
            self._view.choose(key)
        match line.deed:
            case "load":
                self._models.load(key)
            case "show_file":
                self._show_file(key)
            case "download" | "pause" | "resume":
                self._fetching.do(key)
            case "retry" if key == "found:error":
                self._fetching.look_up_again()
            case "retry":
                self._fetching.do(key)
            case "look_up":
                self._fetching.ask()
            case "close":
                self._fetching.close_found()
            case "add_endpoint":
                self._elsewhere.add()
            case "check":
                self._elsewhere.check(key)
            case "empty_bin":
                self._fetching.ask_to_empty(self._view)

    def _show_file(self, key: str) -> None:
        entry = self._models.entry(key)
        if entry is not None:
            self._ways.show_file(entry.file.path)

    def remove(self, key: str) -> None:
        """Take a row off the list: a model, an endpoint, or what has arrived of a download. The bar brings it back."""
        if self._elsewhere.endpoint(key) is not None:
            self._elsewhere.remove(key)
        elif self._models.entry(key) is not None:
            self._models.remove(key)
        elif self._fetching.can_throw_away(key):
            self._fetching.throw_away(key)

    def use(self, key: str) -> None:
        """Ask the model of an endpoint in the thread that is open."""
        endpoint = self._elsewhere.endpoint(key)
        if endpoint is not None and endpoint.model:
            self.use_asked.emit(at_endpoint(endpoint.id))

    def pin(self, key: str, *, pinned: bool) -> None:
        """Hold a model to the hash that its file has now, or let it be any file."""
        (self._models.pin if pinned else self._models.unpin)(key)

    def give_token(self) -> None:
        """Open the dialog for the token of the hub."""
        self._fetching.give_token(self._view)

    # The menu

    def _offer(self, at: QPoint) -> None:
        menu = self.menu(self._view.key)
        if menu.actions():
            menu.popup(at)
        else:
            menu.deleteLater()

    def menu(self, key: str) -> QMenu:
        """Return the menu of a row."""
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        line = self._listing.rows.row_of(self._listing.rows.index_of_key(key))
        if line is not None and line.deed is not None:
            menu.addAction(f"{line.button}\tEnter", lambda: self.do(key)).setEnabled(line.able)
        entry = self._models.entry(key)
        if entry is not None:
            self._fill_entry(menu, entry)
        elif self._elsewhere.endpoint(key) is not None:
            menu.addAction("Use in the Playground", lambda: self.use(key))
            menu.addAction("Edit…", lambda: self._elsewhere.edit(key))
            menu.addSeparator()
            menu.addAction("Remove\tDel", lambda: self.remove(key))
        elif self._fetching.subject(key) is not None:
            self._fill_hub(menu, key)
        if key == "found:error":
            menu.addAction("Token of the hub…", self.give_token)
        return menu

    def _fill_entry(self, menu: QMenu, entry: Entry) -> None:
        key = entry.key
        if entry.loadable and key == self._models.loaded_key:
            menu.addAction("Load again", lambda: self._models.load(key))
        if entry.file.error is None:
            menu.addAction("Show file", lambda: self._show_file(key))
        menu.addAction("Copy the path", lambda: QGuiApplication.clipboard().setText(key))
        if entry.loadable:
            menu.addSeparator()
            pinned = entry.pinned is not None
            words = "Unpin" if pinned else "Pin by its SHA-256"
            menu.addAction(words, lambda: self.pin(key, pinned=not pinned))
            reset = menu.addAction("Reset to the file's defaults", lambda: self._models.reset_options(key))
            reset.setEnabled(entry.own_options)
        folder = self._folder_of(entry)
        menu.addSeparator()
        if folder is not None:
            menu.addAction(f"Look no more into {folder.name}", lambda: self._models.remove_folder(folder))
        elif entry.origin == "usual":
            menu.addAction("Look no more into other programs' folders", lambda: self._models.allow_usual(False))
        words = "Move to the bin\tDel" if entry.origin == "downloaded" else "Take off the list\tDel"
        gone = menu.addAction(words, lambda: self.remove(key))
        gone.setEnabled(entry.removable and key not in {self._models.loaded_key, self._models.loading_key})

    def _folder_of(self, entry: Entry) -> Path | None:
        if entry.origin != "folder":
            return None
        holding = [folder for folder in self._models.folders if entry.file.path.is_relative_to(folder)]
        return max(holding, key=lambda folder: len(folder.parts), default=None)

    def _fill_hub(self, menu: QMenu, key: str) -> None:
        subject = self._fetching.subject(key)
        if subject is None:
            return
        line = self._listing.rows.row_of(self._listing.rows.index_of_key(key))
        too_big = line is not None and line.deed is None and line.beside.startswith("Needs")
        if too_big:
            menu.addAction("Download anyway", lambda: self._fetching.do(key))
        if subject.index is not None and subject.files is None:
            menu.addAction("Look up its size and hash", lambda: self._fetching.ask(key))
        repository = self._fetching.repository_of(subject)
        if repository:
            menu.addAction("Copy the name of the repository", lambda: QGuiApplication.clipboard().setText(repository))
        if self._fetching.can_throw_away(key):
            menu.addSeparator()
            menu.addAction("Throw away what has arrived\tDel", lambda: self.remove(key))
