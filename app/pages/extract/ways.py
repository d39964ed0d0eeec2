"""The list of extractions, and how tables and known values go out and come in: menus and dialogs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu, QWidget

from app import figures
from app.models.dates import local, short
from app.models.field_accuracy import FieldLine
from app.models.job_list import JobLine
from app.pages.extract.export_popover import ExportChoice, ExportPopover
from app.pages.extract.files import ask_for_file, ask_where_to_save
from app.pages.extract.jobs_list import JobsPopover
from app.pages.extract.words import count
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from app.pages.extract.accuracy_panel import AccuracyPanel
    from app.pages.extract.head import ExtractHead
    from app.session import Session
    from app.session.extraction import Extractions, JobEntry
    from app.style.drawing import MarkShape
    from app.style.theme import Theme

_EXPORT: Final = "extract.export"
_MOST_FIELDS: Final = 40
TRUTHS: Final = ("Known values (*.csv *.json *.jsonl)",)


class Ways(QObject):
    """Acts on whole extractions through the session's intents."""

    def __init__(self, theme: Theme, session: Session, head: ExtractHead, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._head = head
        self._whole = session
        self._session: Extractions = session.extractions
        self.jobs = JobsPopover(theme, page)
        self.export = ExportPopover(theme, page)
        self._choice = ExportChoice.from_json(session.setting(_EXPORT))
        head.jobs.clicked.connect(self.show_jobs)
        head.export.clicked.connect(self.offer_export)
        head.more.clicked.connect(self.offer_more)
        self.jobs.open_asked.connect(self._session.open)
        self.jobs.new_asked.connect(self._session.new)
        self.jobs.rename_asked.connect(self.rename)
        self.jobs.delete_asked.connect(self._session.delete)
        self.export.export_asked.connect(self._export)

    # The list

    def show_listed(self) -> None:
        """Show the extractions there are now."""
        today = date.today()
        self.jobs.show_jobs([line_of(job, today) for job in self._session.jobs], self._session.id)

    def show_jobs(self) -> None:
        """Show all extractions, below the name of the open one."""
        self.show_listed()
        self.jobs.open_below(self._head, inset=8)
        self.jobs.focus_list()

    def rename_open(self, name: str) -> None:
        """Give the open extraction a name."""
        if self._session.id is not None:
            self._session.rename(self._session.id, name)

    def rename(self, job: int) -> None:
        """Ask for another name of an extraction."""
        entry = next((each for each in self._session.jobs if each.id == job), None)
        if entry is None:
            return
        dialog = QInputDialog(self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Rename")
        dialog.setLabelText("Name")
        dialog.setTextValue(entry.name)
        dialog.resize(360, dialog.height())
        line = dialog.findChild(QLineEdit)
        if line is not None:
            line.setMaxLength(200)
            line.selectAll()
        dialog.textValueSelected.connect(lambda name: self._session.rename(job, name))
        dialog.open()

    def delete_open(self) -> None:
        """Put the open extraction into the bin; that can be taken back."""
        if self._session.id is not None:
            self._session.delete(self._session.id)

    # More

    def offer_more(self) -> None:
        """Offer what is done with the whole extraction, below the dots."""
        session = self._session
        idle = session.state not in {"running", "pausing", "stopping"}
        failed = session.coverage.failed
        read = session.coverage.done + session.coverage.incomplete
        menu = QMenu(self._page)
        again = menu.addAction(f"Read {count(failed, 'failed document')} again", session.run_failed)
        again.setEnabled(idle and failed > 0)
        fields = menu.addMenu("Read one field again in all documents")
        fields.setEnabled(idle and read > 0)
        for name in self.fields[:_MOST_FIELDS]:
            fields.addAction(one_line(name, 60).replace("&", "&&"), partial(session.run_fields, [name]))
        menu.addSeparator()
        keep = menu.addAction("Save as evaluation set…", self.save_evaluation)
        keep.setEnabled(read > 0)
        compare = menu.addAction("Compare with known values…", self.choose_truth)
        compare.setEnabled(read > 0)
        menu.addSeparator()
        menu.addAction("New extraction\tCtrl+N", session.new)
        known = session.id is not None
        rename = menu.addAction("Rename…", lambda: self.rename(session.id or 0))
        rename.setEnabled(known)
        delete = menu.addAction("Delete", self.delete_open)
        delete.setEnabled(known and idle)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._head.more.mapToGlobal(QPoint(0, self._head.more.height() + 4)))

    @property
    def fields(self) -> list[str]:
        """The top-level names of the schema's fields."""
        return list(dict.fromkeys(column.path[0] for column in self._session.columns if column.path))

    # Out

    def offer_export(self) -> None:
        """Show how the table can be saved."""
        session = self._session
        read = session.coverage.done + session.coverage.incomplete
        if not session.rows:
            return
        units = list(session.units)
        unit = units.index(session.unit) if session.unit in units else 0
        titles = ["Document" if each.is_document else f"Item of {each.title}" for each in units]
        self.export.offer(replace(self._choice, unit=unit), titles, read, len(session.to_review))
        self.export.open_below(self._head.export, "right")

    def _export(self, choice: ExportChoice) -> None:
        session = self._session
        self._choice = choice
        self._whole.put_setting(_EXPORT, choice.to_json())
        units = list(session.units)
        unit = units[choice.unit] if choice.unit < len(units) else session.unit

        def save(path: Path) -> None:
            session.export(path, unit=unit, sources=choice.sources, confidence=choice.confidence)

        ask_where_to_save(self._page, "Export the table", self._file_name("extraction"), choice.format, save)

    def save_evaluation(self) -> None:
        """Ask where to, and keep the reviewed rows as an evaluation set."""
        name = f"{self._file_name('extraction')} truth"
        ask_where_to_save(self._page, "Save as evaluation set", name, "jsonl", self._session.save_evaluation)

    def _file_name(self, otherwise: str) -> str:
        name = "".join(char if char.isalnum() or char in " -_.()" else "-" for char in self._session.name).strip(" .")
        return name[:80] or otherwise

    def show_folder(self, document: str) -> None:
        """Show the folder of a document in the desktop's file manager."""
        path = self._session.path_of(document)
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    # Known values

    def choose_truth(self) -> None:
        """Ask for a file of known values, and hold the table against it."""
        ask_for_file(self._page, "Choose known values", TRUTHS, self._session.set_truth)

    def show_accuracy(self, panel: AccuracyPanel) -> None:
        """Show how right the fields are."""
        accuracy, truth = self._session.accuracy, self._session.truth_path
        lines = (
            [FieldLine(title, each.right, each.wrong, each.missing) for title, each in accuracy.fields.items()]
            if accuracy is not None
            else []
        )
        panel.show_accuracy(lines, truth.name if truth is not None else "")


def line_of(job: JobEntry, today: date) -> JobLine:
    """Return an extraction as its row in the list shows it."""
    coverage = job.coverage
    done = coverage.done + coverage.incomplete
    facts = [f"{figures.number(done + coverage.failed + coverage.empty)} of {figures.number(coverage.total)} read"]
    facts += [
        f"{figures.number(many)} {what}"
        for many, what in ((coverage.failed, "failed"), (coverage.empty, "empty"))
        if many
    ]
    shape: MarkShape
    match job.state:
        case "running" | "pausing" | "stopping":
            shape, ink = "arc", "accent"
        case "done":
            shape, ink = ("cross", "brickMark") if coverage.failed and not done else ("dot", "accent")
        case _:
            shape, ink = "ring", "text3"
            facts.append("paused")
    return JobLine(job.id, job.name, ", ".join(facts), short(local(job.created), today), shape, ink)
