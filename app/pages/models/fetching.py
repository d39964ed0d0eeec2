"""What a person does with a hub: looks up an address, downloads, pauses, goes on, throws away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox

from app.models.hub_lines import Found, item_words
from app.models.model_words import licence_words, name_and_quantization, size_words
from app.pages.models.hub_panel import HubShown
from app.pages.models.token_dialog import TokenDialog
from app.session.later import later
from engine.errors import DownloadRefused
from engine.model.fit import guess

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.pages.models.listing import Listing
    from app.session import Session
    from app.session.models import Item, Row
    from app.style.theme import Theme
    from engine.errors import EngineError
    from engine.hub import HubFile
    from engine.model.fit import Fit


_LOOK_MS: Final = 500
"""A while after the list has changed, the bin is looked into: what is in it may have changed, too."""


@dataclass(frozen=True)
class Subject:
    """What the row of a key stands for: a recommended model, files that were found, a download, or some of these."""

    index: int | None = None
    row: Row | None = None
    files: tuple[HubFile, ...] | None = None
    item: Item | None = None
    fit: Fit | None = None


class Fetching(QObject):
    """Knows rows of the hub by their keys. Nothing is asked of any server but by `look_up`, `ask` and `do`.

    `looked_up` brings the key of the first row that came of an address; "" while that is asked.
    """

    looked_up = Signal(str)

    def __init__(self, theme: Theme, session: Session, listing: Listing, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.dialog: TokenDialog | None = None
        self._downloads = session.downloads
        self._listing = listing
        self._asked = 0
        session.downloads.read_bin()
        self._look_soon = later(self, _LOOK_MS, session.downloads.read_bin)
        session.models.changed.connect(self._look_soon.start)

    # Looking up

    def look_up(self, address: str) -> None:
        """Ask what is at an address, and list it above everything else."""
        self._asked += 1
        asked = self._asked

        def take(models: list[tuple[HubFile, ...]]) -> None:
            if asked == self._asked:
                weighed = tuple((files, guess(sum(file.size for file in files))) for files in models)
                self._show(Found(address, weighed))
                self.looked_up.emit("found:0" if weighed else "")

        def refuse(error: EngineError) -> None:
            if asked == self._asked:
                self._show(Found(address, error=error))
                self.looked_up.emit("found:error")

        self._show(Found(address, asking=True))
        self.looked_up.emit("")
        self._downloads.ask(address, take, refuse)

    def look_up_again(self) -> None:
        """Ask once more what could not be found."""
        if self._listing.found is not None:
            self.look_up(self._listing.found.address)

    def close_found(self) -> None:
        """Forget what was found."""
        self._asked += 1
        self._show(None)

    def _show(self, found: Found | None) -> None:
        self._listing.found = found
        self._listing.show()

    def ask(self, key: str = "") -> None:
        """Ask the hub for sizes and hashes of a recommended model; of all of them, where none is named."""
        subject = self.subject(key)
        if subject is not None and subject.index is not None:
            self._downloads.ask_recommended(subject.index)
        else:
            self._downloads.ask_recommended()

    # Rows

    def subject(self, key: str) -> Subject | None:
        """Return what a row stands for; None where it is none of the hub's."""
        kind, _, rest = key.partition(":")
        if kind == "recommended" and rest.isdigit() and int(rest) < len(self._downloads.rows):
            row = self._downloads.rows[int(rest)]
            item = self._downloads.item(row.item) if row.item is not None else None
            return Subject(int(rest), row, row.files, item, row.fit)
        if kind == "found" and rest.isdigit() and self._listing.found is not None:
            models = self._listing.found.models
            if int(rest) < len(models):
                files, fit = models[int(rest)]
                return Subject(files=files, item=self._item_of(files), fit=fit)
        if kind == "item":
            item = self._downloads.item(rest)
            return Subject(files=item.files, item=item, fit=item.fit) if item is not None else None
        return None

    def _item_of(self, files: tuple[HubFile, ...]) -> Item | None:
        first = files[0].repository, files[0].name
        return next((i for i in self._downloads.items if (i.files[0].repository, i.files[0].name) == first), None)

    def do(self, key: str) -> None:
        """Download, pause, or go on: what the row's button says."""
        subject = self.subject(key)
        if subject is None:
            return
        item = subject.item
        if item is not None and item.moving:
            self._downloads.pause(item.id)
        elif item is not None and item.state in {"paused", "failed"}:
            self._downloads.resume(item.id)
        elif subject.index is not None:
            self._downloads.start_recommended(subject.index)
        elif subject.files is not None:
            self._downloads.start(subject.files)

    def can_throw_away(self, key: str) -> bool:
        """Whether something of it has arrived, or is about to."""
        subject = self.subject(key)
        return subject is not None and subject.item is not None and subject.item.state != "done"

    def throw_away(self, key: str) -> None:
        """End a download, and remove what has arrived of it."""
        subject = self.subject(key)
        if subject is not None and subject.item is not None:
            self._downloads.throw_away(subject.item.id)

    def give_token(self, parent: QWidget) -> None:
        """Open the dialog for the token of the hub."""
        self.dialog = TokenDialog(self._theme, parent.window(), self._downloads)
        self.dialog.finished.connect(self._token_closed)
        self.dialog.open()

    def _token_closed(self) -> None:
        self.dialog = None

    def ask_to_empty(self, parent: QWidget) -> None:
        """Delete the models in the bin for good, once that was said yes to: it cannot be taken back."""
        box = QMessageBox(parent)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Empty the bin")
        box.setText("Delete the models in the bin for good?")
        box.setInformativeText("Their room on the disk becomes free. This cannot be taken back.")
        box.addButton(QMessageBox.StandardButton.Cancel)
        empty = box.addButton("Empty the bin", QMessageBox.ButtonRole.DestructiveRole)
        empty.clicked.connect(self._downloads.empty_bin)
        box.open()

    # The panel

    def name_of(self, subject: Subject) -> str:
        """Return what a model is called."""
        if subject.row is not None:
            return subject.row.recommended.name
        return name_and_quantization(subject.files[0].name)[0] if subject.files else ""

    def repository_of(self, subject: Subject) -> str:
        """Return the repository of a model; "" for an address that belongs to none."""
        if subject.files:
            return subject.files[0].repository
        return subject.row.recommended.repository if subject.row is not None else ""

    def shown_error(self) -> HubShown | None:
        """Return what the panel says of an address that could not be looked up; None where nothing failed."""
        found = self._listing.found
        if found is None or found.error is None:
            return None
        refused = isinstance(found.error, DownloadRefused)
        return HubShown(
            "", (("Address", found.address),), None, str(found.error), True, None, "Try again", False, False, refused
        )

    def shown(self, subject: Subject, *, button: str) -> HubShown:
        """Return what the panel says of a model; `button` is what its row's button says."""
        files, row, item = subject.files, subject.row, subject.item
        size = sum(file.size for file in files) if files else row.size if row is not None else 0
        about = "" if files else "about "
        rows = [("Size", f"{about}{size_words(size)}")]
        file = files[0].name if files else row.recommended.pattern if row is not None else ""
        rows += [("Quantized", name_and_quantization(file)[1] or "not said")]
        licence = row.recommended.licence if row is not None else files[0].licence if files else None
        rows.append(("Licence", licence_words(licence) or "not told"))
        if row is not None:
            rows.append(("Parameters", row.recommended.parameters))
        repository = self.repository_of(subject)
        if repository:
            rows.append(("From", repository))
        if files and len(files) > 1:
            rows.append(("Files", f"{len(files)}"))
        alive = item is not None and item.state != "done"
        error = item.error if item is not None else row.error if row is not None else None
        state = str(error) if error is not None else item_words(item) if item is not None and alive else ""
        fit = subject.fit
        starts = not alive and (fit is None or fit.verdict != "too big")
        return HubShown(
            row.recommended.good_at if row is not None else "",
            tuple(rows),
            files[0].sha256 if files and len(files) == 1 else None,
            state[:1].upper() + state[1:],
            error is not None,
            fit,
            button,
            starts,
            alive,
            isinstance(error, DownloadRefused),
        )
