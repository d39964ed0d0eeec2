"""Every failure that a person may read, as one tree.

* `EngineError`
    * `SchemaError`: the schema itself is wrong
        * `SchemaSyntaxError`: the text is not JSON, or not the source that it is taken for
        * `SchemaInvalid`: it is JSON, but no valid JSON Schema
        * `ConversionError`: no schema can be read from it, or it cannot be written in the form that was asked for
        * `EditRefused`: an edit of it, or of an interface, that cannot be made
    * `ConstraintError`: the schema is valid, but cannot be held to
        * `ConstraintUnsupported`: a keyword that cannot be enforced
        * `ConstraintUnsatisfiable`: no instance exists, or none could be found
        * `BudgetExceeded`: the checks failed too often
    * `ModelError`
        * `ModelFileInvalid`: the file is missing, cut short, or no GGUF
        * `ModelTooLarge`: the file does not fit this machine's memory
        * `ModelCrashed`: the host process ended while it was needed
        * `EndpointError`: a model elsewhere could not answer
            * `EndpointUnreachable`: nobody answers there, or not in time
            * `EndpointRefused`: it does not let this request, or this key, in
            * `EndpointBusy`: it asks to come back later
            * `EndpointGarbled`: what it sends is not what was agreed on, or ends midway
    * `GenerationError`: an answer was begun and is not one
        * `TokenLimitReached`, `ContextFull`, `Cancelled`
        * `AnswerInvalid`: what came from elsewhere does not satisfy its schema, however often it was asked for
        * `AnswerRefused`: a model elsewhere, or the filter before it, declined to answer
    * `PromptTooLong`: the prompt alone does not fit the context
    * `InvalidRequest`: a setting of the request is out of range
    * `DocumentError`: a document could not be read
        * `DocumentEmpty`: it was read, and holds no text
        * `DocumentLate`: it took longer than it may
    * `StoreError`: the profile's database cannot be used
        * `StoreDamaged`: it is no longer what was written
        * `ProfileInUse`: another window has the profile open
    * `TransferError`: a file of conversations or schemas cannot be read or written
    * `DownloadError`: a file cannot be fetched
        * `DownloadRefused`: its hub does not hand it out, or wants a token
        * `DownloadDamaged`: what arrived is not what its hub promised
        * `DiskFull`: there is no room for it
    * `NetworkOff`: the settings say that nothing may be fetched or sent
    * `SecretsUnavailable`: the system has no place where a key can be kept

An `EngineError` says what happened, where, and what to do. Anything else that is raised is a bug.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

_POINTERS = 3
"""How many values that a record lacks are named by their place."""


class EngineError(Exception):
    """A failure with a sentence fit to be shown.

    `message` is one plain sentence. `where` names the place: a JSON Pointer (RFC 6901), a file, a page.
    `advice` is one sentence on what to do next. Both may be None.
    """

    def __init__(self, message: str, *, where: str | None = None, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.advice = advice

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f" {self.advice}" if self.advice else ""
        return f"{self.message}{place}{advice}"

    @property
    def kind(self) -> str:
        """The class name: how the error is called in receipts, rows and messages between processes."""
        return type(self).__name__

    def to_json(self) -> dict[str, Any]:
        """Return the error as plain JSON; `from_json` restores it in another process."""
        return {"kind": self.kind, **self.__dict__}

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> EngineError:
        """Restore an error from `to_json`; a kind this version does not know becomes an `EngineError`."""
        fields = {key: value for key, value in payload.items() if key != "kind"}
        error = _restore(_kinds().get(payload["kind"], EngineError), fields)
        error.__dict__.update(fields)
        return error

    def at(self, where: str) -> Self:
        """Name the place, where whoever raised could not know it; returns the error itself."""
        self.where = where
        return self


class SchemaError(EngineError):
    """The schema itself is wrong."""


class SchemaSyntaxError(SchemaError):
    """The text of a schema is not JSON, or not Python source. `line` and `column` count from 1."""

    def __init__(self, message: str, *, line: int, column: int, advice: str | None = None) -> None:
        super().__init__(message, where=f"line {line}, column {column}", advice=advice)
        self.line = line
        self.column = column


class SchemaInvalid(SchemaError):
    """JSON, but no valid JSON Schema. `where` is the JSON Pointer of the offending value."""


class EditRefused(SchemaError):
    """An edit of a schema, or of the tree of an interface, that cannot be made; nothing was changed."""


class ConversionError(SchemaError):
    """No schema can be read from what was given, or it cannot be written in the form that was asked for.

    `where` names a line, a JSON Pointer or a file.
    """


class ConstraintError(EngineError):
    """A schema or grammar that the output cannot be held to."""


class ConstraintUnsupported(ConstraintError):
    """A keyword that cannot be enforced: raised before any token is generated.

    `where` is the JSON Pointer of the subschema that holds `keyword`; `keyword` may be empty for grammars.
    """

    def __init__(self, message: str, *, keyword: str = "", where: str | None = None, advice: str | None = None) -> None:
        super().__init__(message, where=where, advice=advice)
        self.keyword = keyword


class ConstraintUnsatisfiable(ConstraintError):
    """No instance satisfies the schema, or none could be reached.

    `keywords` are those at `where` of which each, taken away, would end the contradiction there.
    """

    def __init__(
        self, message: str, *, where: str | None = None, advice: str | None = None, keywords: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, where=where, advice=advice)
        self.keywords = keywords


class BudgetExceeded(ConstraintError):
    """The checks of an answer failed so often that it was given up. `where` is the place that failed last."""


class ModelError(EngineError):
    """The model cannot be used."""


class ModelFileInvalid(ModelError):
    """The file is missing, cut short or not a GGUF. `where` is its path.

    `log` is what llama.cpp wrote of it, for those who look closer; "" where it was not asked or wrote nothing.
    """

    log = ""

    def __init__(self, message: str, *, where: str | None = None, advice: str | None = None, log: str = "") -> None:
        super().__init__(message, where=where, advice=advice)
        if log:
            self.log = log


class ModelTooLarge(ModelError):
    """The model does not fit the memory of this machine."""


class ModelCrashed(ModelError):
    """The host process ended while it was needed. What had been generated is kept; the next request restarts it."""


class EndpointError(ModelError):
    """A model elsewhere could not answer. `where` is its address, without keys."""


class EndpointUnreachable(EndpointError):
    """Nobody answers at the address, the connection broke before an answer began, or it took too long."""


class EndpointRefused(EndpointError):
    """The server does not let the request in: a key, a model, or a form of request that it does not know."""


class EndpointBusy(EndpointError):
    """The server asks to come back later, and has done so for longer than is waited."""


class EndpointGarbled(EndpointError):
    """What the server sends is not what was agreed on, or its answer ends midway."""


class GenerationError(EngineError):
    """An answer was begun and did not become one; the partial text travels with the event that failed."""


class TokenLimitReached(GenerationError):
    """The request's `max_tokens` were spent before the answer was complete."""


