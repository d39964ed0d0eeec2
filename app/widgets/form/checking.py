"""Checking a form's value on a worker, the newest alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from app.lanes import Lane
from engine.constraint.validate import validator_of
from engine.errors import SchemaInvalid
from engine.schema.document import read_schema
from engine.schema.form import Fields, FormProblem, Snapshot, problems_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import jsonschema_rs

    from engine.errors import EngineError

_PAUSE_MS = 40


@dataclass(frozen=True)
class Prepared:
    """A schema that was read, ready to be shown and to check values."""

    fields: Fields
    validator: jsonschema_rs.Validator


def prepare(text: str) -> Prepared:
    """Read a schema. Raises `SchemaError` for text that is none."""
    document = read_schema(text)
    try:
        validator = validator_of(document)
    except (ValueError, RecursionError) as error:
        raise SchemaInvalid(f"This schema cannot be checked: {str(error).partition(chr(10))[0]}") from None
    return Prepared(Fields(document), validator)


class Checking(QObject):
    """One worker for one form. A check that a newer one has overtaken is not told.

    It ends by itself when the form is destroyed: nobody waits for it, and nothing of it comes back then.
    """

    found = Signal(object)

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        application = QCoreApplication.instance()
        assert application is not None, "a form needs an application"
        self._lane = Lane("form", application)
        self._alive = [True]
        self._newest = 0
        self._told = 0
        self._running = False
        self._waiting: tuple[Prepared, Callable[[], Snapshot]] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._start)
        owner.destroyed.connect(_Ending(self._lane, self._alive))

    @property
    def busy(self) -> bool:
        """Whether what was found last is not of the newest value."""
        return self._newest != self._told

    def submit(
        self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Do something slow for the form."""
        alive = self._alive
        self._lane.submit(
            job,
            lambda result: done(result) if alive[0] else None,
            lambda error: failed(error) if alive[0] else None,
        )

    def check(self, prepared: Prepared, snapshot: Callable[[], Snapshot]) -> None:
        """Check a value a moment from now, when no newer one has come."""
        self._newest += 1
        self._waiting = prepared, snapshot
        self._pause.start()

    def _start(self) -> None:
        if self._waiting is None or self._running:
            return
        self._running = True
        prepared, snapshot = self._waiting
        number, taken = self._newest, snapshot()

        def job() -> tuple[FormProblem, ...]:
            return problems_of(prepared.validator, prepared.fields, taken)

        def done(problems: tuple[FormProblem, ...]) -> None:
            self._running = False
            if number == self._newest:
                self._told = number
                self.found.emit(problems)
            elif not self._pause.isActive():
                self._start()

        self.submit(job, done, lambda _error: done(()))


class _Ending:
    """Ends a lane after its last job, without waiting for it."""

    def __init__(self, lane: Lane, alive: list[bool]) -> None:
        self._lane = lane
        self._alive = alive

    def __call__(self, *_: object) -> None:
        self._alive[0] = False
        lane = self._lane
        lane.submit(lambda: None, lambda _: lane.deleteLater())
        lane.close(0.0)
