"""The schema that is being edited, as text and as a tree: what is done to it, and what is found out about it.

Every edit is kept by the desk and examined soon after; a text that can be held to is tried on the model.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec

from engine.schema.problems import USUAL, Profile, Settings, Severity
from PySide6.QtCore import QObject, Signal

from app.session.later import later
from app.session.schema_trial import Trial
from app.session.schema_writing import SchemaWriting
from engine.errors import EditRefused, EngineError
from engine.schema.editing import EditableSchema, Set

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.constraint.examine import Examination
    from engine.schema.problems import Fix

    from app.bridge import Bridge
    from app.session.runs import Runs
    from app.session.schemas import SchemaLibrary
    from engine.resources import ExampleSchema
    from engine.schema.editing import Change, Operation, Syntax
    from engine.schema.refactoring import Refactoring
    from engine.store import SchemaState

    P = ParamSpec("P")

EMPTY: Final = '{\n  "type": "object",\n  "properties": {},\n  "additionalProperties": false\n}\n'
"""What a new schema begins with."""
_PAUSE_MS: Final = 60
_WROTE: Final = "Write from a description"


class SchemaEditing(QObject):
    """The document in the editor: a schema of the library, or an example, which can be read and copied only.

    `began` tells of another document, `changed` of each change to it, `examined` of what is known about its text,
    `selected` of what an edit was about, by pointers, `refused` of an edit that cannot be made.
    """

    began = Signal()
    changed = Signal(object)
    examined = Signal(object)
    selected = Signal(tuple)
    refused = Signal(object)

    def __init__(self, bridge: Bridge, runs: Runs, library: SchemaLibrary) -> None:
        super().__init__()
        self.document = EditableSchema("{}")
        self.example: ExampleSchema | None = None
        self.examination: Examination | None = None
        self.settings = USUAL
        self.trial = Trial(runs)
        self.writing = SchemaWriting(runs)
        self._bridge = bridge
        self._library = library
        self._unwatch = self.document.watch(self._document_changed)
        self._examined_text: str | None = None
        self._examine_soon = later(self, _PAUSE_MS, self.examine_now)
        library.desk.opened.connect(self._opened)
        self.writing.grown.connect(self._grown)

    # What is open

    @property
    def name(self) -> str:
        """What the open schema is called; empty where nothing is open."""
        row = self._library.desk.row
        return self.example.name if self.example is not None else row.name if row is not None else ""

    @property
    def editable(self) -> bool:
        """Whether there is a document that may be changed."""
        return self.example is None and self._library.desk.row is not None

    def show_example(self, example: ExampleSchema) -> None:
        """Open a schema that ships with Espalier, to be read."""
        self._library.desk.show(None)
        self.example = example
        self._begin(example.text)

    def copy_example(self) -> None:
        """Make a schema of one's own of the example that is shown, and open it."""
        if self.example is not None:
            self.make(self.example.name, self.example.text)

    def make(self, name: str, text: str = EMPTY, then: Callable[[], None] | None = None) -> None:
        """Make a schema and open it; `then` is called when it is open."""

        def opened(_state: object) -> None:
            self._library.desk.opened.disconnect(opened)
            if then is not None:
                then()

        def made(row: Any) -> None:
            if then is not None:
                self._library.desk.opened.connect(opened)
            self._library.open(row.id)

        self._library.make(name, text, made)

    def _opened(self, state: SchemaState | None) -> None:
        if state is None and self.example is not None:
            return
        self.example = None
        self._begin(state.text if state is not None else "{}")

    def _begin(self, text: str) -> None:
        self.writing.stop()
        self._unwatch()
        self.document = EditableSchema(text)
        self._unwatch = self.document.watch(self._document_changed)
        self.examination, self._examined_text = None, None
        self.trial.leave()
        if self.example is not None and self.example.prompt:
            self.trial.prompt = self.example.prompt
        self.began.emit()
        self.examine_now()

    # Editing

    def refactor(
        self,
        refactoring: Callable[Concatenate[Syntax, P], Refactoring],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> bool:
        """Do a refactoring (`engine.schema.refactoring`); tells whether it was done, else `refused` says why not."""
        try:
            self._refuse_reading()
            made = refactoring(self.document.good, *arguments, **options)
            self.document.apply(*made.operations, label=made.label)
        except EngineError as error:
            self.refused.emit(error)
            return False
        if made.select:
            self.selected.emit(made.select)
        return True

    def apply(self, *operations: Operation, label: str) -> bool:
        """Do operations as one edit; tells whether they were done, else `refused` says why not."""
        try:
            self._refuse_reading()
            self.document.apply(*operations, label=label)
        except EngineError as error:
            self.refused.emit(error)
            return False
        return True

    def mend(self, fix: Fix) -> bool:
        """Do what mends a problem."""
        return self.apply(*fix.operations, label=fix.label)

    def rewrite(self, value: Any, label: str) -> bool:
        """Let the document say another value; what is said by both stays as it is written."""
        return self.apply(Set("", value), label=label)

    def undo(self) -> None:
        """Take back the last edit."""
        if self.editable:
            self.document.undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.editable:
            self.document.redo()

    def _refuse_reading(self) -> None:
        if self.example is not None:
            raise EditRefused("This is an example; it stays as it is.", advice="Copy it, and edit the copy.")
        if not self.editable:
            raise EditRefused("No schema is open.", advice="Make one first.")

    def _document_changed(self, change: Change) -> None:
        self._library.desk.edit(change.after.text)
        self._examine_soon.start()
        self.changed.emit(change)

    # From a description

    def describe(self, sentence: str) -> None:
        """Have the model write the open schema, which is empty still, for what a sentence describes."""
        try:
            self._refuse_reading()
            self.document.end_burst()
            self.writing.write(sentence)
        except EngineError as error:
            self.refused.emit(error)

    def _grown(self, schema: Any) -> None:
        if self.editable and not self.document.stale:
            self.document.apply(Set("", schema), label=_WROTE, joins=True)

    # What is known of it

    def set_profile(self, profile: str, *, chosen: bool) -> None:
        """Hold schemas against a profile too, or not any more."""
        profiles = self.settings.profiles - {Profile(profile)}
        self._set(replace(self.settings, profiles=profiles | ({Profile(profile)} if chosen else set())))

    def set_severity(self, rule: str, severity: str) -> None:
        """Say how grave the problems of a rule are; "default" for as it comes."""
        severities = {key: value for key, value in self.settings.severities.items() if key != rule}
        if severity != "default":
            severities[rule] = Severity(severity)
        self._set(replace(self.settings, severities=severities))

    def _set(self, settings: Settings) -> None:
        self.settings = settings
        self._examined_text = None
        self.examine_now()

    def examine_now(self) -> None:
        """Have the text examined without waiting for a pause in the typing."""
        self._examine_soon.stop()
        text = self.document.text
        if text == self._examined_text:
            return
        self._examined_text = text
        self._bridge.examine(text, self.settings, self._take)

    def _take(self, text: str, examination: Examination) -> None:
        if text != self.document.text:
            return
        self.examination = examination
        self.examined.emit(examination)
        if examination.planned and examination.refused is None:
            self.trial.follow(text)

    # Life

    def close(self) -> None:
        """Stop what is going on."""
        self._examine_soon.stop()
        self.trial.stop()
        self.writing.stop()
