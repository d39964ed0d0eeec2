"""What is known of the cells of a job: how far each can be trusted, which to look at, how many are right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.session.extraction.confidence import Ranked, rank
from app.session.extraction.setting_up import SetUpJob
from app.session.later import later

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from app.session.extraction.confidence import CellPlace
    from app.session.extraction.opening import Table
    from app.session.extraction.rows import Looking
    from engine.store import Coverage

SHARE_RIGHT: Final = 0.98
"""The share of cells that are to be right once those to look at were looked at, unless somebody says otherwise."""
_PIECE: Final = 300
"""Rows that are looked at anew at once."""
_RANK_MS: Final = 150
_LEARN_MS: Final = 1_500
_MEASURE_MS: Final = 500


class JudgedJob(SetUpJob):
    """The shown job with the cells `to_review`, worst first, and its `accuracy` where the true values are known.

    `threshold` is the confidence below which cells are to be looked at.
    """

    def __init__(self, bridge: Bridge, setting: Callable[[str], Any], put_setting: Callable[[str, Any], None]) -> None:
        super().__init__(bridge, setting, put_setting)
        self.to_review: list[CellPlace] = []
        self.threshold = 0.0
        self.share_right = SHARE_RIGHT
        self.accuracy: object | None = None
        self.truth_path: Path | None = None
        self._reviewed_since: set[tuple[str, str]] = set()
        self._rank_soon = later(self, _RANK_MS, self._rank)

    # Intents

    def set_share_right(self, share: float) -> None:
        """Ask for another share of right cells, from 0 to 1."""
        share = min(max(float(share), 0.0), 1.0)
        if share != self.share_right:
            self.share_right = share
            self._keep()
            self._rank_soon.start()

    def set_truth(self, path: Path | None) -> None:
        """Compare the rows with the true values in a file, or no longer."""
        self.truth_path = path
        self._keep()
        self.accuracy_changed.emit()

    # Following the rows

    def _put_on(self, looking: Looking, table: Table, coverage: Coverage) -> None:
        self._rank_soon.stop()
        kept = self._kept_of(self.id)
        share, truth = kept.get("share"), kept.get("truth")
        self.share_right = share if isinstance(share, float) else SHARE_RIGHT
        self.to_review, self.threshold, self.accuracy = [], 0.0, None
        self.truth_path = Path(truth) if isinstance(truth, str) else None
        self._reviewed_since.clear()
        super()._put_on(looking, table, coverage)

    def _to_keep(self) -> dict[str, Any]:
        truth = str(self.truth_path) if self.truth_path is not None else None
        return super()._to_keep() | {"share": self.share_right, "truth": truth}

    def _loaded(self) -> None:
        self._rank()

    def _rows_moved(self) -> None:
        """Find out soon what other rows come to: after a row has ended, or a cell was corrected."""
        if not self._rank_soon.isActive():
            self._rank_soon.start()

    def _rank(self) -> None:
        rows, share, look = list(self.rows), self.share_right, self._look
        self._reviewed_since.clear()

        def back(found: Ranked) -> None:
            if look != self._look:
                return
            self.threshold = found.threshold
            self.to_review = [
                place for place in found.places if (place.document, place.pointer) not in self._reviewed_since
            ]
            self.review_changed.emit()

        self._quick.submit(lambda: rank(rows, share), back)
