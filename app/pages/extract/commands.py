"""What the page of extractions does for its commands, and the extractions by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.models.commands import Command
from app.models.page_commands import Intent, commands_of
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.page_commands import Frame
    from app.pages.extract.page import ExtractPage


def _running(page: ExtractPage) -> bool:
    return page.session.state in {"running", "pausing"}


def _not_running(page: ExtractPage) -> bool:
    return not _running(page)


def _rested(page: ExtractPage) -> bool:
    return page.session.id is not None and page.session.state not in {"running", "pausing", "stopping"}


def _filled(page: ExtractPage) -> bool:
    return bool(page.session.rows)


def _has_document(page: ExtractPage) -> bool:
    return page.document.isVisible()


def intents() -> dict[str, Intent[ExtractPage]]:
    """Return what the page of extractions does for each of its commands."""
    return {
        "extract.run": Intent(lambda page: page.run(), _not_running, unmade=True),
        "extract.pause": Intent(
            lambda page: page.escape(), lambda page: page.session.state == "running", pressed=lambda page: page.escape()
        ),
        "extract.stop": Intent(lambda page: page.stop(), _running),
        "extract.new": Intent(lambda page: page.new()),
        "extract.jobs": Intent(lambda page: page.ways.show_jobs()),
        "extract.folder": Intent(lambda page: page.setting_up.choose_folder()),
        "extract.files": Intent(lambda page: page.setting_up.choose_files()),
        "extract.schema": Intent(lambda page: page.setting_up.offer_schemas()),
        "extract.instructions": Intent(lambda page: page.setting_up.edit_instructions()),
        "extract.options": Intent(lambda page: page.setting_up.offer_options()),
        "extract.example": Intent(lambda page: page.setting_up.set_example()),
        "extract.next": Intent(lambda page: page.next_to_review(), _filled),
        "extract.export": Intent(lambda page: page.ways.offer_export(), _filled),
        "extract.again": Intent(
            lambda page: page.session.run_failed(), lambda page: _rested(page) and page.session.coverage.failed > 0
        ),
        "extract.accuracy": Intent(lambda page: page.show_accuracy(shown=True), _filled),
        "extract.evaluation": Intent(lambda page: page.ways.save_evaluation(), _filled),
        "extract.undo": Intent(lambda page: page.undo(), lambda page: page.session.can_undo),
        "extract.redo": Intent(lambda page: page.redo(), lambda page: page.session.can_redo),
        "extract.rename": Intent(lambda page: page.head.name.setFocus(), _rested),
        "extract.delete": Intent(lambda page: page.ways.delete_open(), _rested),
        "table.filter": Intent(lambda page: page.table.focus_filter(), _filled),
        "document.find": Intent(lambda page: page.document.begin_find(), _has_document),
        "document.larger": Intent(lambda page: page.document.zoom(1), _has_document),
        "document.smaller": Intent(lambda page: page.document.zoom(-1), _has_document),
        "document.fit": Intent(lambda page: page.document.zoom(0), _has_document),
        "document.page_after": Intent(lambda page: page.document.turn_page(1), _has_document),
        "document.page_before": Intent(lambda page: page.document.turn_page(-1), _has_document),
        "document.look": Intent(lambda page: page.document.turn_look(), _has_document),
    }


def commands(frame: Frame) -> list[Command]:
    """Return what the palette can do with extractions, which makes their page first, and each of them by name."""

    def page() -> ExtractPage:
        from app.pages.extract.page import ExtractPage

        made = frame.page("Extract")
        assert isinstance(made, ExtractPage), "the page of extractions is the page of extractions"
        return made

    def open_job(job: int) -> Callable[[], None]:
        def do() -> None:
            frame.show_page("Extract")
            page().session.open(job)

        return do

    jobs = frame.session.extractions.jobs if frame.is_made("Extract") else ()
    return [
        *commands_of(frame, "Extract", intents(), page),
        *(
            Command(f"Open extraction: {one_line(job.name, 60)}", open_job(job.id), id=f"extract.open/{job.id}")
            for job in jobs
        ),
    ]