class ContextFull(GenerationError):
    """The context was full before the answer was complete."""


class Cancelled(GenerationError):
    """Somebody pressed Stop."""


class AnswerInvalid(GenerationError):
    """An answer from elsewhere does not satisfy its schema, however often it was asked for.

    `where` is the JSON Pointer of the value that failed last.
    """


class AnswerRefused(GenerationError):
    """A model elsewhere, or the filter before it, declined to answer; the message has its words."""


class PromptTooLong(EngineError):
    """The prompt leaves no room for an answer in the context."""


class InvalidRequest(EngineError):
    """A request that no model could serve: a setting out of range, an empty conversation, a bad option."""


class DocumentError(EngineError):
    """A document could not be read. `where` names the file and, where known, the page."""


class DocumentEmpty(DocumentError):
    """A document was read and holds no text, so there is nothing to ask of it."""


class DocumentLate(DocumentError):
    """A document took longer to be read and answered than it may."""


class RecordIncomplete(EngineError):
    """A document does not have what the schema asks for; what was found is kept.

    `missing` are the JSON Pointers of what it lacks; `where` names the first of them.
    """

    missing: list[str] | None = None
    """None where `where` has them all, as rows of earlier versions do."""

    def __init__(
        self, message: str, *, missing: Sequence[str] = (), where: str | None = None, advice: str | None = None
    ) -> None:
        if missing:
            more = f" and {len(missing) - _POINTERS:,} more" if len(missing) > _POINTERS else ""
            where = f"{', '.join(missing[:_POINTERS])}{more}"
        super().__init__(message, where=where, advice=advice)
        if missing:
            self.missing = list(missing)

    @property
    def lacks(self) -> tuple[str, ...]:
        """The pointers of all that the document lacks."""
        if self.missing is not None:
            return tuple(self.missing)
        return tuple(self.where.split(", ")) if self.where else ()


class StoreError(EngineError):
    """The profile's database cannot be opened or written."""


class StoreDamaged(StoreError):
    """The profile's database is not what was written: no database, cut short, or with pages that contradict it."""


class BackupRefused(StoreError):
    """A file is no backup, a damaged one, or one of a newer version. `where` is its path; nothing was changed."""


class ProfileInUse(StoreError):
    """Another window has the profile open."""


class TransferError(EngineError):
    """A file of conversations or schemas cannot be read or written.

    `where` names the file and, where known, the line or the JSON Pointer of the conversation or schema in it.
    """


class DownloadError(EngineError):
    """A file cannot be fetched. `where` is its address, without keys."""


class DownloadRefused(DownloadError):
    """The hub does not hand the file out: it does not exist, wants a token, or was asked too often."""


class DownloadDamaged(DownloadError):
    """What arrived has not the size or the SHA-256 that its hub promised; it was thrown away."""


class DiskFull(DownloadError):
    """The disk has no room for the file. `where` is the folder."""


class NetworkOff(EngineError):
    """The settings say that nothing may be fetched or sent."""


class SecretsUnavailable(EngineError):
    """The system has no place where a key can be kept safely."""


def _kinds() -> dict[str, type[EngineError]]:
    found: dict[str, type[EngineError]] = {}
    pending: list[type[EngineError]] = [EngineError]
    while pending:
        kind = pending.pop()
        found[kind.__name__] = kind
        pending.extend(kind.__subclasses__())
    return found


def _restore(kind: type[EngineError], fields: dict[str, Any]) -> EngineError:
    error = kind.__new__(kind)
    Exception.__init__(error, fields.get("message", ""))
    return error
