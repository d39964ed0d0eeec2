"""What differs between the columns, worked out aside while they grow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app import figures
from app.exchange import FORMATS
from app.models.answer_node import MISSING
from app.models.answer_value import value_so_far
from app.models.text_diff import Span, TextDifference, compare_texts
from app.models.value_diff import PENDING, ValueDiff, compare_values, settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.exchange import Answer
    from app.session import Comparison

_PAUSE_MS = 200
_MOST = 300_000
"""Characters of an answer that are compared: more than a model here writes, and no second's work."""


@dataclass(frozen=True)
class _Look:
    """An answer as it is compared: its text, whether that is a value, and which parts are complete (None: all)."""

    text: str
    structured: bool
    closed: frozenset[str] | None


@dataclass(frozen=True)
class Found:
    """What differs: places of values, then stretches of texts. Both have one entry for each column."""

    compared: int = 0
    values: ValueDiff = field(default_factory=ValueDiff)
    texts: tuple[TextDifference, ...] = ()
    too_long: bool = False
    growing: bool = False
    _beside: dict[tuple[int, int], dict[str, str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of places in which the columns differ."""
        return len(self.values.differences) + len(self.texts)

    @property
    def words(self) -> str:
        """What there is to say of it; nothing before there are two answers."""
        if self.too_long:
            return "too long to compare"
        if self.compared < 2:
            return ""
        if self.values.differences:
            return f"{figures.number(self.count)} value{'s differ' if self.count != 1 else ' differs'}"
        if self.texts:
            return f"{figures.number(self.count)} place{'s differ' if self.count != 1 else ' differs'}"
        return "no differences so far" if self.growing else "no differences"

    def pointers(self, at: int) -> frozenset[str]:
        """Return the places at which a column's value differs."""
        return self.values.differing(at)

    def spans(self, at: int) -> list[Span]:
        """Return the stretches in which a column's text differs."""
        return [span for entry in self.texts if (span := entry.spans[at]) is not None]

    def place(self, number: int, at: int) -> str | Span | None:
        """Return where one of the differences stands in a column: a pointer, or a stretch of text."""
        values = self.values.differences
        if number < len(values):
            return values[number].pointers[at]
        return self.texts[number - len(values)].spans[at]

    def beside(self, at: int, other: int) -> dict[str, str]:
        """Return which place of the column `other` stands beside each place of the column `at`."""
        if (at, other) not in self._beside:
            known = self.compared > 1 and bool(self.values.places)
            self._beside[at, other] = self.values.beside(at, other) if known else {}
        return self._beside[at, other]


class Differences(QObject):
    """Compares what the columns show, at most a few times a second, and one comparison at a time."""

    changed = Signal(object)

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self.found = Found()
        self._comparison = comparison
        self._wanted: tuple[_Look | None, ...] = ()
        self._done: tuple[_Look | None, ...] = ()
        self._busy = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._work)

    def look(self, answers: Sequence[Answer | None]) -> None:
        """Compare the answers as they are now; None stands for one that is not given yet."""
        if len(answers) != len(self._wanted):
            self._say(Found())
        self._wanted = tuple(None if answer is None else _look(answer) for answer in answers)
        if not self._soon.isActive() and not self._busy:
            self._soon.start()

    def _work(self) -> None:
        wanted = self._wanted
        if wanted == self._done:
            return
        self._busy = True
        self._comparison.aside(lambda: _compare(wanted), lambda found: self._worked(wanted, found))

    def _worked(self, wanted: tuple[_Look | None, ...], found: Found) -> None:
        self._busy = False
        self._done = wanted
        if len(wanted) == len(self._wanted):
            self._say(found)
        if wanted != self._wanted:
            self._soon.start()

    def _say(self, found: Found) -> None:
        self.found = found
        self.changed.emit(found)


def _look(answer: Answer) -> _Look:
    structured = FORMATS[answer.draft.format].structured
    if answer.state == "done" or (not structured and not answer.running):
        return _Look(answer.text, structured, None)
    # One that grows looks the same until another of its values closes; its words are compared once it has ended.
    reach = max((closed.end for closed in answer.closed.values()), default=0)
    return _Look(answer.text[:reach] if structured else "", structured, frozenset(answer.closed))


def _compare(looks: tuple[_Look | None, ...]) -> Found:
    """Compare values with values and texts with texts. Runs on a worker."""
    if any(look is not None and len(look.text) > _MOST for look in looks):
        return Found(too_long=True)
    values = [_value(look) for look in looks]
    texts = [look.text if look and not look.structured and look.closed is None else None for look in looks]
    compared = max(sum(value is not PENDING for value in values), sum(text is not None for text in texts))
    growing = any(look is not None and look.closed is not None for look in looks)
    return Found(compared, compare_values(values), tuple(compare_texts(texts)), growing=growing)


def _value(look: _Look | None) -> object:
    if look is None or not look.structured or not look.text:
        return PENDING
    value = value_so_far(look.text)
    if value is MISSING:
        return PENDING
    return value if look.closed is None else settled(value, look.closed)
