"""The schema that is being edited, as text and as a tree: what is done to it, and what is found out about it.

Every edit is kept by the desk and examined soon after; a text that can be held to is tried on the model.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal

from app.session.later import later
from app.session.schema_rewriting import compared, proposed, rewritten
from app.session.schema_trial import Trial
from app.session.schema_writing import SchemaWriting
from engine.errors import EditRefused, EngineError
from engine.schema.editing import Edit, EditableSchema, Set
from engine.schema.problems import USUAL, Profile, Settings, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from app.line_diff import DiffLine
    from app.session.runs import Runs
    from app.session.schema_rewriting import Rewriting
    from app.session.schemas import SchemaLibrary
    from engine.constraint.examine import Examination
    from engine.resources import ExampleSchema
    from engine.schema.editing import Change, Operation, Syntax
    from engine.schema.problems import Fix
    from engine.schema.refactoring import Refactoring
    from engine.store.schemas import SchemaState

    P = ParamSpec("P")
    T = TypeVar("T")

EMPTY: Final = '{\n  "type": "object",\n  "properties": {},\n  "additionalProperties": false\n}\n'
"""What a new schema begins with."""
_PAUSE_MS: Final = 60
_WROTE: Final = "Write from a description"


class SchemaEditing(QObject):
    """The document in the editor: a schema of the library, or an example, which can be read and copied only.

    `began` tells of another document, `changed` of each change to it, `examined` of what is known about its text,
    `selected` of what an edit was about, by pointers, `refused` of an edit that cannot be made, `settings_changed` of
    other problems that are looked for.
    """

    began = Signal()
    changed = Signal(object)
    examined = Signal(object)
    selected = Signal(tuple)
    refused = Signal(object)
    settings_changed = Signal()

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
        self._refining = False
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

    def aside(self, job: Callable[[], T], done: Callable[[T | EngineError], None]) -> None:
        """Do something slow that touches no Qt; `done` is given what comes of it, or why it could not be done."""
        self._bridge.check(job, done, done)

    # Versions, and other ways to write it

    def compare(self, old: int, new: int, done: Callable[[list[str], list[DiffLine]], None]) -> None:
        """Tell what changed between two versions, in sentences and line by line; 0 stands for the text as it is."""

        def told(texts: list[str]) -> None:
            self._bridge.check(partial(compared, *texts), lambda found: done(*found))

        def read(numbers: list[int], texts: list[str]) -> None:
            if not numbers:
                told(texts)
            elif numbers[0] == 0:
                read(numbers[1:], [*texts, self.document.text])
            else:
                self._library.desk.version_text(numbers[0], lambda text: read(numbers[1:], [*texts, text]))

        read([old, new], [])

    def restore(self, number: int) -> None:
        """Write a version over the text as it is, as one edit."""

        def back(text: str) -> None:
            if self.editable:
                self.put_text(text, f"Restore version {number}")

        self._library.desk.version_text(number, back)

    def put_text(self, text: str, label: str) -> None:
        """Write a text over the one there is, as one edit."""
        self.document.replace((Edit(0, len(self.document.text), text),), label)

    def propose(self, how: str, done: Callable[[Rewriting], None]) -> None:
        """Write the document anew, "strict", "lenient" or by an "upgrade" of its draft; `done` is given what comes."""
        syntax = self.document.good
        try:
            self._refuse_reading()
        except EngineError as error:
            self.refused.emit(error)
            return
        self._bridge.check(lambda: rewritten(syntax, how), done, self.refused.emit)

    def propose_value(self, title: str, value: Any, done: Callable[[Rewriting], None]) -> None:
        """Tell what another value would change of the document."""
        syntax = self.document.good
        self._bridge.check(lambda: proposed(syntax, title, value), done, self.refused.emit)

    def take(self, rewriting: Rewriting) -> bool:
        """Let the document say what was proposed."""
        return self.rewrite(rewriting.value, rewriting.title)

    # From a description

    def describe(self, sentence: str) -> None:
        """Have the model write the open schema, which is empty still, for what a sentence describes."""
        try:
            self._refuse_reading()
            self._refining = False
            self.writing.write(sentence)
        except EngineError as error:
            self.refused.emit(error)

    def refine(self, sentence: str) -> None:
        """Have the model write the open schema again as a sentence says; what comes is proposed, not taken."""
        root = self.document.good.root
        try:
            self._refuse_reading()
            self._refining = True
            self.writing.write(sentence, root.value() if root is not None else {})
        except EngineError as error:
            self.refused.emit(error)

    def _grown(self, schema: Any) -> None:
        if self.editable and not self.document.stale and not self._refining:
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

    def restore_settings(self, kept: Any) -> None:
        """Look for the problems that were looked for; what cannot be read of the settings is as usual."""
        if isinstance(kept, dict):
            self.settings = Settings.from_json(kept)

    def _set(self, settings: Settings) -> None:
        self.settings = settings
        self.settings_changed.emit()
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
            if text == self._examined_text:
                self._examined_text = None  # told too late: should the text come back, it is examined again
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
