"""The benchmark that runs, and those of the models that are looked at."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.model_choice import LOCAL
from app.models.benchmark_words import BenchmarkShown
from app.models.endpoint_words import endpoint_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.pages.models.benchmark_section import BenchmarkSection
    from app.session import Session
    from app.session.models import KeptBenchmark


class Measuring(QObject):
    """Shows one subject's benchmarks in a section: those of a file by its SHA-256, of an endpoint by its id.

    Only the model that is loaded and endpoints can be measured.
    """

    def __init__(self, session: Session, section: BenchmarkSection, parent: QObject) -> None:
        super().__init__(parent)
        self._benchmarks = session.benchmarks
        self._section = section
        self._subject = ""
        self._name = ""
        self._model: str | None = None
        section.run_asked.connect(self._run)
        section.stop_asked.connect(self._benchmarks.stop)
        self._benchmarks.changed.connect(self._show_running)
        self._benchmarks.kept.connect(self._kept)

    def show_loaded(self, name: str, sha256: str | None, *, loaded: bool) -> None:
        """Show the benchmarks of a model of this machine."""
        self._model = LOCAL if loaded else None
        self._show(name, sha256 or "", "" if loaded else "Load the model to measure it")

    def show_endpoint(self, name: str, endpoint: str) -> None:
        """Show the benchmarks of a model elsewhere."""
        self._model = endpoint_key(endpoint)
        self._show(name, endpoint, "")

    def _show(self, name: str, subject: str, why_not: str) -> None:
        self._section.allow(able=not why_not, why=why_not)
        if subject != self._subject or name != self._name:
            self._subject, self._name = subject, name
            self._section.show_history(name, [])
            self._read()
        self._show_running()

    def _run(self) -> None:
        if self._model is not None:
            self._benchmarks.run(self._model)

    def _kept(self, subject: str) -> None:
        if subject == self._subject:
            self._read()

    def _read(self) -> None:
        subject = self._subject

        def take(found: list[KeptBenchmark]) -> None:
            if subject == self._subject:
                self._section.show_history(
                    self._name, [BenchmarkShown(each.created, _measured(each.figures)) for each in found]
                )

        if subject:
            self._benchmarks.history(subject, take)

    def _show_running(self) -> None:
        run = self._benchmarks.running
        if run is None or run.model != self._model:
            self._section.show_running(None, None)
            return
        figures = _measured(asdict(run.figures)) if run.figures is not None else {}
        self._section.show_running(BenchmarkShown("", figures), run.share)


def _measured(figures: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures that were measured; of the others nothing is said."""
    return {name: float(value) for name, value in figures.items() if isinstance(value, (int, float)) and value > 0}
