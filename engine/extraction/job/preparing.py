"""What happens to a document before the model hears of it: it is parsed, then it is found out what is asked of it.

Both are done beside the thread of the run, which is told by name when there is something to take.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import DocumentError, DocumentLate, EngineError
from engine.extraction.excerpts import Source
from engine.extraction.job.parsing import Parsing
from engine.extraction.job.reading import Answer, read
from engine.extraction.long import Arranger
from engine.extraction.long.measuring import measure_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.documents import Document, DocumentPool
    from engine.extraction.job.reading import Question, Reading
    from engine.extraction.long import Arrangement
    from engine.extraction.plan import ExtractionPlan
    from engine.extraction.sources import SourceFile
    from engine.model.backend import Backend
    from engine.model.protocol import ModelInfo

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Todo:
    """A document to do; `fields` of its record, or all of it. `sha256` is that of the bytes its row is of."""

    file: SourceFile
    fields: tuple[str, ...] | None = None
    sha256: str | None = None


@dataclass
class Work:
    """A document on its way to a row.

    `question` is what is asked of it, or is to be asked next. `seconds` are those its requests have taken, without the
    one that is running since `since`; `before` those that it took until there was a question. `late` is when its time
    was over; `tries` how often a model elsewhere did not answer it.
    """

    todo: Todo
    document: Document
    reading: Reading
    question: Question
    answer: Answer
    before: float
    seconds: float = 0.0
    since: float | None = None
    told: float = 0.0
    crashed: bool = False
    tries: int = 0
    late: float | None = None

    @property
    def name(self) -> str:
        """The document's name within the job."""
        return self.todo.file.name

    def elapsed(self) -> float:
        """Return the seconds that its requests have taken until now, those spent waiting for the model left out."""
        return self.seconds + (0.0 if self.since is None else time.monotonic() - self.since)

    def rest(self) -> None:
        """Take note that no request is running."""
        self.seconds, self.since = self.elapsed(), None


@dataclass(frozen=True)
class Refusal:
    """A document of which nothing can be asked, and why."""

    todo: Todo
    error: EngineError


@dataclass(frozen=True)
class _Arranging:
    """A parsed document of which it is being found out what is asked; `seconds` are those of its parsing."""

    todo: Todo
    plan: ExtractionPlan
    arranger: Arranger
    future: Future[tuple[Arrangement, float]]
    seconds: float


class Preparation:
    """The documents that are parsed or arranged. `tell` is called with a name, on any thread, when one got further."""

    def __init__(
        self,
        plan: ExtractionPlan,
        model: ModelInfo,
        client: Backend,
        documents: DocumentPool,
        tell: Callable[[str], None],
    ) -> None:
        """Prepare documents of a plan for a model."""
        self._plan = plan
        self._model = model
        self._client = client
        self._documents = documents
        self._tell = tell
        self._parsing: dict[str, Parsing] = {}
        self._arranging: dict[str, _Arranging] = {}
        self._ways: dict[tuple[str, ...] | None, tuple[ExtractionPlan, Arranger]] = {}
        self._desk = ThreadPoolExecutor(1, "arranging")
        self._over = threading.Event()

    def __len__(self) -> int:
        """Return how many documents are on their way."""
        return len(self._parsing) + len(self._arranging)

    def begin(self, todo: Todo) -> None:
        """Begin with a document."""
        name = todo.file.name
        parsing = self._parsing[name] = Parsing(todo, self._plan.seconds_per_document)
        parsing.future = self._documents.submit(todo.file.path, parsing.hear)
        parsing.future.add_done_callback(lambda _: self._tell(name))

    def take(self, name: str) -> Work | Refusal | None:
        """Return what became of a document that was told of; None where it is still on its way, or given up.

        Raises the EngineError that the host has for every document.
        """
        if name in self._parsing:
            return self._take_parsed(self._parsing.pop(name))
        return self._take_arranged(name) if name in self._arranging else None

    def give_up_late(self) -> Iterator[Refusal]:
        """Give up what takes longer to be parsed than it may."""
        for name, parsing in list(self._parsing.items()):
            if parsing.is_late():
                del self._parsing[name]
                parsing.give_up()
                yield Refusal(parsing.todo, late(self._plan, "read"))

    def stop(self) -> list[Todo]:
        """Give up everything; return what was on its way."""
        for parsing in self._parsing.values():
            parsing.give_up()
        self._over.set()
        self._desk.shutdown(wait=False, cancel_futures=True)
        arranging = [each.todo for each in self._arranging.values()]
        return [*(each.todo for each in self._parsing.values()), *arranging]

    def _take_parsed(self, parsing: Parsing) -> Refusal | None:
        try:
            document = parsing.result()
        except CancelledError:
            raise  # the pool was closed under a running job: a bug of whoever owns both
        except EngineError as error:
            return Refusal(parsing.todo, error)
        except Exception:  # noqa: BLE001 - one bad file must not cost the others; it is logged
            _log.exception("a document could not be parsed")
            return Refusal(parsing.todo, DocumentError("The file could not be read: its reader failed."))
        self._arrange(parsing.todo, document, parsing.seconds())
        return None

    def _arrange(self, todo: Todo, document: Document, seconds: float) -> None:
        """Find out what is asked of a document: a long one is searched first."""
        if todo.fields is not None and document.sha256 != todo.sha256:
            todo = Todo(todo.file)  # it was changed a moment ago: what its row has of it is of another text
        name = todo.file.name
        plan, arranger = self._way(todo.fields)
        future = self._desk.submit(_timed, arranger, document)
        self._arranging[name] = _Arranging(todo, plan, arranger, future, seconds)
        future.add_done_callback(lambda _: self._tell(name))

    def _take_arranged(self, name: str) -> Work | Refusal:
        begun = self._arranging[name]
        try:
            arrangement, seconds = begun.future.result()
        except EngineError:
            raise  # the host says it of the schema and the instructions: no document could succeed
        except Exception:  # noqa: BLE001 - one odd document must not cost the others; it is logged
            _log.exception("a document could not be arranged")
            del self._arranging[name]
            return Refusal(begun.todo, DocumentError("The document could not be prepared for the model."))
        del self._arranging[name]
        reading = read(begun.plan, arrangement, begun.arranger, self._model)
        question = next(reading)
        seconds += begun.seconds
        return Work(begun.todo, arrangement.document, reading, question, Answer(question), seconds)

    def _way(self, fields: tuple[str, ...] | None) -> tuple[ExtractionPlan, Arranger]:
        """Return how some fields are asked, or all of them."""
        if fields not in self._ways:
            plan = self._plan if fields is None else self._plan.of_fields(fields)
            self._ways[fields] = plan, Arranger(plan, self._model, measure_with(self._client, self._over.is_set))
        return self._ways[fields]


def late(plan: ExtractionPlan, what: str) -> DocumentLate:
    """Return what a row says of a document that was not read, or not answered, in time."""
    return DocumentLate(
        f"The document was not {what} within {plan.seconds_per_document:g} seconds.",
        advice="Allow more time for each document, or split it.",
    )


def _timed(arranger: Arranger, document: Document) -> tuple[Arrangement, float]:
    """Arrange a document; return also the seconds that it took."""
    begun = time.monotonic()
    arrangement = arranger.arrange(Source(document))
    return arrangement, time.monotonic() - begun
