"""How a job is set up, the documents that come of it, and reading one of them to be looked at."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.document_shown import shown, shown_without_text
from app.session.extraction.setup import Setup, SourcesFound, look_through
from app.session.extraction.shown import ShownJob
from app.session.later import later
from engine.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.bridge import Bridge
    from app.document_shown import DocumentShown
    from app.session.extraction.opening import Table
    from app.session.extraction.rows import Looking
    from engine.documents import DocumentPool
    from engine.errors import EngineError
    from engine.store import Coverage

_KEEP_MS: Final = 400
_MOST_TEXTS: Final = 4
"""Texts of documents that are kept, since a person goes back and forth between a few."""


class SetUpJob(ShownJob):
    """The shown job with its setup. `sources_found` follows the sources, behind the window."""

    def __init__(self, bridge: Bridge, setting: Callable[[str], Any], put_setting: Callable[[str, Any], None]) -> None:
        super().__init__(bridge, setting, put_setting)
        self._paths: dict[str, Path] = {}
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._keep_soon = later(self, _KEEP_MS, self._keep)

    # Intents

    def set_sources(self, paths: Iterable[Path]) -> None:
        """Take the documents from these folders and files."""
        self._set_up(replace(self.setup, sources=tuple(dict.fromkeys(Path(path).absolute() for path in paths))))

    def add_sources(self, paths: Iterable[Path]) -> None:
        """Take documents from these folders and files, too."""
        self.set_sources([*self.setup.sources, *paths])

    def set_schema(self, text: str, name: str = "", schema: int | None = None) -> None:
        """Ask for records of a schema, by its text; its name and id where it is one of the library."""
        self._set_up(replace(self.setup, schema_text=text, schema_name=name, schema_id=schema))

    def set_instructions(self, text: str) -> None:
        """Tell the model something else; Espalier's own instructions where it is empty."""
        self._set_up(replace(self.setup, instructions=text))

    def set_options(
        self,
        *,
        grounding: bool | None = None,
        second_look: bool | None = None,
        reproducible: bool | None = None,
        max_tokens: int | None = None,
        seconds_per_document: float | None = None,
        model: str | None = None,
    ) -> None:
        """Change how the model is asked; what is None stays as it is. 0 tokens or seconds: no limit is set."""
        now = self.setup
        self._set_up(
            replace(
                now,
                grounding=now.grounding if grounding is None else grounding,
                second_look=now.second_look if second_look is None else second_look,
                reproducible=now.reproducible if reproducible is None else reproducible,
                max_tokens=now.max_tokens if max_tokens is None else max_tokens or None,
                seconds_per_document=(
                    now.seconds_per_document if seconds_per_document is None else seconds_per_document or None
                ),
                model=now.model if model is None else model,
            )
        )

    def revert_setup(self) -> None:
        """Set the job up again as its rows were made."""
        if self._job is not None:
            self._set_up(self._job_setup)

    def _set_up(self, setup: Setup) -> None:
        before, self.setup = self.setup, setup
        if setup == before:
            return
        self._keep_soon.start()
        self.setup_changed.emit()
        self._tell_state()
        if setup.sources != before.sources:
            self._find_sources()
        if self._job is None and setup.schema_text != before.schema_text:
            self._looking = replace(self._looking, schema_text=setup.schema_text)
            self._find_table()

    # Documents

    def path_of(self, document: str) -> Path | None:
        """Return where a document lies, as far as that has been found; of an attachment, its message."""
        path = self._paths.get(document)
        return next((each for each in (path, *path.parents) if each.exists()), None) if path is not None else None

    def read_document(
        self, document: str, done: Callable[[DocumentShown], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Read a document of the job so that it can be shown; one without text that has pages as these alone."""
        sources, known = self._sources_of_rows, self._paths

        def read(pool: DocumentPool) -> DocumentShown:
            return read_shown(pool, document, find_path(document, sources, known))

        def back(found: DocumentShown) -> None:
            self._texts[document] = found.text
            while len(self._texts) > _MOST_TEXTS:
                self._texts.popitem(last=False)
            done(found)

        self._bridge.ask_documents(read, back, failed)

    def picture(
        self,
        document: str,
        page: int,
        width_px: int,
        done: Callable[[Any], None],
        failed: Callable[[EngineError], None],
    ) -> None:
        """Draw a page of a document, counted from 1; `done` is given its width, height and rgb."""
        sources, known = self._sources_of_rows, self._paths
        self._bridge.ask_pictures(
            lambda pool: pool.picture(find_path(document, sources, known), page, width_px).result(), done, failed
        )

    def _text_of(self, document: str, done: Callable[[str], None]) -> None:
        """Give the text of a document, read once more where it is not at hand."""
        text = self._texts.get(document)
        if text is not None:
            done(text)
        else:
            self.read_document(document, lambda _: done(self._texts[document]), self.failed.emit)

    @property
    def _sources_of_rows(self) -> tuple[Path, ...]:
        return self._job_setup.sources if self._job is not None else self.setup.sources

    # Parts

    def _leave(self) -> None:
        if self._keep_soon.isActive():
            self._keep_soon.stop()
            self._keep()
        super()._leave()

    def _put_on(self, looking: Looking, table: Table, coverage: Coverage) -> None:
        super()._put_on(looking, table, coverage)
        self._paths = {}
        self._texts.clear()
        self.sources_found = SourcesFound()
        self._find_sources()

    def _find_sources(self) -> None:
        sources, look = self.setup.sources, self._look

        def back(found: tuple[SourcesFound, Mapping[str, Path]]) -> None:
            if look == self._look and sources == self.setup.sources:
                self.sources_found = found[0]
                if sources == self._sources_of_rows:
                    self._paths = dict(found[1])
                self.sources_changed.emit()

        self._quick.submit(lambda: look_through(sources), back)


def read_shown(pool: DocumentPool, document: str, path: Path) -> DocumentShown:
    """Read a document to be shown. Raises DocumentError where it has neither text nor pages."""
    try:
        return shown(pool.submit(path).result(), document)
    except DocumentError as error:
        from engine.documents.kinds import kind_by_name

        try:
            sizes = pool.page_sizes(path).result()
        except DocumentError:
            raise error from None
        return shown_without_text(document, kind_by_name(path) or "", sizes)


def find_path(document: str, sources: tuple[Path, ...], known: Mapping[str, Path]) -> Path:
    """Return where a document of some sources lies. Raises DocumentError where it is no longer there."""
    path = known.get(document)
    if path is None and len(sources) == 1:
        path = sources[0] / document if sources[0].is_dir() else sources[0]
    if path is None:
        path = look_through(sources)[1].get(document)
    if path is None:
        raise DocumentError(
            "The document is no longer where it was.", where=document, advice="Put it back, or choose its new folder."
        )
    return path
