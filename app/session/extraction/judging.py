"""What is known of the cells of a job: how far each can be trusted, which to look at, how many are right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.session.extraction.confidence import Ranked, learn, rank
from app.session.extraction.rows import lightened, unpack
from app.session.extraction.setting_up import SetUpJob
from app.session.later import later

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from app.session.extraction.confidence import CellPlace
    from app.session.extraction.opening import Table
    from app.session.extraction.rows import Looking
    from engine.errors import EngineError
    from engine.extraction.confidence import Calibration
    from engine.extraction.review import ReviewedRow
    from engine.extraction.truth import Accuracy, Truth
    from engine.store import Coverage

SHARE_RIGHT: Final = 0.9
"""The share of cells that are to be right once those to look at were looked at, unless somebody says otherwise."""
_PIECE: Final = 300
"""Rows that are looked at anew at once."""
_RANK_MS: Final = 150
_LEARN_MS: Final = 1_500
_MANY: Final = 1_000
_LEARN_MANY_MS: Final = 10_000
"""Rows that take seconds to look at anew, and how long nothing is corrected until that is done."""
_MEASURE_MS: Final = 500


class JudgedJob(SetUpJob):
    """The shown job with the cells `to_review`, worst first, and its `accuracy` where the true values are known.

    `threshold` is the confidence below which cells are to be looked at, `cells` how many there are in all.
    """

    def __init__(self, bridge: Bridge, setting: Callable[[str], Any], put_setting: Callable[[str, Any], None]) -> None:
        super().__init__(bridge, setting, put_setting)
        self.to_review: list[CellPlace] = []
        self.threshold = 0.0
        self.cells = 0
        self.share_right = SHARE_RIGHT
        self.accuracy: Accuracy | None = None
        self.truth_path: Path | None = None
        self._reviewed_since: set[CellPlace] = set()
        self._truth: Truth | None = None
        self._rank_soon = later(self, _RANK_MS, self._rank)
        self._measure_soon = later(self, _MEASURE_MS, self._measure)
        self._learn_soon = later(self, _LEARN_MS, self._learn)

    # Intents

    def set_share_right(self, share: float) -> None:
        """Ask for another share of right cells, from 0 to 1."""
        share = min(max(float(share), 0.0), 1.0)
        if share != self.share_right:
            self.share_right = share
            self._keep()
            self._rank_soon.start(_RANK_MS)

    def set_truth(self, path: Path | None) -> None:
        """Compare the rows with the true values in a file, or no longer."""
        self._truth, self.truth_path = None, path
        self._keep()
        if path is None:
            self._take_accuracy(None)
        else:
            self._read_truth(path)

    def _read_truth(self, path: Path) -> None:
        look = self._look

        schema = self.schema_text

        def read() -> Truth:
            from engine.extraction.truth import read_truth

            return read_truth(path, schema or None)

        def back(truth: Truth) -> None:
            if look == self._look and self.truth_path == path:
                self._truth = truth
                self._measure()

        def failed(error: EngineError) -> None:
            if look == self._look and self.truth_path == path:
                self.truth_path = None
                self._keep()
            self.failed.emit(error)

        self._quick.submit(read, back, failed)

    # Following the rows

    def _put_on(self, looking: Looking, table: Table, coverage: Coverage) -> None:
        for timer in (self._rank_soon, self._measure_soon, self._learn_soon):
            timer.stop()
        kept = self._kept_of(self.id)
        share, truth = kept.get("share"), kept.get("truth")
        self.share_right = share if isinstance(share, float) else SHARE_RIGHT
        self.to_review, self.threshold, self.cells, self.accuracy = [], 0.0, 0, None
        self._truth, self.truth_path = None, Path(truth) if isinstance(truth, str) else None
        self._reviewed_since.clear()
        super()._put_on(looking, table, coverage)
        if self.truth_path is not None:
            self._read_truth(self.truth_path)

    def _to_keep(self) -> dict[str, Any]:
        truth = str(self.truth_path) if self.truth_path is not None else None
        return super()._to_keep() | {"share": self.share_right, "truth": truth}

    def _loaded(self) -> None:
        self._rank()
        self._measure_soon.start()

    def _rows_moved(self) -> None:
        """Find out soon what other rows come to: after a row has ended, or a cell was corrected."""
        many = len(self.rows)  # which take their time to be gone through, and a job needs the processor itself
        if not self._rank_soon.isActive():
            self._rank_soon.start(max(_RANK_MS, many // 4))
        if self._truth is not None and not self._measure_soon.isActive():
            self._measure_soon.start(max(_MEASURE_MS, many // 4))

    def _rank(self) -> None:
        rows, share, look = list(self.rows), self.share_right, self._look
        self._reviewed_since.clear()

        def back(found: Ranked) -> None:
            if look != self._look:
                return
            self.threshold, self.cells = found.threshold, found.cells
            self.to_review = [place for place in found.places if place not in self._reviewed_since]
            self.review_changed.emit()
            if self._shown_run is None and found.coverage != self.coverage:
                self.coverage = found.coverage
                self.progress_changed.emit()

        self._quick.submit(lambda: rank(rows, share), back)

    def _measure(self) -> None:
        truth, rows, schema, look = self._truth, list(self.rows), self.schema_text, self._look
        if truth is None:
            return

        def measure() -> Accuracy:
            from engine.extraction.truth import accuracy

            return accuracy(rows, truth, schema)

        def back(found: Accuracy) -> None:
            if look == self._look and truth is self._truth:
                self._take_accuracy(found)

        self._quick.submit(measure, back)

    def _take_accuracy(self, accuracy: Accuracy | None) -> None:
        if accuracy != self.accuracy:
            self.accuracy = accuracy
            self.accuracy_changed.emit()

    # Learning from corrections

    def _corrected(self) -> None:
        """Take note that a cell was corrected, or no longer is."""
        self._rows_moved()
        self._learn_soon.start(_LEARN_MS if len(self.rows) < _MANY else _LEARN_MANY_MS)

    def _learn(self) -> None:
        """Learn from what was corrected under this schema; look at all rows anew where that changes something."""
        look, schema, alike = self._look, self.schema_text, self._alike(self._job_setup.schema_id)

        def back(calibration: Calibration) -> None:
            if look == self._look and calibration != self._looking.calibration:
                self._looking.calibration = calibration
                self._look_anew(0)

        self._ask(lambda store: learn(store, schema, alike), back)

    def _look_anew(self, start: int) -> None:
        """Work out the confidences of rows once more, a piece at a time."""
        look, looking, calibration = self._look, self._looking, self._looking.calibration
        piece = [(index, self.rows[index], self._packed[index]) for index in range(start, len(self.rows))[:_PIECE]]
        if not piece:
            self._rank()
            return

        def work() -> list[tuple[int, ReviewedRow, ReviewedRow]]:
            return [(index, row, lightened(looking.review(unpack(packed)))) for index, row, packed in piece if packed]

        def back(found: list[tuple[int, ReviewedRow, ReviewedRow]]) -> None:
            if look != self._look or calibration is not self._looking.calibration:
                return
            for index, before, after in found:
                if index < len(self.rows) and self.rows[index] is before:
                    self.rows[index] = after
            self._look_anew(start + _PIECE)

        self._slow.submit(work, back)
