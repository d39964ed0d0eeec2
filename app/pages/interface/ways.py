"""How interfaces, data and pictures come in, and how screens go out: dialogs and menus over the session."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QBuffer, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.session.interfaces.exporting import ENDINGS, Exported
from app.style.icons import GlyphMissing, svg_path
from app.style.plain_text import one_line
from app.widgets.saving import save_dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.pages.interface.showing import Showing
    from app.session.interfaces import Interfaces
    from app.session.interfaces.exporting import InterfaceExport, Target

DATA: Final = ("*.csv", "*.tsv", "*.json", "*.jsonl")
PICTURES: Final = ("*.png", "*.jpg", "*.jpeg", "*.webp", "*.gif", "*.bmp")
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
        """Copy the screen, or ask where to save it, as "json", "png", "pyside" or "html"."""
        session = self._session
        if target == "png":
            self._export_picture(how)
            return
        if session.tree is None or target not in ENDINGS:
            return
        form: Target = target

        def done(text: str) -> None:
            if how == "copy":
                QGuiApplication.clipboard().setText(text)
                self.told.emit(f"{_WORDS[form]} copied.")
            else:
                self.save(self.name, ENDINGS[form], text.encode("utf-8", "surrogatepass"))

        pictures = {name: _png(image) for name, image in session.images.items()}
        screen = Exported(session.tree, session.catalogue, tuple(session.sources), pictures, drawings(session.tree))
        self._export.write(screen, form, done, self.failed.emit)

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
        dialog = save_dialog(self._page, "Export", f"{name}.{ending}", [f"*.{ending}"])
        dialog.fileSelected.connect(lambda chosen: self._write(Path(chosen), content))
        dialog.open()

    def _write(self, path: Path, content: bytes) -> None:
        self._export.save(path, content, lambda: self.told.emit(f"Saved as {path.name}."), self.failed.emit)


_WORDS: Final[dict[Target, str]] = {"json": "JSON", "pyside": "PySide6 source", "html": "HTML page"}


def drawings(tree: Any) -> dict[str, str]:
    """Return the outlines of the icons that a tree shows, by name."""
    found: dict[str, str] = {}
    pending = [tree]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            name = value.get("name")
            if value.get("type") == "icon" and isinstance(name, str) and name not in found:
                with contextlib.suppress(GlyphMissing):
                    found[name] = svg_path(name)
            pending.extend(value.values())
    return found


def _fit(name: str) -> str:
    """Return a name without what file systems refuse."""
    return one_line(name, 80).translate(_UNFIT).strip(". ")


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # the format is text here, whatever the stub says
    return bytes(buffer.data().data())
