"""How interfaces, data and pictures come in, and how screens go out: dialogs and menus over the session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.pages.interface.showing import Showing
    from app.session.interfaces import Interfaces
    from app.session.interfaces.exporting import InterfaceExport

DATA: Final = ("*.csv", "*.tsv", "*.json", "*.jsonl")
PICTURES: Final = ("*.png", "*.jpg", "*.jpeg", "*.webp", "*.gif", "*.bmp")
_ENDINGS: Final = {"json": "json", "png": "png", "pyside": "py", "html": "html"}
_UNFIT: Final = str.maketrans(dict.fromkeys('<>:"/\\|?*\n\r\t', " "))
_LEAST_WIDTH: Final = 390


class Ways(QObject):
    """Asks for files, and writes them. `told` is given what was done."""

    told = Signal(str)
    failed = Signal(object)

    def __init__(self, session: Interfaces, export: InterfaceExport, showing: Showing, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._session = session
        self._export = export
        self._showing = showing

    # In

    def import_files(self) -> None:
        """Ask for a tree, or for what another program calls one."""
        self._ask_for("Import", "Trees and answers of other programs (*.json)", self._session.import_file)

    def attach_data(self) -> None:
        """Ask for a file whose rows the screen may show."""
        self._ask_for("Attach data", f"Tables and lists ({' '.join(DATA)})", self._session.attach_source)

    def attach_picture(self) -> None:
        """Ask for a picture that the screen may show."""
        self._ask_for("Attach a picture", f"Pictures ({' '.join(PICTURES)})", self._session.attach_image)

    def take_files(self, paths: list[Path]) -> None:
        """Attach files that were dropped: pictures as pictures, all else as data."""
        endings = {pattern.removeprefix("*") for pattern in PICTURES}
        for path in paths:
            if path.suffix.lower() in endings:
                self._session.attach_image(path)
            else:
                self._session.attach_source(path)

    def _ask_for(self, title: str, names: str, take: Callable[[Path], object]) -> None:
        dialog = QFileDialog(self._page, title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([names, "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: take(Path(name)))
        dialog.open()

    # Out

    def export(self, target: str, how: str) -> None:
        """Copy the screen that is seen, or ask where to save it, as "json", "png", "pyside" or "html"."""
        if target == "png":
            self._export_picture(how)
            return
        tree = self._session.tree
        if tree is None:
            return

        def done(text: str) -> None:
            if how == "copy":
                QGuiApplication.clipboard().setText(text)
                self.told.emit(f"{_WORDS[target]} copied.")
            else:
                self.save(self.name, _ENDINGS[target], text.encode("utf-8", "surrogatepass"))

        self._export.write(tree, done, self.failed.emit)

    def _export_picture(self, how: str) -> None:
        width = max(_LEAST_WIDTH, self._showing.screen.width() if self._showing.screen is not None else 0)
        image = self._showing.picture(width)
        if image is None or image.isNull():
            return
        if how == "copy":
            QGuiApplication.clipboard().setImage(image)
            self.told.emit("Picture copied.")
        else:
            self.save(self.name, "png", _png(image))

    def export_values(self, name: str, text: str) -> None:
        """Ask where to save the values of a form or the rows of a table, under a name with its ending."""
        stem, _, ending = name.rpartition(".")
        self.save(_fit(stem) or self.name, ending, text.encode("utf-8", "surrogatepass"))

    @property
    def name(self) -> str:
        """What a file of the open interface is called, without its ending."""
        return _fit(self._session.title) or "screen"

    def save(self, name: str, ending: str, content: bytes) -> None:
        """Ask for the place of a file, and write it there, whole or not at all."""
        dialog = QFileDialog(self._page, "Export")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.setNameFilters([f"*.{ending}", "All files (*)"])
        dialog.selectFile(f"{name}.{ending}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self._write(Path(chosen), content))
        dialog.open()

    def _write(self, path: Path, content: bytes) -> None:
        self._export.save(path, content, lambda: self.told.emit(f"Saved as {path.name}."), self.failed.emit)


_WORDS: Final = {"json": "JSON", "pyside": "PySide6 source", "html": "HTML"}


def _fit(name: str) -> str:
    """Return a name without what file systems refuse."""
    return one_line(name, 80).translate(_UNFIT).strip(". ")


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # the format is text here, whatever the stub says
    return bytes(buffer.data().data())
